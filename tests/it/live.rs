//! `--live`: what is asked of the cluster, and what files beside it mean.

use crate::common::Sandbox;

const RBAC: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-rbac-cm, namespace: argocd}
data:
  policy.csv: |
    p, alice, applications, get, web/*, allow
";

const PROJECT: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: web, namespace: argocd}
spec:
  roles:
  - name: ci
    policies: ['p, proj:web:ci, applications, sync, web/*, allow']
";

const NO_AUTHORISATION: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cmd-params-cm, namespace: argocd}
data: {server.disable.auth: 'true'}
";

fn list(item: &str) -> String {
    let lines: String = item.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "apiVersion: v1\nkind: List\nitems:\n- {}",
        lines.trim_start()
    )
}

#[test]
fn app_projects_and_the_servers_options_are_read() {
    let ask = |line: &str| {
        Sandbox::new()
            .command(line)
            .answers_always("configmap", &list(RBAC))
            .answers_always("appprojects.argoproj.io", &list(PROJECT))
            .run()
    };
    let run = ask("can proj:web:ci sync applications web/shop --live");
    assert_eq!(run.stdout_of(0), "yes\n");
    let asked = &ask("can alice get applications web/shop --live").ran[0];
    for name in ["argocd-cm", "argocd-rbac-cm", "argocd-cmd-params-cm"] {
        assert!(asked.contains(&name.to_owned()), "{asked:?}");
    }
    let run = Sandbox::new()
        .command("can nobody delete applications web/shop --live --explain")
        .answers_always("configmap", &list(NO_AUTHORISATION))
        .answers_always("appprojects.argoproj.io", &list(PROJECT))
        .run();
    assert!(run.stdout_of(0).contains("server.disable.auth is set"));
}

#[test]
fn what_may_not_be_read_is_said() {
    let forbidden =
        "Error from server (Forbidden): configmaps \"argocd-cmd-params-cm\" is forbidden\n";
    let run = Sandbox::new()
        .command("can alice get applications web/shop --live")
        .answers(1, "", forbidden)
        .answers(0, &list(RBAC), "")
        .answers(
            1,
            "",
            "Error from server (Forbidden): appprojects is forbidden\n",
        )
        .run();
    for said in [
        "argocd-cmd-params-cm was not read",
        "AppProjects were not read",
    ] {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    assert_eq!(run.stdout_of(0), "yes\n");
    // A server that does not answer is asked once.
    let run = Sandbox::new()
        .command("can alice get applications web/shop --live")
        .answers(1, "", "error: connection refused\n")
        .run();
    assert_eq!(run.ran.len(), 1);
    run.refused(4, "connection refused");
}

#[test]
fn the_permissions_of_a_change_count_what_is_live_beside_it() {
    // Everyone may do everything already.
    let run = |line: &str, params: &str| {
        Sandbox::new()
            .command(line)
            .answers_always("argocd-cmd-params-cm", params)
            .answers_always("configmap", &list(RBAC))
            .answers_always("appprojects.argoproj.io", &list(PROJECT))
            .run()
    };
    let diff = run("diff --live", &list(NO_AUTHORISATION));
    assert!(
        diff.stdout
            .contains("Permissions\n  no permissions change\n"),
        "{}",
        diff.stdout
    );
    assert!(
        !diff.stdout.contains("server.disable.auth"),
        "{}",
        diff.stdout
    );
    assert_eq!(diff.ran.len(), 3, "{:?}", diff.ran);
    let diff = run("diff --live", "");
    assert!(
        diff.stdout.contains("+ octopus: get clusters *\n"),
        "{}",
        diff.stdout
    );
    let render = run("render --live --fail-on-collateral", "");
    assert!(!render.stdout.contains("AppProject"), "{}", render.stdout);
    assert_eq!((render.code, render.ran.len()), (0, 3), "{}", render.stderr);
}

#[test]
fn a_kubectl_that_fails_and_prints_nothing_is_quoted_with_its_exit_code() {
    let run = Sandbox::new()
        .command("diff --live")
        .answers(137, "", "\n")
        .run();
    run.refused(
        4,
        "kubectl could not read the ConfigMaps: it ended with exit code 137 and printed nothing\n",
    );
}

#[test]
fn files_beside_it_count_as_if_they_were_applied() {
    let changed = RBAC.replace("alice", "bob");
    let run = Sandbox::new()
        .with("new.yaml", changed)
        .command("can bob get applications web/shop --live -f new.yaml")
        .answers_always("configmap", &list(RBAC))
        .answers_always("appprojects.argoproj.io", &list(PROJECT))
        .run();
    assert!(
        run.stderr
            .contains("the live ConfigMap argocd-rbac-cm: new.yaml takes its place"),
        "{}",
        run.stderr
    );
    assert_eq!(run.stdout_of(0), "yes\n");
    for line in ["render --live -f new.yaml", "diff --live -f new.yaml"] {
        let sandbox = Sandbox::new().with("new.yaml", RBAC);
        sandbox.command(line).run().refused(2, "cannot be combined");
    }
}

#[test]
fn a_patch_inside_a_kustomization_lies_over_the_file_beside_it() {
    let kustomization = "\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
patches:
- patch: |
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: argocd-rbac-cm
    data:
      policy.more.csv: |
        p, carol, applications, get, web/*, allow
";
    let sandbox = Sandbox::new()
        .with("rbac.yaml", RBAC)
        .with("kustomization.yaml", kustomization);
    let run = sandbox
        .command("can carol get applications web/shop --live -f rbac.yaml,kustomization.yaml")
        .answers_always("configmap", &list(&RBAC.replace("alice", "bob")))
        .answers_always("appprojects.argoproj.io", "")
        .run();
    assert_eq!(run.stdout_of(0), "yes\n");
    let run = sandbox
        .command("compare rbac.yaml kustomization.yaml --subject carol")
        .run();
    assert!(
        run.stdout_of(1)
            .starts_with("+ carol gains: get applications web/*\n")
    );
}
