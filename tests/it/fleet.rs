//! `diff`, `check`, `can`, `matrix`, `lint` for several instances.

use std::fmt::Write as _;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::common::Sandbox;
use crate::config::{CM, RBAC};

const CONFIGURATION: &str = "\
instances:
- name: zeta
  files: [zeta]
- name: alpha
  files: [alpha/argocd-cm.yaml, alpha/argocd-rbac-cm.yaml]
  permissions: {projects: [web]}
- name: edge
- name: broken
  files: [broken.yaml]
";

const OURS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: argocd
data:
  policy.csv: |
    g, acme:admins, role:admin
  policy.octopus.csv: |
    p, octopus, applications, get, *, allow
    p, octopus, clusters, get, *, allow
    p, octopus, logs, get, */*, allow
";
const ACCOUNT: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
data:
  url: https://argocd.example.com
  accounts.octopus: apiKey
  accounts.octopus.enabled: \"true\"
";

/// zeta is as it shall be, alpha lacks the change, edge has no files, broken is not YAML.
fn fleet() -> Sandbox {
    Sandbox::new()
        .with("octopus-argo.yaml", CONFIGURATION)
        .with("zeta/argocd-cm.yaml", ACCOUNT)
        .with("zeta/argocd-rbac-cm.yaml", OURS)
        .with("alpha/argocd-cm.yaml", CM)
        .with("alpha/argocd-rbac-cm.yaml", RBAC)
        .with("broken.yaml", "a: [\n")
}

#[test]
fn diff_shows_a_table_and_what_is_not_clean() {
    assert_data_eq!(
        fleet().command("diff --all").run().snapshot(),
        str![[r#"
---- stdout
INSTANCE   RESULT    SUMMARY
zeta       same      0 objects to change
alpha      differs   2 objects to change, 3 permissions gained
edge       error     the instance has no files
broken     error     broken.yaml:1:4: not valid YAML: unclosed bracket '['

== alpha ==
--- live/v1.ConfigMap.argocd.argocd-cm
+++ desired/v1.ConfigMap.argocd.argocd-cm
@@ -5,3 +5,5 @@
   namespace: argocd
 data:
   url: https://argocd.example.com
+  accounts.octopus: apiKey
+  accounts.octopus.enabled: "true"
--- live/v1.ConfigMap.argocd.argocd-rbac-cm
+++ desired/v1.ConfigMap.argocd.argocd-rbac-cm
@@ -6,3 +6,7 @@
 data:
   policy.csv: |
     g, acme:admins, role:admin
+  policy.octopus.csv: |
+    p, octopus, applications, get, web/*, allow
+    p, octopus, clusters, get, *, allow
+    p, octopus, logs, get, web/*, allow
Permissions
+ octopus: get applications web/*
+ octopus: get clusters *
+ octopus: get logs web/*
  no one else's permissions change
---- stderr
edge: error: the instance has no files
edge:   hint: read its objects from the cluster with --live, or name files in the configuration
broken: error: broken.yaml:1:4: not valid YAML: unclosed bracket '['
---- exit code 3

"#]]
    );
}

#[test]
fn check_shows_a_table_in_the_configurations_order() {
    let run = fleet().command("check --instance alpha,zeta").run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
INSTANCE   RESULT   SUMMARY
zeta       ok       38 checks passed on the state as read
alpha      fails    6 of 40 checks failed on the state as read

== alpha ==
SUBJECT   ACTION            RESOURCE             OBJECT                          WANT   GOT   DECIDED BY
octopus   authenticate      accounts             accounts.octopus                yes    no    no such account
octopus   get               applications         web/probe                       yes    no    no rule
octopus   get               applications         web/probe/probe                 yes    no    no rule
octopus   get               logs                 web/probe                       yes    no    no rule
octopus   get               logs                 web/probe/probe                 yes    no    no rule
octopus   get               clusters             web/https://probe.example.com   yes    no    no rule
octopus   get               clusters             *                               -      no    no rule
octopus   get               applications         *                               -      no    no rule
octopus   get               logs                 */*                             -      no    no rule
octopus   delete            applications         *                               -      no    no rule
octopus   everything else   clusters             (any)                           no     no    no rule
octopus   everything else   projects             (any)                           no     no    no rule
octopus   get               applications         (outside web)                   no     no    no rule
octopus   everything else   applications         (any)                           no     no    no rule
octopus   everything else   applicationsets      (any)                           no     no    no rule
octopus   everything else   repositories         (any)                           no     no    no rule
octopus   everything else   write-repositories   (any)                           no     no    no rule
octopus   everything else   certificates         (any)                           no     no    no rule
octopus   everything else   accounts             (any)                           no     no    no rule
octopus   everything else   gpgkeys              (any)                           no     no    no rule
octopus   get               logs                 (outside web)                   no     no    no rule
octopus   create            exec                 (any)                           no     no    no rule
octopus   invoke            extensions           (any)                           no     no    no rule
---- exit code 1

"#]]
    );
}

#[test]
fn lint_shows_a_table_and_its_highest_code() {
    assert_data_eq!(
        fleet().command("lint --all").run().snapshot(),
        str![[r#"
---- stdout
INSTANCE   RESULT   SUMMARY
zeta       clean    no findings in 2 files
alpha      clean    no findings in 2 files
edge       error    the instance has no files
broken     error    broken.yaml:1:4: not valid YAML: unclosed bracket '['
---- stderr
edge: error: the instance has no files
edge:   hint: read its objects from the cluster with --live, or name files in the configuration
broken: error: broken.yaml:1:4: not valid YAML: unclosed bracket '['
---- exit code 3

"#]]
    );
}

#[test]
fn can_answers_for_each() {
    let run = fleet()
        .command("can octopus get applications web/shop --instance zeta,alpha")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
INSTANCE   RESULT   SUMMARY
zeta       yes
alpha      no
---- exit code 1

"#]]
    );
    let explained = fleet()
        .command("can octopus get applications web/shop --instance zeta,alpha --explain")
        .run();
    assert!(
        explained
            .stdout_of(1)
            .contains("\n== zeta ==\nyes\n  allowed by zeta/argocd-rbac-cm.yaml:10:5")
    );
}

#[test]
fn matrix_puts_the_instance_in_front() {
    let out = fleet()
        .command("matrix --instance zeta,alpha -o csv --resource logs")
        .run()
        .stdout_of(0);
    let mut lines = out.lines();
    assert!(lines.next().unwrap().starts_with("instance,"), "{out}");
    assert!(
        lines.all(|line| line.starts_with("zeta,") || line.starts_with("alpha,")),
        "{out}"
    );
    fleet()
        .command("matrix --all -o html")
        .run()
        .refused(2, "about one Argo CD");
}

#[test]
fn json_has_each_instance_with_its_own_report() {
    for (command, schema) in [
        ("diff", "diff/v1"),
        ("check", "check/v1"),
        ("lint", "lint/v1"),
    ] {
        let run = fleet()
            .command(command)
            .arg("--all")
            .arg("-o")
            .arg("json")
            .run();
        let report: Value = serde_json::from_str(&run.stdout_of(3)).unwrap();
        assert_eq!(report["schema"], "fleet/v1");
        assert_eq!(report["command"], command.split(' ').next().unwrap());
        let instances = report["instances"].as_array().unwrap();
        let names: Vec<&str> = instances
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["zeta", "alpha", "edge", "broken"]);
        assert_eq!(instances[0]["report"]["schema"], schema, "{command}");
        assert_eq!(instances[2]["result"], "error");
        assert_eq!(instances[2]["code"], 3);
        assert!(instances[2]["error"].as_str().unwrap().contains("no files"));
    }
}

#[test]
fn formats_for_build_servers_are_one_document() {
    let out = fleet().command("check --all -o junit").run().stdout_of(3);
    assert_eq!(out.matches("<?xml").count(), 1);
    assert_eq!(out.matches("<testsuites").count(), 1);
    assert_eq!(
        out.matches("<testsuite name=\"").count(),
        out.matches("</testsuite>").count()
    );
    for name in ["zeta: ", "alpha: ", "edge\"", "broken\""] {
        assert!(
            out.contains(&format!("<testsuite name=\"{name}")),
            "{name}: {out}"
        );
    }
    let with_findings = || {
        let text = RBAC.replace("data:\n", "data:\n  policy.default: role.readonly\n");
        fleet()
            .with("zeta/argocd-rbac-cm.yaml", &text)
            .with("alpha/argocd-rbac-cm.yaml", &text)
    };
    let out = with_findings()
        .command("lint --all -o sarif")
        .run()
        .stdout_of(3);
    let log: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    let single = with_findings()
        .command("lint --instance zeta -o sarif")
        .run()
        .stdout;
    let single: Value = serde_json::from_str(&single).unwrap();
    let results = |log: &Value| log["runs"][0]["results"].as_array().unwrap().clone();
    assert!(results(&log).len() > results(&single).len());
    let out = fleet()
        .command("check --instance zeta,alpha -o markdown")
        .run()
        .stdout_of(1);
    assert!(out.starts_with("| INSTANCE |"), "{out}");
    assert!(
        out.contains("\n### alpha\n") && !out.contains("### zeta"),
        "{out}"
    );
}

#[test]
fn shared_files_are_reported_once_in_sarif() {
    let policy = "p, role:a, applications, get, x/*, allow\n".repeat(2);
    let run = |configuration: &str| {
        let sandbox = Sandbox::new()
            .with("octopus-argo.yaml", configuration)
            .with("p.csv", &policy);
        let out = sandbox
            .command("lint --all -o sarif --fail-on note")
            .run()
            .stdout_of(1);
        let log: Value = serde_json::from_str(&out).unwrap();
        log["runs"][0]["results"].as_array().unwrap().len()
    };
    let one = run("instances: [{name: a, files: [p.csv]}]");
    assert!(one > 0);
    assert_eq!(
        run("instances: [{name: a, files: [p.csv]}, {name: b, files: [p.csv]}]"),
        one
    );
}

#[test]
fn an_instance_is_read_live_with_its_own_context_and_the_output_keeps_the_order() {
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n- {}\n- {}\n",
        ACCOUNT.trim_end().replace('\n', "\n  "),
        OURS.trim_end().replace('\n', "\n  ")
    );
    let names: Vec<String> = (0..20).rev().map(|n| format!("c{n}")).collect();
    let mut configuration = String::from("instances:\n");
    for name in &names {
        writeln!(configuration, "- {{name: {name}, context: k-{name}}}").unwrap();
    }
    let sandbox = Sandbox::new().with("octopus-argo.yaml", configuration);
    let run = sandbox
        .command("check --all --live")
        .answers_always("configmap", &list)
        .answers_always("appprojects.argoproj.io", "")
        .run();
    let mut contexts: Vec<&str> = run
        .ran
        .iter()
        .filter_map(|call| {
            call.iter()
                .find_map(|word| word.strip_prefix("--context=k-"))
        })
        .collect();
    contexts.sort_unstable();
    // One call for the ConfigMaps, one for the AppProjects.
    assert_eq!(contexts.len(), 2 * names.len());
    contexts.dedup();
    let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    assert_eq!(contexts, sorted);
    let out = run.stdout_of(0);
    let shown: Vec<&str> = out
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(shown, names);
}

#[test]
fn one_that_cannot_be_read_live_does_not_stop_the_others() {
    let sandbox = Sandbox::new().with("octopus-argo.yaml", "instances: [{name: a}, {name: b}]");
    let run = sandbox
        .command("lint --all --live")
        .answers(1, "", "error: context \"a\" does not exist")
        .answers(1, "", "error: context \"b\" does not exist")
        .run();
    assert_eq!(run.ran.len(), 2);
    for name in ["a", "b"] {
        assert!(
            run.stderr.contains(&format!("{name}: error: ")),
            "{}",
            run.stderr
        );
    }
    let out = run.stdout_of(4);
    assert!(out.contains("a          error"), "{out}");
}

#[test]
fn what_is_about_one_argo_cd_is_refused_for_several() {
    for option in ["-f x.yaml", "--sample", "--fresh", "--live --context x"] {
        let run = fleet().command("diff --all").args(option).run();
        run.refused(2, "is for one Argo CD");
    }
    fleet()
        .command("diff --all --instance zeta")
        .run()
        .refused(2, "cannot be used with");
    fleet()
        .command("account list --instance zeta,alpha")
        .run()
        .refused(2, "");
}

#[test]
fn fixes_in_shared_files_are_made_once() {
    let policy = "p, role:a, applications, get, x/*, allow\n".repeat(2) + "g, me, role:a\n";
    let sandbox = Sandbox::new()
        .with(
            "octopus-argo.yaml",
            "instances: [{name: a, files: [p.csv]}, {name: b, files: [p.csv]}]",
        )
        .with("p.csv", policy);
    let _ = sandbox.command("lint --all --fix").run();
    assert_eq!(
        sandbox.read("p.csv"),
        "p, role:a, applications, get, x/*, allow\ng, me, role:a\n"
    );
}

#[test]
fn names_and_messages_of_the_fleet_cannot_fool_a_terminal() {
    let sandbox = Sandbox::new().with(
        "octopus-argo.yaml",
        "instances: [{name: a, files: [\"\\e[2Jx.yaml\"]}]",
    );
    let run = sandbox.command("check --all").terminal().run();
    assert!(
        !run.stdout.contains("\u{1b}[2J") && !run.stderr.contains("\u{1b}[2J"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_takes_its_time_says_a_line_an_instance_unless_a_terminal_shows_a_bar() {
    let sandbox = Sandbox::new().with(
        "octopus-argo.yaml",
        "instances: [{name: a, argocd: {context: a}}, {name: b, argocd: {context: b}}]\n",
    );
    let lines = |stderr: &str| {
        let said = ": error: there is no tokens/";
        stderr.lines().filter(|line| line.contains(said)).count()
    };
    let verify = || sandbox.command("verify --all --token-dir tokens --color never");
    let plain = verify().run();
    assert_eq!(
        (plain.code, lines(&plain.stderr)),
        (3, 4),
        "{}",
        plain.stderr
    );
    let shown = verify().terminal().run();
    assert_eq!(lines(&shown.stderr), 2, "{}", shown.stderr);
    assert_eq!(lines(&verify().arg("-q").run().stderr), 2);
    assert_eq!(plain.stdout, shown.stdout);
    assert!(plain.ran.is_empty(), "no token, no call");
}
