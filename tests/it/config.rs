//! The configuration file: what it says to a command, what wins over it, its JSON Schema.

use std::fs;

use kubectl_octopus_argo::config;
use kubectl_octopus_argo::model::{Configuration, Source};
use kubectl_octopus_argo::octopus::ExpectationsFile;
use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::common::Sandbox;
use crate::common::schema::Validator;

const SCHEMA: &str = "docs/octopus-argo.schema.json";
const EXPECTATIONS: &str = "docs/expectations.schema.json";
pub(crate) const CM: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
data:
  url: https://argocd.example.com
";
pub(crate) const RBAC: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: argocd
data:
  policy.csv: |
    g, acme:admins, role:admin
";

fn sandbox(configuration: &str) -> Sandbox {
    Sandbox::new()
        .with("octopus-argo.yaml", configuration)
        .with("prod/argocd-cm.yaml", CM)
        .with("prod/argocd-rbac-cm.yaml", RBAC)
}

const PROD: &str = "\
instances:
- name: prod
  namespace: argocd
  account: gateway
  permissions: {sync: true, projects: [web]}
  files: [prod/argocd-cm.yaml, prod/argocd-rbac-cm.yaml]
- name: edge
  context: edge-cluster
";

#[test]
fn an_instance_says_what_flags_would() {
    let sandbox = sandbox(PROD);
    let configured = sandbox.command("render --instance prod").run();
    let flags = "render -n argocd --account gateway --allow-sync --project web \
                 -f prod/argocd-cm.yaml,prod/argocd-rbac-cm.yaml";
    let spelled = sandbox.command(flags).run();
    assert_eq!(configured.stdout, spelled.stdout);
    let out = configured.stdout_of(0);
    assert!(out.contains("accounts.gateway: apiKey"), "{out}");
    assert!(
        out.contains("p, gateway, applications, sync, web/*, allow"),
        "{out}"
    );
}

#[test]
fn flags_beat_the_file() {
    let sandbox = sandbox(PROD).with("other.yaml", CM);
    let command = "render --instance prod --account me --project shop --allow-sync=false";
    let out = sandbox.command(command).run().stdout_of(0);
    assert!(out.contains("accounts.me: apiKey"), "{out}");
    assert!(
        out.contains("p, me, applications, get, shop/*, allow"),
        "{out}"
    );
    assert!(!out.contains("sync"), "{out}");
    let out = sandbox
        .command("render --instance prod -f other.yaml")
        .run()
        .stdout_of(0);
    assert!(
        out.contains("accounts.gateway") && !out.contains("acme"),
        "{out}"
    );
}

#[test]
fn the_cluster_is_asked_with_the_instances_context() {
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n- {}\n- {}\n",
        CM.trim_end().replace('\n', "\n  "),
        RBAC.trim_end().replace('\n', "\n  ")
    );
    let run = sandbox(PROD)
        .command("check --instance edge --live --after-change")
        .answers(0, &list, "")
        .answers(0, "", "")
        .run();
    assert_eq!(run.ran.len(), 2);
    for call in &run.ran {
        assert!(
            call.contains(&"--context=edge-cluster".to_owned()),
            "{call:?}"
        );
    }
    let _ = run.stdout_of(0);
    let run = sandbox(PROD)
        .command("check --instance prod --live --context mine")
        .answers(0, &list, "")
        .run();
    assert!(
        run.ran[0].contains(&"--context=mine".to_owned()),
        "{:?}",
        run.ran
    );
    // Without objects the hints name the cluster too.
    let run = sandbox(PROD)
        .command("render --instance edge --only argocd-cm")
        .run();
    assert!(
        run.stderr.contains("--context edge-cluster")
            || run.stderr.contains("--context=edge-cluster"),
        "{}",
        run.stderr
    );
}

#[test]
fn defaults_hold_without_an_instance_and_are_said() {
    let sandbox = Sandbox::new()
        .with(
            "octopus-argo.yaml",
            "defaults: {account: gateway, namespace: argocd}\n",
        )
        .with("cm.yaml", CM);
    let run = sandbox.command("render -f cm.yaml").run();
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
note: with the defaults of octopus-argo.yaml
warning: argocd-rbac-cm of namespace argocd is not in the input, so its part is not written
next: review it (kubectl octopus-argo diff -f cm.yaml -n argocd --account gateway), then kubectl octopus-argo render -f cm.yaml -n argocd --account gateway --in-place edits cm.yaml; commit that

"#]]
    );
    assert!(run.stdout_of(0).contains("accounts.gateway: apiKey"));
    let sample = sandbox.command("check --sample --after-change").run();
    assert!(sample.stdout_of(0).contains("gateway"));
    let without = sandbox.command("render -f cm.yaml --config empty.yaml");
    fs::write(sandbox.path().join("empty.yaml"), "").unwrap();
    let run = without.run();
    assert!(!run.stderr.contains("defaults"), "{}", run.stderr);
    assert!(run.stdout_of(0).contains("accounts.octopus: apiKey"));
}

#[test]
fn the_variable_names_a_configuration_and_the_option_beats_it() {
    let sandbox = sandbox("")
        .with("c/one.yaml", PROD)
        .with("two.yaml", "instances: [{name: two}]");
    let run = sandbox
        .command("diff --instance two")
        .env("OCTOPUS_ARGO_CONFIG", "c/one.yaml")
        .run();
    run.refused(2, "c/one.yaml has no instance `two`");
    let run = sandbox
        .command("diff --instance prod --config two.yaml")
        .env("OCTOPUS_ARGO_CONFIG", "c/one.yaml")
        .run();
    run.refused(2, "two.yaml has no instance `prod`");
}

#[test]
fn lint_takes_its_section() {
    let sandbox = |lint: &str| {
        Sandbox::new()
            .with("octopus-argo.yaml", format!("lint: {lint}\n"))
            .with("p.csv", "p, role:a, applications, get, x/*, allow\np, role:a, applications, get, x/*, allow\n")
    };
    let all = sandbox("{}").command("lint -f p.csv -o json").run();
    assert!(all.stdout.contains("duplicate-line"), "{}", all.stdout);
    let ignored = sandbox("{ignore: [duplicate-line]}")
        .command("lint -f p.csv -o json")
        .run();
    assert!(
        !ignored.stdout.contains("duplicate-line"),
        "{}",
        ignored.stdout
    );
    let given = sandbox("{ignore: [duplicate-line]}")
        .command("lint -f p.csv -o json --ignore undefined-role")
        .run();
    assert!(given.stdout.contains("duplicate-line"), "{}", given.stdout);
    let selected = sandbox("{select: [duplicate-line], failOn: never}")
        .command("lint -f p.csv -o json")
        .run();
    let report: Value = serde_json::from_str(&selected.stdout_of(0)).unwrap();
    let rules = report["findings"].as_array().unwrap();
    assert!(rules.iter().all(|one| one["rule"] == "duplicate-line") && !rules.is_empty());
    sandbox("{select: [duplicate-lin]}")
        .command("lint -f p.csv")
        .run()
        .refused(2, "there is no rule `duplicate-lin`");
}

#[test]
fn what_is_wrong_with_it_is_said_with_its_place() {
    let run = sandbox("instances:\n- name: prod\n  fles: [x]\n")
        .command("diff --sample")
        .run();
    run.refused(3, "octopus-argo.yaml:3:3:");
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
error: octopus-argo.yaml:3:3: not a valid configuration: instances[0]: unknown field `fles`, expected one of `name`, `files`, `recursive`, `destination`, `namespace`, `context`, `account`, `permissions`, `form`, `valuesRoot`, `policyKey`, `matchMode`, `templateDir`, `argocdVersion`, `argocd`, `gateway`
  hint: did you mean `files`?
  hint: --config FILE names another configuration, --config /dev/null an empty one

"#]]
    );
    let run = sandbox("").command("diff --all").run();
    run.refused(3, "octopus-argo.yaml has no instances");
    Sandbox::new()
        .command("diff --all")
        .run()
        .refused(2, "there is no octopus-argo.yaml in");
    Sandbox::new()
        .command("diff --all --config gone.yaml")
        .run()
        .refused(3, "cannot read gone.yaml");
    sandbox(PROD)
        .command("diff --instance prd")
        .run()
        .refused(2, "has no instance `prd`");
}

#[test]
fn commands_that_have_to_do_with_no_argo_cd_do_not_read_it() {
    let sandbox = sandbox("nonsense");
    for command in ["version", "completion bash", "man"] {
        let _ = sandbox.command(command).run().stdout_of(0);
    }
}

fn schema() -> String {
    let schema = schemars::schema_for!(Configuration);
    format!("{:#}\n", serde_json::to_value(schema).unwrap())
}

#[test]
fn the_schemas_are_those_of_the_types() {
    let expectations = schemars::schema_for!(ExpectationsFile);
    let expectations = format!("{:#}\n", serde_json::to_value(expectations).unwrap());
    for (path, wanted) in [(SCHEMA, schema()), (EXPECTATIONS, expectations)] {
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            fs::write(path, &wanted).unwrap();
        }
        let there = fs::read_to_string(path).unwrap_or_default();
        assert!(
            there == wanted,
            "{path} is not what the types say: run\n  UPDATE_SCHEMA=1 cargo test --test it schema"
        );
    }
}

#[test]
fn the_schema_and_the_reader_agree() {
    let every_key = "\
defaults: {namespace: a, context: b, account: c, permissions: {sync: true, projects: [d]}, form: helm}
lint: {select: [a], ignore: [b], failOn: error, accounts: [c]}
fleet: {repoURL: u, targetRevision: main, path: p, project: q, namespace: n}
instances:
- {name: a, files: [x], recursive: false, destination: {server: 'https://x'}, valuesRoot: r}
- {name: b, policyKey: policy.csv, matchMode: glob, templateDir: t, argocdVersion: v3.1.0}
- {name: c, argocd: {context: c, server: s, config: f, grpcWeb: true, grpcWebRootPath: p}}
";
    for (text, fits) in [
        (every_key, true),
        ("{}", true),
        ("instances: [{namespace: a}]", false),
        ("instances: [{name: a, nmespace: b}]", false),
        ("instances: [{name: a, form: hlm}]", false),
        ("instances: [{name: a, files: x}]", false),
        ("instances: [{name: Prod}]", false),
        ("defaults: {name: a}", false),
        ("fleet: {repoUrl: x}", false),
        ("lint: {failOn: sometimes}", false),
        ("colour: red", false),
    ] {
        let value: Value = serde_yaml::from_str(text).unwrap();
        let wrong = Validator::new(&schema()).validate(&value);
        assert_eq!(wrong.is_empty(), fits, "{text}: {wrong:?}");
        for choice in [config::Choice::Named, config::Choice::Found] {
            let read = config::parse(&Source::new("c", text), choice);
            assert_eq!(read.is_ok(), fits, "{text}: {read:?}");
        }
    }
}
