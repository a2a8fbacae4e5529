//! Merge patches, with and without input, and a whole Argo CD that does not exist yet.

use snapbox::{assert_data_eq, str};

use super::{LIVE, TWO};
use crate::common::Sandbox;

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
[1mnote:[0m the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
[1mnote:[0m without input the patch sets the capabilities to apiKey alone and enables the account; --live keeps more
[32mnext:[0m kubectl octopus-argo render --form patch --only argocd-cm | kubectl patch configmap argocd-cm -n argocd --type merge --patch-file /dev/stdin && kubectl octopus-argo render --form patch --only argocd-rbac-cm | kubectl patch configmap argocd-rbac-cm -n argocd --type merge --patch-file /dev/stdin
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
            .contains("--form patch --only argocd-rbac-cm --allow-sync | kubectl patch")
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
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
next: kubectl octopus-argo render --form patch --only argocd-rbac-cm --project a --project b | kubectl patch configmap argocd-rbac-cm -n argocd --type merge --patch-file /dev/stdin
---- exit code 0

"#]]
    );
}

#[test]
fn patches_go_into_a_directory() {
    let sandbox = Sandbox::new().with("cm.yaml", TWO);
    let run = sandbox
        .command("render -f cm.yaml --form patch --output-dir out")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
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
        let line = format!("render -f live.yaml --form patch -o json --only argocd-cm {flags}");
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
        .command("render -f cm.yaml --form patch --only argocd-cm")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
{}
---- stderr
note: nothing to change: account and rules are already in place
---- exit code 0

"#]]
    );
}

#[test]
fn a_shared_policy_key_is_no_patch_without_input() {
    let run = Sandbox::new()
        .command("render --policy-key policy.csv --only argocd-rbac-cm")
        .run();
    run.refused(2, "without input they are unknown");
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
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
warning: only for a new Argo CD: applied over an existing one, it deletes every setting that is not in it
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
