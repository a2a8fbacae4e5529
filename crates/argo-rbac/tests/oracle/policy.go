package main

import (
	"fmt"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	"github.com/casbin/casbin/v2/util"
	"github.com/gobwas/glob"
)

// The access model of Argo CD: who is a subject by `g`, and three patterns.
const accessModel = `
[request_definition]
r = sub, res, act, obj
[policy_definition]
p = sub, res, act, obj, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.sub, p.sub) && matches(r.res, p.res) && matches(r.act, p.act) && matches(r.obj, p.obj)
`

// Between the four words of a request.
const separator = "\x1f"

// matcher is how patterns are read: a glob that does not compile matches nothing, a regular
// expression that does not compile panics, which the enforcer turns into an error.
func matcher(mode string) func(...any) (any, error) {
	compiled := map[string]glob.Glob{}
	return func(args ...any) (any, error) {
		text, pattern := args[0].(string), args[1].(string)
		if mode == "regex" {
			return util.RegexMatch(text, pattern), nil
		}
		one, known := compiled[pattern]
		if !known {
			one, _ = glob.Compile(pattern)
			compiled[pattern] = one
		}
		return one != nil && one.Match(text), nil
	}
}

// enforcer loads a policy, a statement a line, its fields apart by separators.
func enforcer(mode, policy string) (*casbin.Enforcer, error) {
	access, err := model.NewModelFromString(accessModel)
	if err != nil {
		return nil, err
	}
	made, err := casbin.NewEnforcer(access)
	if err != nil {
		return nil, err
	}
	made.AddFunction("matches", matcher(mode))
	for _, line := range strings.Split(policy, "\n") {
		if line == "" {
			continue
		}
		fields := strings.Split(line, separator)
		kind := fields[0]
		if kind != "p" && kind != "g" {
			return nil, fmt.Errorf("no statement: %q", line)
		}
		// As Argo CD's adapter does it: in their order, doubled ones too.
		access[kind][kind].Policy = append(access[kind][kind].Policy, fields[1:])
	}
	return made, made.BuildRoleLinks()
}

// decide gives the letter of a request: y, n, or p for an error.
func decide(made *casbin.Enforcer, request string, panicked *string) byte {
	words := strings.Split(request, separator)
	args := make([]any, len(words))
	for i, word := range words {
		args[i] = word
	}
	allowed, err := made.Enforce(args...)
	switch {
	case err != nil:
		*panicked = err.Error()
		return 'p'
	case allowed:
		return 'y'
	}
	return 'n'
}
