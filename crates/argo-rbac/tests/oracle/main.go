// Oracle answers what the libraries that Argo CD links would answer: gobwas/glob v0.2.3 without
// separators, Go's regexp, and Casbin's enforcer with Argo CD's access model. One JSON object a line
// on stdin, one a line on stdout.
//
// Request:  {"engine": "glob"|"regex"|"casbin-glob"|"casbin-regex", "pattern": "…", "texts": ["…", …]}
// Response: {"error": "…"} when the pattern does not compile, else {"results": "ynp…"}, one letter
// a text: y it matches, n it does not, p the library panicked. For Casbin, a pattern is a policy and
// a text is a request, with U+001F between fields.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/gobwas/glob"
)

type request struct {
	Engine  string   `json:"engine"`
	Pattern string   `json:"pattern"`
	Texts   []string `json:"texts"`
}

type response struct {
	Error   *string `json:"error,omitempty"`
	Results string  `json:"results"`
	Panic   string  `json:"panic,omitempty"`
}

// ask runs one match; a panic is an answer too.
func ask(match func(string) bool, text string, panicked *string) (letter byte) {
	defer func() {
		if r := recover(); r != nil {
			*panicked = fmt.Sprint(r)
			letter = 'p'
		}
	}()
	if match(text) {
		return 'y'
	}
	return 'n'
}

// compile gives the match function of a pattern.
func compile(engine, pattern string) (match func(string) bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	switch engine {
	case "glob":
		compiled, err := glob.Compile(pattern)
		if err != nil {
			return nil, err
		}
		return compiled.Match, nil
	case "regex":
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return nil, err
		}
		return compiled.MatchString, nil
	}
	return nil, fmt.Errorf("unknown engine %q", engine)
}

func answer(req request) (out response) {
	if mode, isPolicy := strings.CutPrefix(req.Engine, "casbin-"); isPolicy {
		return judge(mode, req)
	}
	match, err := compile(req.Engine, req.Pattern)
	if err != nil {
		text := err.Error()
		out.Error = &text
		return out
	}
	letters := make([]byte, 0, len(req.Texts))
	for _, text := range req.Texts {
		letters = append(letters, ask(match, text, &out.Panic))
	}
	out.Results = string(letters)
	return out
}

// judge asks Casbin's own enforcer every question about one policy.
func judge(mode string, req request) (out response) {
	made, err := enforcer(mode, req.Pattern)
	if err != nil {
		text := err.Error()
		out.Error = &text
		return out
	}
	letters := make([]byte, 0, len(req.Texts))
	for _, text := range req.Texts {
		letters = append(letters, decide(made, text, &out.Panic))
	}
	out.Results = string(letters)
	return out
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			break
		}
		var req request
		if err := json.Unmarshal(line, &req); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := encoder.Encode(answer(req)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		// Nobody has asked more yet: answer at once.
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				os.Exit(1)
			}
		}
	}
	if err := out.Flush(); err != nil {
		os.Exit(1)
	}
}
