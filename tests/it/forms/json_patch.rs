//! `--form json-patch`: guarded, correct where `data` is absent.

use serde_json::{Value, json};

use super::RULES;
use crate::common::{Sandbox, real};

const HEAD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-rbac-cm\n";

fn patch(input: &str, more: &str) -> String {
    Sandbox::new()
        .command(&format!(
            "render -q -f - --form json-patch --only argocd-rbac-cm {more}"
        ))
        .stdin(input)
        .run()
        .stdout_of(0)
}

#[test]
fn what_is_there_is_tested_first() {
    let live = HEAD.replace("metadata:", "metadata:\n  resourceVersion: \"7\"") + "data:\n  a: b\n";
    let read: Value = serde_json::from_str(&patch(&live, "")).unwrap();
    let wanted = json!([
        {"op": "test", "path": "/metadata/name", "value": "argocd-rbac-cm"},
        {"op": "test", "path": "/metadata/resourceVersion", "value": "7"},
        {"op": "test", "path": "/data/policy.octopus.csv", "value": null},
        {"op": "add", "path": "/data/policy.octopus.csv", "value": RULES},
    ]);
    assert_eq!(read, wanted);
    let read: Value = serde_json::from_str(&patch(&live, "--strip-resource-version")).unwrap();
    assert_eq!(read.as_array().unwrap().len(), 3);
}

#[test]
fn nothing_to_change_is_an_empty_list() {
    assert_eq!(patch(HEAD, "--absent"), "[]\n");
}

/// `data` goes only where nothing of anybody is left in it.
#[test]
fn taking_out_leaves_the_keys_of_others() {
    let ours =
        format!("{HEAD}data:\n  policy.octopus.csv: |\n    p, octopus, logs, get, */*, allow\n");
    let removed = |input: &str| -> Vec<String> {
        let read: Value = serde_json::from_str(&patch(input, "--absent")).unwrap();
        let operations = read.as_array().unwrap().iter();
        let removing = operations.filter(|operation| operation["op"] != "test");
        removing
            .map(|operation| format!("{} {}", operation["op"], operation["path"]).replace('"', ""))
            .collect()
    };
    assert_eq!(removed(&ours), ["remove /data"]);
    let theirs = format!("{ours}  policy.csv: g, a, b\n");
    assert_eq!(removed(&theirs), ["remove /data/policy.octopus.csv"]);
}

#[test]
fn it_needs_input() {
    let run = Sandbox::new().command("render --form json-patch").run();
    run.refused(2, "a JSON patch depends on what is there");
}

#[test]
fn the_real_kubectl_makes_of_it_what_the_manifest_is() {
    let Some(kubectl) = real::find("kubectl") else {
        return;
    };
    let apply = |object: &str, patch: &str| {
        let sandbox = Sandbox::new().with("o.yaml", object).with("p.json", patch);
        let file = |name: &str| sandbox.path().join(name).display().to_string();
        let (before, change) = (file("o.yaml"), file("p.json"));
        let args = [
            "patch",
            "--local",
            "-f",
            &before,
            "--type",
            "json",
            "--patch-file",
            &change,
            "-o",
            "json",
        ];
        real::run(&kubectl, &args, "", |_| {})
    };
    let data = |output: std::process::Output| -> Value {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        object["data"].clone()
    };
    let policy = |text: &str| format!("{HEAD}data:\n  policy.octopus.csv: |\n    {text}\n");
    for object in [
        HEAD.to_owned(),
        format!("{HEAD}data:\n"),
        format!("{HEAD}data: {{}}\n"),
        format!("{HEAD}data:\n  a: b\n"),
        policy("p, octopus, exec, create, */*, allow"),
    ] {
        let ours = patch(&object, "");
        let after = data(apply(&object, &ours));
        assert_eq!(after["policy.octopus.csv"], RULES, "{object}");
        let manifest = Sandbox::new()
            .command("render -q -f - --only argocd-rbac-cm")
            .stdin(&object)
            .run()
            .stdout_of(0);
        assert_eq!(after, data(apply(&manifest, "[]")), "{object}");
        // Somebody else was faster.
        let changed = policy("p, somebody, applications, get, *, allow");
        assert!(!apply(&changed, &ours).status.success(), "{object}");
        let other = object.replace("argocd-rbac-cm", "argocd-cm");
        assert!(!apply(&other, &ours).status.success(), "{object}");
        // And back.
        let back = data(apply(&manifest, &patch(&manifest, "--absent")));
        assert!(back.get("policy.octopus.csv").is_none(), "{back}");
    }
}
