//! `can`: one decision and its reasons.

use snapbox::{assert_data_eq, str};

use crate::common::Sandbox;

const POLICY: &str = "\
g, alice, role:team
p, role:team, applications, get, team/*, allow
p, role:team, applications, get, team/secret, deny
p, acme:ops, clusters, get, *, allow
g, acme:ops, role:none
";

const PROJECT: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: web
spec:
  roles:
  - name: ci
    policies:
    - p, proj:web:ci, applications, sync, web/*, allow
    groups: [acme:web]
";

fn can(line: &str) -> crate::common::Run {
    let sandbox = Sandbox::new()
        .with("p.csv", POLICY)
        .with("project.yaml", PROJECT);
    sandbox.command(&format!("can {line}")).run()
}

#[test]
fn yes_is_zero_and_no_is_one() {
    assert_eq!(
        can("alice get apps team/shop -f p.csv").stdout_of(0),
        "yes\n"
    );
    assert_eq!(
        can("alice get apps team/secret -f p.csv").stdout_of(1),
        "no\n"
    );
    assert_eq!(can("alice get apps team/shop -f p.csv -q").stdout_of(0), "");
    assert_eq!(can("admin delete app -f p.csv").stdout_of(0), "yes\n");
    assert_eq!(
        can("admin delete app -f p.csv --use-builtin-policy=false").stdout_of(1),
        "no\n"
    );
    assert_eq!(
        can("bob get app -f p.csv --default-role role:readonly").stdout_of(0),
        "yes\n"
    );
}

#[test]
fn a_yes_is_explained_with_the_line_and_the_way_to_it() {
    let run = can("alice get applications team/shop -f p.csv --explain");
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
yes
  allowed by p.csv:2:1: p, role:team, applications, get, team/*, allow
  reached through p.csv:1:1: g, alice, role:team
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
warning: user defined roles not found in policies: role:none
---- exit code 0

"#]]
    );
}

#[test]
fn a_deny_names_what_it_overrules() {
    let run = can("alice get applications team/secret -f p.csv --explain");
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
no
  denied by p.csv:3:1: p, role:team, applications, get, team/secret, deny
  reached through p.csv:1:1: g, alice, role:team
  which overrules p.csv:2:1: p, role:team, applications, get, team/*, allow
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
warning: user defined roles not found in policies: role:none
---- exit code 1

"#]]
    );
}

#[test]
fn a_no_names_what_came_close() {
    let run = can("alice get applications other/shop -f p.csv --explain");
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
no
  no rule that reaches alice allows get applications on other/shop
  close: p.csv:2:1: p, role:team, applications, get, team/*, allow
  close: p.csv:3:1: p, role:team, applications, get, team/secret, deny
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
warning: user defined roles not found in policies: role:none
---- exit code 1

"#]]
    );
}

#[test]
fn on_a_terminal_the_explanation_is_there() {
    let sandbox = Sandbox::new().with("p.csv", POLICY);
    let run = sandbox
        .command("can alice get applications team/shop -f p.csv")
        .terminal()
        .run();
    assert!(run.stdout_of(0).contains("allowed by p.csv:2:1"));
}

#[test]
fn groups_and_projects_count_as_on_the_server() {
    assert_eq!(
        can("bob get clusters https://x -f p.csv --groups acme:ops").stdout_of(0),
        "yes\n"
    );
    assert_eq!(
        can("bob get clusters https://x -f p.csv --groups other").stdout_of(1),
        "no\n"
    );
    let run =
        can("bob sync applications web/shop -f p.csv,project.yaml --groups acme:web --explain");
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
yes
  allowed by project.yaml:9:7: p, proj:web:ci, applications, sync, web/*, allow
  reached through project.yaml:10:14: g, acme:web, proj:web:ci
  asked as acme:web, for bob
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm
warning: user defined roles not found in policies: role:none
---- exit code 0

"#]]
    );
    assert_eq!(
        can("proj:web:ci sync applications web/shop -f project.yaml").stdout_of(0),
        "yes\n"
    );
    assert_eq!(
        can("proj:web:ci sync applications other/shop -f project.yaml").stdout_of(1),
        "no\n"
    );
}

#[test]
fn strict_mode_lists_what_there_is() {
    let run = can("alice frobnicate applications x/y -f p.csv");
    run.refused(2, "valid actions: ");
    let run = can("alice get gizmos x/y -f p.csv");
    run.refused(2, "valid resources: ");
    assert_eq!(
        can("alice frobnicate applications x/y -f p.csv --strict=false").stdout_of(1),
        "no\n"
    );
}

/// Which value counts if an object has a setting twice, or if there are two such objects.
#[test]
fn what_is_written_nearer_counts() {
    let configmap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-rbac-cm}\n";
    let project =
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: a}\nspec: {}\n";
    let mut all = String::new();
    for text in [
        // A merge key brings only what the mapping itself does not say.
        format!(
            "{configmap}x: &all {{policy.default: role:admin}}\ndata:\n  policy.default: role:none\n  <<: *all\n"
        ),
        // `remove` takes no value.
        format!(
            "{configmap}data: {{policy.default: role:admin}}\n---\n- op: remove\n  path: /data\n  value: {{policy.default: role:admin}}\n- {{op: add, path: /data/policy.x.csv, value: ''}}\n"
        ),
        format!("{project}---\n{project}"),
        format!("{project}---\n{}", project.replace("name: a", "name: b")),
    ] {
        let run = Sandbox::new()
            .command("can role:x sync applications a/b --explain -q -f -")
            .stdin(text)
            .run();
        all.push_str(&run.snapshot());
    }
    assert_data_eq!(
        all,
        str![[r#"
---- exit code 1
---- exit code 1
---- stderr
error: <stdin>:6:1: a second AppProject a in namespace argocd
  hint: the first one is at <stdin>:1:1; leave one of them out
---- exit code 3
---- exit code 1

"#]]
    );
}
