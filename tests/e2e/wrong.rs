//! States in which a real server answers no, answers nothing, or is not there.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::system::{ArgoCd, Outcome, Session, cluster};
use crate::tokens::{connected, ids};

/// A session that holds a token of account `octopus` in the file `token`.
fn with_token(session: Session, admin: &Session) -> Session {
    admin
        .run("umask 077; kubectl octopus-argo token create --expires-in 1h --id octopus-1 > token")
        .ok();
    session.write("token", &admin.read("token"));
    session
}

fn patch(user: &Session, namespace: &str, configmap: &str, data: &serde_json::Value) {
    let patch = serde_json::json!({"data": data});
    user.run(&format!(
        "kubectl patch configmap -n {namespace} {configmap} --type merge -p '{patch}'"
    ))
    .ok();
}

/// Runs the line again until it ends as it must, because the server takes a change in about a second;
/// returns what it then said.
#[track_caller]
fn settles(user: &Session, line: &str, code: i32, said: &str) -> String {
    let start = Instant::now();
    loop {
        let run = user.run(line);
        if run.code == code && run.stderr.contains(said) {
            return run.stderr;
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{line}\nnot {code} with {said:?}, but {}:\n{}",
            run.code,
            run.stderr
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// No secret is in what was printed for people.
#[track_caller]
fn silent_about(stderr: &str, secret: &str) {
    assert!(!stderr.contains(secret.trim()), "{stderr}");
}

#[test]
fn an_account_that_cannot_be_used_is_named_with_argocds_reason() {
    let Some(cluster) = cluster() else { return };
    let (argocd, admin) = connected(cluster, "unusable");
    let job = with_token(Session::new(cluster), &admin);
    let verify = format!(
        "kubectl octopus-argo verify --token-file token --server {}",
        argocd.reach()
    );
    job.run(&verify).ok();
    let token = job.read("token");

    // `null` removes a key: each state begins where the first was.
    let usable = serde_json::json!({
        "accounts.octopus": "apiKey", "accounts.octopus.enabled": "true", "accounts.other.enabled": null, "accounts.other": null,
    });
    for (state, data, said) in [
        (
            "disabled",
            serde_json::json!({"accounts.octopus.enabled": "false"}),
            "disabled",
        ),
        (
            "without apiKey",
            serde_json::json!({"accounts.octopus": "login"}),
            "apiKey",
        ),
        (
            "removed",
            serde_json::json!({"accounts.octopus": null, "accounts.octopus.enabled": null}),
            "octopus",
        ),
    ] {
        patch(&admin, "unusable", "argocd-cm", &data);
        let said = settles(&job, &verify, 1, said);
        silent_about(&said, &token);
        patch(&admin, "unusable", "argocd-cm", &usable);
        settles(&job, &verify, 0, "");
        assert_eq!(ids(&admin, "unusable", "octopus"), ["octopus-1"], "{state}");
    }

    // Another account's broken switch stops everybody: the token is not to blame.
    patch(
        &admin,
        "unusable",
        "argocd-cm",
        &serde_json::json!({"accounts.other": "login", "accounts.other.enabled": "yes"}),
    );
    settles(&job, &verify, 4, "strconv.ParseBool");
    admin
        .run("kubectl octopus-argo token list")
        .refused(4, &["strconv.ParseBool"]);
    patch(&admin, "unusable", "argocd-cm", &usable);
    settles(&job, &verify, 0, "");
}

#[test]
fn a_policy_line_that_does_not_load_stops_every_decision() {
    let Some(cluster) = cluster() else { return };
    let (argocd, admin) = connected(cluster, "broken");
    let job = with_token(Session::new(cluster), &admin);
    patch(
        &admin,
        "broken",
        "argocd-rbac-cm",
        &serde_json::json!({"policy.csv": "p, alice, clusters, get"}),
    );
    let verify = format!(
        "kubectl octopus-argo verify --token-file token --server {}",
        argocd.reach()
    );
    settles(&job, &verify, 4, "invalid RBAC policy");
    admin
        .run("kubectl octopus-argo account can-i get clusters '*'")
        .refused(4, &["invalid RBAC policy"]);
    // And offline it is refused with its place.
    admin
        .run("kubectl octopus-argo check --live -n broken")
        .refused(3, &["6 fields"]);
}

#[test]
fn who_may_not_is_refused_and_nothing_is_made() {
    let Some(cluster) = cluster() else { return };
    let (argocd, admin) = connected(cluster, "refused");
    let job = with_token(Session::new(cluster), &admin);
    patch(
        &admin,
        "refused",
        "argocd-cm",
        &serde_json::json!({"accounts.robot": "apiKey"}),
    );
    settles(&admin, "argocd account get --account robot", 0, "");
    let server = argocd.reach();
    let token = job.read("token");
    let as_octopus = format!("ARGOCD_AUTH_TOKEN={} kubectl octopus-argo", token.trim());
    job.run(&format!(
        "{as_octopus} token create --account robot --expires-in 1h --server {server}"
    ))
    .refused(4, &["ermission"]);
    job.run(&format!(
        "{as_octopus} token list --account robot --server {server}"
    ))
    .refused(4, &["ermission"]);
    assert!(ids(&admin, "refused", "robot").is_empty());
    // A project's tokens are refused with the right that they need, not with an account's.
    job.run(&format!(
        "{as_octopus} token create --role octopus --project default --expires-in 1h --server {server}"
    ))
    .refused(4, &["`projects, update, default`"]);
    // Core mode that failed before it asked: nothing can have been made.
    let core = admin.run(
        "kubectl octopus-argo token create --expires-in 1h --core --kube-context nowhere --id octopus-9 | cat; exit ${PIPESTATUS[0]}",
    );
    core.refused(4, &["nowhere"]);
    assert!(!core.stderr.contains("may exist"), "{}", core.stderr);

    // An id that is revoked, a token that was tampered with, one that is none.
    let verify = format!("kubectl octopus-argo verify --token-file - --server {server}");
    let tampered = format!("{}AAAA", &token.trim()[..token.trim().len() - 4]);
    assert_ne!(job.run_with_stdin(&verify, &tampered).code, 0);
    assert_ne!(job.run_with_stdin(&verify, "hello").code, 0);
    admin
        .run("umask 077; kubectl octopus-argo token create --expires-in 2s --id octopus-brief > brief; sleep 3")
        .ok();
    let expired = admin.run_with_stdin(&verify, &admin.read("brief"));
    assert_eq!(expired.code, 1, "{}", expired.stderr);
    assert!(expired.stderr.contains("expired"), "{}", expired.stderr);
    admin
        .run("kubectl octopus-argo token prune --expired --yes")
        .ok();
    assert_eq!(ids(&admin, "refused", "octopus"), ["octopus-1"]);
    admin
        .run("kubectl octopus-argo token delete octopus-1 --yes")
        .ok();
    assert_eq!(job.run_with_stdin(&verify, &token).code, 1);
}

#[test]
fn a_server_that_stops_in_a_call_ends_at_the_limit() {
    let Some(cluster) = cluster() else { return };
    let (argocd, admin) = connected(cluster, "stopped");
    with_token(Session::new(cluster), &admin);
    let server = argocd.reach();

    argocd.program.signal(Signal::STOP);
    let start = Instant::now();
    admin
        .run("kubectl octopus-argo token list --timeout 3s")
        .refused(4, &["did not answer within 3 s"]);
    // Whether a token was made cannot be known: the id is named, and how it is deleted.
    admin
        .run("kubectl octopus-argo token create --expires-in 1h --id octopus-2 --timeout 3s")
        .refused(4, &["octopus-2"]);
    assert!(start.elapsed() < Duration::from_secs(60));
    argocd.program.signal(Signal::CONT);
    settles(
        &admin,
        "kubectl octopus-argo token list --timeout 10s",
        0,
        "",
    );
    assert_eq!(ids(&admin, "stopped", "octopus"), ["octopus-1"]);

    // Killed in the middle of a call, and gone afterwards.
    let line = "kubectl octopus-argo token create --expires-in 1h --id octopus-3 --timeout 5s";
    argocd.program.signal(Signal::STOP);
    let child = admin.spawn(line);
    std::thread::sleep(Duration::from_millis(500));
    drop(argocd);
    Outcome::of(line, child).refused(4, &["octopus-3"]);
    admin
        .run("kubectl octopus-argo token list --timeout 10s")
        .refused(4, &[]);
    assert_eq!(ids(&admin, "stopped", "octopus"), ["octopus-1"]);
    let again = ArgoCd::start(cluster, "stopped", false);
    let verify = format!("kubectl octopus-argo verify --token-file token --server {server}");
    let gone = admin.run(&verify);
    assert_eq!(gone.code, 4, "{}", gone.stderr);
    admin
        .run(&format!(
            "kubectl octopus-argo verify --token-file token --server {}",
            again.reach()
        ))
        .ok();
}

#[test]
fn tls_must_be_as_the_server_speaks_it() {
    let Some(cluster) = cluster() else { return };
    let (plain, admin) = connected(cluster, "tls");
    let job = with_token(Session::new(cluster), &admin);
    let tls = ArgoCd::start(cluster, "tls", true);
    let verify = "kubectl octopus-argo verify --token-file token --timeout 5s --server";
    let token = job.read("token");
    job.run(&format!("{verify} {} --plaintext", plain.address()))
        .ok();
    job.run(&format!("{verify} {} --insecure", tls.address()))
        .ok();
    for (line, said) in [
        // A certificate that nobody vouches for.
        (format!("{verify} {}", tls.address()), "certificate"),
        // TLS to plain text, and plain text to TLS, which argocd itself never ends.
        (format!("{verify} {}", plain.address()), "--plaintext"),
        (
            format!("{verify} {} --plaintext", tls.address()),
            "--plaintext",
        ),
        (format!("{verify} 127.0.0.1:9 --plaintext"), "127.0.0.1:9"),
    ] {
        let run = job.run(&line);
        run.refused(4, &[said]);
        silent_about(&run.stderr, &token);
    }
    // The certificate itself is for other names than the address.
    admin
        .run("kubectl get secret -n tls argocd-secret -o jsonpath='{.data.tls\\.crt}' | base64 -d > server.crt")
        .ok();
    job.write("server.crt", &admin.read("server.crt"));
    job.run(&format!(
        "{verify} localhost:{} --server-crt server.crt",
        tls.port()
    ))
    .ok();
    job.run(&format!(
        "{verify} {} --server-crt server.crt",
        tls.address()
    ))
    .refused(4, &["certificate"]);
}

#[test]
fn without_a_server_or_argocd_nothing_is_claimed() {
    let Some(cluster) = cluster() else { return };
    let (_argocd, admin) = connected(cluster, "core");
    with_token(Session::new(cluster), &admin);
    // Authorisation is off there, so that every answer would be yes.
    admin
        .run("kubectl octopus-argo verify --core --token-file token")
        .refused(2, &["--core"]);
    for command in [
        "account list",
        "token create --expires-in 1h",
        "verify --token-file token",
    ] {
        admin
            .run(&format!(
                "kubectl octopus-argo {command} --argocd-path /nowhere/argocd"
            ))
            .refused(4, &["/nowhere/argocd"]);
    }
    // Nobody is logged in.
    let stranger = Session::new(cluster);
    let run = stranger.run("kubectl octopus-argo account list");
    assert!(
        matches!(run.code, 3 | 4) && run.stdout.is_empty(),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("argocd login"), "{}", run.stderr);
}
