//! `--absent`: what render put in comes out again.

use snapbox::{assert_data_eq, str};

use super::TWO;
use crate::common::Sandbox;

#[test]
fn absent_gives_back_the_original_bytes() {
    for flags in [
        "",
        "--policy-key policy.csv",
        "--policy-key policy.new.csv",
        "--allow-sync",
    ] {
        for text in [
            TWO.to_owned(),
            TWO.replace('\n', "\r\n"),
            TWO.trim_end().to_owned(),
        ] {
            let there = Sandbox::new()
                .command(&format!("render -f - {flags}"))
                .stdin(&text)
                .run();
            let there = there.stdout_of(0);
            assert_ne!(there, text);
            let back = Sandbox::new()
                .command(&format!("render --absent -f - {flags}"))
                .stdin(&there)
                .run();
            assert_eq!(back.stdout_of(0), text, "{flags}");
        }
    }
}

#[test]
fn absent_gives_back_an_empty_policy_in_its_quotes() {
    for empty in ["''", "\"\""] {
        let text = TWO.replace("policy.default: ''", &format!("policy.extra.csv: {empty}"));
        let flags = "--policy-key policy.extra.csv -f -";
        let there = Sandbox::new()
            .command(&format!("render {flags}"))
            .stdin(&text)
            .run();
        let back = Sandbox::new().command(&format!("render --absent {flags}"));
        assert_eq!(back.stdin(there.stdout_of(0)).run().stdout_of(0), text);
    }
}

#[test]
fn absent_says_what_else_it_took_and_that_tokens_outlive_the_account() {
    let text = TWO
        .replace(
            "accounts.alice: login",
            "accounts.octopus: apiKey, other\n  accounts.octopus.enabled: 'no'",
        )
        .replace(
            "  policy.default: ''",
            "  policy.octopus.csv: |\n    p, octopus, exec, create, */*, allow",
        )
        .replace(
            "role:admin",
            "role:admin\n    p, octopus, clusters, get, *, allow\n    g, octopus, role:x",
        );
    let run = Sandbox::new()
        .command("render --absent -f -")
        .stdin(text)
        .run();
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
    g, octopus, role:x
---- stderr
note: removed with the account: its capabilities `other`, which render had not added
note: removed accounts.octopus.enabled: "no", which render had not added
warning: the account's tokens outlive it: they stay in argocd-secret and work again if it is recreated
warning: revoke them while the account still exists: kubectl octopus-argo token list --account octopus, then token delete
note: <stdin>:21:5: removed, although it is in policy.csv, where render had not put it: p, octopus, clusters, get, *, allow
note: <stdin>:24:5: removed with policy.octopus.csv, and render had not added it: p, octopus, exec, create, */*, allow
warning: <stdin>:22:5: octopus still has everything of role:x
next: review it (… | kubectl octopus-argo diff -f - --absent), replace your file with it and commit it
---- exit code 0

"#]]
    );
}

#[test]
fn absent_leaves_a_login_to_its_owner() {
    let text = TWO.replace(
        "accounts.alice: login",
        "accounts.octopus: login, apiKey\n  accounts.octopus.enabled: \"false\"",
    );
    let out = Sandbox::new()
        .command("render --absent -f - -q")
        .stdin(text)
        .run()
        .stdout_of(0);
    assert!(
        out.contains("accounts.octopus: login\n  accounts.octopus.enabled: \"false\"\n"),
        "{out}"
    );
}

#[test]
fn absent_warns_of_tokens_where_an_account_goes_and_nowhere_else() {
    let outlive = "the account's tokens outlive it";
    for (keys, warns) in [
        ("accounts.octopus: apiKey", true),
        ("accounts.octopus.enabled: 'true'", false),
        (
            "accounts.octopus: apiKey\n  accounts.octopus.enabled: 'true'",
            true,
        ),
    ] {
        let text = TWO.replace("accounts.alice: login", keys);
        let run = Sandbox::new()
            .command("render -f - --absent")
            .stdin(text)
            .run();
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(
            run.stderr.contains(outlive),
            warns,
            "{keys}: {}",
            run.stderr
        );
    }
}

/// What goes with our key does not stay, whichever key the rules are asked for in.
#[test]
fn absent_does_not_warn_of_what_it_takes_out() {
    let text = TWO.replace(
        "  policy.default: ''",
        "  policy.octopus.csv: |\n    p, octopus, exec, create, */*, allow\n  policy.default: ''",
    );
    for flags in ["", "--policy-key policy.csv"] {
        let run = Sandbox::new()
            .command(&format!("render -f - --absent {flags}"))
            .stdin(&text)
            .run();
        assert!(!run.stderr.contains("still has"), "{flags}: {}", run.stderr);
        assert!(
            run.stderr
                .contains("removed with policy.octopus.csv, and render had not added it"),
            "{flags}: {}",
            run.stderr
        );
    }
    let shared = TWO.replace(
        "role:admin",
        "role:admin\n    p, octopus, exec, create, */*, allow",
    );
    let run = Sandbox::new()
        .command("render -f - --absent --policy-key policy.csv")
        .stdin(&shared)
        .run();
    assert!(
        run.stderr.contains("octopus still has create exec on */*"),
        "{}",
        run.stderr
    );
}

fn operations(value: &str) -> String {
    format!(
        "- op: add\n  path: /data/policy.csv\n  value: {value}\n- op: add\n  path: /data/a\n  value: b\n"
    )
}

/// A text that render itself would have written goes with its key; another one stays, and is empty.
#[test]
fn a_policy_of_which_nothing_is_left_goes_only_as_a_block() {
    let block = "|\n    p, octopus, logs, get, */*, allow";
    let quoted = "\"p, octopus, logs, get, */*, allow\\n\"";
    let configmap = |text: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: argocd-rbac-cm}}\ndata:\n  policy.csv: {text}\n  a: b\n"
        )
    };
    let values = |text: &str| format!("configs:\n  rbac:\n    a: b\n    policy.csv: {text}\n");
    let both = |text: &str| {
        let argocd = "apiVersion: argoproj.io/v1beta1\nkind: ArgoCD\nmetadata: {name: cd}\n";
        format!("{argocd}---\n{}", configmap(text))
    };
    let mut all = String::new();
    for (form, text) in [
        ("", configmap(quoted)),
        ("", configmap(block)),
        ("", operations(quoted)),
        ("", operations(block)),
        ("--form helm", values(quoted)),
        ("--form helm", values(&block.replace("    ", "      "))),
        ("--form operator", both(quoted)),
        ("--form operator", both(block)),
    ] {
        let run = Sandbox::new()
            .command(&format!(
                "render -q --absent -f - --policy-key policy.csv --only argocd-rbac-cm {form}"
            ))
            .stdin(text)
            .run();
        all.push_str(&run.snapshot());
    }
    assert_data_eq!(
        all,
        str![[r#"
---- stdout
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-rbac-cm}
data:
  policy.csv: ""
  a: b
---- exit code 0
---- stdout
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-rbac-cm}
data:
  a: b
---- exit code 0
---- stdout
- op: add
  path: /data/policy.csv
  value: ""
- op: add
  path: /data/a
  value: b
---- exit code 0
---- stdout
- op: add
  path: /data/a
  value: b
---- exit code 0
---- stdout
configs:
  rbac:
    a: b
    policy.csv: ""
---- exit code 0
---- stdout
configs:
  rbac:
    a: b
---- exit code 0
---- stdout
apiVersion: argoproj.io/v1beta1
kind: ArgoCD
metadata: {name: cd}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-rbac-cm}
data:
  policy.csv: ""
  a: b
---- exit code 0
---- stdout
apiVersion: argoproj.io/v1beta1
kind: ArgoCD
metadata: {name: cd}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-rbac-cm}
data:
  a: b
---- exit code 0

"#]]
    );
}
