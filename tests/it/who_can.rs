//! `who-can`: everybody who may do something.

use snapbox::{assert_data_eq, str};

use crate::common::{Run, Sandbox};

const POLICY: &str = "\
p, role:dev, applications, sync, */*, allow
p, role:lead, applications, delete, prod/*, allow
g, role:lead, role:dev
g, ada, role:lead
g, bob, role:dev
p, bob, applications, sync, prod/*, deny
p, eve, applications, sync, prod/shop, allow
p, ops, applications, action/apps/Deployment/restart, */*, allow
";

const PROJECT: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: prod
spec:
  roles:
  - name: ci
    policies:
    - p, proj:prod:ci, applications, sync, prod/*, allow
    groups: [acme:ci]
";

fn who_can(line: &str) -> Run {
    let sandbox = Sandbox::new()
        .with("p.csv", POLICY)
        .with("project.yaml", PROJECT);
    sandbox.command(&format!("who-can {line}")).run()
}

#[test]
fn everybody_who_may_do_one_thing_is_named_with_the_way_to_it() {
    assert_data_eq!(
        who_can("sync app prod/shop -f p.csv,project.yaml").snapshot(),
        str![[r#"
---- stdout
SUBJECT        MAY      ROLES                LINE
acme:ci        every    proj:prod:ci         project.yaml:9:7
ada            every    role:lead role:dev   p.csv:1:1
admin          every    role:admin           built-in policy:16
eve            every                         p.csv:7:1
proj:prod:ci   every                         project.yaml:9:7
role:admin     every                         built-in policy:16
role:dev       every                         p.csv:1:1
role:lead      every    role:dev             p.csv:1:1
bob            denied                        p.csv:6:1
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm
---- exit code 0

"#]]
    );
    assert_data_eq!(
        who_can("sync app prod/shop -f p.csv,project.yaml -o wide").snapshot(),
        str![[r#"
---- stdout
SUBJECT        MAY      EXAMPLE                       THROUGH                                                           DECIDED BY                                                             WOULD BE ALLOWED BY
acme:ci        every    sync applications prod/shop   project.yaml:10:14: g, acme:ci, proj:prod:ci                      project.yaml:9:7: p, proj:prod:ci, applications, sync, prod/*, allow
ada            every    sync applications prod/shop   p.csv:4:1: g, ada, role:lead; p.csv:3:1: g, role:lead, role:dev   p.csv:1:1: p, role:dev, applications, sync, */*, allow
admin          every    sync applications prod/shop   built-in policy:44: g, admin, role:admin                          built-in policy:16: p, role:admin, applications, sync, */*, allow
eve            every    sync applications prod/shop                                                                     p.csv:7:1: p, eve, applications, sync, prod/shop, allow
proj:prod:ci   every    sync applications prod/shop                                                                     project.yaml:9:7: p, proj:prod:ci, applications, sync, prod/*, allow
role:admin     every    sync applications prod/shop                                                                     built-in policy:16: p, role:admin, applications, sync, */*, allow
role:dev       every    sync applications prod/shop                                                                     p.csv:1:1: p, role:dev, applications, sync, */*, allow
role:lead      every    sync applications prod/shop   p.csv:3:1: g, role:lead, role:dev                                 p.csv:1:1: p, role:dev, applications, sync, */*, allow
bob            denied   sync applications prod/shop                                                                     p.csv:6:1: p, bob, applications, sync, prod/*, deny                    p.csv:1:1: p, role:dev, applications, sync, */*, allow
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm
---- exit code 0

"#]]
    );
}

#[test]
fn of_a_pattern_some_may_do_some_and_others_every() {
    assert_data_eq!(
        who_can("sync app prod/* -f p.csv,project.yaml").snapshot(),
        str![[r#"
---- stdout
SUBJECT        MAY      ROLES                LINE
acme:ci        every    proj:prod:ci         project.yaml:9:7
ada            every    role:lead role:dev   p.csv:1:1
admin          every    role:admin           built-in policy:16
eve            some                          p.csv:7:1
proj:prod:ci   every                         project.yaml:9:7
role:admin     every                         built-in policy:16
role:dev       every                         p.csv:1:1
role:lead      every    role:dev             p.csv:1:1
bob            denied                        p.csv:6:1
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm
---- exit code 0

"#]]
    );
    assert_data_eq!(
        who_can("sync app prod/* -f p.csv,project.yaml --for every").snapshot(),
        str![[r#"
---- stdout
SUBJECT        MAY      ROLES                LINE
acme:ci        every    proj:prod:ci         project.yaml:9:7
ada            every    role:lead role:dev   p.csv:1:1
admin          every    role:admin           built-in policy:16
proj:prod:ci   every                         project.yaml:9:7
role:admin     every                         built-in policy:16
role:dev       every                         p.csv:1:1
role:lead      every    role:dev             p.csv:1:1
bob            denied                        p.csv:6:1
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm
---- exit code 0

"#]]
    );
    // The action is a pattern, and so is the object where none is given.
    assert_data_eq!(
        who_can("action/* app -f p.csv").snapshot(),
        str![[r#"
---- stdout
SUBJECT      MAY     ROLES        LINE
admin        every   role:admin   built-in policy:19
ops          some                 p.csv:8:1
role:admin   every                built-in policy:19
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
---- exit code 0

"#]]
    );
}

#[test]
fn nobody_is_an_answer() {
    assert_data_eq!(
        who_can("create exec -f p.csv --use-builtin-policy=false").snapshot(),
        str![[r#"
---- stdout
SUBJECT   MAY   ROLES   LINE
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
note: no subject may create exec *
---- exit code 1

"#]]
    );
    // A deny names whom it keeps out, who may not all the same.
    let policy = "p, bob, exec, create, */*, allow\np, bob, exec, create, *, deny\n";
    let run = Sandbox::new()
        .with("p.csv", policy)
        .command("who-can create exec web/shop -f p.csv --use-builtin-policy=false")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
SUBJECT   MAY      ROLES   LINE
bob       denied           p.csv:2:1
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
note: no subject may create exec web/shop
---- exit code 1

"#]]
    );
}

#[test]
fn the_default_role_and_disabled_authorisation_let_everybody_in() {
    let run = who_can("get app web/shop -f p.csv --default-role role:readonly");
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
SUBJECT         MAY     ROLES           LINE
(everybody)     every   role:readonly   built-in policy:1
admin           every   role:readonly   built-in policy:1
ops             every   role:readonly   built-in policy:1
role:admin      every   role:readonly   built-in policy:1
role:readonly   every   role:readonly   built-in policy:1
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
---- exit code 0

"#]]
    );
    let params = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cmd-params-cm\ndata:\n  server.disable.auth: \"true\"\n";
    let rbac = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-rbac-cm\ndata:\n  policy.csv: p, x, logs, get, */*, allow\n";
    let run = Sandbox::new()
        .with("params.yaml", params)
        .with("rbac.yaml", rbac)
        .command("who-can create exec -f params.yaml,rbac.yaml")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
SUBJECT       MAY     ROLES   LINE
(everybody)   every           params.yaml:6:25
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, AppProjects
warning: everyone may do everything: server.disable.auth is set (params.yaml:6:25), and the policy decides nothing
---- exit code 0

"#]]
    );
}

#[test]
fn every_format_says_the_same() {
    let asked = "sync app prod/* -f p.csv";
    assert_data_eq!(
        who_can(&format!("{asked} -o json")).stdout_of(0),
        str![[r#"
{
  "schema": "who-can/v1",
  "asked": {
    "action": "sync",
    "resource": "applications",
    "object": "prod/*"
  },
  "for": "some",
  "holders": [
    {
      "subject": "ada",
      "may": "every",
      "roles": [
        "role:lead",
        "role:dev"
      ],
      "place": "p.csv:1:1",
      "example": {
        "action": "sync",
        "resource": "applications",
        "object": "prod/some-app"
      },
      "through": [
        "p.csv:4:1: g, ada, role:lead",
        "p.csv:3:1: g, role:lead, role:dev"
      ],
      "decidedBy": "p.csv:1:1: p, role:dev, applications, sync, */*, allow",
      "butForDeny": null
    },
    {
      "subject": "admin",
      "may": "every",
      "roles": [
        "role:admin"
      ],
      "place": "built-in policy:16",
      "example": {
        "action": "sync",
        "resource": "applications",
        "object": "prod/some-app"
      },
      "through": [
        "built-in policy:44: g, admin, role:admin"
      ],
      "decidedBy": "built-in policy:16: p, role:admin, applications, sync, */*, allow",
      "butForDeny": null
    },
    {
      "subject": "eve",
      "may": "some",
      "roles": [],
      "place": "p.csv:7:1",
      "example": {
        "action": "sync",
        "resource": "applications",
        "object": "prod/shop"
      },
      "through": [],
      "decidedBy": "p.csv:7:1: p, eve, applications, sync, prod/shop, allow",
      "butForDeny": null
    },
    {
      "subject": "role:admin",
      "may": "every",
      "roles": [],
      "place": "built-in policy:16",
      "example": {
        "action": "sync",
        "resource": "applications",
        "object": "prod/some-app"
      },
      "through": [],
      "decidedBy": "built-in policy:16: p, role:admin, applications, sync, */*, allow",
      "butForDeny": null
    },
    {
      "subject": "role:dev",
      "may": "every",
      "roles": [],
      "place": "p.csv:1:1",
      "example": {
        "action": "sync",
        "resource": "applications",
        "object": "prod/some-app"
      },
      "through": [],
      "decidedBy": "p.csv:1:1: p, role:dev, applications, sync, */*, allow",
      "butForDeny": null
    },
    {
      "subject": "role:lead",
      "may": "every",
      "roles": [
        "role:dev"
      ],
      "place": "p.csv:1:1",
      "example": {
        "action": "sync",
        "resource": "applications",
        "object": "prod/some-app"
      },
      "through": [
        "p.csv:3:1: g, role:lead, role:dev"
      ],
      "decidedBy": "p.csv:1:1: p, role:dev, applications, sync, */*, allow",
      "butForDeny": null
    },
    {
      "subject": "bob",
      "may": "denied",
      "roles": [],
      "place": "p.csv:6:1",
      "example": {
        "action": "sync",
        "resource": "applications",
        "object": "prod/some-app"
      },
      "through": [],
      "decidedBy": "p.csv:6:1: p, bob, applications, sync, prod/*, deny",
      "butForDeny": "p.csv:1:1: p, role:dev, applications, sync, */*, allow"
    }
  ]
}

"#]]
    );
    assert_data_eq!(
        who_can(&format!("{asked} -o csv")).stdout_of(0),
        str![[r#"
subject,may,example,through,decided_by,would_be_allowed_by
ada,every,sync applications prod/some-app,"p.csv:4:1: g, ada, role:lead; p.csv:3:1: g, role:lead, role:dev","p.csv:1:1: p, role:dev, applications, sync, */*, allow",
admin,every,sync applications prod/some-app,"built-in policy:44: g, admin, role:admin","built-in policy:16: p, role:admin, applications, sync, */*, allow",
eve,some,sync applications prod/shop,,"p.csv:7:1: p, eve, applications, sync, prod/shop, allow",
role:admin,every,sync applications prod/some-app,,"built-in policy:16: p, role:admin, applications, sync, */*, allow",
role:dev,every,sync applications prod/some-app,,"p.csv:1:1: p, role:dev, applications, sync, */*, allow",
role:lead,every,sync applications prod/some-app,"p.csv:3:1: g, role:lead, role:dev","p.csv:1:1: p, role:dev, applications, sync, */*, allow",
bob,denied,sync applications prod/some-app,,"p.csv:6:1: p, bob, applications, sync, prod/*, deny","p.csv:1:1: p, role:dev, applications, sync, */*, allow"

"#]]
    );
    assert_data_eq!(
        who_can(&format!("{asked} -o markdown")).stdout_of(0),
        str![[r#"
| SUBJECT | MAY | EXAMPLE | THROUGH | DECIDED BY | WOULD BE ALLOWED BY |
| --- | --- | --- | --- | --- | --- |
| ada | every | sync applications prod/some-app | p.csv:4:1: g, ada, role:lead; p.csv:3:1: g, role:lead, role:dev | p.csv:1:1: p, role:dev, applications, sync, /*//*, allow |  |
| admin | every | sync applications prod/some-app | built-in policy:44: g, admin, role:admin | built-in policy:16: p, role:admin, applications, sync, /*//*, allow |  |
| eve | some | sync applications prod/shop |  | p.csv:7:1: p, eve, applications, sync, prod/shop, allow |  |
| role:admin | every | sync applications prod/some-app |  | built-in policy:16: p, role:admin, applications, sync, /*//*, allow |  |
| role:dev | every | sync applications prod/some-app |  | p.csv:1:1: p, role:dev, applications, sync, /*//*, allow |  |
| role:lead | every | sync applications prod/some-app | p.csv:3:1: g, role:lead, role:dev | p.csv:1:1: p, role:dev, applications, sync, /*//*, allow |  |
| bob | denied | sync applications prod/some-app |  | p.csv:6:1: p, bob, applications, sync, prod//*, deny | p.csv:1:1: p, role:dev, applications, sync, /*//*, allow |

"#]]
    );
}

#[test]
fn what_no_server_asks_is_refused() {
    assert_data_eq!(
        who_can("sync clusters -f p.csv").snapshot(),
        str![[r#"
---- stderr
error: `sync` is not an action of clusters
  hint: actions: get, create, update, delete
---- exit code 2

"#]]
    );
    assert_data_eq!(
        who_can("get aplications -f p.csv").snapshot(),
        str![[r#"
---- stderr
error: `aplications` is not a resource of Argo CD
  hint: resources: clusters, projects, applications, applicationsets, repositories, write-repositories, certificates, accounts, gpgkeys, logs, exec, extensions
---- exit code 2

"#]]
    );
    who_can("action app -f p.csv").refused(2, "`action` is not an action of applications");
    who_can("get app [a -f p.csv").refused(2, "is not a pattern");
    who_can("rollback app a/b -f p.csv --argocd-version 3.5").refused(2, "is not an action");
    who_can("get app").refused(2, "there is no policy to ask");
    who_can("get app -f none.yaml").refused(3, "none.yaml");
}

#[test]
fn the_answer_is_that_of_can() {
    let subjects = [
        "ada",
        "bob",
        "eve",
        "ops",
        "role:dev",
        "role:lead",
        "nobody",
        "acme:ci",
    ];
    for (action, object) in [
        ("sync", "prod/shop"),
        ("sync", "dev/shop"),
        ("delete", "prod/shop"),
        ("action/apps/Deployment/restart", "prod/shop"),
        ("rollback", "prod/shop"),
    ] {
        let question = format!("{action} app {object} -f p.csv,project.yaml");
        let report = who_can(&format!("{question} -o json"));
        let report: serde_json::Value = serde_json::from_str(&report.stdout).unwrap();
        let holders = report["holders"].as_array().unwrap();
        for subject in subjects {
            let may = holders
                .iter()
                .any(|row| row["subject"] == subject && row["may"] == "every");
            let sandbox = Sandbox::new()
                .with("p.csv", POLICY)
                .with("project.yaml", PROJECT);
            let can = sandbox.command(&format!("can {subject} {question}")).run();
            assert_eq!(can.code == 0, may, "{subject} {question}\n{report:#}");
        }
    }
}

#[test]
fn several_instances_have_one_report() {
    let sandbox = Sandbox::new()
        .with("p.csv", POLICY)
        .with("q.csv", "p, x, logs, get, *, allow\n")
        .with(
            "octopus-argo.yaml",
            "instances: [{name: one, files: [p.csv]}, {name: two, files: [q.csv]}]\n",
        );
    let run = sandbox
        .command("who-can sync app prod/shop --all --use-builtin-policy=false")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
INSTANCE   RESULT   SUMMARY
one        found
two        nobody

== one ==
SUBJECT     MAY      ROLES                LINE
ada         every    role:lead role:dev   p.csv:1:1
eve         every                         p.csv:7:1
role:dev    every                         p.csv:1:1
role:lead   every    role:dev             p.csv:1:1
bob         denied                        p.csv:6:1

== two ==
SUBJECT   MAY   ROLES   LINE
---- exit code 1

"#]]
    );
}
