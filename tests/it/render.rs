//! `render`: forms, inputs, what goes in, `--absent`.

use snapbox::{assert_data_eq, str};

use crate::common::{Sandbox, real};

/// Both ConfigMaps, small, with comments and somebody else's keys.
const TWO: &str = "\
# Git holds this file.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
data:
  url: https://argocd.example.com # ours
  accounts.alice: login
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
  policy.default: ''
";

/// As kubectl prints an object of the server.
const LIVE: &str = r#"apiVersion: v1
items:
- apiVersion: v1
  data:
    url: https://argocd.example.com
  kind: ConfigMap
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"v1","data":{"url":"https://argocd.example.com"},"kind":"ConfigMap"}
    creationTimestamp: "2026-01-01T00:00:00Z"
    labels:
      app.kubernetes.io/part-of: argocd
    managedFields:
    - apiVersion: v1
      manager: kubectl
    name: argocd-cm
    namespace: argocd
    resourceVersion: "42"
    uid: 7d4e6a2c
- apiVersion: v1
  kind: ConfigMap
  metadata:
    annotations:
      team: platform
      kubectl.kubernetes.io/last-applied-configuration: '{}'
    generation: 3
    name: argocd-rbac-cm
    namespace: argocd
    resourceVersion: "43"
    selfLink: /api/v1/x
kind: List
metadata:
  resourceVersion: ""
"#;

#[test]
fn manifest_of_files() {
    let sandbox = Sandbox::new().with("cm.yaml", TWO);
    assert_data_eq!(
        sandbox.command("render -f cm.yaml").run().snapshot(),
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
  policy.default: ''
  policy.octopus.csv: |
    p, octopus, applications, get, *, allow
    p, octopus, clusters, get, *, allow
    p, octopus, logs, get, */*, allow
---- stderr
note: the account may read, not sync; Octopus steps that trigger a sync need --allow-sync
next: review it (kubectl octopus-argo diff -f cm.yaml), then kubectl octopus-argo render -f cm.yaml --in-place edits cm.yaml; commit that
---- exit code 0

"#]]
    );
}

#[test]
fn manifest_of_a_live_list_loses_what_only_the_server_writes() {
    let run = Sandbox::new().command("render -f -").stdin(LIVE).run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
apiVersion: v1
items:
- apiVersion: v1
  data:
    url: https://argocd.example.com
    accounts.octopus: apiKey
    accounts.octopus.enabled: "true"
  kind: ConfigMap
  metadata:
    labels:
      app.kubernetes.io/part-of: argocd
    name: argocd-cm
    namespace: argocd
    resourceVersion: "42"
- apiVersion: v1
  kind: ConfigMap
  metadata:
    annotations:
      team: platform
    name: argocd-rbac-cm
    namespace: argocd
    resourceVersion: "43"
  data:
    policy.octopus.csv: |
      p, octopus, applications, get, *, allow
      p, octopus, clusters, get, *, allow
      p, octopus, logs, get, */*, allow
kind: List
metadata:
  resourceVersion: ""
---- stderr
note: an earlier `kubectl apply` made kubectl believe that it owns url of argocd-cm: the next client-side `kubectl apply` of manifests without them (an upgrade of Argo CD) deletes them; unless you apply a file of your own that has them, mend it with: kubectl patch configmap argocd-cm -n argocd --type merge -p '{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":null}}}'
note: with `kubectl replace` or `kubectl patch` the next upgrade of Argo CD keeps accounts.octopus, accounts.octopus.enabled, policy.octopus.csv; `| kubectl apply -f -` loses nothing now, but makes kubectl believe that every key is its own, and the next `kubectl apply` of Argo CD's manifests then deletes them
note: the account may read, not sync; Octopus steps that trigger a sync need --allow-sync
next: … | kubectl octopus-argo render -f - | kubectl replace -f -
---- exit code 0

"#]]
    );
}

#[test]
fn live_asks_kubectl_once_and_nothing_else() {
    let run = Sandbox::new()
        .command("render --live -n cd --context prod -q")
        .env("KUBECTL_PATH", "/opt/kubectl")
        .answers(0, &LIVE.replace("namespace: argocd", "namespace: cd"), "")
        .run();
    assert_eq!(
        run.ran,
        [[
            "/opt/kubectl",
            "get",
            "configmap",
            "argocd-cm",
            "argocd-rbac-cm",
            "--namespace",
            "cd",
            "--output=yaml",
            "--show-managed-fields",
            "--ignore-not-found",
            "--context=prod"
        ]]
    );
    assert!(run.stdout_of(0).contains("accounts.octopus: apiKey"));
}

#[test]
fn live_without_the_configmaps_says_so() {
    let run = Sandbox::new()
        .command("render --live")
        .answers(0, "", "")
        .run();
    run.refused(
        3,
        "there is no argocd-cm and no argocd-rbac-cm in namespace argocd",
    );
}

#[test]
fn live_with_a_failing_kubectl_is_an_external_failure() {
    let run = Sandbox::new()
        .command("diff --live")
        .answers(1, "", "error: no cluster\n")
        .run();
    run.refused(4, "no cluster");
}

#[test]
fn patches_without_input() {
    let run = Sandbox::new().command("render").terminal().run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
metadata:
  name: argocd-cm
data:
  accounts.octopus: apiKey
  accounts.octopus.enabled: "true"
---
metadata:
  name: argocd-rbac-cm
data:
  policy.octopus.csv: |
    p, octopus, applications, get, *, allow
    p, octopus, clusters, get, *, allow
    p, octopus, logs, get, */*, allow
---- stderr
[1mnote:[0m the account may read, not sync; Octopus steps that trigger a sync need --allow-sync
[1mnote:[0m without input the patch sets the account's capabilities to exactly apiKey and enables it; with --live it keeps what is there (kubectl octopus-argo render --live)
[32mnext:[0m kubectl octopus-argo render -o patch --only argocd-cm | kubectl patch configmap argocd-cm -n argocd --type merge --patch-file /dev/stdin && kubectl octopus-argo render -o patch --only argocd-rbac-cm | kubectl patch configmap argocd-rbac-cm -n argocd --type merge --patch-file /dev/stdin
---- exit code 0

"#]]
    );
}

#[test]
fn two_patches_do_not_go_into_a_pipe() {
    let run = Sandbox::new().command("render --allow-sync").run();
    run.refused(2, "kubectl silently drops all but the first");
    assert!(
        run.stderr
            .contains("-o patch --only argocd-rbac-cm --allow-sync | kubectl patch")
    );
}

#[test]
fn one_patch_goes_into_a_pipe() {
    let run = Sandbox::new()
        .command("render --only argocd-rbac-cm --project a --project b")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
metadata:
  name: argocd-rbac-cm
data:
  policy.octopus.csv: |
    p, octopus, applications, get, a/*, allow
    p, octopus, applications, get, b/*, allow
    p, octopus, clusters, get, *, allow
    p, octopus, logs, get, a/*, allow
    p, octopus, logs, get, b/*, allow
---- stderr
note: the account may read, not sync; Octopus steps that trigger a sync need --allow-sync
next: kubectl octopus-argo render -o patch --only argocd-rbac-cm --project a --project b | kubectl patch configmap argocd-rbac-cm -n argocd --type merge --patch-file /dev/stdin
---- exit code 0

"#]]
    );
}

#[test]
fn patches_go_into_a_directory() {
    let sandbox = Sandbox::new().with("cm.yaml", TWO);
    let run = sandbox
        .command("render -f cm.yaml -o patch --output-dir out")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
note: the account may read, not sync; Octopus steps that trigger a sync need --allow-sync
next: kubectl patch configmap argocd-cm -n argocd --type merge --patch-file out/argocd-cm.patch.yaml && kubectl patch configmap argocd-rbac-cm -n argocd --type merge --patch-file out/argocd-rbac-cm.patch.yaml
---- exit code 0

"#]]
    );
    assert_data_eq!(
        sandbox.read("out/argocd-cm.patch.yaml"),
        str![[r#"
metadata:
  name: argocd-cm
data:
  accounts.octopus: apiKey
  accounts.octopus.enabled: "true"

"#]]
    );
    assert_data_eq!(
        sandbox.read("out/argocd-rbac-cm.patch.yaml"),
        str![[r#"
metadata:
  name: argocd-rbac-cm
data:
  policy.octopus.csv: |
    p, octopus, applications, get, *, allow
    p, octopus, clusters, get, *, allow
    p, octopus, logs, get, */*, allow

"#]]
    );
}

#[test]
fn a_patch_of_a_live_object_has_its_lock() {
    let sandbox = Sandbox::new().with("live.yaml", LIVE);
    let patch = |flags: &str| {
        let line = format!("render -f live.yaml -o patch --format json --only argocd-cm {flags}");
        sandbox.command(&line).run().stdout_of(0)
    };
    assert_data_eq!(
        patch(""),
        str![[r#"
{
  "metadata": {
    "name": "argocd-cm",
    "resourceVersion": "42"
  },
  "data": {
    "accounts.octopus": "apiKey",
    "accounts.octopus.enabled": "true"
  }
}

"#]]
    );
    assert!(!patch("--strip-resource-version").contains("resourceVersion"));
}

#[test]
fn a_patch_with_nothing_to_change_is_empty() {
    let sandbox = Sandbox::new().with("cm.yaml", TWO);
    let done = sandbox.command("render -f cm.yaml").run().stdout_of(0);
    let sandbox = sandbox.with("cm.yaml", done);
    let run = sandbox
        .command("render -f cm.yaml -o patch --only argocd-cm")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
{}
---- stderr
note: nothing to change: it is as it shall be
---- exit code 0

"#]]
    );
}

#[test]
fn a_shared_policy_key_is_no_patch_without_input() {
    let run = Sandbox::new()
        .command("render --policy-key policy.csv --only argocd-rbac-cm")
        .run();
    run.refused(2, "without input nobody knows them");
}

#[test]
fn fresh_manifests() {
    let run = Sandbox::new().command("render --fresh -n cd").run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
# For an Argo CD that does not exist yet: `kubectl create -f -`, or a file in Git.
# Applied over an existing Argo CD, this object deletes every setting that is not in it.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: cd
  labels:
    app.kubernetes.io/name: argocd-cm
    app.kubernetes.io/part-of: argocd
data:
  # A local user for the Octopus Deploy gateway: it may make API tokens, it may not log in.
  accounts.octopus: apiKey
  accounts.octopus.enabled: "true"
---
# For an Argo CD that does not exist yet: `kubectl create -f -`, or a file in Git.
# Applied over an existing Argo CD, this object deletes every setting that is not in it.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: cd
  labels:
    app.kubernetes.io/name: argocd-rbac-cm
    app.kubernetes.io/part-of: argocd
data:
  # Least privilege for that user. Argo CD joins every `policy.<any>.csv` to its policy.
  policy.octopus.csv: |
    p, octopus, applications, get, *, allow
    p, octopus, clusters, get, *, allow
    p, octopus, logs, get, */*, allow
---- stderr
note: the account may read, not sync; Octopus steps that trigger a sync need --allow-sync
warning: this is for an Argo CD that does not exist yet: applied over an existing one it deletes every setting that is not in it
next: kubectl octopus-argo render -n cd --fresh | kubectl create -f -
---- exit code 0

"#]]
    );
}

#[test]
fn fresh_manifests_as_json_are_one_list() {
    let text = Sandbox::new()
        .command("render --fresh -o json")
        .run()
        .stdout_of(0);
    let list: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(list["kind"], "List");
    assert_eq!(
        list["items"][1]["metadata"]["labels"]["app.kubernetes.io/part-of"],
        "argocd"
    );
}

#[test]
fn a_manifest_needs_input() {
    Sandbox::new()
        .command("render -o manifest")
        .run()
        .refused(2, "--fresh");
}

#[test]
fn json_stays_json_and_yaml_becomes_json_when_asked() {
    let object = r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm"}, "data": {"a": "\u00e9\n"}}"#;
    let out = Sandbox::new()
        .command("render -f - -q")
        .stdin(object)
        .run()
        .stdout_of(0);
    assert_eq!(
        out,
        object.replace(
            r#""\u00e9\n"}"#,
            r#""\u00e9\n", "accounts.octopus": "apiKey", "accounts.octopus.enabled": "true"}"#
        )
    );
    let yaml = Sandbox::new()
        .command("render -f - -q -o yaml")
        .stdin(object)
        .run()
        .stdout_of(0);
    assert_data_eq!(
        yaml,
        str![[r#"
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
data:
  a: |
    é
  accounts.octopus: apiKey
  accounts.octopus.enabled: "true"

"#]]
    );
    let json = Sandbox::new()
        .command("render -f - -q --format json")
        .stdin(TWO)
        .run()
        .stdout_of(0);
    let list: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(list["items"][0]["data"]["accounts.octopus"], "apiKey");
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

#[test]
fn running_twice_changes_nothing_the_second_time() {
    for flags in [
        "",
        "--allow-sync --project a",
        "--policy-key policy.csv",
        "--account ci",
    ] {
        let once = Sandbox::new()
            .command(&format!("render -f - {flags}"))
            .stdin(TWO)
            .run();
        let once = once.stdout_of(0);
        let twice = Sandbox::new()
            .command(&format!("render -f - {flags}"))
            .stdin(&once)
            .run();
        assert!(
            twice.stderr.contains("nothing to change"),
            "{flags}: {}",
            twice.stderr
        );
        assert_eq!(twice.stdout_of(0), once, "{flags}");
    }
}

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
warning: the account's tokens outlive it: they stay in the Secret argocd-secret and work again if the account ever comes back; revoke them first, while it is still there (argocd account get --account octopus lists them, argocd account delete-token --account octopus ID revokes one)
note: <stdin>:21:5: removed, though it stands in policy.csv, where render had not put it: p, octopus, clusters, get, *, allow
note: <stdin>:24:5: removed with policy.octopus.csv, and render had not added it: p, octopus, exec, create, */*, allow
warning: <stdin>:22:5: octopus still has everything of role:x
next: review it (… | kubectl octopus-argo diff -f - --absent), put it in the place of your file and commit it
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
            .contains("warning: the account octopus is disabled"),
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
note: the account may read, not sync; Octopus steps that trigger a sync need --allow-sync
next: review it (… | kubectl octopus-argo diff -f -), put it in the place of your file and commit it
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

#[test]
fn what_is_not_in_the_input_is_not_made_up() {
    let only_cm = TWO.split("---\n").next().unwrap();
    let run = Sandbox::new().command("render -f -").stdin(only_cm).run();
    assert!(
        run.stderr
            .contains("warning: argocd-rbac-cm of namespace argocd is not in the input")
    );
    assert!(!run.stdout_of(0).contains("argocd-rbac-cm"));
}

#[test]
fn foreign_documents_of_a_file_stay_and_other_files_are_not_printed() {
    let sandbox = Sandbox::new()
        .with(
            "d/a.yaml",
            format!("{TWO}---\nkind: Secret\nmetadata: {{name: x}}\n"),
        )
        .with("d/b.yaml", "kind: Deployment\n")
        .with("d/c.txt", "not YAML: [")
        .with("d/d.yaml", "{{- if .Values.x }}\na: 1\n");
    let run = sandbox.command("render -f d").run();
    assert!(
        run.stderr
            .contains("note: 1 file of the directory was left out"),
        "{}",
        run.stderr
    );
    let out = run.stdout_of(0);
    assert!(
        out.ends_with("---\nkind: Secret\nmetadata: {name: x}\n"),
        "{out}"
    );
    assert!(!out.contains("Deployment"));
}

#[test]
fn several_files_become_one_stream() {
    let (one, two) = TWO.split_once("---\n").unwrap();
    let sandbox = Sandbox::new()
        .with("1.yaml", one)
        .with("2.yaml", two.trim_end());
    let out = sandbox
        .command("render -q -f 1.yaml,2.yaml")
        .run()
        .stdout_of(0);
    let whole = Sandbox::new()
        .command("render -q -f -")
        .stdin(TWO.trim_end())
        .run()
        .stdout_of(0);
    assert_eq!(out, whole);
}

#[test]
fn our_merge_patch_gives_our_manifest_through_the_real_kubectl() {
    let Some(kubectl) = real::find("kubectl") else {
        return;
    };
    for (text, flags) in [
        (TWO, ""),
        (TWO, "--policy-key policy.csv --allow-sync"),
        (TWO, "--absent"),
    ] {
        for which in ["argocd-cm", "argocd-rbac-cm"] {
            let object = text
                .split("---\n")
                .find(|doc| doc.contains(&format!("name: {which}\n")))
                .unwrap();
            let there = Sandbox::new()
                .command(&format!("render -q -f - {}", flags.replace("--absent", "")));
            let object = if flags.contains("absent") {
                there.stdin(object).run().stdout_of(0)
            } else {
                object.to_owned()
            };
            let run = |form: &str| {
                let line = format!("render -q -f - {flags} -o {form} --only {which}");
                Sandbox::new()
                    .command(&line)
                    .stdin(&object)
                    .run()
                    .stdout_of(0)
            };
            let sandbox = Sandbox::new()
                .with("object.yaml", &object)
                .with("patch.yaml", run("patch"));
            let file = |name: &str| sandbox.path().join(name).display().to_string();
            let (object, patch) = (file("object.yaml"), file("patch.yaml"));
            let args = [
                "patch",
                "--local",
                "-f",
                &object,
                "--type",
                "merge",
                "--patch-file",
                &patch,
                "-o",
                "json",
            ];
            let patched = real::run(&kubectl, &args, "", |_| {});
            assert!(
                patched.status.success(),
                "{}",
                String::from_utf8_lossy(&patched.stderr)
            );
            let args = [
                "patch", "--local", "-f", "-", "--type", "merge", "-p", "{}", "-o", "json",
            ];
            let manifest = real::run(&kubectl, &args, &run("manifest"), |_| {});
            let json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
            let (mut patched, manifest) = (json(&patched.stdout), json(&manifest.stdout));
            // An empty map is the same to the API server as none.
            if patched["data"]
                .as_object()
                .is_some_and(serde_json::Map::is_empty)
            {
                patched.as_object_mut().unwrap().shift_remove("data");
            }
            assert_eq!(patched, manifest, "{which} {flags}");
        }
    }
}

#[test]
fn a_directory_of_the_samples_is_rendered_and_taken_back() {
    for name in [
        "configmap/argocd-cm-v3.yaml",
        "configmap/argocd-cm-documented.yaml",
        "configmap/argocd-rbac-cm-documented.yaml",
        "configmap/argocd-rbac-cm-overlay.yaml",
        "configmap/made-bom-crlf-two-documents.yaml",
        "configmap/made-block-styles.yaml",
        "configmap/made-four-spaces-no-final-newline.yaml",
        "configmap/made-long-policy.yaml",
        "configmap/argocd-cm-v2.8.yaml",
        "configmap/argocd-rbac-cm-v2.8-v3.yaml",
        "configmap/argocd-cm-opentelemetry-demo.yaml",
        "configmap/argocd-rbac-cm-argocd-agent.yaml",
    ] {
        let Some(text) = real::sample(name) else {
            return;
        };
        for flags in ["", "--policy-key policy.csv"] {
            let there = Sandbox::new()
                .command(&format!("render -q -f - {flags}"))
                .stdin(&text)
                .run();
            let there = there.stdout_of(0);
            only_adds(&text, &there, name);
            let line = format!("render -q --absent -f - {flags}");
            let back = Sandbox::new()
                .command(&line)
                .stdin(&there)
                .run()
                .stdout_of(0);
            assert!(
                back == text,
                "{name} {flags}: not the original bytes:\n{back}"
            );
        }
    }
}

/// Every line of the original is there, in order: nothing is lost, nothing reformatted. A line
/// that ends the file without a line break may get one.
#[track_caller]
fn only_adds(before: &str, after: &str, name: &str) {
    let mut lines = after.lines();
    for line in before.lines() {
        let found = lines.any(|other| other == line);
        assert!(
            found || line.contains("policy.csv"),
            "{name}: lost: {line:?}"
        );
        if !found {
            return;
        }
    }
}

#[test]
fn bad_input_is_named_by_its_place() {
    let double = TWO.replace("  url:", "  accounts.alice: x\n  url:");
    Sandbox::new()
        .command("render -f -")
        .stdin(double)
        .run()
        .refused(
            3,
            "<stdin>:10:3: the key `accounts.alice` stands here twice",
        );
    let boolean = TWO.replace("accounts.alice: login", "accounts.alice.enabled: true");
    Sandbox::new()
        .command("render -f -")
        .stdin(boolean)
        .run()
        .refused(
            3,
            "<stdin>:9:27: the value of `accounts.alice.enabled` is a boolean",
        );
    let policy = TWO.replace("g, acme:ops, role:admin", "g, acme:ops");
    Sandbox::new()
        .command("render -f -")
        .stdin(policy)
        .run()
        .refused(3, "<stdin>:19:16: the policy does not load");
    let second = format!("{TWO}---\n{TWO}");
    Sandbox::new()
        .command("render -f -")
        .stdin(second)
        .run()
        .refused(3, "a second argocd-cm in namespace argocd");
    let spaces = format!(
        "{TWO}---\n{}",
        TWO.replace("namespace: argocd", "namespace: blue")
    );
    Sandbox::new()
        .command("render -f -")
        .stdin(&spaces)
        .run()
        .refused(3, "in the namespaces argocd, blue");
    let out = Sandbox::new()
        .command("render -q -n blue -f -")
        .stdin(&spaces)
        .run()
        .stdout_of(0);
    assert_eq!(out.matches("accounts.octopus:").count(), 1);
    let out = Sandbox::new()
        .command("render -q -A -f -")
        .stdin(&spaces)
        .run()
        .stdout_of(0);
    assert_eq!(out.matches("accounts.octopus:").count(), 2);
    Sandbox::new()
        .command("render -f -")
        .stdin("a: 1\n")
        .run()
        .refused(3, "there is no argocd-cm and no argocd-rbac-cm");
}
