//! `matrix`: who may do what.

use std::fmt::Write as _;

use snapbox::{assert_data_eq, str};

use crate::common::{Run, Sandbox};

const POLICY: &str = "\
p, role:dev, applications, get, */*, allow
p, role:dev, applications, sync, prod/*, deny
p, role:dev, applications, sync, prod/*, allow
p, role:dev, applications, sync, dev/*, allow
p, role:dev, applications, action/*, dev/*, allow
g, \"<b>\", role:dev
g, ada, role:dev
p, ada, applications, action/apps/Deployment/restart, dev/base, deny
p, x, clusters, get, [a-, allow
p, x, clusters, sync, *, allow
p, x, logs, get, */*, Allow
";

fn matrix(flags: &str) -> Run {
    Sandbox::new()
        .with("p.csv", POLICY)
        .command(&format!("matrix -f p.csv {flags}"))
        .run()
}

#[test]
fn a_row_for_each_group_of_rules_and_each_role() {
    assert_data_eq!(
        matrix("").snapshot(),
        str![[r#"
---- stdout
SUBJECT    RESOURCE       OBJECT     ACTIONS                          EFFECT
role:dev   applications   */*        get                              allow
role:dev   applications   prod/*     sync                             deny
role:dev   applications   prod/*     sync                             none
role:dev   applications   dev/*      sync, action/*                   allow
<b>        has role:dev
ada        has role:dev                                               in part
ada        applications   dev/base   action/apps/Deployment/restart   deny
x          clusters       [a-        get                              none
x          clusters       *          sync                             none
x          logs           */*        get                              none
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
---- exit code 0

"#]]
    );
}

#[test]
fn wide_says_what_limits_a_rule_and_which_lines_decide() {
    assert_data_eq!(
        matrix("-o wide").snapshot(),
        str![[r#"
---- stdout
SUBJECT    RESOURCE       OBJECT     ACTIONS                          EFFECT    STATE                                                                                        DECIDED BY
role:dev   applications   */*        get                              allow                                                                                                  p.csv:1:1: p, role:dev, applications, get, */*, allow
role:dev   applications   prod/*     sync                             deny                                                                                                   p.csv:2:1: p, role:dev, applications, sync, prod/*, deny
role:dev   applications   prod/*     sync                             none      overruled by p.csv:2:1: p, role:dev, applications, sync, prod/*, deny                        p.csv:3:1: p, role:dev, applications, sync, prod/*, allow
role:dev   applications   dev/*      sync, action/*                   allow                                                                                                  p.csv:4:1: p, role:dev, applications, sync, dev/*, allow; p.csv:5:1: p, role:dev, applications, action/*, dev/*, allow
<b>        has role:dev                                                                                                                                                      p.csv:6:1: g, "<b>", role:dev
ada        has role:dev                                               in part   limited by p.csv:8:1: p, ada, applications, action/apps/Deployment/restart, dev/base, deny   p.csv:7:1: g, ada, role:dev
ada        applications   dev/base   action/apps/Deployment/restart   deny                                                                                                   p.csv:8:1: p, ada, applications, action/apps/Deployment/restart, dev/base, deny
x          clusters       [a-        get                              none      its pattern does not compile                                                                 p.csv:9:1: p, x, clusters, get, [a-, allow
x          clusters       *          sync                             none      no server asks for this action on this resource                                              p.csv:10:1: p, x, clusters, sync, *, allow
x          logs           */*        get                              none      its effect is neither allow nor deny                                                         p.csv:11:1: p, x, logs, get, */*, Allow
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
---- exit code 0

"#]]
    );
}

#[test]
fn by_resource_it_says_who_may_use_each() {
    assert_data_eq!(
        matrix("--by resource").snapshot(),
        str![[r#"
---- stdout
RESOURCE       OBJECT     SUBJECT    ACTIONS                          EFFECT
applications   */*        role:dev   get                              allow
applications   dev/*      role:dev   sync, action/*                   allow
applications   dev/base   ada        action/apps/Deployment/restart   deny
applications   prod/*     role:dev   sync                             deny
applications   prod/*     role:dev   sync                             none
clusters       *          x          sync                             none
clusters       [a-        x          get                              none
logs           */*        x          get                              none
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
---- exit code 0

"#]]
    );
}

#[test]
fn a_subject_comes_with_its_roles_and_a_resource_with_those_who_use_it() {
    let out = matrix("--subject ada --resource app -o csv").stdout_of(0);
    assert_data_eq!(
        out,
        str![[r#"
subject,resource,object,actions,effect,state,decided_by
ada,has role:dev,,,in part,"limited by p.csv:8:1: p, ada, applications, action/apps/Deployment/restart, dev/base, deny","p.csv:7:1: g, ada, role:dev"
ada,applications,dev/base,action/apps/Deployment/restart,deny,,"p.csv:8:1: p, ada, applications, action/apps/Deployment/restart, dev/base, deny"
role:dev,applications,*/*,get,allow,,"p.csv:1:1: p, role:dev, applications, get, */*, allow"
role:dev,applications,prod/*,sync,deny,,"p.csv:2:1: p, role:dev, applications, sync, prod/*, deny"
role:dev,applications,prod/*,sync,none,"overruled by p.csv:2:1: p, role:dev, applications, sync, prod/*, deny","p.csv:3:1: p, role:dev, applications, sync, prod/*, allow"
role:dev,applications,dev/*,"sync, action/*",allow,,"p.csv:4:1: p, role:dev, applications, sync, dev/*, allow; p.csv:5:1: p, role:dev, applications, action/*, dev/*, allow"

"#]]
    );
    let run = matrix("--resource exec");
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
SUBJECT   RESOURCE   OBJECT   ACTIONS   EFFECT
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
note: no subject may do anything that matches
---- exit code 0

"#]]
    );
}

#[test]
fn markdown_fits_a_pull_request() {
    let out = matrix("--subject ada -o markdown").stdout_of(0);
    assert_data_eq!(
        out,
        str![[r#"
| SUBJECT | RESOURCE | OBJECT | ACTIONS | EFFECT | STATE | DECIDED BY |
| --- | --- | --- | --- | --- | --- | --- |
| ada | has role:dev |  |  | in part | limited by p.csv:8:1: p, ada, applications, action/apps/Deployment/restart, dev/base, deny | p.csv:7:1: g, ada, role:dev |
| ada | applications | dev/base | action/apps/Deployment/restart | deny |  | p.csv:8:1: p, ada, applications, action/apps/Deployment/restart, dev/base, deny |
| role:dev | applications | /*//* | get | allow |  | p.csv:1:1: p, role:dev, applications, get, /*//*, allow |
| role:dev | applications | prod//* | sync | deny |  | p.csv:2:1: p, role:dev, applications, sync, prod//*, deny |
| role:dev | applications | prod//* | sync | none | overruled by p.csv:2:1: p, role:dev, applications, sync, prod//*, deny | p.csv:3:1: p, role:dev, applications, sync, prod//*, allow |
| role:dev | applications | dev//* | sync, action//* | allow |  | p.csv:4:1: p, role:dev, applications, sync, dev//*, allow; p.csv:5:1: p, role:dev, applications, action//*, dev//*, allow |

"#]]
    );
}

#[test]
fn json_has_a_versioned_schema() {
    let out = matrix("-o json --subject <b>").stdout_of(0);
    assert_data_eq!(
        out,
        str![[r#"
{
  "schema": "matrix/v2",
  "subjects": [
    {
      "subject": "<b>",
      "roles": [
        {
          "role": "role:dev",
          "decided_by": "p.csv:6:1: g, /"<b>/", role:dev",
          "limited_by": ""
        }
      ],
      "rules": []
    },
    {
      "subject": "role:dev",
      "roles": [],
      "rules": [
        {
          "resource": "applications",
          "object": "*/*",
          "actions": [
            "get"
          ],
          "effect": "allow",
          "in_force": true,
          "state": [],
          "decided_by": [
            "p.csv:1:1: p, role:dev, applications, get, */*, allow"
          ]
        },
        {
          "resource": "applications",
          "object": "prod/*",
          "actions": [
            "sync"
          ],
          "effect": "deny",
          "in_force": true,
          "state": [],
          "decided_by": [
            "p.csv:2:1: p, role:dev, applications, sync, prod/*, deny"
          ]
        },
        {
          "resource": "applications",
          "object": "prod/*",
          "actions": [
            "sync"
          ],
          "effect": "allow",
          "in_force": false,
          "state": [
            "overruled by p.csv:2:1: p, role:dev, applications, sync, prod/*, deny"
          ],
          "decided_by": [
            "p.csv:3:1: p, role:dev, applications, sync, prod/*, allow"
          ]
        },
        {
          "resource": "applications",
          "object": "dev/*",
          "actions": [
            "sync",
            "action/*"
          ],
          "effect": "allow",
          "in_force": true,
          "state": [],
          "decided_by": [
            "p.csv:4:1: p, role:dev, applications, sync, dev/*, allow",
            "p.csv:5:1: p, role:dev, applications, action/*, dev/*, allow"
          ]
        }
      ]
    }
  ]
}

"#]]
    );
}

/// argocd-rbac-cm with a default role and an AppProject beside it.
fn site(policy: &str) -> Sandbox {
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: argocd-rbac-cm}}\ndata:\n  policy.default: role:readonly\n  policy.csv: |\n    {}\n\
         ---\napiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {{name: web}}\nspec:\n  roles:\n  - name: ci\n    policies:\n    \
         - p, proj:web:ci, applications, sync, web/*, allow\n    groups: [acme:web]\n",
        policy.trim_end().replace('\n', "\n    ")
    );
    Sandbox::new().with("r.yaml", text)
}

#[test]
fn the_default_role_is_everybodys_and_its_rows_are_there_once() {
    let policy = "p, dev, applications, get, web/secret, deny\n\
                  p, dev, applications, get, web/*, allow\n\
                  p, dev, applications, sync, web/*, allow\n\
                  p, \"\", exec, create, web/*, allow";
    let out = site(policy)
        .command("matrix -f r.yaml --resource applications,exec -o wide")
        .run();
    assert_data_eq!(
        out.snapshot(),
        str![[r#"
---- stdout
SUBJECT         RESOURCE            OBJECT       ACTIONS   EFFECT   STATE                                                                                      DECIDED BY
(everybody)     has role:readonly                                                                                                                              r.yaml:5:19: policy.default: role:readonly
(everybody)     exec                web/*        create    allow                                                                                               r.yaml:10:5: p, "", exec, create, web/*, allow
dev             applications        web/secret   get       none     no effect: granted by built-in policy:1: p, role:readonly, applications, get, */*, allow   r.yaml:7:5: p, dev, applications, get, web/secret, deny
dev             applications        web/*        sync      allow                                                                                               r.yaml:9:5: p, dev, applications, sync, web/*, allow
acme:web        has proj:web:ci                                                                                                                                r.yaml:20:14: g, acme:web, proj:web:ci
proj:web:ci     applications        web/*        sync      allow                                                                                               r.yaml:19:7: p, proj:web:ci, applications, sync, web/*, allow
role:readonly   applications        */*          get       allow                                                                                               built-in policy:1: p, role:readonly, applications, get, */*, allow
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm
---- exit code 0

"#]]
    );
    // Somebody whom the policy does not name.
    let out = site(policy)
        .command("matrix -f r.yaml --resource exec,logs --subject nobody")
        .run();
    assert_data_eq!(
        out.snapshot(),
        str![[r#"
---- stdout
SUBJECT         RESOURCE            OBJECT   ACTIONS   EFFECT
(everybody)     has role:readonly
(everybody)     exec                web/*    create    allow
role:readonly   logs                */*      get       allow
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm
---- exit code 0

"#]]
    );
}

#[test]
fn a_deny_limits_only_what_it_can_meet() {
    let out = Sandbox::new().command("matrix --sample").run();
    assert_data_eq!(
        out.snapshot(),
        str![[r#"
---- stdout
SUBJECT           RESOURCE             OBJECT     ACTIONS                          EFFECT
role:platform     applications         */*        *                                allow
role:platform     applicationsets      */*        *                                allow
role:platform     clusters             *          *                                allow
role:platform     projects             *          *                                allow
role:platform     repositories         *          *                                allow
role:platform     logs                 */*        get                              allow
role:platform     exec                 */*        create                           deny
acme:platform     has role:platform
role:developer    applications         */*        get                              allow
role:developer    applications         dev-*/*    sync,                            allow
                                                  action/apps/Deployment/restart
role:developer    applications         prod-*/*   sync                             deny
role:developer    logs                 dev-*/*    get                              allow
role:developer    projects             *          get                              allow
acme:developers   has role:developer
auditor           has role:readonly
role:readonly     applications         */*        get                              allow
role:readonly     applicationsets      */*        get                              allow
role:readonly     certificates         *          get                              allow
role:readonly     clusters             *          get                              allow
role:readonly     repositories         *          get                              allow
role:readonly     write-repositories   *          get                              allow
role:readonly     projects             *          get                              allow
role:readonly     accounts             *          get                              allow
role:readonly     gpgkeys              *          get                              allow
role:readonly     logs                 */*        get                              allow
---- stderr
note: not read, so Argo CD's defaults count: argocd-cmd-params-cm, AppProjects
---- exit code 0

"#]]
    );
}

#[test]
fn the_actions_of_the_admin_fit_a_screen() {
    let out = Sandbox::new()
        .with("p.csv", "g, root, role:admin\n")
        .command("matrix -f p.csv --resource app")
        .run();
    assert_data_eq!(
        out.snapshot(),
        str![[r#"
---- stdout
SUBJECT         RESOURCE            OBJECT   ACTIONS                     EFFECT
root            has role:admin
role:admin      has role:readonly
role:admin      applications        */*      create, update, update/*,   allow
                                             delete, delete/*, sync,
                                             override, action/*
role:readonly   applications        */*      get                         allow
---- stderr
note: not read, so Argo CD's defaults count: argocd-cm, argocd-cmd-params-cm, AppProjects
---- exit code 0

"#]]
    );
}

#[test]
fn the_page_is_self_contained_and_shows_names_as_they_are() {
    let page = matrix("-o html").stdout_of(0);
    assert!(
        page.contains("<th scope=\"row\">&lt;b&gt;<small>"),
        "{page}"
    );
    assert!(page.contains("p.csv:1:1: p, role:dev, applications, get, */*, allow"));
    for outside in [
        "http://", "https://", " src=", "href=\"/", "@import", "url(",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
    for part in [
        "color-scheme: light dark",
        "@media print",
        "@media (max-width",
        "id=\"subject\"",
        "id=\"permission\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for link in page.split("href=\"#").skip(1) {
        let id = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn many_resources_share_a_column_of_the_page() {
    let mut policy = String::new();
    for number in 0..40 {
        let _ = writeln!(policy, "p, a, res{number}*, get, *, allow");
    }
    let page = Sandbox::new()
        .with("p.csv", policy)
        .command("matrix -f p.csv -o html")
        .run()
        .stdout_of(0);
    assert_eq!(page.matches("<th scope=\"col\">").count(), 17);
    assert!(page.contains("<code>res39*</code>"));
}

#[test]
fn nothing_to_show_is_said() {
    let sandbox = Sandbox::new().with("a.yaml", "kind: Deployment\n");
    sandbox
        .command("matrix")
        .run()
        .refused(2, "there is no policy to show");
    sandbox
        .command("matrix -f a.yaml")
        .run()
        .refused(3, "there is no policy in the input");
}
