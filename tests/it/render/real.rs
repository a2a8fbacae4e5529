//! Beside the real kubectl, and on real files.

use super::TWO;
use crate::common::{Sandbox, real};

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
                let line = format!("render -q -f - {flags} --form {form} --only {which}");
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
        "plain.yaml",
        "policy.yaml",
        "four-spaces.yaml",
        "block-styles.yaml",
        "bom-crlf.yaml",
        "long-policy.yaml",
        "anchors.yaml",
    ] {
        let text = std::fs::read_to_string(format!("tests/data/samples/configmap/{name}")).unwrap();
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
