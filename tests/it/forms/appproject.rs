//! `--form appproject`: a role for tokens of a project, without dropping anybody's token.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::common::Sandbox;

const LIVE: &str = "\
apiVersion: v1
items:
- apiVersion: argoproj.io/v1alpha1
  kind: AppProject
  metadata:
    name: team-a
    namespace: argocd
    resourceVersion: \"9\"
    uid: u
  spec:
    roles:
    - name: ci # theirs
      policies:
      - p, proj:team-a:ci, applications, sync, team-a/*, allow
      jwtTokens:
      - iat: 1
    sourceRepos:
    - '*'
  status:
    jwtTokensByRole:
      ci:
        items:
        - iat: 1
- apiVersion: argoproj.io/v1alpha1
  kind: AppProject
  metadata:
    name: team-b
    namespace: argocd
    resourceVersion: \"10\"
    uid: v
  spec: {}
kind: List
";

fn run(line: &str, input: &str) -> String {
    Sandbox::new().command(line).stdin(input).run().stdout_of(0)
}

fn role(project: &str) -> Value {
    let rule =
        |resource: &str| format!("p, proj:{project}:octopus, {resource}, get, {project}/*, allow");
    json!({
        "name": "octopus",
        "description": format!("Octopus Deploy reads the applications of {project}"),
        "policies": [rule("applications"), rule("clusters"), rule("logs")],
    })
}

#[test]
fn tokens_and_status_stay() {
    let out = run("render -q --form appproject -f -", LIVE);
    let added = |project: &str| {
        format!(
            "    - name: octopus
      description: Octopus Deploy reads the applications of {project}
      policies:
      - p, proj:{project}:octopus, applications, get, {project}/*, allow
      - p, proj:{project}:octopus, clusters, get, {project}/*, allow
      - p, proj:{project}:octopus, logs, get, {project}/*, allow
"
        )
    };
    let wanted = LIVE
        .replace("    uid: u\n", "")
        .replace("    uid: v\n", "")
        .replace(
            "      - iat: 1\n    sourceRepos",
            &format!("      - iat: 1\n{}    sourceRepos", added("team-a")),
        )
        .replace(
            "  spec: {}\n",
            "  spec: {roles: [{name: octopus, description: Octopus Deploy reads the applications of \
             team-b, policies: ['p, proj:team-b:octopus, applications, get, team-b/*, allow', 'p, \
             proj:team-b:octopus, clusters, get, team-b/*, allow', 'p, proj:team-b:octopus, logs, \
             get, team-b/*, allow']}]}\n",
        );
    assert_eq!(out, wanted);
    assert_eq!(run("render -q --form appproject -f -", &out), out);
    let back = run("render -q --form appproject -f - --absent", &out);
    let stripped = LIVE.replace("    uid: u\n", "").replace("    uid: v\n", "");
    assert_eq!(back, stripped);
}

#[test]
fn the_merge_patch_has_the_whole_list_and_the_lock() {
    let line = "render -q --form appproject --as-patch --project team-a -o json -f -";
    let patch: Value = serde_json::from_str(&run(line, LIVE)).unwrap();
    let ci = json!({
        "name": "ci",
        "policies": ["p, proj:team-a:ci, applications, sync, team-a/*, allow"],
        "jwtTokens": [{"iat": 1}],
    });
    assert_eq!(
        patch,
        json!({
            "metadata": {"name": "team-a", "resourceVersion": "9"},
            "spec": {"roles": [ci, role("team-a")]},
        })
    );
    let run = Sandbox::new()
        .command("render --form appproject --as-patch -f -")
        .stdin(LIVE)
        .run();
    run.refused(2, "there are two patches");
    assert!(
        run.stderr.contains(
            "render -f - --form appproject --as-patch --project team-b | kubectl patch appproject \
             team-b -n argocd --type merge --patch-file /dev/stdin"
        ),
        "{}",
        run.stderr
    );
}

#[test]
fn the_role_has_exactly_the_wanted_rules_and_keeps_the_rest() {
    let project = "\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: a}
spec:
  roles:
  - name: octopus
    description: mine
    groups: [x]
    policies:
    - p, proj:a:octopus, logs, get, a/*, allow # needed
    - p,proj:a:octopus,applications,sync,a/*,allow
    jwtTokens:
    - iat: 1
";
    let out = run("render -q --form appproject -f -", project);
    assert_eq!(
        out,
        project
            .replace("    - p,proj:a:octopus,applications,sync,a/*,allow\n", "    - p, proj:a:octopus, applications, get, a/*, allow\n    - p, proj:a:octopus, clusters, get, a/*, allow\n")
    );
    let out = run("render -q --form appproject --allow-sync -f -", project);
    assert!(
        out.contains("    - p,proj:a:octopus,applications,sync,a/*,allow\n"),
        "{out}"
    );
    let run = Sandbox::new()
        .command("render --form appproject --absent -f -")
        .stdin(project)
        .run();
    // The comment on a rule is somebody's.
    let left = "spec:\n  roles:\n  # needed\n";
    assert!(run.stdout.ends_with(left), "{}", run.stdout);
    assert!(
        run.stderr.contains(
            "warning: its token goes on authenticating without the role octopus of project a"
        ),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("its groups x"), "{}", run.stderr);
}

#[test]
fn a_role_goes_where_there_is_none_and_leaves_no_warning_where_it_has_no_token() {
    let project = |spec: &str| {
        format!("apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {{name: a}}\n{spec}")
    };
    for spec in [
        "spec:\n  roles:\n",
        "spec:\n  roles: null\n",
        "spec:\n  roles: []\n",
    ] {
        let out = run("render -q --form appproject -f -", &project(spec));
        assert!(out.contains("name: octopus"), "{spec}: {out}");
        let run = Sandbox::new()
            .command("render --form appproject --absent -f -")
            .stdin(out)
            .run();
        assert!(!run.stderr.contains("token"), "{spec}: {}", run.stderr);
        assert!(!run.stdout.contains("octopus"), "{spec}: {}", run.stdout);
    }
}

#[test]
fn what_argo_cd_would_reject_is_refused() {
    let sandbox = Sandbox::new().with("p.yaml", LIVE);
    for rule in [
        "p, role:x, applications, get, {{ role_objects }}, allow",
        "p, {{ role_subject }}, applications, get, '*', allow",
        "p, {{ role_subject }}, applications, get, \"{{ role_objects }}\", allow",
    ] {
        let template = format!("name: {{{{ account }}}}\npolicies:\n- |-\n  {rule}\n");
        let own = Sandbox::new()
            .with("t/appproject-role.yaml.j2", template)
            .with("p.yaml", LIVE);
        let run = own
            .command("render -f p.yaml --form appproject --template-dir t --project team-a")
            .run();
        run.refused(3, "Argo CD rejects this rule of a role");
    }
    sandbox
        .command("render -f p.yaml --form appproject --account _x")
        .run()
        .refused(2, "cannot be the name of a project's role");
    sandbox
        .command("render --form appproject")
        .run()
        .refused(2, "it needs the current AppProject");
    sandbox
        .command("render -f p.yaml --form appproject --project other")
        .run()
        .refused(3, "there is no AppProject in the input to give a role");
    sandbox
        .command("render -f p.yaml")
        .run()
        .refused(3, "--form appproject");
}

#[test]
fn live_asks_for_the_projects() {
    let run = Sandbox::new()
        .command("render -q --live --form appproject --project team-a")
        .answers(0, LIVE, "")
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        run.ran[0][1..6].join(" "),
        "get appprojects.argoproj.io team-a --namespace argocd"
    );
}

#[test]
fn a_report_names_the_role_whose_rules_change() {
    let run = Sandbox::new()
        .command("diff -q --form appproject --project team-b -o json -f -")
        .stdin(LIVE)
        .run();
    let report: Value = serde_json::from_str(&run.stdout_of(1)).unwrap();
    let change = &report["objects"][0]["changes"][0];
    assert_eq!(change["key"], "spec.roles[octopus].policies");
    assert_eq!(change["before"], Value::Null);
}

#[test]
fn a_role_without_rules_gets_them_and_what_is_left_alone_is_said() {
    let text = "\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: a, namespace: argocd}
spec:
  roles:
  - name: octopus
    policies: null
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: b, namespace: other}
spec: {}
";
    let mut all = String::new();
    for line in [
        "--as-patch --project a --project missing",
        "--absent --project a",
    ] {
        let run = Sandbox::new()
            .command(&format!("render --form appproject -n argocd -f - {line}"))
            .stdin(text)
            .run();
        all.push_str(&run.snapshot());
    }
    assert_data_eq!(
        all,
        str![[r#"
---- stdout
metadata:
  name: a
spec:
  roles:
  - name: octopus
    policies:
    - p, proj:a:octopus, applications, get, a/*, allow
    - p, proj:a:octopus, clusters, get, a/*, allow
    - p, proj:a:octopus, logs, get, a/*, allow
---- stderr
note: left alone: b in namespace other
warning: the AppProject missing is not in the input, so its role is not written
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
next: … | kubectl octopus-argo render -f - -n argocd --form appproject --as-patch --project a | kubectl patch appproject a -n argocd --type merge --patch-file /dev/stdin
---- exit code 0
---- stdout
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: a, namespace: argocd}
spec: {}
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: b, namespace: other}
spec: {}
---- stderr
note: left alone: b in namespace other
next: review it (… | kubectl octopus-argo diff -f - -n argocd --form appproject --project a --absent), replace your file with it and commit it
---- exit code 0

"#]]
    );
}
