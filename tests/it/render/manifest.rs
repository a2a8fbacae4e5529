//! The complete new objects, of files and of a server.

use snapbox::{assert_data_eq, str};

use super::{LIVE, TWO};
use crate::common::Sandbox;

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
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
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
note: an earlier `kubectl apply` claims url of argocd-cm
note: the next client-side `kubectl apply` of manifests without them (an upgrade) deletes them
note: `kubectl replace`, as below, prevents that; `kubectl patch` does not
note: upgrades keep accounts.octopus, accounts.octopus.enabled, policy.octopus.csv after `kubectl replace` or `patch`
note: not after `kubectl apply -f -`: it claims every key, and the apply of the next upgrade deletes them
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
note: `kubectl replace` writes one object after the other: after a conflict (409) read both again and repeat
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
            "argocd-rbac-cm",
            "argocd-cm",
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
fn a_manifest_needs_input() {
    Sandbox::new()
        .command("render --form manifest")
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
        .command("render -f - -q -o json")
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
fn foreign_documents_of_a_file_stay_and_other_files_are_not_printed() {
    let sandbox = Sandbox::new()
        .with(
            "d/a.yaml",
            format!("{TWO}---\nkind: Secret\nmetadata: {{name: x}}\n"),
        )
        .with("d/b.yaml", "kind: Deployment\n")
        .with("d/c.txt", "not YAML: [")
        .with("d/d.yaml", "{{- if .Values.x }}\na: [\n");
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
fn bad_input_is_named_by_its_place() {
    let double = TWO.replace("  url:", "  accounts.alice: x\n  url:");
    Sandbox::new()
        .command("render -f -")
        .stdin(double)
        .run()
        .refused(3, "<stdin>:10:3: duplicate key `accounts.alice`");
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

/// The API server refuses a key in both maps.
#[test]
fn a_key_that_binary_data_has_is_refused() {
    let rbac = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-rbac-cm}\nbinaryData:\n  policy.octopus.csv: cCwg\n";
    Sandbox::new()
        .command("render -f -")
        .stdin(rbac)
        .run()
        .refused(
            3,
            "<stdin>:5:23: `binaryData` has the key `policy.octopus.csv` already",
        );
}

#[test]
fn an_immutable_object_is_rendered_with_a_warning() {
    let rbac =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-rbac-cm}\nimmutable: true\n";
    let run = Sandbox::new().command("render -f -").stdin(rbac).run();
    assert!(
        run.stderr
            .contains("warning: argocd-rbac-cm of namespace argocd is immutable"),
        "{}",
        run.stderr
    );
    let _ = run.stdout_of(0);
}

#[test]
fn what_the_input_holds_instead_is_named() {
    let other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cmd-params-cm}\n";
    Sandbox::new()
        .command("render -f -")
        .stdin(other)
        .run()
        .refused(
            3,
            "it holds ConfigMap argocd-cmd-params-cm, which has neither accounts nor rules",
        );
}

/// A file that people write may have fields that look like a server's.
#[test]
fn files_are_edited_each_by_itself() {
    let cm = TWO.split("---\n").next().unwrap();
    let rbac = TWO.split("---\n").nth(1).unwrap();
    let odd = cm.replace(
        "  namespace: argocd\n",
        "  namespace: argocd\n  creationTimestamp: null\n  uid: \"\"\n",
    );
    let live = rbac.replace("  namespace: argocd\n", "  namespace: argocd\n  uid: u\n");
    let sandbox = Sandbox::new()
        .with("a/argo.yaml", odd)
        .with("b/argo.yaml", live)
        .with("c/argo.yaml", rbac);
    let mut all = String::new();
    for line in [
        "-q -f a/argo.yaml -f b/argo.yaml",
        "-q -f a/argo.yaml -f b/argo.yaml -o json",
        "-f a/argo.yaml -f c/argo.yaml --output-dir out",
        "--fresh --output-dir new",
        "-f a/argo.yaml -n other",
    ] {
        let run = sandbox.command(&format!("render {line}")).run();
        all.push_str(&run.snapshot());
    }
    assert_data_eq!(
        all,
        str![[r##"
---- stdout
# Git holds this file.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
  creationTimestamp: null
  uid: ""
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
---- exit code 0
---- stdout
{
  "apiVersion": "v1",
  "items": [
    {
      "apiVersion": "v1",
      "kind": "ConfigMap",
      "metadata": {
        "name": "argocd-cm",
        "namespace": "argocd",
        "creationTimestamp": null,
        "uid": ""
      },
      "data": {
        "url": "https://argocd.example.com",
        "accounts.alice": "login",
        "accounts.octopus": "apiKey",
        "accounts.octopus.enabled": "true"
      }
    },
    {
      "apiVersion": "v1",
      "kind": "ConfigMap",
      "metadata": {
        "name": "argocd-rbac-cm",
        "namespace": "argocd"
      },
      "data": {
        "policy.csv": "# people/ng, acme:ops, role:admin/n",
        "policy.default": "",
        "policy.octopus.csv": "p, octopus, applications, get, *, allow/np, octopus, clusters, get, *, allow/np, octopus, logs, get, */*, allow/n"
      }
    }
  ],
  "kind": "List"
}
---- exit code 0
---- stderr
error: two files are named argo.yaml
  hint: render them one at a time, each into its own directory
---- exit code 2
---- stderr
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
warning: only for a new Argo CD: applied over an existing one, it deletes every setting that is not in it
next: kubectl create -f new
---- exit code 0
---- stderr
note: left alone: argocd-cm in namespace argocd
error: there is no argocd-cm and no argocd-rbac-cm in the input
  hint: it holds ConfigMap argocd-cm, which has neither accounts nor rules
  hint: -n names a different namespace from the objects'; omit it, or use -A
---- exit code 3

"##]]
    );
    assert!(
        sandbox
            .read("new/argocd-rbac-cm.yaml")
            .contains("p, octopus")
    );
}

#[test]
fn of_many_other_objects_three_are_named() {
    let services = ["a", "a", "b", "c", "d"]
        .map(|name| format!("apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n"));
    let run = Sandbox::new()
        .command("render -f -")
        .stdin(services.join("---\n"))
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
error: there is no argocd-cm and no argocd-rbac-cm in the input
  hint: it holds Service a, Service b, Service c and 1 more, which has neither accounts nor rules
  hint: read them with: kubectl get configmap -n argocd argocd-cm argocd-rbac-cm -o yaml
---- exit code 3

"#]]
    );
}
