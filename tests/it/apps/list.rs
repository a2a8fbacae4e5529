//! The list, its filters and formats.

use snapbox::{assert_data_eq, str};

use crate::common::{Run, Sandbox};

pub(super) const APPS: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
  namespace: argocd
  annotations:
    argo.octopus.com/project: shop
    argo.octopus.com/environment: production
spec:
  project: shop
  source:
    repoURL: https://git.example.com/shop/deploy.git
    targetRevision: main
    path: web
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: api
  namespace: argocd
  annotations:
    argo.octopus.com/project.values: shop
    argo.octopus.com/environment.values: production
    argo.octopus.com/tenant.values: acme
spec:
  project: platform
  sources:
    - repoURL: registry.example.com/charts
      chart: api
      targetRevision: 1.4.2
      name: chart
      helm:
        valueFiles: [$values/api.yaml]
    - repoURL: https://git.example.com/shop/values.git
      targetRevision: main
      ref: values
      name: values
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: previews
  namespace: argocd
spec:
  generators:
    - list:
        elements: [{env: dev}, {env: production}]
  template:
    metadata:
      name: preview-{{env}}
      annotations:
        argo.octopus.com/project: previews
        argo.octopus.com/environment: '{{env}}'
    spec:
      project: shop
      source:
        repoURL: https://git.example.com/shop/deploy.git
        path: preview/{{env}}
";

const RBAC: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: argocd
data:
  policy.csv: |
    p, octopus, applications, get, shop/*, allow
";

fn apps(flags: &str) -> Run {
    Sandbox::new()
        .with("apps.yaml", APPS)
        .with("rbac.yaml", RBAC)
        .command(&format!("apps -f apps.yaml {flags}"))
        .run()
}

#[test]
fn every_source_with_what_becomes_of_it() {
    assert_data_eq!(
        apps("").snapshot(),
        str![[r#"
---- stdout
APPLICATION   SOURCE   REPO                                      PATH              REVISION   PROJECT    ENVIRONMENT   TENANT   UPDATED
web           1        https://git.example.com/shop/deploy.git   web               main       shop       production    -        yes
api           chart    registry.example.com/charts               api               1.4.2      -          -             -        no: not annotated
api           values   https://git.example.com/shop/values.git   $values           main       shop       production    acme     yes
previews      1        https://git.example.com/shop/deploy.git   preview/{{env}}   HEAD       previews   {{env}}       -        yes
---- stderr
note: what the account may read was not checked: there is no policy in the input
note: 3 of 4 sources are updated
---- exit code 0

"#]]
    );
}

#[test]
fn an_application_that_the_account_may_not_get_is_not_updated() {
    assert_data_eq!(
        apps("-f rbac.yaml -o wide").snapshot(),
        str![[r#"
---- stdout
APPLICATION   SOURCE   REPO                                      PATH              REVISION   PROJECT    ENVIRONMENT   TENANT   UPDATED                                         KIND             NAMESPACE   APPPROJECT   GET           SYNC          PLACE
web           1        https://git.example.com/shop/deploy.git   web               main       shop       production    -        yes                                             Application      argocd      shop         yes           no: no rule   apps.yaml:1:1
api           chart    registry.example.com/charts               api               1.4.2      -          -             -        no: not annotated                               Application      argocd      platform     no: no rule   no: no rule   apps.yaml:16:1
api           values   https://git.example.com/shop/values.git   $values           main       shop       production    acme     no: octopus may not get platform/api: no rule   Application      argocd      platform     no: no rule   no: no rule   apps.yaml:16:1
previews      1        https://git.example.com/shop/deploy.git   preview/{{env}}   HEAD       previews   {{env}}       -        yes                                             ApplicationSet   argocd      shop         yes           unknown       apps.yaml:39:1
---- stderr
note: 2 of 4 sources are updated
note: the account may not sync 1 of them: only steps that trigger a sync need it (render --allow-sync)
---- exit code 0

"#]]
    );
}

#[test]
fn a_deployment_narrows_it() {
    assert_data_eq!(
        apps("--octopus-project shop --environment Production").snapshot(),
        str![[r#"
---- stdout
APPLICATION   SOURCE   REPO                                      PATH      REVISION   PROJECT   ENVIRONMENT   TENANT   UPDATED
web           1        https://git.example.com/shop/deploy.git   web       main       shop      production    -        yes
api           values   https://git.example.com/shop/values.git   $values   main       shop      production    acme     yes
---- stderr
note: what the account may read was not checked: there is no policy in the input
note: 2 of 2 sources are updated
---- exit code 0

"#]]
    );
    assert_data_eq!(
        apps("--octopus-project previews --environment dev").snapshot(),
        str![[r#"
---- stdout
APPLICATION   SOURCE   REPO                                      PATH              REVISION   PROJECT    ENVIRONMENT   TENANT   UPDATED
previews      1        https://git.example.com/shop/deploy.git   preview/{{env}}   HEAD       previews   {{env}}       -        if {{env}} is dev
---- stderr
note: what the account may read was not checked: there is no policy in the input
note: 1 of 1 source is updated
---- exit code 0

"#]]
    );
    let tenant = apps("-q --octopus-project shop --tenant acme -o csv").stdout_of(0);
    assert_eq!(tenant.lines().count(), 2, "{tenant}");
}

#[test]
fn nothing_that_matches_is_a_no_with_what_there_is() {
    assert_data_eq!(
        apps("--octopus-project shpo --environment production").snapshot(),
        str![[r#"
---- stdout
APPLICATION   SOURCE   REPO   PATH   REVISION   PROJECT   ENVIRONMENT   TENANT   UPDATED
---- stderr
note: what the account may read was not checked: there is no policy in the input
warning: no source has annotations for this deployment
note: no annotation names the project shpo: did you mean shop?
---- exit code 1

"#]]
    );
    assert_data_eq!(
        apps("--octopus-project billing --environment qa").snapshot(),
        str![[r#"
---- stdout
APPLICATION   SOURCE   REPO   PATH   REVISION   PROJECT   ENVIRONMENT   TENANT   UPDATED
---- stderr
note: what the account may read was not checked: there is no policy in the input
warning: no source has annotations for this deployment
note: no annotation names the project billing, only: previews, shop
note: no annotation names the environment qa, only: production, {{env}}
---- exit code 1

"#]]
    );
}

#[test]
fn what_fits_half_is_shown_with_what_is_missing() {
    let half = APPS.replace("    argo.octopus.com/environment: production\n", "");
    let run = Sandbox::new()
        .with("apps.yaml", half)
        .command("apps -f apps.yaml --octopus-project shop --environment production")
        .run();
    assert_eq!(run.code, 1);
    assert_data_eq!(
        run.stdout.as_str(),
        str![[r#"
APPLICATION   SOURCE   REPO                                      PATH      REVISION   PROJECT   ENVIRONMENT   TENANT   UPDATED
web           1        https://git.example.com/shop/deploy.git   web       main       shop      -             -        no: the annotation for the environment is missing
api           values   https://git.example.com/shop/values.git   $values   main       shop      production    acme     yes

"#]]
    );
}

#[test]
fn json_has_a_versioned_schema_and_the_findings() {
    let text = APPS.replace(
        "targetRevision: main\n    path: web",
        "targetRevision: v1.2.3\n    path: web",
    );
    let run = Sandbox::new()
        .with("apps.yaml", text)
        .command("apps -q -f apps.yaml -o json")
        .run();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, report["schema"].as_str()), (1, Some("apps/v1")));
    assert_eq!(report["sources"][0]["updated"]["answer"], "no");
    assert_eq!(report["sources"][2]["updated"]["answer"], "yes");
    assert_eq!(report["findings"][0]["rule"], "unwritable-octopus-source");
}

#[test]
fn findings_decide_the_exit_code_as_far_as_is_asked() {
    let text = APPS.replace("project: shop\n    argo", "project: Shop\n    argo");
    let run = |flags: &str| {
        Sandbox::new()
            .with("apps.yaml", &text)
            .command(&format!("apps -q -f apps.yaml {flags}"))
            .run()
    };
    assert_data_eq!(
        run("--fail-on warning").snapshot(),
        str![[r#"
---- stdout
APPLICATION   SOURCE   REPO                                      PATH              REVISION   PROJECT    ENVIRONMENT   TENANT   UPDATED
web           1        https://git.example.com/shop/deploy.git   web               main       Shop       production    -        yes
api           chart    registry.example.com/charts               api               1.4.2      -          -             -        no: not annotated
api           values   https://git.example.com/shop/values.git   $values           main       shop       production    acme     yes
previews      1        https://git.example.com/shop/deploy.git   preview/{{env}}   HEAD       previews   {{env}}       -        yes
---- stderr
warning[octopus-value-not-a-slug]: `Shop` is not a slug
 --> apps.yaml:7:31
  |
7 |     argo.octopus.com/project: Shop
  |                               ^^^^ the project's slug, not its name
  |
  = fix: `--fix=unsafe` will make it `shop`, which Octopus makes of such a name (it changes what Octopus updates)

---- exit code 1

"#]]
    );
    assert_eq!(run("--fail-on error").code, 0);
    assert_eq!(run("--fail-on never --octopus-project none").code, 1);
}

#[test]
fn a_table_for_a_pull_request_and_a_page() {
    let markdown = apps("-q -o markdown").stdout_of(0);
    assert!(
        markdown.starts_with("| APPLICATION | SOURCE |"),
        "{markdown}"
    );
    let hostile = APPS.replace("path: web", "path: '<b>{{source}}&'");
    let page = Sandbox::new()
        .with("apps.yaml", hostile)
        .command("apps -q -f apps.yaml -o html")
        .run()
        .stdout_of(0);
    assert!(
        page.contains("&lt;b&gt;&#123;&#123;source}}&amp;"),
        "{page}"
    );
    assert!(!page.contains("<b>") && !page.contains("src=") && !page.contains("href="));
}

#[test]
fn live_asks_for_what_it_needs_and_names_what_it_may_not_read() {
    let list = |kind: &str, text: &str| {
        let items: String = text
            .split("---\n")
            .filter(|object| object.contains(&format!("kind: {kind}\n")))
            .map(|object| format!("- {}\n", object.trim_end().replace('\n', "\n  ")))
            .collect();
        format!("apiVersion: v1\nkind: List\nitems:\n{items}")
    };
    let run = Sandbox::new()
        .command("apps --live -n argocd --context prod")
        .answers(0, &list("Application", APPS), "")
        .answers(0, &list("ApplicationSet", APPS), "")
        .answers(
            1,
            "",
            "Error from server (Forbidden): appprojects is forbidden",
        )
        .answers(0, &list("ConfigMap", RBAC), "")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
APPLICATION   SOURCE   REPO                                      PATH              REVISION   PROJECT    ENVIRONMENT   TENANT   UPDATED
web           1        https://git.example.com/shop/deploy.git   web               main       shop       production    -        yes
api           chart    registry.example.com/charts               api               1.4.2      -          -             -        no: not annotated
api           values   https://git.example.com/shop/values.git   $values           main       shop       production    acme     no: octopus may not get platform/api: no rule
previews      1        https://git.example.com/shop/deploy.git   preview/{{env}}   HEAD       previews   {{env}}       -        yes
---- stderr
warning: not read: kubectl could not read the AppProjects: Error from server (Forbidden): appprojects is forbidden
note: 2 of 4 sources are updated
note: the account may not sync 1 of them: only steps that trigger a sync need it (render --allow-sync)
---- exit code 0

"#]]
    );
    let asked: Vec<String> = run.ran.iter().map(|words| words[2].clone()).collect();
    assert_eq!(
        asked,
        [
            "applications.argoproj.io",
            "applicationsets.argoproj.io",
            "appprojects.argoproj.io",
            "configmap"
        ]
    );
    assert!(
        run.ran
            .iter()
            .all(|words| words.contains(&"--context=prod".to_owned()))
    );
    // Settings name namespaces that Argo CD takes Applications from besides its own.
    let params = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cmd-params-cm, namespace: argocd}\n\
                  data: {application.namespaces: 'argocd, team-*'}\n";
    let namespaces = "kind: Namespace\nmetadata: {name: argocd}\n---\nkind: Namespace\nmetadata: {name: team-a}\n\
                      ---\nkind: Namespace\nmetadata: {name: other}\n";
    let elsewhere = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: api, namespace: team-a}\n\
                     spec: {source: {repoURL: 'https://example.com/r.git', path: p}}\n";
    let run = Sandbox::new()
        .command("apps --live -n argocd")
        .answers(0, "", "")
        .answers(0, "", "")
        .answers(0, "", "")
        .answers(0, params, "")
        .answers(0, &list("Namespace", namespaces), "")
        .answers(0, elsewhere, "")
        .answers(0, "", "")
        .run();
    assert_data_eq!(
        run.stdout.as_str(),
        str![[r#"
APPLICATION   SOURCE   REPO                        PATH   REVISION   PROJECT   ENVIRONMENT   TENANT   UPDATED
api           1        https://example.com/r.git   p      HEAD       -         -             -        no: not annotated

"#]]
    );
    let asked: Vec<String> = run.ran[4..]
        .iter()
        .map(|words| words[2..5].join(" "))
        .collect();
    assert_eq!(
        asked,
        [
            "namespaces --namespace argocd",
            "applications.argoproj.io --namespace team-a",
            "applicationsets.argoproj.io --namespace team-a"
        ]
    );
    Sandbox::new()
        .command("apps --live")
        .answers(1, "", "Error from server (Forbidden)")
        .run()
        .refused(4, "kubectl could not read the Applications");
}

#[test]
fn input_without_applications_is_refused() {
    let sandbox = Sandbox::new().with("rbac.yaml", RBAC);
    sandbox
        .command("apps")
        .run()
        .refused(2, "there are no Applications in the input");
    sandbox
        .command("apps -f rbac.yaml")
        .run()
        .refused(3, "there is no Application and no ApplicationSet");
}

#[test]
fn several_instances_make_one_report() {
    let config =
        "instances:\n  - {name: one, files: [apps.yaml]}\n  - {name: two, files: [apps.yaml]}\n";
    let run = Sandbox::new()
        .with("apps.yaml", APPS)
        .with("octopus-argo.yaml", config)
        .command("apps --all -o csv --config octopus-argo.yaml --octopus-project shop")
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.starts_with("instance,application,source,"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("\none,web,1,") && run.stdout.contains("\ntwo,web,1,"));
}
