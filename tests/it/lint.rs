//! `lint`: what it reads, in which formats it speaks and what it ignores. `lint_fix` has what it edits.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use kubectl_octopus_argo::lint;
use snapbox::{assert_data_eq, str};

use crate::common::Sandbox;

pub(crate) const RBAC: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-rbac-cm\n  labels:\n    app.kubernetes.io/part-of: argocd\ndata:\n";

/// An argocd-rbac-cm with this policy.
pub(crate) fn rbac(policy: &str) -> String {
    let mut text = format!("{RBAC}  policy.csv: |\n");
    for line in policy.lines() {
        writeln!(text, "    {line}").unwrap();
    }
    text
}

pub(crate) const DEV: &str = "p, role:dev, applications, get, dev/*, allow\np, role:dev, logs, get, dev/*, allow\ng, acme:dev, role:dev\n";

#[test]
fn the_sample_is_clean() {
    let run = Sandbox::new().command("lint --sample").run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
note: no findings in 1 file
---- exit code 0

"#]]
    );
}

#[test]
fn the_exit_code_follows_fail_on() {
    let note = format!("{DEV}{}", DEV.lines().next().unwrap());
    let warning = format!("{DEV}g, *, role:dev\n");
    let error = format!("{DEV}nonsense\n");
    for (policy, codes) in [
        (DEV, [0, 0, 0, 0]),
        (&note, [1, 0, 0, 0]),
        (&warning, [1, 1, 0, 0]),
        (&error, [1, 1, 1, 0]),
    ] {
        for (level, code) in ["note", "warning", "error", "never"].iter().zip(codes) {
            let line = format!("lint -q -f - --fail-on {level}");
            let run = Sandbox::new().command(&line).stdin(policy).run();
            assert_eq!(run.code, code, "{level}\n{policy}\n{}", run.stdout);
        }
    }
    let run = Sandbox::new().command("lint -q -f -").stdin(warning).run();
    assert_eq!(run.code, 1, "warnings count unless something else is asked");
}

#[test]
fn what_cannot_be_read_is_an_error_after_the_others_were_linted() {
    let sandbox = Sandbox::new()
        .with("good.yaml", rbac("nonsense"))
        .with("bad.yaml", "a: [1\n")
        .with("d/template.yaml", "{{ x }}: [\n")
        .with("d/good.yaml", rbac(DEV));
    let run = sandbox.command("lint -f bad.yaml,good.yaml").run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
error[invalid-policy-line]: not a policy line
 --> good.yaml:9:5
  |
9 |     nonsense
  |     ^^^^^^^^
  |
  = help: a line begins with `p,` or `g,` without quotes or spaces around the letter, or with `#`
  = help: no line of the policy loads: every call that needs a decision fails, the administrator's too

---- stderr
note: 1 error in 1 file
error: bad.yaml:1:4: not valid YAML: unclosed bracket '['
---- exit code 3

"#]]
    );
    let run = sandbox.command("lint -f d").run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
note: 1 file of the directory was left out: not YAML or JSON
note: no findings in 1 file
---- exit code 0

"#]]
    );
}

#[test]
fn what_a_reader_gets_past_is_a_finding_and_the_rest_is_judged() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, labels: {app.kubernetes.io/part-of: argocd}}\ndata:\n  accounts.a: [login]\n  accounts.b: apikey\n  accounts.b.enabled: yes\n  x: 1\n  accounts.c: ~\n";
    let run = Sandbox::new()
        .command("lint -q -f - -o json")
        .stdin(text)
        .run();
    let report: serde_json::Value = serde_json::from_str(&run.stdout_of(1)).unwrap();
    let found: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{}:{} {}",
                one["line"],
                one["column"],
                one["rule"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "5:15 not-a-string",
            "6:15 unknown-capability",
            "7:23 invalid-enabled-value",
            "7:23 not-a-string",
            "8:6 not-a-string",
            "9:15 not-a-string",
        ]
    );
}

#[test]
fn data_that_is_no_mapping_is_a_finding() {
    for data in ["5", "[a]", "text"] {
        let text = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: argocd-cm}}\ndata: {data}\n"
        );
        let run = Sandbox::new().command("lint -q -f -").stdin(text).run();
        assert!(run.stdout.contains("--> <stdin>:4:7"), "{}", run.stdout);
        assert_eq!(run.code, 1);
    }
}

#[test]
fn nothing_to_lint_is_bad_input() {
    let sandbox = Sandbox::new().with("a.yaml", "apiVersion: v1\nkind: Secret\n");
    sandbox
        .command("lint -f a.yaml")
        .run()
        .refused(3, "the input has nothing that lint checks");
    // Values of other charts are clean.
    let values = "replicaCount: 2\nimage: {repository: nginx}\n";
    let run = Sandbox::new()
        .with("charts/web/values.yaml", values)
        .with("charts/web/values-prod.yaml", "replicaCount: 3\n")
        .command("lint charts -R")
        .run();
    assert_eq!((run.code, &*run.stdout), (0, ""), "{}", run.stderr);
    sandbox.command("lint").run().refused(2, "nothing to lint");
    sandbox
        .command("lint -f a.yaml --select nothing")
        .run()
        .refused(2, "there is no rule `nothing`");
    sandbox
        .command("lint -f a.yaml --argocd-version new")
        .run()
        .refused(2, "`new` is not a version");
}

#[test]
fn rules_are_selected_and_ignored() {
    let policy = format!("{DEV}g, *, role:dev\nnonsense\n");
    let rules = |options: &str| {
        let line = format!("lint -q -f - -o json --fail-on never {options}");
        let run = Sandbox::new().command(&line).stdin(&policy).run();
        let report: serde_json::Value = serde_json::from_str(&run.stdout_of(0)).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let rules = findings.iter().map(|one| one["rule"].as_str().unwrap());
        rules.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(rules(""), "wildcard-subject invalid-policy-line");
    assert_eq!(rules("--select wildcard-subject"), "wildcard-subject");
    assert_eq!(rules("--ignore wildcard-subject"), "invalid-policy-line");
    assert_eq!(rules("--ignore wildcard-subject,invalid-policy-line"), "");
}

#[test]
fn comments_ignore_findings_where_they_may_stand() {
    let fires = |text: &str| {
        let run = Sandbox::new()
            .command("lint -f - --select wildcard-subject,unknown-capability,duplicate-key")
            .stdin(text)
            .run();
        (run.code == 1, run.stderr.contains("ignored by comments"))
    };
    let ignore = "# octopus-argo: ignore[wildcard-subject]";
    for (name, text, is_ignored) in [
        ("above the line", rbac(&format!("{ignore}\ng, *, role:admin")), true),
        ("among other comments", rbac(&format!("# why\n{ignore}\n# so\ng, *, role:admin")), true),
        ("above another line", rbac(&format!("{ignore}\ng, a, role:admin\ng, *, role:admin")), false),
        ("with a blank line between", rbac(&format!("{ignore}\n\ng, *, role:admin")), false),
        ("of another rule", rbac("# octopus-argo: ignore[unbound-group]\ng, *, role:admin"), false),
        (
            "of several rules",
            rbac("# octopus-argo: ignore[unbound-group, wildcard-subject]\ng, *, role:admin"),
            true,
        ),
        ("above the key", rbac("g, *, role:admin").replace("  policy.csv", &format!("  {ignore}\n  policy.csv")), true),
        ("on the block's header", rbac("g, *, role:admin").replace("csv: |", &format!("csv: | {ignore}")), true),
        ("above data", rbac("g, *, role:admin").replace("\ndata:", &format!("\n{ignore}\ndata:")), true),
        (
            "in the block above",
            format!("{RBAC}  a.csv: |\n    {ignore}\n  policy.csv: |\n    g, *, role:admin\n"),
            false,
        ),
        ("in a bare policy", format!("{ignore}\ng, *, role:admin\n"), true),
        (
            "on a key's line",
            RBAC.replace("rbac-cm", "cm") + "  accounts.a: apikey # octopus-argo: ignore[unknown-capability]\n",
            true,
        ),
        (
            "in a quoted value",
            RBAC.replace("rbac-cm", "cm") + "  accounts.a: 'apikey # octopus-argo: ignore[unknown-capability]'\n",
            false,
        ),
        (
            "above a key in a list's item",
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: argocd-cm\n  data:\n    # octopus-argo: ignore[unknown-capability]\n    accounts.a: apikey\n".to_owned(),
            true,
        ),
        (
            "above a key that stands twice",
            format!("{RBAC}  policy.default: ''\n  # octopus-argo: ignore[duplicate-key]\n  policy.default: ''\n"),
            true,
        ),
    ] {
        assert_eq!(fires(&text), (!is_ignored, is_ignored), "{name}:\n{text}");
    }
}

#[test]
fn an_ignoring_comment_at_the_end_of_a_line_is_a_finding() {
    let text = rbac("g, *, role:admin # octopus-argo: ignore[wildcard-subject]");
    let run = Sandbox::new().command("lint -q -f -").stdin(text).run();
    assert!(run.stdout.contains("[trailing-comment]"), "{}", run.stdout);
    assert!(run.stdout.contains("[wildcard-subject]"), "{}", run.stdout);
}

#[test]
fn every_format() {
    let policy =
        "p, role:a , applications, get, x/*, allow\ng, 'x, role:b\ng, acme:<a>&\"\", role:b\n";
    for format in ["json", "github", "junit"] {
        let line = format!(
            "lint -q -f p,o.csv -o {format} --select space-before-comma,undefined-role,invalid-policy-line"
        );
        let line = line.replace("p,o.csv", "-");
        let run = Sandbox::new().command(&line).stdin(policy).run();
        let expected = match format {
            "json" => str![[r#"
---- stdout
{
  "schema": "lint/v1",
  "findings": [
    {
      "rule": "space-before-comma",
      "severity": "error",
      "file": "<stdin>",
      "line": 1,
      "column": 4,
      "endLine": 1,
      "endColumn": 11,
      "message": "`role:a ` ends with a space, which is part of it",
      "help": [
        "Argo CD drops spaces after a comma, and keeps those before one"
      ],
      "fix": {
        "safety": "unsafe",
        "title": "remove the space"
      }
    },
    {
      "rule": "undefined-role",
      "severity": "warning",
      "file": "<stdin>",
      "line": 2,
      "column": 8,
      "endLine": 2,
      "endColumn": 14,
      "message": "no rule defines `role:b`",
      "help": [
        "did you mean `role:a `?"
      ]
    },
    {
      "rule": "invalid-policy-line",
      "severity": "error",
      "file": "<stdin>",
      "line": 3,
      "column": 1,
      "endLine": 3,
      "endColumn": 23,
      "message": "a quote inside a field that does not begin with one",
      "help": [
        "a quoted field begins with its quote, ends with its quote right before the comma, and doubles the quotes inside",
        "no line of the policy loads: every call that needs a decision fails, the administrator's too"
      ]
    }
  ]
}
---- exit code 1

"#]],
            "github" => str![[r#"
---- stdout
::error file=<stdin>,line=1,endLine=1,col=4,endColumn=10,title=space-before-comma::`role:a ` ends with a space, which is part of it%0AArgo CD drops spaces after a comma, and keeps those before one
::warning file=<stdin>,line=2,endLine=2,col=8,endColumn=13,title=undefined-role::no rule defines `role:b`%0Adid you mean `role:a `?
::error file=<stdin>,line=3,endLine=3,col=1,endColumn=22,title=invalid-policy-line::a quote inside a field that does not begin with one%0Aa quoted field begins with its quote, ends with its quote right before the comma, and doubles the quotes inside%0Ano line of the policy loads: every call that needs a decision fails, the administrator's too
---- exit code 1

"#]],
            _ => str![[r#"
---- stdout
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="lint" tests="3" failures="3" errors="0">
  <testsuite name="&lt;stdin&gt;" tests="3" failures="3" errors="0">
    <testcase classname="&lt;stdin&gt;" name="space-before-comma (1:4)" file="&lt;stdin&gt;" line="1">
      <failure type="error" message="`role:a ` ends with a space, which is part of it">&lt;stdin&gt;:1:4: `role:a ` ends with a space, which is part of it&#10;Argo CD drops spaces after a comma, and keeps those before one</failure>
    </testcase>
    <testcase classname="&lt;stdin&gt;" name="undefined-role (2:8)" file="&lt;stdin&gt;" line="2">
      <failure type="warning" message="no rule defines `role:b`">&lt;stdin&gt;:2:8: no rule defines `role:b`&#10;did you mean `role:a `?</failure>
    </testcase>
    <testcase classname="&lt;stdin&gt;" name="invalid-policy-line (3:1)" file="&lt;stdin&gt;" line="3">
      <failure type="error" message="a quote inside a field that does not begin with one">&lt;stdin&gt;:3:1: a quote inside a field that does not begin with one&#10;a quoted field begins with its quote, ends with its quote right before the comma, and doubles the quotes inside&#10;no line of the policy loads: every call that needs a decision fails, the administrator's too</failure>
    </testcase>
  </testsuite>
</testsuites>
---- exit code 1

"#]],
        };
        assert_data_eq!(run.snapshot(), expected);
    }
}

#[test]
fn many_lines_are_compared_with_those_for_all_objects() {
    let wide = "p, role:dev, applications, get, */*, allow\n";
    let narrow = (0..301).map(|at| format!("p, role:dev, applications, get, dev/{at}, allow\n"));
    let run = Sandbox::new()
        .command("lint -q -f - --select subsumed-line --fix")
        .stdin(narrow.collect::<String>() + wide)
        .run();
    assert_eq!(run.stdout_of(0), wide);
}

#[test]
fn findings_that_are_too_many_are_counted() {
    let run = Sandbox::new()
        .with("policy.csv", "x\n".repeat(5001))
        .command("lint -f policy.csv -o github")
        .run();
    assert_eq!(run.stdout.lines().count(), 5000);
    assert_data_eq!(
        run.stderr,
        str![[r#"
note: not shown: 1 more finding of invalid-policy-line
note: 5000 errors in 1 file

"#]]
    );
}

#[test]
fn a_pattern_that_cannot_be_decided_is_reported() {
    let stars = "{*a,*b,?*}".repeat(200);
    let run = Sandbox::new()
        .command("lint -f -")
        .stdin(format!(
            "p, role:dev, applications, get, \"{stars}c\", allow\n{DEV}"
        ))
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
error[broken-pattern]: the pattern takes too many steps to be decided
 --> <stdin>:1:34
  |
1 | [..]
  | [..] not decided
  |
  = help: other findings about this policy may be incomplete; Argo CD's matcher takes even longer

---- stderr
note: 1 error in 1 file
---- exit code 1

"#]]
    );
}

#[test]
fn live_is_linted_and_never_edited() {
    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cm\n  resourceVersion: '7'\n  uid: x\ndata:\n  url: https://argocd.example.com\n";
    let run = Sandbox::new()
        .command("lint --live -q")
        .answers(0, object, "")
        .run();
    assert!(
        run.stdout.contains("[missing-part-of-label]"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("--> <live>:4:9"), "{}", run.stdout);
    let run = Sandbox::new().command("lint --live --fix").run();
    assert_eq!(run.code, 2);
}

#[test]
fn a_base_and_its_overlays_are_different_argo_cds() {
    let cm = RBAC.replace("rbac-cm", "cm") + "  accounts.a: login\n";
    let sandbox = Sandbox::new()
        .with("base/cm.yaml", &cm)
        .with("prod/cm.yaml", &cm)
        .with("prod/more/x.yaml", &cm)
        .with("twice/a.yaml", &cm)
        .with("twice/b.yaml", &cm);
    let _ = sandbox
        .command("lint -q -R -f base,prod")
        .run()
        .stdout_of(0);
    let found = sandbox.command("lint -q -f twice").run().stdout_of(1);
    assert!(
        found.contains("[second-configmap]") && found.contains("twice/a.yaml:4:9"),
        "{found}"
    );
}

#[test]
fn pages_are_printed_and_rules_listed() {
    let page = Sandbox::new()
        .command("lint --explain unbound-group")
        .run()
        .stdout_of(0);
    assert!(page.starts_with("# unbound-group\n"));
    let list = Sandbox::new()
        .command("lint --list-rules")
        .run()
        .stdout_of(0);
    assert_eq!(list.lines().count(), lint::ALL.len() + 1);
    assert!(list.lines().all(|line| line.chars().count() <= 120));
    Sandbox::new()
        .command("lint --explain x")
        .run()
        .refused(2, "there is no rule `x`");
}

#[test]
fn escape_sequences_of_a_text_reach_no_terminal() {
    let run = Sandbox::new()
        .command("lint -f -")
        .stdin("g, a\u{1b}[2Jb, role:\u{9b}31m\n")
        .terminal()
        .env("NO_COLOR", "1")
        .run();
    assert_eq!(run.code, 1);
    let shown = run.stdout + &run.stderr;
    assert!(!shown.contains(['\u{1b}', '\u{9b}']), "{shown:?}");
}

/// The sample files with what lint says of each.
#[test]
fn samples_have_the_findings_that_were_looked_at() {
    let mut files = Vec::new();
    for kind in [
        "appproject",
        "configmap",
        "helm-values",
        "kustomize",
        "list",
        "operator",
    ] {
        let samples = fs::read_dir(Path::new("tests/data/samples").join(kind)).unwrap();
        files.extend(samples.map(|entry| fs::canonicalize(entry.unwrap().path()).unwrap()));
    }
    files.sort();
    let mut found = String::new();
    for file in files
        .iter()
        .filter(|file| !file.ends_with("no-configmap.yaml"))
    {
        let run = Sandbox::new()
            .command("lint -q -o json --fail-on never -f")
            .arg(file)
            .run();
        let report: serde_json::Value = serde_json::from_str(&run.stdout_of(0)).unwrap();
        for one in report["findings"].as_array().unwrap() {
            let name = file.file_name().unwrap().to_string_lossy();
            let rule = one["rule"].as_str().unwrap();
            writeln!(found, "{name}:{} {rule}", one["line"]).unwrap();
        }
    }
    assert_data_eq!(
        found,
        str![[r#"
block-styles.yaml:28 account-without-permission
duplicate-key.yaml:10 duplicate-key
duplicate-key.yaml:11 undefined-role
old-chart.yaml:3 ignored-helm-path
old-chart.yaml:5 ignored-helm-path

"#]]
    );
}

#[test]
fn a_thousand_files_are_linted_in_one_go() {
    let mut sandbox = Sandbox::new();
    for index in 0..500 {
        sandbox = sandbox
            .with(
                &format!("{index}/cm.yaml"),
                RBAC.replace("rbac-cm", "cm") + "  accounts.a: apiKey\n",
            )
            .with(
                &format!("{index}/rbac.yaml"),
                rbac(&format!(
                    "{DEV}p, a, applications, get, */*, allow\np, a, logs, get, */*, allow"
                )),
            );
    }
    let _ = sandbox.command("lint -q -R -f .").run().stdout_of(0);
}

/// What is in one namespace is one Argo CD, in whichever directories it is; a bare policy belongs to
/// the one in its own.
#[test]
fn what_directories_hold_is_joined() {
    let object = |name: &str, data: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, labels: {{app.kubernetes.io/part-of: argocd}}}}\ndata: {{{data}}}\n"
        )
    };
    let alice = object("argocd-cm", "accounts.alice: login");
    let sso = object("argocd-cm", "accounts.alice: login, oidc.config: 'x: y'");
    let rules = |name: &str| format!("p, {name}, logs, get, web/*, allow\n");
    let policy = format!("policy.csv: \"{}\"", rules("robot").trim_end());
    let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: x}\n";
    let sandbox = Sandbox::new()
        .with("apart/a/cm.yaml", &alice)
        .with(
            "apart/b/rbac.yaml",
            object("argocd-rbac-cm", &policy) + service,
        )
        .with("sso/a/cm.yaml", sso)
        .with("sso/b/rbac.yaml", object("argocd-rbac-cm", &policy))
        .with("bare/a/policy.csv", rules("alicf"))
        .with("bare/b/policy.csv", rules("alicf"))
        .with("bare/b/cm.yaml", alice)
        .with(
            "patched/kustomization.yaml",
            "resources: [base.yaml]\npatches: [{path: a.yaml}, {path: z.yaml}]\n",
        )
        .with(
            "patched/a.yaml",
            object("argocd-rbac-cm", "policy.default: role:readonly"),
        )
        .with(
            "patched/base.yaml",
            object("argocd-rbac-cm", "policy.default: role:readonli"),
        )
        .with(
            "patched/z.yaml",
            object("argocd-rbac-cm", "scopes: '[email]'"),
        )
        .with("values/other.yaml", "configs: {x: 1}\n")
        .with(
            "values/old.yaml",
            "server:\n  config:\n    accounts.bob: apiKey\n",
        );
    let mut all = String::new();
    for line in [
        "-R -f apart",
        "-R -f sso",
        "-f bare/a/policy.csv -f bare/b/policy.csv -f bare/b/cm.yaml",
        "-f patched",
        "-f values",
    ] {
        all.push_str(&sandbox.command(&format!("lint {line}")).run().snapshot());
    }
    assert_data_eq!(
        all,
        str![[r#"
---- stdout
warning[account-without-permission]: no rule reaches the account alice
 --> apart/a/cm.yaml:4:8
  |
4 | data: {accounts.alice: login}
  |        ^^^^^^^^^^^^^^ may log in or make tokens, and see nothing
  |
  = help: Octopus Deploy then connects, and shows an empty list of applications

warning[unknown-account]: there is no account `robot`
 --> apart/b/rbac.yaml:4:24
  |
4 | data: {policy.csv: "p, robot, logs, get, web/*, allow"}
  |                        ^^^^^ no one has this name
  |
  = help: argocd-cm has no account of that name and no single sign-on that could provide one

---- stderr
note: ignored 1 object of other kinds
note: 2 warnings in 2 files
---- exit code 1
---- stdout
warning[account-without-permission]: no rule reaches the account alice
 --> sso/a/cm.yaml:4:8
  |
4 | data: {accounts.alice: login, oidc.config: 'x: y'}
  |        ^^^^^^^^^^^^^^ may log in or make tokens, and see nothing
  |
  = help: Octopus Deploy then connects, and shows an empty list of applications

---- stderr
note: 1 warning in 2 files
---- exit code 1
---- stdout
warning[unknown-account]: there is no account `alicf`
 --> bare/b/policy.csv:1:4
  |
1 | p, alicf, logs, get, web/*, allow
  |    ^^^^^ no one has this name
  |
  = help: did you mean the account alice?

warning[account-without-permission]: no rule reaches the account alice
 --> bare/b/cm.yaml:4:8
  |
4 | data: {accounts.alice: login}
  |        ^^^^^^^^^^^^^^ may log in or make tokens, and see nothing
  |
  = help: Octopus Deploy then connects, and shows an empty list of applications

---- stderr
note: 2 warnings in 3 files
---- exit code 1
---- stderr
note: no findings in 4 files
---- exit code 0
---- stdout
error[ignored-helm-path]: the argo-cd chart does not read `server.config`
 --> values/old.yaml:2:3
  |
2 |   config:
  |   ^^^^^^ silently ignored
  |
  = help: since chart 6.0 this is in `configs.cm`

---- stderr
note: ignored 1 object of other kinds
note: 1 error in 2 files
---- exit code 1

"#]]
    );
}
