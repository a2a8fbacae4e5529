//! `--form operator`: the ArgoCD resource, and argocd-rbac-cm where the operator leaves it alone.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::RULES;
use crate::common::Sandbox;

const PLAIN: &str = "\
apiVersion: argoproj.io/v1beta1
kind: ArgoCD
metadata:
  name: cd
  namespace: gitops
spec:
  server: {replicas: 1} # ours
";
const RBAC: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: gitops
data:
  policy.csv: |
    g, ops, role:admin
";

/// The rules as lines of a block.
fn indented(by: usize) -> String {
    let indent = " ".repeat(by);
    let lines = RULES.lines().flat_map(|line| [&indent, line, "\n"]);
    lines.collect()
}

fn with_policy() -> String {
    format!("{PLAIN}  rbac:\n    policy: |\n      g, ops, role:admin\n")
}

#[test]
fn without_a_policy_of_its_own_the_resource_gets_none() {
    let sandbox = Sandbox::new().with("argocd.yaml", PLAIN);
    assert_data_eq!(
        sandbox.command("render -f argocd.yaml").run().snapshot(),
        str![[r#"
---- stdout
apiVersion: argoproj.io/v1beta1
kind: ArgoCD
metadata:
  name: cd
  namespace: gitops
spec:
  server: {replicas: 1} # ours
  extraConfig:
    accounts.octopus: apiKey
    accounts.octopus.enabled: "true"
---- stderr
warning: the rules go into argocd-rbac-cm of namespace gitops, which is not in the input (a policy in the resource would replace the live one): kubectl octopus-argo render -n gitops --form patch --only argocd-rbac-cm | kubectl patch configmap argocd-rbac-cm -n gitops --type merge --patch-file /dev/stdin
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
next: review it (kubectl octopus-argo diff -f argocd.yaml), then kubectl octopus-argo render -f argocd.yaml --in-place edits argocd.yaml; commit that
---- exit code 0

"#]]
    );
}

#[test]
fn rules_go_into_argocd_rbac_cm_where_it_is_in_the_input() {
    let both = format!("{PLAIN}---\n{RBAC}");
    let out = Sandbox::new()
        .command("render -q --form operator -f -")
        .stdin(&both)
        .run()
        .stdout_of(0);
    assert_eq!(
        out,
        format!(
            "{PLAIN}  extraConfig:\n    accounts.octopus: apiKey\n    accounts.octopus.enabled: \"true\"\n---\n{RBAC}  policy.octopus.csv: |\n{}",
            indented(4)
        )
    );
    let back = Sandbox::new()
        .command("render -q --form operator --absent -f -")
        .stdin(out)
        .run();
    assert_eq!(back.stdout_of(0), both);
}

#[test]
fn rules_go_where_the_policy_is_set() {
    let out = Sandbox::new()
        .command("render -q -f -")
        .stdin(with_policy())
        .run()
        .stdout_of(0);
    let rules = indented(6);
    assert_eq!(
        out,
        format!(
            "{}{rules}  extraConfig:\n    accounts.octopus: apiKey\n    accounts.octopus.enabled: \"true\"\n",
            with_policy()
        )
    );
    let run = Sandbox::new().command("render -f -").stdin(&out).run();
    assert!(run.stderr.contains("nothing to change"), "{}", run.stderr);
    let back = Sandbox::new()
        .command("render -q --absent -f -")
        .stdin(out)
        .run();
    assert_eq!(back.stdout_of(0), with_policy());
}

#[test]
fn a_rule_that_loads_from_argocd_rbac_cm_is_not_written_twice() {
    let key = indented(4);
    let both = format!("{}---\n{RBAC}  policy.octopus.csv: |\n{key}", with_policy());
    let out = Sandbox::new()
        .command("render -q --form operator -f -")
        .stdin(&both)
        .run()
        .stdout_of(0);
    assert_eq!(out.matches("applications, get").count(), 1, "{out}");
}

#[test]
fn a_policy_of_which_nothing_is_left_stays_and_is_empty() {
    let rules = indented(6);
    let only_ours = format!("{PLAIN}  rbac:\n    policy: |\n{rules}");
    let back = Sandbox::new()
        .command("render -q --absent -f - -o json")
        .stdin(only_ours)
        .run()
        .stdout_of(0);
    // Without the field the operator would leave the live policy as it is, our rules in it.
    let read: Value = serde_json::from_str(&back).unwrap();
    assert_eq!(read["spec"]["rbac"]["policy"], "");
}

#[test]
fn the_merge_patch_has_our_own_entries_the_lock_and_nothing_else() {
    let server = with_policy().replace("  name: cd", "  name: cd\n  resourceVersion: \"5\"");
    let patch = |more: &str| -> Value {
        let line = format!("render -q --form operator --as-patch -o json -f - {more}");
        let out = Sandbox::new()
            .command(&line)
            .stdin(&server)
            .run()
            .stdout_of(0);
        serde_json::from_str(&out).unwrap()
    };
    let account = json!({"accounts.octopus": "apiKey", "accounts.octopus.enabled": "true"});
    assert_eq!(
        patch(""),
        json!({
            "metadata": {"name": "cd", "resourceVersion": "5"},
            "spec": {
                "extraConfig": account,
                "rbac": {"policy": format!("g, ops, role:admin\n{RULES}")},
            },
        })
    );
    assert_eq!(
        patch("--only argocd-cm --strip-resource-version"),
        json!({"metadata": {"name": "cd"}, "spec": {"extraConfig": account}})
    );
    assert_eq!(patch("--absent"), json!({}));
}

#[test]
fn a_local_user_of_that_name_is_refused() {
    let local = format!("{PLAIN}  localUsers:\n  - name: octopus\n    apiKey: true\n");
    let run = Sandbox::new().command("render -f -").stdin(&local).run();
    run.refused(3, "<stdin>:9:11: `spec.localUsers` names octopus:");
    Sandbox::new()
        .command("render -q -f - --account other")
        .stdin(&local)
        .run()
        .stdout_of(0);
}

#[test]
fn without_input_only_the_account_can_be_rendered() {
    let run = Sandbox::new().command("render --form operator").run();
    run.refused(
        2,
        "where the rules go depends on whether the ArgoCD resource sets a policy",
    );
    let out = Sandbox::new()
        .command("render -q --form operator --only argocd-cm")
        .run()
        .stdout_of(0);
    assert_eq!(
        out,
        "spec:\n  extraConfig:\n    accounts.octopus: apiKey\n    accounts.octopus.enabled: \"true\"\n"
    );
}

#[test]
fn there_must_be_an_argocd() {
    let run = Sandbox::new()
        .command("render -f - --form operator")
        .stdin(RBAC)
        .run();
    run.refused(3, "there is no ArgoCD resource in the input");
}

#[test]
fn live_asks_for_the_resource_and_argocd_rbac_cm() {
    let run = Sandbox::new()
        .command("render --live -n gitops --form operator -q")
        .answers(
            0,
            &format!(
                "apiVersion: v1\nkind: List\nitems:\n- {}",
                PLAIN.trim_end().replace('\n', "\n  ")
            ),
            "",
        )
        .answers(0, RBAC, "")
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let asked: Vec<_> = run.ran.iter().map(|words| words[1..4].join(" ")).collect();
    assert_eq!(
        asked,
        [
            "get argocds.argoproj.io --namespace",
            "get configmap argocd-rbac-cm"
        ]
    );
    assert!(run.stdout.contains("policy.octopus.csv"), "{}", run.stdout);
}

/// The patch of the resource has the rules too where no other object holds them.
#[test]
fn the_command_that_is_next_makes_the_same_patch() {
    let sandbox = Sandbox::new()
        .with("cd.yaml", with_policy())
        .with("plain.yaml", PLAIN)
        .with("rbac.yaml", RBAC);
    for line in [
        "-f cd.yaml --as-patch",
        "-f cd.yaml --as-patch --only argocd-rbac-cm",
    ] {
        let run = sandbox
            .command(&format!("render --form operator {line}"))
            .run();
        assert_eq!(run.code, 0, "{}", run.stderr);
        let (_, next) = run
            .stderr
            .split_once("next: kubectl octopus-argo ")
            .unwrap();
        let (own, kubectl) = next.split_once(" | ").unwrap();
        assert_eq!(
            kubectl,
            "kubectl patch argocd cd -n gitops --type merge --patch-file /dev/stdin\n"
        );
        assert_eq!(sandbox.command(own).run().stdout, run.stdout);
        assert!(run.stdout.contains("p, octopus"), "{}", run.stdout);
    }
    let run = sandbox
        .command("render -f plain.yaml -f rbac.yaml --form operator --as-patch")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
error: there are two patches, and kubectl silently drops all but the first of a patch file
  hint: kubectl octopus-argo render -f plain.yaml -f rbac.yaml --form operator --as-patch --only argocd-cm | kubectl patch argocd cd -n gitops --type merge --patch-file /dev/stdin
  hint: kubectl octopus-argo render -f plain.yaml -f rbac.yaml --form patch --only argocd-rbac-cm | kubectl patch configmap argocd-rbac-cm -n gitops --type merge --patch-file /dev/stdin
  hint: or write them to files: --output-dir DIR
---- exit code 2

"#]]
    );
    let rules = "render -f plain.yaml -f rbac.yaml --form patch --only argocd-rbac-cm";
    assert_data_eq!(
        sandbox.command(rules).run().snapshot(),
        str![[r#"
---- stdout
metadata:
  name: argocd-rbac-cm
data:
  policy.octopus.csv: |
    p, octopus, applications, get, *, allow
    p, octopus, clusters, get, *, allow
    p, octopus, logs, get, */*, allow
---- stderr
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
next: kubectl octopus-argo render -f plain.yaml -f rbac.yaml --form patch --only argocd-rbac-cm | kubectl patch configmap argocd-rbac-cm -n gitops --type merge --patch-file /dev/stdin
---- exit code 0

"#]]
    );
    let only = "render --form operator --only argocd-cm";
    assert_data_eq!(
        sandbox.command(only).run().snapshot(),
        str![[r#"
---- stdout
spec:
  extraConfig:
    accounts.octopus: apiKey
    accounts.octopus.enabled: "true"
---- stderr
note: without input the patch sets the capabilities to apiKey alone and enables the account; --live keeps more
next: kubectl octopus-argo render --form operator --only argocd-cm | kubectl patch argocd NAME -n argocd --type merge --patch-file /dev/stdin
---- exit code 0

"#]]
    );
}

/// The resource counts before the ConfigMap, which its operator writes.
#[test]
fn the_mode_of_the_resource_goes_into_the_command_for_the_rules() {
    let regex = format!("{PLAIN}  rbac:\n    policyMatcherMode: regex\n");
    let live = RBAC.replace(
        "policy.csv: |\n    g, ops, role:admin",
        "policy.matchMode: glob",
    );
    let run = Sandbox::new()
        .command("render -f - --only argocd-rbac-cm")
        .stdin(&regex)
        .run();
    assert_data_eq!(
        run.stderr,
        str![[r#"
warning: the rules go into argocd-rbac-cm of namespace gitops, which is not in the input (a policy in the resource would replace the live one): kubectl octopus-argo render -n gitops --form patch --only argocd-rbac-cm --match-mode regex | kubectl patch configmap argocd-rbac-cm -n gitops --type merge --patch-file /dev/stdin
note: nothing to change: account and rules are already in place

"#]]
    );
    let run = Sandbox::new()
        .command("render -q -f - --form operator --only argocd-rbac-cm")
        .stdin(format!("{regex}---\n{live}"))
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
apiVersion: argoproj.io/v1beta1
kind: ArgoCD
metadata:
  name: cd
  namespace: gitops
spec:
  server: {replicas: 1} # ours
  rbac:
    policyMatcherMode: regex
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: gitops
data:
  policy.matchMode: glob
  policy.octopus.csv: |
    p, octopus, ^applications$, ^get$, .*, allow
    p, octopus, ^clusters$, ^get$, .*, allow
    p, octopus, ^logs$, ^get$, .*/.*, allow
---- exit code 0

"#]]
    );
}
