//! Roles of AppProjects and their tokens.

use serde_json::Value;

use crate::system::{ArgoCd, Session, cluster};

/// Two projects with nothing but sources.
const PROJECTS: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: web, namespace: projects}
spec: {sourceRepos: ['*']}
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: shop, namespace: projects}
spec: {sourceRepos: ['*']}
";

/// Returns the ids of the role's tokens: those of `spec`, and those of `status`.
fn ids(user: &Session, project: &str) -> (Vec<String>, Vec<String>) {
    let text = user
        .run(&format!(
            "kubectl get appproject -n projects {project} -o json"
        ))
        .ok();
    let project: Value = serde_json::from_str(&text).unwrap();
    let roles = project["spec"]["roles"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let role = roles.iter().find(|role| role["name"] == "octopus");
    let spec = role.map_or(&Value::Null, |role| &role["jwtTokens"]);
    let names = |tokens: &Value| {
        let tokens = tokens.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut ids: Vec<_> = tokens
            .iter()
            .filter_map(|token| Some(token["id"].as_str()?.to_owned()))
            .collect();
        ids.sort();
        ids
    };
    (
        names(spec),
        names(&project["status"]["jwtTokensByRole"]["octopus"]["items"]),
    )
}

#[test]
fn tokens_of_a_projects_role_are_made_proved_and_deleted() {
    let Some(cluster) = cluster() else { return };
    let argocd = ArgoCd::install(cluster, "projects");
    let user = Session::admin(cluster, &argocd);
    user.write("projects.yaml", PROJECTS);
    user.run(
        "set -e
         kubectl create namespace projects-gateway
         kubectl octopus-argo render --form appproject -f projects.yaml --in-place
         kubectl apply -f projects.yaml
         until argocd proj role get web octopus && argocd proj role get shop octopus; do sleep 0.2; done",
    )
    .ok();

    // One token for each project, in one Secret.
    let create = "kubectl octopus-argo token create --role octopus --expires-in 1h";
    user.run(&format!(
        "set -e -o pipefail; umask 077
         {create} --project web,shop --id octopus-both -o secret --secret-name both |
           kubectl apply --server-side -n projects-gateway -f -
         {create} --project web --id octopus-web > web"
    ))
    .ok();
    let secret = user
        .run("kubectl get secret -n projects-gateway both -o json")
        .ok();
    let secret: Value = serde_json::from_str(&secret).unwrap();
    let keys: Vec<_> = secret["data"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(keys, ["PROJECT_AUTH_TOKEN_shop", "PROJECT_AUTH_TOKEN_web"]);
    let both = || vec!["octopus-both".to_owned(), "octopus-web".to_owned()];
    assert_eq!(ids(&user, "web"), (both(), both()));

    let verify = format!(
        "kubectl octopus-argo verify --role octopus --server {}",
        argocd.reach()
    );
    user.run(&format!("{verify} --project web --token-file web"))
        .ok();
    let other = user.run(&format!("{verify} --project shop --token-file web"));
    assert_ne!(
        other.code, 0,
        "a token of web is none of shop\n{}",
        other.stdout
    );

    let list = user
        .run("kubectl octopus-argo token list --role octopus --project web -o name")
        .ok();
    assert!(
        list.contains("octopus-both") && list.contains("octopus-web"),
        "{list}"
    );

    // A new policy of the role from a file that knows no tokens: those of `status` stay, and they count.
    user.run(
        "set -e
         kubectl octopus-argo render --form appproject -f projects.yaml --in-place --allow-sync
         kubectl apply -f projects.yaml",
    )
    .ok();
    assert_eq!(ids(&user, "web").1, both());
    user.run(&format!(
        "{verify} --project web --token-file web --allow-sync"
    ))
    .ok();

    user.run("kubectl octopus-argo token delete octopus-web --role octopus --project web --yes")
        .ok();
    assert_eq!(ids(&user, "web").1, ["octopus-both"]);
    let gone = user.run(&format!("{verify} --project web --token-file web"));
    assert_eq!(gone.code, 1, "{}", gone.stderr);
    user.run("kubectl octopus-argo token prune --role octopus --project web,shop --older-than 0s --all --yes").ok();
    assert!(ids(&user, "web").1.is_empty() && ids(&user, "shop").1.is_empty());
}
