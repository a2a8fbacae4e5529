//! `--live`: what `kubectl get` brings, read by every command that takes it.

use crate::system::{ArgoCd, Session, cluster};
use crate::tokens::connected;

#[test]
fn every_command_reads_the_cluster() {
    let Some(cluster) = cluster() else { return };
    let argocd = ArgoCd::install(cluster, "live");
    let user = Session::admin(cluster, &argocd);
    let live = "--live -n live";
    // Nothing is there yet: a difference, and no account.
    user.run(&format!("kubectl octopus-argo diff {live}"))
        .exit(1);
    user.run(&format!(
        "kubectl octopus-argo can octopus get clusters '*' {live}"
    ))
    .exit(1);
    user.run(&format!(
        "set -o pipefail; kubectl octopus-argo render {live} --fail-on-collateral | kubectl replace -f -"
    ))
    .ok();
    user.run(&format!("kubectl octopus-argo diff {live}"))
        .exit(0);
    user.run(&format!("kubectl octopus-argo check {live}"))
        .exit(0);
    user.run(&format!(
        "kubectl octopus-argo can octopus get clusters '*' {live}"
    ))
    .exit(0);
    user.run(&format!(
        "kubectl octopus-argo can octopus delete applications web/shop {live}"
    ))
    .exit(1);
    let matrix = user
        .run(&format!("kubectl octopus-argo matrix {live}"))
        .exit(0);
    assert!(matrix.contains("octopus"), "{matrix}");
    user.run(&format!("kubectl octopus-argo lint {live} -v"))
        .exit(0);
    // Without changes the objects come back as they are, and replacing them does nothing.
    user.run(&format!(
        "set -o pipefail; kubectl octopus-argo render {live} | kubectl replace -f -"
    ))
    .ok();
}

#[test]
fn a_lock_that_is_stale_is_refused_by_the_api_server() {
    let Some(cluster) = cluster() else { return };
    let (_argocd, user) = connected(cluster, "lock");
    user.run(
        r#"set -e
        kubectl get configmap -n lock argocd-cm argocd-rbac-cm -o yaml --show-managed-fields > live.yaml
        kubectl patch configmap -n lock argocd-rbac-cm --type merge -p '{"data": {"policy.csv": "p, alice, clusters, get, *, allow"}}'"#,
    )
    .ok();
    let replaced = user.run(
        "set -o pipefail; kubectl octopus-argo render -f live.yaml --allow-sync | kubectl replace -f -",
    );
    assert_ne!(replaced.code, 0, "{}", replaced.stdout);
    assert!(
        replaced.stderr.contains("the object has been modified"),
        "{}",
        replaced.stderr
    );
    let policy = user
        .run("kubectl get configmap -n lock argocd-rbac-cm -o yaml")
        .ok();
    assert!(policy.contains("p, alice, clusters"), "{policy}");
}

#[test]
fn who_may_not_read_is_told_so() {
    let Some(cluster) = cluster() else { return };
    let user = Session::new(cluster);
    user.run("kubectl octopus-argo check --live -n default --context nobody")
        .refused(4, &["orbidden"]);
    user.run("kubectl octopus-argo check --live -n default")
        .exit(3);
    user.run("kubectl octopus-argo check --live -n default --context nowhere")
        .refused(4, &["nowhere"]);
}
