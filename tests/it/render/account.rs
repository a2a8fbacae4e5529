//! What render puts in: the account's keys and its rules.

use snapbox::{assert_data_eq, str};

use super::TWO;
use crate::common::Sandbox;

#[test]
fn an_account_gains_and_never_loses() {
    for (now, then) in [
        ("login", "login,apiKey"),
        ("' login , other'", "'login,other,apiKey'"),
        ("apiKey, login", "apiKey, login"),
        ("apikey", "apikey,apiKey"),
    ] {
        let text = TWO.replace("accounts.alice: login", &format!("accounts.octopus: {now}"));
        let out = Sandbox::new()
            .command("render -f - -q")
            .stdin(text)
            .run()
            .stdout_of(0);
        assert!(
            out.contains(&format!("  accounts.octopus: {then}\n")),
            "{now}: {out}"
        );
    }
}

#[test]
fn a_disabled_account_stays_disabled_unless_enabled() {
    let text = TWO.replace(
        "accounts.alice: login",
        "accounts.octopus: apiKey\n  accounts.octopus.enabled: 'F'",
    );
    let run = Sandbox::new().command("render -f -").stdin(&text).run();
    assert!(
        run.stderr
            .contains("warning: the account octopus stays disabled"),
        "{}",
        run.stderr
    );
    assert!(run.stdout_of(0).contains("accounts.octopus.enabled: 'F'\n"));
    let out = Sandbox::new()
        .command("render -f - --enable")
        .stdin(&text)
        .run()
        .stdout_of(0);
    assert!(out.contains("accounts.octopus.enabled: 'true'\n"), "{out}");
    let enabled = text.replace("'F'", "'1'");
    let out = Sandbox::new()
        .command("render -q -f - --enable")
        .stdin(&enabled)
        .run()
        .stdout_of(0);
    assert!(out.contains("accounts.octopus.enabled: '1'\n"), "{out}");
}

#[test]
fn our_key_holds_exactly_the_wanted_rules_and_keeps_comments() {
    let text = TWO.replace(
        "  policy.default: ''",
        "  policy.octopus.csv: |\n    # mine\n    p, octopus, applications, sync, *, allow\n    \
         p,octopus,clusters,get,*,allow\n    g, octopus, role:x",
    );
    let run = Sandbox::new().command("render -f -").stdin(text).run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
# Git holds this file.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
data:
  url: https://argocd.example.com # ours
  accounts.alice: login
  accounts.octopus: apiKey
  accounts.octopus.enabled: "true"
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: argocd
data:
  policy.csv: |
    # people
    g, acme:ops, role:admin
  policy.octopus.csv: |
    # mine
    p,octopus,clusters,get,*,allow
    p, octopus, applications, get, *, allow
    p, octopus, logs, get, */*, allow
---- stderr
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
next: review it (… | kubectl octopus-argo diff -f -), replace your file with it and commit it
---- exit code 0

"#]]
    );
}

#[test]
fn a_rule_that_loads_from_another_key_is_not_written_twice() {
    let text = TWO.replace(
        "role:admin",
        "role:admin\n    p, octopus, applications, get, *, allow\n    p, octopus, logs, get, */*, allow",
    );
    let run = Sandbox::new().command("render -f - -q").stdin(&text).run();
    let out = run.stdout_of(0);
    assert!(
        out.contains("policy.octopus.csv: |\n    p, octopus, clusters, get, *, allow\n"),
        "{out}"
    );
    assert_eq!(out.matches("octopus, applications").count(), 1);
}

#[test]
fn our_key_goes_when_no_rule_is_left_in_it() {
    let rules = "role:admin\n    p, octopus, applications, get, *, allow\n    \
        p, octopus, clusters, get, *, allow\n    p, octopus, logs, get, */*, allow";
    let text = TWO.replace("role:admin", rules);
    let with_ours = text.replace(
        "  policy.default: ''",
        "  policy.octopus.csv: |\n    p, octopus, exec, create, */*, allow\n  policy.default: ''",
    );
    let render = |text: &str| {
        let run = Sandbox::new().command("render -f - -q").stdin(text).run();
        run.stdout_of(0)
    };
    assert_eq!(render(&with_ours), render(&text));
    assert!(!render(&text).contains("policy.octopus.csv"));
}

#[test]
fn wider_rules_for_the_account_are_named_with_their_lines() {
    let text = TWO.replace(
        "role:admin",
        "role:admin\n    g, octopus, role:ops\n    p, octopus, exec, create, */*, allow",
    );
    let run = Sandbox::new().command("render -f - ").stdin(text).run();
    assert!(
        run.stderr
            .contains("warning: <stdin>:20:5: octopus also has everything of role:ops\n"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("warning: <stdin>:21:5: octopus also has create exec on */*\n"),
        "{}",
        run.stderr
    );
}

#[test]
fn regex_mode_of_the_input_anchors_the_rules() {
    let text = TWO.replace("policy.default: ''", "policy.matchMode: regex");
    let out = Sandbox::new()
        .command("render -f - -q --project a.b")
        .stdin(&text)
        .run()
        .stdout_of(0);
    assert!(
        out.contains("    p, octopus, ^applications$, ^get$, ^a\\.b/.*, allow\n"),
        "{out}"
    );
    let run = Sandbox::new()
        .command("render -f - --match-mode glob")
        .stdin(&text)
        .run();
    run.refused(2, "works in regex mode");
}
