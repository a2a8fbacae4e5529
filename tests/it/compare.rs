//! `compare`: what the difference between two states means for everybody.

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::common::schema::Validator;
use crate::common::{Run, Sandbox};

const OLD: &str = "\
g, alice, role:team
p, role:team, applications, *, team/*, allow
p, bob, clusters, get, *, allow
p, carol, applications, get, */*, allow
p, carol, applications, get, prod/*, deny
";

/// The role is renamed with its binding, a deny was removed, two people are new, bob lost his line.
const NEW: &str = "\
g, alice, role:crew
p, role:crew, applications, *, team/*, allow
p, carol, applications, get, */*, allow
g, dave, role:admin
p, erin, exec, create, */*, allow
p, frank, applications, get, \"[ab][ab]\", allow
";

fn compare(flags: &str) -> Run {
    Sandbox::new()
        .with("old.csv", OLD)
        .with("new.csv", NEW)
        .command(&format!("compare old.csv new.csv {flags}"))
        .run()
}

#[test]
fn the_dangerous_comes_first_and_each_difference_has_a_witness() {
    assert_data_eq!(
        compare("").snapshot(),
        str![[r#"
---- stdout
! dave gains: 30 permissions of role:admin, on applications, applicationsets, certificates, clusters and 6 more
  [through role:admin]
    for example create applications some-project/some-app
    before: no rule
    after: built-in policy:11: p, role:admin, applications, create, */*, allow
    through: new.csv:4:1: g, dave, role:admin
! erin gains: create exec */* [a shell in pods]
    for example create exec some-project/some-app
    before: no rule
    after: new.csv:5:1: p, erin, exec, create, */*, allow
! carol gains: get applications prod/* [a deny was removed]
    for example get applications prod/some-app
    before: denied by old.csv:5:1: p, carol, applications, get, prod/*, deny
    after: new.csv:3:1: p, carol, applications, get, */*, allow
+ dave gains: 10 permissions of role:readonly, on applications, applicationsets, certificates, clusters and 6 more
    for example get applications some-project/some-app
    before: no rule
    after: built-in policy:1: p, role:readonly, applications, get, */*, allow
    through: new.csv:4:1: g, dave, role:admin
    through: built-in policy:43: g, role:admin, role:readonly
? frank may gain or lose: get applications [ab][ab]
    neither shown nor ruled out: new.csv:6:1: p, frank, applications, get, "[ab][ab]", allow
- bob loses: get clusters *
    for example get clusters some-app
    before: old.csv:3:1: p, bob, clusters, get, *, allow
    after: no rule
---- stderr
warning: 4 gained, 1 lost, 1 undecided, 3 to review first
---- exit code 1

"#]]
    );
}

#[test]
fn a_table_for_a_pull_request() {
    assert_data_eq!(
        compare("-q -o markdown").snapshot(),
        str![[r#"
---- stdout
**Argo CD permissions:** 4 gained, 1 lost, 1 undecided, 3 to review first

| Change | What | Why |
| --- | --- | --- |
| gained | ⚠ dave gains: 30 permissions of role:admin, on applications, applicationsets, certificates, clusters and 6 more (through role:admin) | for example create applications some-project/some-app; before: no rule; after: built-in policy:11: p, role:admin, applications, create, /*//*, allow; through: new.csv:4:1: g, dave, role:admin |
| gained | ⚠ erin gains: create exec /*//* (a shell in pods) | for example create exec some-project/some-app; before: no rule; after: new.csv:5:1: p, erin, exec, create, /*//*, allow |
| gained | ⚠ carol gains: get applications prod//* (a deny was removed) | for example get applications prod/some-app; before: denied by old.csv:5:1: p, carol, applications, get, prod//*, deny; after: new.csv:3:1: p, carol, applications, get, /*//*, allow |
| gained | dave gains: 10 permissions of role:readonly, on applications, applicationsets, certificates, clusters and 6 more | for example get applications some-project/some-app; before: no rule; after: built-in policy:1: p, role:readonly, applications, get, /*//*, allow; through: new.csv:4:1: g, dave, role:admin; through: built-in policy:43: g, role:admin, role:readonly |
| undecided | frank may gain or lose: get applications [ab][ab] | neither shown nor ruled out: new.csv:6:1: p, frank, applications, get, "[ab][ab]", allow |
| lost | bob loses: get clusters /* | for example get clusters some-app; before: old.csv:3:1: p, bob, clusters, get, /*, allow; after: no rule |
---- stderr
warning: 4 gained, 1 lost, 1 undecided, 3 to review first
---- exit code 1

"#]]
    );
}

#[test]
fn annotations_for_github() {
    assert_data_eq!(
        compare("-q -o github --subject erin,bob").snapshot(),
        str![[r#"
---- stdout
::error file=new.csv,line=5,endLine=5,col=1,endColumn=33,title=permission-gained::erin gains: create exec */*%0Afor example create exec some-project/some-app%0Abefore: no rule%0Aafter: new.csv:5:1: p, erin, exec, create, */*, allow
::notice file=new.csv,line=1,endLine=1,col=1,endColumn=19,title=permission-lost::bob loses: get clusters *%0Afor example get clusters some-app%0Abefore: old.csv:3:1: p, bob, clusters, get, *, allow%0Aafter: no rule
---- stderr
warning: 1 gained, 1 lost, 1 to review first
---- exit code 1

"#]]
    );
}

#[test]
fn cases_for_a_build_server() {
    assert_data_eq!(
        compare("-q -o junit --subject erin").snapshot(),
        str![[r#"
---- stdout
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="compare" tests="1" failures="1" errors="0">
  <testsuite name="compare" tests="1" failures="1" errors="0">
    <testcase classname="compare" name="erin gains: create exec */*">
      <failure message="erin gains: create exec */*">for example create exec some-project/some-app&#10;before: no rule&#10;after: new.csv:5:1: p, erin, exec, create, */*, allow</failure>
    </testcase>
  </testsuite>
</testsuites>
---- stderr
warning: 1 gained, 0 lost, 1 to review first
---- exit code 1

"#]]
    );
    let alike = Sandbox::new()
        .with("old.csv", OLD)
        .command("compare -q old.csv old.csv -o junit")
        .run();
    assert_data_eq!(
        alike.snapshot(),
        str![[r#"
---- stdout
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="compare" tests="1" failures="0" errors="0">
  <testsuite name="compare" tests="1" failures="0" errors="0">
    <testcase classname="compare" name="no difference"/>
  </testsuite>
</testsuites>
---- exit code 0

"#]]
    );
}

#[test]
fn json_has_a_versioned_schema_and_every_permission() {
    let report: Value = serde_json::from_str(&compare("-q -o json").stdout_of(1)).unwrap();
    assert_eq!(report["schema"], "compare/v1");
    assert_eq!(report["alike"], false);
    let changes = report["changes"].as_array().unwrap();
    let of = |subject: &str| {
        let of = changes.iter().filter(|change| change["subject"] == subject);
        of.collect::<Vec<_>>()
    };
    assert_eq!(of("dave")[0]["role"], "role:admin");
    assert_eq!(of("dave")[0]["danger"], "through role:admin");
    assert_eq!(
        of("carol")[0]["example"],
        serde_json::json!({"action": "get", "object": "prod/some-app"})
    );
    assert!(of("alice").is_empty() && of("role:crew").is_empty());
    assert_eq!(of("frank")[0]["change"], "undecided");
    assert_eq!(of("frank")[0]["example"], Value::Null);
}

#[test]
fn sarif_is_valid_and_points_at_the_new_line() {
    const SCHEMA: &str = include_str!("../data/sarif/sarif-schema-2.1.0.json");
    let log: Value = serde_json::from_str(&compare("-q -o sarif").stdout_of(1)).unwrap();
    assert_eq!(Validator::new(SCHEMA).validate(&log), Vec::<String>::new());
    let results = log["runs"][0]["results"].as_array().unwrap();
    let erin = results.iter().find(|result| {
        let text = result["message"]["text"].as_str();
        text.is_some_and(|text| text.starts_with("erin"))
    });
    let place = &erin.unwrap()["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "new.csv");
    assert_eq!(place["region"]["startLine"], 5);
}

#[test]
fn a_policy_that_decides_alike_is_no_difference() {
    let rewritten = "\
p, bob, clusters, get, *, allow
g, alice, role:crew
p, carol, applications, get, prod/*, deny
p, carol, applications, get, *, allow
p, role:crew, applications, get, team/*, allow
p, role:crew, applications, create, team/*, allow
p, role:crew, applications, update, team/*, allow
p, role:crew, applications, delete, team/*, allow
p, role:crew, applications, sync, team/*, allow
p, role:crew, applications, override, team/*, allow
p, role:crew, applications, */*, team/*, allow
";
    let run = Sandbox::new()
        .with("old.csv", OLD)
        .with("new.csv", rewritten)
        .command("compare old.csv new.csv")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
note: no difference: both states make the same decisions for everyone
---- exit code 0

"#]]
    );
}

#[test]
fn fail_on_decides_what_counts() {
    let sandbox = Sandbox::new()
        .with("none.csv", "p, x, logs, get, a/b, allow\n")
        .with("more.csv", "p, x, logs, get, a/*, allow\n")
        .with(
            "open.csv",
            "p, x, logs, get, a/b, allow\np, y, logs, get, \"[ab][ab]\", allow\n",
        );
    for (old, new, [gain, loss]) in [
        ("none.csv", "more.csv", [1, 0]),
        ("more.csv", "none.csv", [0, 1]),
        // What is undecided counts both ways.
        ("none.csv", "open.csv", [1, 1]),
        ("none.csv", "none.csv", [0, 0]),
    ] {
        for (flag, code) in [("gain", gain), ("loss", loss), ("any", gain.max(loss))] {
            let line = format!("compare -q {old} {new} --fail-on {flag}");
            assert_eq!(sandbox.command(&line).run().code, code, "{line}");
        }
    }
}

const STATE: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm, namespace: argocd}
data:
  accounts.ci: apiKey
  accounts.old: login
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-rbac-cm, namespace: argocd}
data:
  policy.csv: |
    p, ci, applications, sync, web/*, allow
";

const PROJECT: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: web, namespace: argocd}
spec:
  roles:
  - name: deployer
    policies: ['p, proj:web:deployer, applications, delete, web/*, allow']
    groups: [ops]
";

#[test]
fn settings_accounts_and_projects_count() {
    let changed = STATE
        .replace(
            "  accounts.old: login\n",
            "  accounts.old: login\n  accounts.old.enabled: 'false'\n  accounts.new: apiKey\n",
        )
        .replace("  policy.csv:", "  scopes: '[email]'\n  policy.csv:");
    let sandbox = Sandbox::new()
        .with("old.yaml", STATE)
        .with("new/state.yaml", changed)
        .with("new/project.yaml", PROJECT);
    assert_data_eq!(
        sandbox.command("compare old.yaml new").run().snapshot(),
        str![[r#"
---- stdout
? scopes: groups → email
+ account new is new and can authenticate with tokens
- account old can no longer log in with a password
+ ops gains: get projects web
    for example get projects web
    before: no rule
    after: new/project.yaml:6:5: p, proj:web:deployer, projects, get, web, allow
    through: new/project.yaml:8:14: g, ops, proj:web:deployer
+ ops gains: delete applications web/*
    for example delete applications web/some-app
    before: no rule
    after: new/project.yaml:7:17: p, proj:web:deployer, applications, delete, web/*, allow
    through: new/project.yaml:8:14: g, ops, proj:web:deployer
+ proj:web:deployer gains: get projects web
    for example get projects web
    before: no rule
    after: new/project.yaml:6:5: p, proj:web:deployer, projects, get, web, allow
+ proj:web:deployer gains: delete applications web/*
    for example delete applications web/some-app
    before: no rule
    after: new/project.yaml:7:17: p, proj:web:deployer, applications, delete, web/*, allow
---- stderr
warning: 5 gained, 1 lost, 1 undecided
---- exit code 1

"#]]
    );
}

#[test]
fn authorisation_that_is_switched_off_is_the_first_line() {
    let params = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cmd-params-cm}\n\
        data: {server.disable.auth: 'true'}\n";
    let sandbox = Sandbox::new()
        .with("old.yaml", STATE)
        .with("new.yaml", format!("{STATE}---\n{params}"));
    let run = sandbox.command("compare old.yaml new.yaml").run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
~ authorisation (server.disable.auth): on → off
! (everybody) gains: get, create, update, delete and 6 more on clusters, projects, applications, applicationsets and
  8 more: * [authorisation is switched off]
    for example get clusters some-app
    before: no rule
    after: authorisation is switched off
---- stderr
warning: 1 gained, 0 lost, 1 to review first
---- exit code 1

"#]]
    );
}

#[test]
fn anonymous_access_is_a_gain_of_whoever_has_no_token() {
    let open = STATE
        .replace(
            "data:\n  accounts.ci",
            "data:\n  users.anonymous.enabled: 'true'\n  accounts.ci",
        )
        .replace(
            "  policy.csv:",
            "  policy.default: role:readonly\n  policy.csv:",
        );
    let closed = STATE.replace(
        "  policy.csv:",
        "  policy.default: role:readonly\n  policy.csv:",
    );
    let sandbox = Sandbox::new()
        .with("old.yaml", closed)
        .with("new.yaml", open);
    let out = sandbox
        .command("compare -q old.yaml new.yaml --resource logs")
        .run()
        .stdout_of(1);
    assert_data_eq!(
        out,
        str![[r#"
~ anonymous access (users.anonymous.enabled): off → on
! (without a token) gains: get logs * [without a login]
    for example get logs some-project/some-app
    before: no rule
    after: default role role:readonly: built-in policy:10: p, role:readonly, logs, get, */*, allow

"#]]
    );
}

#[test]
fn an_upgrade_of_argo_cd_is_compared_on_one_state() {
    let policy = "p, x, applications, get, */*, allow\np, x, applications, get, a/b, deny\n\
        p, y, applications, delete, */*, allow\n";
    let run = Sandbox::new()
        .with("p.csv", policy)
        .command("compare --argocd-version 2.14..3.6 p.csv")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
~ version of Argo CD: 2.14 → 3.6
~ rights on an application's resources: inherited → not inherited
~ logs: open to anyone who may get the application → enforced
- x loses: get logs */*
    for example get logs some-project/some-app
    before: p.csv:1:1: p, x, applications, get, */*, allow
    after: no rule
- y loses: delete/… applications */*
    for example delete/apps/Deployment/some-namespace/some-app applications some-project/some-app
    before: p.csv:3:1: p, y, applications, delete, */*, allow
    after: no rule
---- stderr
warning: 0 gained, 2 lost
---- exit code 1

"#]]
    );
}

#[test]
fn with_live_the_new_objects_replace_the_live_ones() {
    let list = |items: &[&str]| {
        let items = items.iter().map(|item| {
            let lines = item.lines().map(|line| format!("  {line}\n"));
            let item: String = lines.collect();
            format!("- {}", item.trim_start())
        });
        format!(
            "apiVersion: v1\nkind: List\nitems:\n{}",
            items.collect::<String>()
        )
    };
    let (cm, rbac) = STATE.split_once("---\n").unwrap();
    let settings = list(&[cm, rbac]);
    let projects = list(&[PROJECT]);
    let new = rbac.replace("sync, web/*", "sync, shop/*");
    let run = Sandbox::new()
        .with("new.yaml", new)
        .command("compare --live new.yaml")
        .answers(0, &settings, "")
        .answers(0, &projects, "")
        .run();
    // The accounts and the project of the cluster stay.
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
+ ci gains: sync applications shop/*
    for example sync applications shop/some-app
    before: no rule
    after: new.yaml:6:5: p, ci, applications, sync, shop/*, allow
- ci loses: sync applications web/*
    for example sync applications web/some-app
    before: <live>:15:7: p, ci, applications, sync, web/*, allow
    after: no rule
---- stderr
note: not read: the live ConfigMap argocd-rbac-cm: new.yaml takes its place
warning: 1 gained, 1 lost
---- exit code 1

"#]]
    );
    assert_eq!(run.ran.len(), 2);
    let run = Sandbox::new()
        .with("new.yaml", rbac)
        .command("compare --live new.yaml")
        .answers(0, &settings, "")
        .answers(
            1,
            "",
            "Error from server (Forbidden): appprojects is forbidden\n",
        )
        .run();
    assert_eq!(run.code, 0);
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
note: AppProjects were not read, so what their roles give is not known: kubectl could not read the AppProjects: Error from server (Forbidden): appprojects is forbidden
note: not read: the live ConfigMap argocd-rbac-cm: new.yaml takes its place
note: no difference: both states make the same decisions for everyone

"#]]
    );
}

#[test]
fn lines_of_a_template_are_named() {
    let values = "configs:\n  rbac:\n    policy.csv: |\n      p, ci, logs, get, web/*, allow\n      \
        {{ .Values.more }}\n";
    let sandbox = Sandbox::new()
        .with("old.yaml", values.replace("      {{ .Values.more }}\n", ""))
        .with("new.yaml", values);
    let run = sandbox.command("compare old.yaml new.yaml").run();
    let said = "warning: new.yaml:5:7: 1 line of the policy is filled in by a template";
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let sandbox = Sandbox::new()
        .with("p.csv", OLD)
        .with("bad.csv", "p, a, b\n")
        .with("other.yaml", "kind: Service\nmetadata: {name: x}\n");
    for (line, code, said) in [
        ("compare", 2, "STATE"),
        ("compare p.csv", 2, "two are compared"),
        ("compare - -", 2, "only once"),
        ("compare --live p.csv p.csv", 2, "only the new one is named"),
        ("compare p.csv p.csv p.csv", 2, "p.csv"),
        ("compare p.csv missing.csv", 3, "cannot read missing.csv"),
        ("compare p.csv bad.csv", 3, "bad.csv:1:"),
        (
            "compare p.csv other.yaml",
            3,
            "there is no Argo CD in other.yaml",
        ),
        (
            "compare p.csv p.csv --argocd-version 3.5..x",
            2,
            "`x` is not a version",
        ),
    ] {
        sandbox.command(line).run().refused(code, said);
    }
}
