//! `--form helm`: values of the argo-cd chart, from nothing and in a file that is there.

use std::fmt::Write as _;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::RULES;
use crate::common::{Sandbox, real};

/// A chart that makes the two ConfigMaps of the values as the argo-cd chart does: every scalar of
/// `configs.cm` as a text, empty ones left out, and `configs.rbac` as it is.
const TEMPLATE: &str = r#"{{- if .Values.configs.cm.create }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
data:
{{- range $key, $value := omit .Values.configs.cm "create" "annotations" }}
{{- if not (kindIs "map" $value) }}
{{- if ne (toString $value) "" }}
  {{ $key }}: {{ toString $value | toYaml }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
---
{{- if .Values.configs.rbac.create }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
data:
  {{- toYaml (omit .Values.configs.rbac "create" "annotations") | nindent 2 }}
{{- end }}
"#;
const DEFAULTS: &str = "\
configs:
  cm: {create: true, annotations: {}, admin.enabled: true, url: \"\"}
  rbac: {create: true, annotations: {}, policy.csv: \"\", scopes: \"[groups]\"}
";

fn chart() -> Sandbox {
    Sandbox::new()
        .with("chart/Chart.yaml", "apiVersion: v2\nname: argo-cd\nversion: 10.0.0\n")
        .with("chart/values.yaml", DEFAULTS)
        .with("chart/templates/cm.yaml", TEMPLATE)
        .with(
            "umbrella/Chart.yaml",
            "apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n- name: argo-cd\n  version: 10.0.0\n",
        )
        .with("umbrella/charts/argo-cd/Chart.yaml", "apiVersion: v2\nname: argo-cd\nversion: 10.0.0\n")
        .with("umbrella/charts/argo-cd/values.yaml", DEFAULTS)
        .with("umbrella/charts/argo-cd/templates/cm.yaml", TEMPLATE)
}

/// `data` of both ConfigMaps that helm makes of a chart and values.
fn template(sandbox: &Sandbox, chart: &str, values: &str) -> [Value; 2] {
    use kubectl_octopus_argo::{model::Source, yaml::Stream};
    let helm = real::find("helm").unwrap();
    let path = |name: &str| sandbox.path().join(name).display().to_string();
    let (chart, values) = (path(chart), path(values));
    let output = real::run(&helm, &["template", "r", &chart, "-f", &values], "", |_| {});
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let text = String::from_utf8(output.stdout).unwrap();
    let stream = Stream::parse(Source::new("rendered", text)).unwrap();
    let data = |name: &str| {
        let documents = stream.documents().iter();
        let mut objects = documents.filter_map(|d| d.to_json(d.root()?).ok());
        let found = objects.find(|object| object["metadata"]["name"] == name);
        found.map_or(Value::Null, |object| object["data"].clone())
    };
    [data("argocd-cm"), data("argocd-rbac-cm")]
}

fn assert_ours(data: &[Value; 2]) {
    assert_eq!(data[0]["accounts.octopus"], "apiKey");
    assert_eq!(data[0]["accounts.octopus.enabled"], "true");
    assert_eq!(data[0]["admin.enabled"], "true");
    assert_eq!(data[1]["policy.octopus.csv"], RULES);
    assert_eq!(data[1]["scopes"], "[groups]");
}

#[test]
fn the_real_helm_makes_the_configmaps_of_our_values() {
    if real::find("helm").is_none() {
        return;
    }
    let sandbox = chart();
    let values = sandbox.command("render -q --form helm").run().stdout_of(0);
    let sandbox = sandbox.with("ours.yaml", values);
    assert_ours(&template(&sandbox, "chart", "ours.yaml"));
    let line = "render -q --form helm --values-root argo-cd";
    let values = sandbox.command(line).run().stdout_of(0);
    let sandbox = sandbox.with("ours.yaml", values);
    assert_ours(&template(&sandbox, "umbrella", "ours.yaml"));
}

#[test]
fn the_real_helm_makes_the_configmaps_of_an_edited_file() {
    if real::find("helm").is_none() {
        return;
    }
    for (chart_name, options, text) in [
        ("chart", "", "# ours\nserver: {replicas: 2}\n"),
        (
            "chart",
            "",
            "configs:\n  cm:\n    url: https://x # y\n  rbac: {policy.default: ''}\n",
        ),
        ("chart", "", "configs: {}\n"),
        (
            "umbrella",
            "--values-root argo-cd",
            "argo-cd:\n    configs:\n        cm: {url: x}\n",
        ),
        ("umbrella", "--values-root argo-cd", "other: 1\n"),
    ] {
        let sandbox = chart().with("v.yaml", text);
        let run = |more: &str| {
            let line = format!("render -q -f v.yaml --form helm --in-place {options} {more}");
            sandbox.command(&line).run().stdout_of(0);
            sandbox.read("v.yaml")
        };
        let before = template(&sandbox, chart_name, "v.yaml");
        run("");
        assert_ours(&template(&sandbox, chart_name, "v.yaml"));
        let back = run("--absent");
        if text != "configs: {}\n" {
            assert_eq!(back, text);
        }
        assert_eq!(template(&sandbox, chart_name, "v.yaml"), before, "{text}");
    }
}

#[test]
fn values_are_known_by_their_missing_kind() {
    let sandbox = Sandbox::new().with(
        "values.yaml",
        "configs:\n  cm:\n    accounts.octopus: login\n",
    );
    let out = sandbox
        .command("render -q -f values.yaml")
        .run()
        .stdout_of(0);
    assert!(
        out.contains("    accounts.octopus: login,apiKey\n"),
        "{out}"
    );
    assert!(
        out.contains("  rbac:\n    policy.octopus.csv: |\n"),
        "{out}"
    );
    // Of a directory only what has the chart's values is taken for values.
    let sandbox = sandbox
        .with("d/kustomization.yaml", "configs: {}\n")
        .with("d/other.yaml", "a: 1\n")
        .with("d/Chart.yaml", "name: x\n");
    sandbox
        .command("render -f d")
        .run()
        .refused(3, "there is no argocd-cm");
    sandbox
        .command("render -f d --form helm")
        .run()
        .refused(3, "there is no values file");
    let cm = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\n";
    let run = Sandbox::new()
        .command("render -f - --form helm")
        .stdin(cm)
        .run();
    run.refused(3, "there is no values file");
}

#[test]
fn a_chart_that_does_not_create_the_configmap_is_named() {
    let sandbox = Sandbox::new().with(
        "v.yaml",
        "configs:\n  cm:\n    create: false\n  rbac:\n    create: true\n",
    );
    let run = sandbox.command("render -f v.yaml").run();
    assert_eq!(run.code, 0);
    assert!(
        run.stderr
            .contains("warning: v.yaml: `configs.cm.create` is false"),
        "{}",
        run.stderr
    );
    assert!(
        !run.stderr.contains("configs.rbac.create"),
        "{}",
        run.stderr
    );
}

#[test]
fn values_of_old_charts_are_refused() {
    for old in ["config", "rbacConfig", "configEnabled"] {
        Sandbox::new()
            .command("render -f - --form helm")
            .stdin(format!("server:\n  {old}: {{}}\n"))
            .run()
            .refused(3, &format!("<stdin>:2:3: `server.{old}`"));
    }
    Sandbox::new()
        .command("render -f - --values-root cd")
        .stdin("cd:\n  server:\n    config: {}\n")
        .run()
        .refused(3, "<stdin>:3:5: `server.config`");
}

#[test]
fn an_umbrella_chart_is_not_taken_for_the_chart() {
    Sandbox::new()
        .command("render -f -")
        .stdin("argo-cd:\n  configs:\n    cm: {}\n")
        .run()
        .refused(2, "name it: --values-root argo-cd");
}

#[test]
fn a_policy_that_is_no_text_or_does_not_load_is_refused() {
    let refused = |values: &str, said: &str| {
        Sandbox::new()
            .command("render -f -")
            .stdin(values)
            .run()
            .refused(3, said);
    };
    refused(
        "configs:\n  rbac:\n    policy.csv: [a]\n",
        "<stdin>:3:17: the value of `policy.csv`",
    );
    refused(
        "configs:\n  rbac:\n    policy.csv: p, a\n",
        "<stdin>:3:21: the policy does not load",
    );
    refused("configs:\n  rbac: x\n", "`configs.rbac` is not a mapping");
}

#[test]
fn values_cannot_be_taken_out_without_their_file() {
    Sandbox::new()
        .command("render --form helm --absent")
        .run()
        .refused(2, "values are removed from the file that has them");
}

#[test]
fn live_has_no_values() {
    Sandbox::new()
        .command("render --live --form helm")
        .run()
        .refused(2, "values are in a file");
}

#[test]
fn regex_mode_of_the_values_anchors_the_rules() {
    let out = Sandbox::new()
        .command("render -q -f -")
        .stdin("configs:\n  rbac:\n    policy.matchMode: regex\n")
        .run()
        .stdout_of(0);
    assert!(
        out.contains("p, octopus, ^applications$, ^get$, .*, allow"),
        "{out}"
    );
}

#[test]
fn values_of_a_chart_below_others_are_indented_below_their_names() {
    let render = |line: &str| {
        let run = Sandbox::new()
            .command(&format!(
                "render -q --form helm --only argocd-rbac-cm {line}"
            ))
            .run();
        run.stdout_of(0)
    };
    let mut wanted = String::from("\"on\":\n  argo-cd:\n");
    for line in render("").lines() {
        writeln!(wanted, "    {line}").unwrap();
    }
    assert_eq!(render("--values-root on.argo-cd"), wanted);
    for gap in ["a..b", ".", "a.", ".a"] {
        let run = Sandbox::new()
            .command(&format!("render --form helm --values-root {gap}"))
            .run();
        run.refused(2, "write the names from the top down");
    }
}

/// Written at the top, the values of a dependency have no effect.
#[test]
fn nothing_is_written_at_the_top_of_an_umbrella_chart() {
    for (values, place) in [
        ("argo-cd:\n  server:\n    replicas: 2\n", "<stdin>:1:1"),
        ("argo-cd:\n", "<stdin>:1:1"),
        (
            "x: 1\nplatform: {dex: {enabled: false}, controller: {replicas: 1}}\n",
            "<stdin>:2:1",
        ),
    ] {
        for absent in ["", " --absent"] {
            Sandbox::new()
                .command(&format!("render -f - --form helm{absent}"))
                .stdin(values)
                .run()
                .refused(2, &format!("{place}: this is an umbrella chart"));
        }
    }
    let own = "server: {replicas: 2}\nargo-cd: {}\n";
    let run = Sandbox::new()
        .command("render -q -f - --form helm")
        .stdin(own)
        .run();
    assert!(run.stdout_of(0).contains("\nconfigs:\n"));
    let below = Sandbox::new()
        .command("render -q -f - --form helm --values-root argo-cd")
        .stdin("argo-cd:\n  server: {replicas: 2}\n")
        .run();
    assert!(below.stdout_of(0).contains("\n  configs:\n"));
}

#[test]
fn a_misspelt_configs_is_named_by_every_command() {
    let sandbox = Sandbox::new()
        .with("values.yaml", "config:\n  cm:\n    accounts.ci: apiKey\n")
        .with(
            "umbrella.yaml",
            "argo-cd:\n  config:\n    rbac:\n      policy.default: role:readonly\n",
        );
    for command in ["render", "diff", "check", "matrix", "can ci get app x/y"] {
        for (file, place) in [("values.yaml", "1:1"), ("umbrella.yaml", "2:3")] {
            let run = sandbox.command(&format!("{command} -f {file}")).run();
            run.refused(
                3,
                &format!(
                    "  hint: {file}:{place}: the argo-cd chart does not read `config`: did you mean `configs`?\n"
                ),
            );
            assert!(!run.stderr.contains("kubectl get"), "{}", run.stderr);
        }
    }
}

#[test]
fn a_patch_body_is_not_values() {
    Sandbox::new()
        .command("render -f - --form helm")
        .stdin("data:\n  url: https://x\n")
        .run()
        .refused(3, "<stdin>:1:1: `data` at the top level");
}

#[test]
fn what_is_values_of_the_chart_and_what_is_not() {
    let mut all = String::new();
    for values in [
        "# empty\n",
        "argocd: true\n",
        "redis: {}\nother:\n  configs: {x: 1}\n",
        "redis: {}\nargo-cd:\n  configs:\n    cm: {}\n",
        "metadata: {name: x}\n",
        "configs:\n  rbac:\n    policy.csv: 5\n",
    ] {
        let run = Sandbox::new()
            .with("values.yaml", values)
            .command("render -q --form helm -f values.yaml --only argocd-cm")
            .run();
        all.push_str(&run.snapshot());
    }
    assert_data_eq!(
        all,
        str![[r#"
---- stdout
# empty
configs:
  cm:
    accounts.octopus: apiKey
    accounts.octopus.enabled: "true"
---- exit code 0
---- stdout
argocd: true
configs:
  cm:
    accounts.octopus: apiKey
    accounts.octopus.enabled: "true"
---- exit code 0
---- stdout
redis: {}
other:
  configs: {x: 1}
configs:
  cm:
    accounts.octopus: apiKey
    accounts.octopus.enabled: "true"
---- exit code 0
---- stderr
error: values.yaml:2:1: the argo-cd chart's values are below `argo-cd` here: this is an umbrella chart
  hint: name it: --values-root argo-cd
---- exit code 2
---- stderr
error: there is no values file in the input
  hint: name it: -f values.yaml --in-place
  hint: for a values file that does not exist yet, leave -f out: render --form helm
---- exit code 3
---- stderr
error: values.yaml:3:17: the value of `policy.csv` is not a string
  hint: write the rules as a block: `policy.csv: |`, and below it one rule on each line
---- exit code 3

"#]]
    );
}
