//! `--form kustomize`: a Component, on bases with a namespace and without, with `data` and without.

use serde_json::Value;

use super::RULES;
use crate::common::{Sandbox, real};

pub(super) const BASES: [&str; 4] = [
    "  namespace: argocd\ndata:\n  a: b\n",
    "  namespace: argocd\n",
    "data:\n  a: b\n",
    "",
];

pub(super) fn base(rest: &str) -> String {
    let object =
        |name: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n{rest}");
    format!("{}---\n{}", object("argocd-cm"), object("argocd-rbac-cm"))
}

/// What `kubectl kustomize` builds of the directory `overlay`: `data` of both ConfigMaps.
pub(super) fn build(sandbox: &Sandbox) -> [Value; 2] {
    use kubectl_octopus_argo::{model::Source, yaml::Stream};
    let kubectl = real::find("kubectl").unwrap();
    let path = sandbox.path().join("overlay").display().to_string();
    let output = real::run(&kubectl, &["kustomize", &path], "", |_| {});
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let text = String::from_utf8(output.stdout).unwrap();
    let stream = Stream::parse(Source::new("built", text)).unwrap();
    let data = |name: &str| {
        let objects = stream.documents().iter();
        let mut objects =
            objects.map(|document| document.to_json(document.root().unwrap()).unwrap());
        objects
            .find(|object| object["metadata"]["name"] == name)
            .unwrap()["data"]
            .clone()
    };
    [data("argocd-cm"), data("argocd-rbac-cm")]
}

fn overlay(base: &str) -> Sandbox {
    Sandbox::new()
        .with("base/all.yaml", base)
        .with("base/kustomization.yaml", "resources: [all.yaml]\n")
        .with(
            "overlay/kustomization.yaml",
            "resources: [../base]\ncomponents: [octopus]\n",
        )
}

#[test]
fn the_component_fits_every_base() {
    if real::find("kubectl").is_none() {
        return;
    }
    for rest in BASES {
        let sandbox = overlay(&base(rest));
        let text = sandbox
            .command("render -q --form kustomize")
            .run()
            .stdout_of(0);
        let inline = overlay(&base(rest)).with("overlay/octopus/kustomization.yaml", &text);
        sandbox
            .command("render -q --form kustomize --output-dir overlay/octopus")
            .run()
            .stdout_of(0);
        let mut names: Vec<_> = std::fs::read_dir(sandbox.path().join("overlay/octopus"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "argocd-cm.patch.yaml",
                "argocd-rbac-cm.patch.yaml",
                "kustomization.yaml"
            ]
        );
        for sandbox in [sandbox, inline] {
            let [cm, rbac_cm] = build(&sandbox);
            assert_eq!(cm["accounts.octopus"], "apiKey", "{rest}");
            assert_eq!(cm["accounts.octopus.enabled"], "true", "{rest}");
            assert_eq!(rbac_cm["policy.octopus.csv"], RULES, "{rest}");
            assert_eq!(cm.get("a").is_some(), rest.contains("a: b"), "{rest}");
        }
    }
}

#[test]
fn the_component_of_absent_takes_it_out_again() {
    if real::find("kubectl").is_none() {
        return;
    }
    for rest in BASES {
        let with = Sandbox::new()
            .command("render -q -f -")
            .stdin(base(rest))
            .run()
            .stdout_of(0);
        for line in [
            "render -q --form kustomize --absent",
            "render -q --form kustomize --absent -f base/all.yaml",
        ] {
            let sandbox = overlay(&with);
            let text = sandbox.command(line).run().stdout_of(0);
            let sandbox = overlay(&with).with("overlay/octopus/kustomization.yaml", &text);
            for data in build(&sandbox) {
                let left = data.as_object().map_or(0, serde_json::Map::len);
                assert_eq!(
                    left,
                    usize::from(rest.contains("a: b")),
                    "{line} {rest} {data}"
                );
            }
        }
    }
}

#[test]
fn what_is_there_is_kept() {
    let cm = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata:\n  accounts.octopus: login\n  accounts.octopus.enabled: \"true\"\n";
    let run = |line: &str| Sandbox::new().command(line).stdin(cm).run().stdout_of(0);
    let text = run("render -q --form kustomize -f - --only argocd-cm");
    assert!(
        text.contains("      accounts.octopus: login,apiKey\n"),
        "{text}"
    );
    assert!(!text.contains("enabled"), "{text}");
    let json = run("render -q --form kustomize -f - --only argocd-cm -o json");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["patches"].as_array().unwrap().len(), 1);
    assert_eq!(json["patches"][0]["target"]["name"], "argocd-cm");
    let nothing = Sandbox::new()
        .command("render -q --form kustomize -f - --only argocd-cm")
        .stdin(cm.replace("login", "apiKey"))
        .run()
        .stdout_of(0);
    assert!(
        nothing.ends_with("kind: Component\npatches: []\n"),
        "{nothing}"
    );
}

#[test]
fn one_component_is_for_one_argo_cd() {
    let two = format!(
        "{}---\n{}",
        base("  namespace: a\n"),
        base("  namespace: b\n")
    );
    Sandbox::new()
        .command("render -A --form kustomize -f -")
        .stdin(two)
        .run()
        .refused(2, "is for one Argo CD");
}

#[test]
fn a_shared_policy_key_needs_the_objects() {
    for form in ["kustomize", "helm"] {
        Sandbox::new()
            .command(&format!("render --form {form} --policy-key policy.csv"))
            .run()
            .refused(2, "a patch of a policy key that others write too");
    }
}

pub(super) fn only_added(before: &str, after: &str) {
    let mut left = after.lines();
    for line in before.lines() {
        assert!(left.any(|one| one == line), "{line:?} is lost:\n{after}");
    }
}

/// Kustomizations with patches of both ConfigMaps inside of them: of its own each, and both in one block.
const INLINE: &str = "\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [base.yaml]
patches:
- patch: |-
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: argocd-cm
    data:
      # OPS-1
      url: https://argo.example.com
- target: {kind: ConfigMap, name: argocd-rbac-cm}
  patch: |
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: argocd-rbac-cm
    data:
      policy.default: role:none

namespace: argocd # last
";
const INLINE_DOCUMENTS: &str = "\
resources: [base.yaml]
patches:
- patch: |
    ---
    # OPS-1
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: argocd-cm
    data:
      url: https://argo.example.com
      ui.bannercontent: |
        # ---
        ---
    --- \n    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: argocd-rbac-cm
    data:
      policy.default: role:none
    # last

namespace: argocd # last
";

#[test]
fn patches_inside_a_kustomization_are_edited_in_place() {
    edits_in_place(INLINE);
}

#[test]
fn documents_of_a_patch_inside_a_kustomization_are_edited_in_place() {
    edits_in_place(INLINE_DOCUMENTS);
}

fn edits_in_place(kustomization: &str) {
    let sandbox = Sandbox::new().with("overlay/kustomization.yaml", kustomization);
    let run = sandbox
        .command("render --in-place -q -f overlay/kustomization.yaml")
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let edited = sandbox.read("overlay/kustomization.yaml");
    only_added(kustomization, &edited);
    let again = sandbox
        .command("render -q -f overlay/kustomization.yaml")
        .run();
    assert_eq!(again.stdout, edited, "twice is once");
    if real::find("kubectl").is_some() {
        let sandbox = Sandbox::new()
            .with("overlay/kustomization.yaml", &*edited)
            .with("overlay/base.yaml", &*base(BASES[2]));
        let [cm, rbac] = build(&sandbox);
        assert_eq!(cm["accounts.octopus"], "apiKey");
        assert_eq!(cm["url"], "https://argo.example.com");
        // kustomize takes the white space at the end of a patch away.
        let rules = rbac["policy.octopus.csv"].as_str().unwrap();
        assert_eq!(rules.trim_end(), RULES.trim_end());
        assert_eq!(rbac["policy.default"], "role:none");
    }
    let diff = sandbox
        .command("diff -q --absent -f overlay/kustomization.yaml")
        .run();
    assert_eq!(diff.code, 1, "{}", diff.stderr);
    assert!(
        diff.stdout.contains("\n-  accounts.octopus: apiKey\n"),
        "{}",
        diff.stdout
    );
    let run = sandbox
        .command("render --absent --in-place -q -f overlay/kustomization.yaml")
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(sandbox.read("overlay/kustomization.yaml"), kustomization);
}

#[test]
fn what_is_found_in_a_patch_has_its_place_in_the_kustomization() {
    let quoted = "patches:\n- patch: '{kind: ConfigMap, apiVersion: v1, metadata: {name: argocd-rbac-cm}, data: {scopes: \"[\"}}'\n";
    for (text, place, line) in [
        (
            INLINE_DOCUMENTS.replace("policy.default: role:none", "scopes: \"[\""),
            "21:15",
            "21 |       scopes: \"[\"\n   |               ^^^",
        ),
        (
            quoted.to_owned(),
            "2:94",
            "2 |           {kind: ConfigMap, ",
        ),
    ] {
        let sandbox = Sandbox::new().with("kustomization.yaml", text);
        let run = sandbox.command("lint -f kustomization.yaml").run();
        let said = run.stdout;
        assert!(
            said.contains(&format!("--> kustomization.yaml:{place}\n")),
            "{said}"
        );
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn a_patch_that_is_not_written_as_it_is_read_is_named() {
    let quoted =
        r#"- patch: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-rbac-cm}\n""#;
    let folded =
        "- patch: >\n    {kind: ConfigMap, apiVersion: v1,\n    metadata: {name: argocd-rbac-cm}}";
    for patch in [quoted, folded] {
        let text = format!("kind: Kustomization\npatches:\n{patch}\n");
        let sandbox = Sandbox::new().with("kustomization.yaml", text);
        let run = sandbox.command("render -f kustomization.yaml").run();
        run.refused(
            3,
            "kustomization.yaml:3:10: this patch of argocd-rbac-cm is not written as it is read",
        );
        let text = INLINE.replace("patches:\n", &format!("patches:\n{patch}\n"));
        let sandbox = Sandbox::new().with("kustomization.yaml", text);
        for command in ["render", "can ci get app x/y", "lint"] {
            let run = sandbox
                .command(&format!("{command} -f kustomization.yaml"))
                .run();
            assert!(
                run.stderr.contains(
                    "warning: kustomization.yaml:5:10: this patch of argocd-rbac-cm is not written as it is read"
                ),
                "{command}: {}",
                run.stderr
            );
        }
    }
}

#[test]
fn a_whole_configmap_beside_a_kustomization_is_the_one_that_is_edited() {
    let sandbox = Sandbox::new()
        .with("overlay/kustomization.yaml", INLINE)
        .with("overlay/base.yaml", &*base(BASES[0]));
    let run = sandbox.command("render --in-place -q -f overlay").run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(sandbox.read("overlay/kustomization.yaml"), INLINE);
    assert!(
        sandbox
            .read("overlay/base.yaml")
            .contains("accounts.octopus")
    );
}

#[test]
fn the_body_of_a_patch_is_edited_without_a_kind() {
    for (text, wanted) in [
        (
            "data:\n  accounts.ci: apiKey\n",
            "  accounts.octopus: apiKey\n",
        ),
        (
            "metadata:\n  name: argocd-rbac-cm\ndata:\n  scopes: '[groups]'\n",
            "  policy.octopus.csv: |\n",
        ),
    ] {
        let sandbox = Sandbox::new().with("patch.yaml", text);
        let edited = sandbox.command("render -q -f patch.yaml").run();
        assert_eq!(edited.code, 0, "{}", edited.stderr);
        assert!(edited.stdout.starts_with(text), "{}", edited.stdout);
        assert!(edited.stdout.contains(wanted), "{}", edited.stdout);
        let back = sandbox
            .command("render -q --absent -f -")
            .stdin(edited.stdout)
            .run();
        assert_eq!(back.stdout, text);
    }
}
