//! `token` and `verify`: each output into the API server, and what argocd-secret holds afterwards.

use serde_json::Value;

use crate::system::{ArgoCd, Cluster, Session, cluster};

/// An Argo CD with the account `octopus`, and a namespace `NAME-gateway` for its Secrets.
pub fn connected(cluster: &Cluster, namespace: &str) -> (ArgoCd, Session) {
    let argocd = ArgoCd::install(cluster, namespace);
    let user = Session::admin(cluster, &argocd);
    user.run(&format!(
        "set -e -o pipefail
         kubectl create namespace {namespace}-gateway
         kubectl octopus-argo render --live -n {namespace} | kubectl replace -f -
         until argocd account get --account octopus; do sleep 0.2; done"
    ))
    .ok();
    (argocd, user)
}

/// Returns the ids of the account's tokens, as argocd-secret holds them.
pub fn ids(user: &Session, namespace: &str, account: &str) -> Vec<String> {
    let text = user
        .run(&format!(
            "kubectl get secret -n {namespace} argocd-secret -o json"
        ))
        .ok();
    let secret: Value = serde_json::from_str(&text).unwrap();
    let Some(encoded) = secret["data"][format!("accounts.{account}.tokens")].as_str() else {
        return Vec::new();
    };
    let decoded = user.run_with_stdin("base64 -d", encoded).ok();
    let tokens: Value = serde_json::from_str(&decoded).unwrap();
    let tokens = tokens.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut ids: Vec<_> = tokens
        .iter()
        .map(|token| token["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

/// Returns the token that a Secret of the API server holds.
fn token_in(user: &Session, namespace: &str, secret: &str, key: &str) -> String {
    user.run(&format!(
        "set -o pipefail; kubectl get secret -n {namespace} {secret} -o jsonpath='{{.data.{key}}}' | base64 -d"
    ))
    .ok()
}

/// Returns the id that a token claims.
fn id_of(user: &Session, token: &str) -> String {
    let claims = user
        .run_with_stdin("kubectl octopus-argo token inspect -o json", token)
        .ok();
    let claims: Value = serde_json::from_str(&claims).unwrap();
    find(&claims, &["id", "jti"]).unwrap_or_else(|| panic!("no id: {claims}"))
}

/// Returns the first string with one of these keys, however deep.
pub fn find(value: &Value, keys: &[&str]) -> Option<String> {
    let map = value.as_object()?;
    let own = keys
        .iter()
        .find_map(|key| map.get(*key)?.as_str().map(str::to_owned));
    own.or_else(|| map.values().find_map(|inner| find(inner, keys)))
}

#[test]
fn every_output_reaches_the_api_server_and_works() {
    let Some(cluster) = cluster() else { return };
    let (argocd, user) = connected(cluster, "outputs");
    let gateway = "outputs-gateway";
    let create = "kubectl octopus-argo token create --expires-in 1h";
    let apply = format!("kubectl apply --server-side -n {gateway} -f");
    user.run(&format!(
        "set -e -o pipefail; umask 077
         {create} --id octopus-piped -o secret --secret-name piped | {apply} -
         {create} --id octopus-file -o secret --secret-name file --output-file file.yaml
         {apply} file.yaml
         {create} --id octopus-named -o secret --secret-name named --secret-key TOKEN --secret-namespace {gateway} |
           kubectl apply --server-side -f -
         {create} --id octopus-text > token
         kubectl octopus-argo gateway secret --no-namespace --token-file token --secret-name text | {apply} -
         kubectl octopus-argo token create --no-expiry --id octopus-forever --output-file forever"
    ))
    .ok();
    let mut expected = vec![
        "octopus-file",
        "octopus-forever",
        "octopus-named",
        "octopus-piped",
        "octopus-text",
    ];
    assert_eq!(ids(&user, "outputs", "octopus"), expected);
    let mode = user.run("stat -c %a file.yaml forever").ok();
    assert_eq!(mode, "600\n600\n");

    let named = [
        ("piped", "ARGOCD_AUTH_TOKEN"),
        ("file", "ARGOCD_AUTH_TOKEN"),
        ("named", "TOKEN"),
        ("text", "ARGOCD_AUTH_TOKEN"),
    ];
    for (secret, key) in named {
        let token = token_in(&user, gateway, secret, key);
        assert_eq!(id_of(&user, &token), format!("octopus-{secret}"));
        let verify = format!(
            "kubectl octopus-argo verify --token-file - --server {}",
            argocd.reach()
        );
        let verified = user.run_with_stdin(&verify, &token);
        assert!(!verified.stderr.contains(&token));
        verified.ok();
    }

    // Each way to list them names the same ones.
    for format in ["", "-o json", "-o yaml", "-o name"] {
        let text = user
            .run(&format!("kubectl octopus-argo token list {format}"))
            .ok();
        for id in &expected {
            assert!(text.contains(id), "{format}:\n{text}");
        }
    }

    user.run("kubectl octopus-argo token delete octopus-forever --yes")
        .ok();
    user.run("kubectl octopus-argo token prune --except octopus-piped,octopus-text --yes")
        .ok();
    expected = vec!["octopus-piped", "octopus-text"];
    assert_eq!(ids(&user, "outputs", "octopus"), expected);
    let gone = token_in(&user, gateway, "file", "ARGOCD_AUTH_TOKEN");
    let verify = format!(
        "kubectl octopus-argo verify --token-file - --server {}",
        argocd.reach()
    );
    let refused = user.run_with_stdin(&verify, &gone);
    assert_eq!(refused.code, 1, "{}", refused.stderr);
}

#[test]
fn an_id_that_exists_is_refused_and_its_token_stays() {
    let Some(cluster) = cluster() else { return };
    let (_argocd, user) = connected(cluster, "twice");
    user.run("umask 077; kubectl octopus-argo token create --expires-in 1h --id octopus-1 > first")
        .ok();
    user.run("kubectl octopus-argo token create --expires-in 1h --id octopus-1")
        .refused(4, &["octopus-1"]);
    assert_eq!(ids(&user, "twice", "octopus"), ["octopus-1"]);
    // What cannot be delivered is revoked: a reader that is gone, a directory that is not there, a full disk.
    for (line, code) in [
        (
            "set -o pipefail; kubectl octopus-argo token create --expires-in 1h --id octopus-2 | true",
            None,
        ),
        (
            "kubectl octopus-argo token create --expires-in 1h --id octopus-2 --output-file nowhere/token",
            Some(4),
        ),
        (
            "kubectl octopus-argo token create --expires-in 1h --id octopus-2 > /dev/full",
            Some(4),
        ),
    ] {
        let run = user.run(line);
        // A pipe takes what fits into it, so the reader's end may be noticed or not.
        if let Some(code) = code {
            run.exit(code);
            assert_eq!(ids(&user, "twice", "octopus"), ["octopus-1"], "{line}");
        } else if run.code == 0 {
            user.run("kubectl octopus-argo token delete octopus-2 --yes")
                .ok();
        } else {
            assert_eq!(
                ids(&user, "twice", "octopus"),
                ["octopus-1"],
                "{line}\n{}",
                run.stderr
            );
        }
    }
}

#[test]
fn a_token_rotates_itself_without_an_administrator() {
    let Some(cluster) = cluster() else { return };
    let (argocd, admin) = connected(cluster, "rotation");
    let server = argocd.reach();
    admin
        .run("umask 077; kubectl octopus-argo token create --expires-in 1h --id octopus-1 > token")
        .ok();
    let token = admin.read("token");

    // Somebody who has nothing but the token.
    let job = Session::new(cluster);
    job.write("token", &token);
    job.run(&format!(
        "set -e; umask 077
         kubectl octopus-argo token rotate --server {server} --token-file token --expires-in 2h --id octopus-2 --output-file next
         kubectl octopus-argo verify --server {server} --token-file next
         kubectl octopus-argo verify --server {server} --token-file token"
    ))
    .ok();
    assert_eq!(
        ids(&admin, "rotation", "octopus"),
        ["octopus-1", "octopus-2"]
    );

    // Nothing to do, so nothing is printed and nothing is made.
    let idle = "kubectl octopus-argo token rotate --token-file next --if-expires-within 30m --expires-in 2h";
    assert_eq!(job.run(&format!("{idle} --server {server}")).ok(), "");
    assert_eq!(
        ids(&admin, "rotation", "octopus"),
        ["octopus-1", "octopus-2"]
    );

    job.run(&format!(
        "set -e; umask 077
         kubectl octopus-argo token rotate --server {server} --token-file next --expires-in 3h --id octopus-3 \
           --output-file last -o secret --secret-name last --revoke-old
         kubectl apply --server-side -n rotation-gateway -f last"
    ))
    .ok();
    assert_eq!(
        ids(&admin, "rotation", "octopus"),
        ["octopus-1", "octopus-3"]
    );
    let last = token_in(&admin, "rotation-gateway", "last", "ARGOCD_AUTH_TOKEN");
    let prune = "kubectl octopus-argo token prune --keep-newest 1 --yes";
    job.run(&format!(
        "ARGOCD_AUTH_TOKEN={last} {prune} --server {server}"
    ))
    .ok();
    assert_eq!(ids(&admin, "rotation", "octopus"), ["octopus-3"]);
}
