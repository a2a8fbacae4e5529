//! `lint --fix`: what it edits, and what it leaves alone.

use kubectl_octopus_argo::input::{Content, File, Origin};
use kubectl_octopus_argo::lint::{self, RuleSelection, Safety};
use kubectl_octopus_argo::model::Source;
use kubectl_octopus_argo::rbac::{Enforcer, PolicySet, PolicyText, Request};
use kubectl_octopus_argo::site::{GatherOptions, Site};
use proptest::prelude::*;
use snapbox::{assert_data_eq, str};

use crate::common::Sandbox;
use crate::lint::{DEV, RBAC, rbac};

#[test]
fn fix_edits_files_and_nothing_else_in_them() {
    let before = rbac(&format!(
        "# keep  \n{DEV}p, role:dev, logs, get, dev/web, allow\n{DEV}"
    ));
    let crlf = before.replace('\n', "\r\n");
    let sandbox = Sandbox::new()
        .with("a/lf.yaml", &before)
        .with("b/crlf.yaml", &crlf)
        .with("policy.csv", format!("{DEV}{DEV}"))
        .with("c/clean.yaml", rbac(DEV));
    let run = sandbox
        .command("lint -f a/lf.yaml,b/crlf.yaml,policy.csv,c/clean.yaml --fix")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
note: a/lf.yaml: fixed 4 findings
note: b/crlf.yaml: fixed 4 findings
note: policy.csv: fixed 3 findings
note: no findings in 4 files
---- exit code 0

"#]]
    );
    let after = rbac(&format!("# keep  \n{DEV}"));
    assert_eq!(sandbox.read("a/lf.yaml"), after);
    assert_eq!(sandbox.read("b/crlf.yaml"), after.replace('\n', "\r\n"));
    assert_eq!(sandbox.read("policy.csv"), DEV);
    let again = sandbox.command("lint -q -f a/lf.yaml --fix").run();
    assert_eq!(
        (again.stdout_of(0).as_str(), sandbox.read("a/lf.yaml")),
        ("", after)
    );
}

#[test]
fn fixes_that_touch_each_other_are_made_in_turn() {
    let policy = "p, role:dev, applications, *, dev/*, allow\n\
        p, role:dev, applications, get, dev/*, allow\n\
        p, role:dev, applications, get, dev/*, allow\n\
        p, role:dev, logs, get, dev/*, allow\n\
        g, acme:dev, role:dev\n";
    let cm = RBAC.replace("rbac-cm", "cm")
        + "  accounts.bot: apiKey\n  accounts.bot.enabled: yes\n  accounts.ci: login , apikey\n";
    let sandbox = Sandbox::new()
        .with("a/policy.csv", policy)
        .with("b/cm.yaml", &cm);
    let run = sandbox
        .command("lint -f a/policy.csv,b/cm.yaml --fix=unsafe --ignore account-without-permission")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
note: a/policy.csv: fixed 2 findings
note: b/cm.yaml: fixed 3 findings
note: no findings in 2 files
---- exit code 0

"#]]
    );
    let line = "p, role:dev, applications, get, dev/*, allow\n";
    assert_eq!(sandbox.read("a/policy.csv"), policy.replace(line, ""));
    let fixed = cm.replace("yes", "\"true\"");
    let fixed = fixed.replace("login , apikey", "login,apiKey");
    assert_eq!(sandbox.read("b/cm.yaml"), fixed);
}

#[cfg(unix)]
#[test]
fn fix_keeps_the_mode_and_edits_all_files_or_none() {
    use std::os::unix::fs::PermissionsExt;
    let twice = "p, role:a, applications, get, x/*, allow\n".repeat(2);
    let sandbox = Sandbox::new().with("a.csv", &twice).with("d/b.csv", &twice);
    let a = sandbox.path().join("a.csv");
    std::fs::set_permissions(&a, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("d/b.csv", sandbox.path().join("link.csv")).unwrap();
    let _ = sandbox.command("lint -q -f a.csv,link.csv --fix").run();
    let once = "p, role:a, applications, get, x/*, allow\n";
    assert_eq!(
        (sandbox.read("a.csv"), sandbox.read("d/b.csv")),
        (once.to_owned(), once.to_owned())
    );
    let mode = std::fs::metadata(&a).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(sandbox.path().join("link.csv").is_symlink());
}

#[test]
fn fix_leaves_unsafe_fixes_unless_asked() {
    let cm = RBAC.replace("rbac-cm", "cm")
        + "  accounts.a: apikey # ours\n  accounts.b: 'login, apiKey'\n";
    let sandbox = Sandbox::new().with("cm.yaml", &cm);
    let run = sandbox.command("lint -q -f cm.yaml --fix").run();
    assert_eq!(run.code, 1);
    let safe = cm.replace("login, apiKey", "login,apiKey");
    assert_eq!(sandbox.read("cm.yaml"), safe);
    let run = sandbox.command("lint -q -f cm.yaml --fix=unsafe").run();
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert_eq!(sandbox.read("cm.yaml"), safe.replace("apikey", "apiKey"));
}

#[test]
fn fix_with_diff_shows_the_change_and_writes_nothing() {
    let cm = RBAC.replace("rbac-cm", "cm") + "  accounts.b: 'login, apiKey'\n";
    let sandbox = Sandbox::new().with("cm.yaml", &cm);
    let run = sandbox.command("lint -q -f cm.yaml --fix --diff").run();
    assert_eq!(sandbox.read("cm.yaml"), cm);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout
            .contains("\n-  accounts.b: 'login, apiKey'\n+  accounts.b: 'login,apiKey'\n"),
        "{}",
        run.stdout
    );
    let clean = Sandbox::new().with("cm.yaml", cm.replace("login, apiKey", "apiKey"));
    let run = clean.command("lint -q -f cm.yaml --fix --diff").run();
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let alone = clean.command("lint -f cm.yaml --diff").run();
    alone.refused(2, "--fix");
}

#[test]
fn fix_of_stdin_goes_to_stdout_and_the_report_to_stderr() {
    let run = Sandbox::new()
        .command("lint -q -f - --fix")
        .stdin(format!("{DEV}{DEV}g, *, role:dev\n"))
        .run();
    assert_eq!(run.stdout, format!("{DEV}g, *, role:dev\n"));
    assert!(run.stderr.contains("[wildcard-subject]"), "{}", run.stderr);
    assert_eq!(run.code, 1);
}

#[test]
fn what_an_anchor_shares_is_not_fixed() {
    let cm =
        RBAC.replace("rbac-cm", "cm") + "  accounts.a: &both apiKey, login\n  accounts.b: *both\n";
    let sandbox = Sandbox::new().with("cm.yaml", &cm);
    let run = sandbox.command("lint -f cm.yaml --fix").run();
    assert_eq!(sandbox.read("cm.yaml"), cm);
    assert!(run.stderr.contains("2 notes in 1 file\n"), "{}", run.stderr);
}

#[test]
fn one_fix_that_the_editor_refuses_keeps_no_other_from_being_made() {
    let account = |name: &str| format!("  accounts.{name}: apikey\n");
    let names = ["a", "b", "c", "d", "e", "twice", "f", "g", "twice", "h"];
    let text = RBAC.replace("rbac-cm", "cm") + &names.map(account).concat();
    let sandbox = Sandbox::new().with("a.yaml", &text);
    let command = "lint -q -f a.yaml --select unknown-capability --fix=unsafe";
    let run = sandbox.command(command).run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    let fixed = text.replace("apikey", "apiKey");
    let fixed = fixed.replace("twice: apiKey", "twice: apikey");
    assert_eq!(sandbox.read("a.yaml"), fixed);
}

/// A line of a small world, so that lines often have to do with each other.
fn line() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "role:x", "role:y", "role:readonly", "acme:g"]);
    let resource = prop::sample::select(vec!["applications", "*", "logs", "app*", "{logs,*}"]);
    let action = prop::sample::select(vec!["get", "*", "sync", "action/*", "get "]);
    let object = prop::sample::select(vec![
        "*",
        "*/*",
        "p/*",
        "p/a",
        "a*a",
        "aa*",
        "?{}",
        "p/**",
        "[z-a]",
        "{p/*,q/b}",
    ]);
    let effect = prop::sample::select(vec!["allow", "deny", "Allow", "allow # no"]);
    let role = prop::sample::select(vec!["role:x", "role:y", "role:readonly", "role: x"]);
    prop_oneof![
        6 => (name.clone(), resource, action, object, effect)
            .prop_map(|(s, r, a, o, e)| format!("p, {s}, \"{r}\", {a}, \"{o}\", {e}")),
        2 => (name, role).prop_map(|(s, r)| format!("g, {s}, {r}")),
        1 => Just("# a comment".to_owned()),
        1 => Just(String::new()),
    ]
}

fn fixed(text: &str, most: Safety) -> String {
    let files = [File {
        origin: Origin::Stdin,
        content: Content::Policy(Source::new("p.csv", text)),
    }];
    let site = Site::new(&files, GatherOptions::default());
    let outcome = lint::run(&site, &RuleSelection::default());
    let fixed = lint::fix::apply(&site, &outcome.findings, most);
    fixed
        .into_iter()
        .next()
        .map_or(text.to_owned(), |one| one.text)
}

fn enforcer(text: &str, default_role: &str) -> Enforcer {
    let set = PolicySet {
        texts: vec![PolicyText::new("policy.csv", text)],
        default_role: default_role.to_owned(),
        builtin: true,
        ..PolicySet::default()
    };
    Enforcer::load(&set).unwrap()
}

proptest! {
    #[test]
    fn safe_fixes_change_no_decision(lines in prop::collection::vec(line(), 0..12)) {
        let text = lines.join("\n");
        let after = fixed(&text, Safety::Safe);
        for default_role in ["", "role:x"] {
            let (old, new) = (enforcer(&text, default_role), enforcer(&after, default_role));
            for subject in ["a", "role:x", "role:y", "role:readonly", "acme:g", "admin"] {
                for resource in ["applications", "logs", "apps", "clusters"] {
                    for action in ["get", "get ", "sync", "action/x/y/z"] {
                        for object in ["p/a", "p/b", "q/b", "a", "aa", "aba", "x", "", "p"] {
                            let request = Request::new(subject, resource, action, object);
                            prop_assert_eq!(
                                old.decide(&request).allowed(),
                                new.decide(&request).allowed(),
                                "{:?}\n{}\n---\n{}", request, text, after
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn any_text_is_linted_without_a_panic(text in "[pgr#,\"' a*/{}\\[\\]\\n\\r\u{0}é:.-]{0,80}") {
        let _ = fixed(&text, Safety::Unsafe);
    }
}
