//! `--template-dir`, `--template-set`, `--template-values`.

use crate::common::Sandbox;

const CM: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cm\ndata:\n  url: x\n";
const RBAC: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-rbac-cm\n";

#[test]
fn an_overridden_template_has_the_same_effect_with_input_and_without() {
    let sandbox = Sandbox::new()
        .with(
            "t/argocd-cm.data.yaml.j2",
            "{{ account_key }}: apiKey\nextra: {{ note }}\n",
        )
        .with("v.yaml", "note: from a file\n")
        .with("cm.yaml", CM);
    let line = "--template-dir t --template-values v.yaml --only argocd-cm";
    let patch = sandbox
        .command(&format!("render {line}"))
        .run()
        .stdout_of(0);
    assert_eq!(
        patch,
        "metadata:\n  name: argocd-cm\ndata:\n  accounts.octopus: apiKey\n  extra: from a file\n"
    );
    let there = sandbox
        .command(&format!("render -q -f cm.yaml {line}"))
        .run()
        .stdout_of(0);
    assert_eq!(
        there,
        format!("{CM}  accounts.octopus: apiKey\n  extra: from a file\n")
    );
    let back = sandbox
        .command(&format!("render -q --absent -f - {line}"))
        .stdin(there)
        .run();
    assert_eq!(back.stdout_of(0), CM);
}

#[test]
fn no_value_can_break_or_inject_yaml() {
    let sandbox = Sandbox::new().with(
        "t/argocd-cm.data.yaml.j2",
        "{{ account_key }}: apiKey\nextra: {{ note }}\n",
    );
    for value in [
        "x\nevil: y",
        "'",
        "\"",
        "yes",
        "1e3",
        "null",
        "a: b",
        "# c",
        "",
        "|",
        "\u{85}",
        "{{ x }}",
    ] {
        let run = sandbox
            .command("render --template-dir t --only argocd-cm -o json --template-set")
            .arg(format!("note={value}"))
            .run();
        let patch: serde_json::Value = serde_json::from_str(&run.stdout_of(0)).unwrap();
        assert_eq!(patch["data"]["extra"], value);
        assert_eq!(patch["data"].as_object().unwrap().len(), 2);
    }
}

#[test]
fn any_account_name_is_written_as_it_is() {
    for name in ["yes", "1e3", "null", "0x1F", "-", "y"] {
        let run = Sandbox::new()
            .command(&format!(
                "render --account={name} --only argocd-rbac-cm -o json"
            ))
            .run();
        let patch: serde_json::Value = serde_json::from_str(&run.stdout_of(0)).unwrap();
        let rules = patch["data"][format!("policy.{name}.csv")]
            .as_str()
            .unwrap();
        assert!(
            rules.starts_with(&format!("p, {name}, applications, get, *, allow\n")),
            "{rules}"
        );
    }
}

#[test]
fn a_template_that_fails_gives_its_name_line_and_the_missing_value() {
    let sandbox = Sandbox::new()
        .with(
            "a/policy.csv.j2",
            "p, {{ account }}, applications, get, *, allow\n{{ colour }}\n",
        )
        .with(
            "b/argocd-cm.data.yaml.j2",
            "{{ account_key }}: apiKey\n  bad: [\n",
        )
        .with("c/argocd-cm.data.yaml.j2", "other: x\n")
        .with("d/x.j2", "")
        .with(
            "e/argocd-cm.data.yaml.j2",
            "{{ account_key }}: apiKey, login\n",
        )
        .with("f/policy.csv.j2", "g, {{ account }}, role:admin\n")
        .with("g/manifest.yaml.j2", "a: 1\n")
        .with(
            "h/argocd-cm.data.yaml.j2",
            "{{ account_key }}: apiKey\na b: c\n",
        )
        .with("cm.yaml", CM);
    for (line, code, said) in [
        (
            "--template-dir a --only argocd-rbac-cm",
            3,
            "a/policy.csv.j2:2:1: no value for `colour`",
        ),
        (
            "--template-dir b --only argocd-cm",
            3,
            "b/argocd-cm.data.yaml.j2 (rendered):",
        ),
        (
            "--template-dir c --only argocd-cm",
            3,
            "gives no key `accounts.octopus`",
        ),
        (
            "--template-dir d --only argocd-cm",
            2,
            "d has no template of ours",
        ),
        ("--template-dir e -f cm.yaml", 3, "capability `login`"),
        ("--template-dir f --only argocd-rbac-cm", 3, "never bound"),
        (
            "--template-dir g --fresh --only argocd-cm",
            3,
            "g/manifest.yaml.j2: what this template renders",
        ),
        (
            "--template-dir h --only argocd-cm",
            3,
            "`a b` cannot be a key of a ConfigMap",
        ),
        (
            "--template-set account=x --only argocd-cm",
            2,
            "`account` is a variable of our own",
        ),
        (
            "--template-set =x --only argocd-cm",
            2,
            "`` cannot be the name of a value",
        ),
    ] {
        sandbox
            .command(&format!("render {line}"))
            .run()
            .refused(code, said);
    }
}

#[cfg(unix)]
#[test]
fn a_template_directory_does_not_lead_out_of_itself() {
    let sandbox = Sandbox::new()
        .with("secret", "{{ account_key }}: apiKey\n")
        .with("t/x", "");
    std::os::unix::fs::symlink("../secret", sandbox.path().join("t/argocd-cm.data.yaml.j2"))
        .unwrap();
    sandbox
        .command("render --template-dir t --only argocd-cm")
        .run()
        .refused(3, "leads out");
    let sandbox = Sandbox::new()
        .with("secret.yaml", "x: 1\n")
        .with("t/policy.csv.j2", "{% include '../secret.yaml' %}\n");
    sandbox
        .command("render --template-dir t --only argocd-rbac-cm")
        .run()
        .refused(3, "t/policy.csv.j2:1:1");
}

#[test]
fn an_overridden_policy_is_merged_rule_by_rule() {
    let sandbox = Sandbox::new()
        .with(
            "t/policy.csv.j2",
            "# ours\np, {{ account }}, projects, get, {{ project }}, allow\n",
        )
        .with("rbac.yaml", RBAC);
    let run = sandbox
        .command("render -q --template-dir t -f rbac.yaml --template-set project=a,b")
        .run();
    assert_eq!(
        run.stdout_of(0),
        format!(
            "{RBAC}data:\n  policy.octopus.csv: |\n    # ours\n    p, octopus, projects, get, \"a,b\", allow\n"
        )
    );
}

/// A key beside the rules goes in with them, and out again where it says what render would say.
#[test]
fn another_key_of_argocd_rbac_cm_goes_in_and_out() {
    let sandbox = Sandbox::new().with(
        "t/argocd-rbac-cm.data.yaml.j2",
        "{{ policy_key }}: |\n  p, {{ account }}, logs, get, */*, allow\nscopes: '[groups]'\n",
    );
    let render = |line: &str, text: &str| {
        let line = format!("render -q -f - --template-dir t {line}");
        sandbox.command(&line).stdin(text).run().stdout_of(0)
    };
    let with = format!(
        "{RBAC}data:\n  policy.octopus.csv: |\n    p, octopus, logs, get, */*, allow\n  scopes: '[groups]'\n"
    );
    assert_eq!(render("", RBAC), with);
    assert_eq!(render("--absent", &with), RBAC);
    let theirs = with.replace("[groups]", "[email]");
    assert_eq!(
        render("--absent", &theirs),
        format!("{RBAC}data:\n  scopes: '[email]'\n")
    );
}

/// A form's template carries exactly what the data templates say, for the object that it is for.
#[test]
fn a_template_of_a_form_with_anything_else_is_refused() {
    let data = "{% filter indent(2) %}{% include name ~ \".data.yaml.j2\" %}{% endfilter %}";
    let patch = format!("kind: ConfigMap\nmetadata:\n  name: {{{{ name }}}}\ndata:\n{data}\n");
    let values = "configs:\n  cm:\n{% filter indent(4) %}{% include \"argocd-cm.data.yaml.j2\" %}{% endfilter %}\n";
    for (name, template, line, fits) in [
        ("kustomize-patch.yaml.j2", patch.clone(), "kustomize", true),
        (
            "kustomize-patch.yaml.j2",
            patch.replace("kind: ConfigMap", "kind: Secret"),
            "kustomize",
            false,
        ),
        (
            "kustomize-patch.yaml.j2",
            patch.replace("{{ name }}", "other"),
            "kustomize",
            false,
        ),
        (
            "kustomize-patch.yaml.j2",
            format!("{patch}  more: x\n"),
            "kustomize",
            false,
        ),
        (
            "kustomize-patch.yaml.j2",
            patch.replace(
                data,
                "  accounts.octopus: apiKey\n  accounts.octopus.enabled: \"no\"",
            ),
            "kustomize",
            false,
        ),
        ("helm-values.yaml.j2", values.to_owned(), "helm", true),
        (
            "helm-values.yaml.j2",
            format!("{values}    more: x\n"),
            "helm",
            false,
        ),
        (
            "helm-values.yaml.j2",
            "configs:\n  cm: {}\n".to_owned(),
            "helm",
            false,
        ),
        (
            "argocd.patch.yaml.j2",
            "spec:\n  extraConfig:\n    accounts.octopus: apiKey\n    accounts.octopus.enabled: \"true\"\n".to_owned(),
            "operator",
            true,
        ),
        (
            "argocd.patch.yaml.j2",
            "spec:\n  extraConfig: {}\n".to_owned(),
            "operator",
            false,
        ),
    ] {
        let sandbox = Sandbox::new().with(&format!("t/{name}"), &template);
        let run = sandbox
            .command(&format!(
                "render -q --template-dir t --only argocd-cm --form {line} --output-dir out"
            ))
            .run();
        if fits {
            assert_eq!(run.code, 0, "{template}: {}", run.stderr);
        } else {
            run.refused(3, "what this template renders");
        }
    }
}

/// A key of another purpose is taken out only as it was put in.
#[test]
fn another_key_of_argocd_cm_that_was_changed_stays() {
    let sandbox = Sandbox::new().with(
        "t/argocd-cm.data.yaml.j2",
        "{{ account_key }}: apiKey\nextra: ours\n",
    );
    for (extra, left) in [("ours", ""), ("theirs", "  extra: theirs\n")] {
        let run = sandbox
            .command("render -q -f - --absent --template-dir t --only argocd-cm")
            .stdin(format!(
                "{CM}  accounts.octopus: apiKey\n  extra: {extra}\n"
            ))
            .run();
        assert_eq!(run.stdout_of(0), format!("{CM}{left}"));
    }
}

#[test]
fn a_rule_that_is_rendered_twice_is_written_once() {
    let sandbox = Sandbox::new().with(
        "t/policy.csv.j2",
        "p, {{ account }}, logs, get, */*, allow\np,{{ account }},logs,get,*/*,allow\n",
    );
    let run = sandbox
        .command("render -q -f - --template-dir t --policy-key policy.csv --only argocd-rbac-cm")
        .stdin(RBAC)
        .run();
    assert_eq!(
        run.stdout_of(0),
        format!("{RBAC}data:\n  policy.csv: |\n    p, octopus, logs, get, */*, allow\n")
    );
}

#[test]
fn values_are_one_document_and_keep_their_empty_lines_below_a_root() {
    let values =
        "configs:\n\n  cm:\n    accounts.octopus: apiKey\n    accounts.octopus.enabled: \"true\"\n";
    let render = |template: &str| {
        let line = "render -q --template-dir t --only argocd-cm --form helm --values-root argo-cd";
        let sandbox = Sandbox::new().with("t/helm-values.yaml.j2", template);
        sandbox.command(line).run()
    };
    let below = values
        .replace("configs", "  configs")
        .replace("  cm", "    cm");
    let below = below.replace("    accounts", "      accounts");
    assert_eq!(render(values).stdout_of(0), format!("argo-cd:\n{below}"));
    render(&format!("{values}---\na: b\n")).refused(3, "a template renders one document");
}
