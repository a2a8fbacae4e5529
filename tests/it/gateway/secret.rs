//! The Secret with the token, or with tokens of projects.

use snapbox::{assert_data_eq, str};

use super::{FULL, NEXT_YEAR, gateway, parsed, silent_about, token};
use crate::common::Sandbox;

#[test]
fn the_secret_is_that_of_token_create() {
    let sandbox = Sandbox::new();
    let token = token("octopus:apiKey", Some(NEXT_YEAR));
    let run = gateway(&sandbox, "secret")
        .stdin(format!("{token}\n"))
        .run();
    silent_about(&run, &token);
    assert_data_eq!(
        run.snapshot().replace(&token, "TOKEN"),
        str![[r#"
---- stdout
# Apply it with `kubectl apply --server-side -n NAMESPACE -f -`, or `kubectl create`: without
# --server-side, `kubectl apply` copies the token into an annotation.
apiVersion: v1
kind: Secret
metadata:
  name: argocd-auth-token
  namespace: octopus-gateway
type: Opaque
stringData:
  ARGOCD_AUTH_TOKEN: TOKEN
---- stderr
next: kubectl apply --server-side -n octopus-gateway -f - (without --server-side the token is copied into an annotation)
note: a running gateway reads it only when it is restarted: kubectl rollout restart deployment -n octopus-gateway -l app.kubernetes.io/name=octopus-argocd-gateway
---- exit code 0

"#]]
    );
    let file = sandbox.with("t", format!("{token}\r\n"));
    let again = gateway(&file, "secret --token-file t --output-file s.yaml").run();
    assert_eq!(again.stdout, "");
    assert_eq!(file.read("s.yaml"), run.stdout);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(file.path().join("s.yaml"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = gateway(&file, "secret --token-file t --output-file s.yaml").run();
    again.refused(2, "is there already");
    let forced = gateway(
        &file,
        "secret --token-file t --output-file s.yaml --force --no-namespace",
    )
    .run();
    assert_eq!(forced.code, 0, "{}", forced.stderr);
    assert!(!file.read("s.yaml").contains("namespace:"));
}

#[test]
fn tokens_of_projects_have_a_key_each() {
    let web = token("proj:web:octopus", None);
    let all = token("octopus:apiKey", None);
    let sandbox = Sandbox::new().with("web", &web).with("all", &all);
    let run = gateway(
        &sandbox,
        "secret --project-token web=web --project-token octo-gateway-unscoped=all --project-token-secret tokens",
    )
    .run();
    let secret = parsed(&run.stdout);
    assert_eq!(secret["metadata"]["name"], "tokens");
    assert_eq!(secret["stringData"]["PROJECT_AUTH_TOKEN_web"], web);
    assert_eq!(
        secret["stringData"]["PROJECT_AUTH_TOKEN_octo-gateway-unscoped"],
        all
    );
    silent_about(&run, &web);
    let values = gateway(&sandbox, "values --project-token-secret tokens")
        .args(FULL)
        .run()
        .stdout_of(0);
    assert_eq!(
        parsed(&values)["gateway"]["argocd"]["projectAuthenticationSecretName"],
        "tokens"
    );
    assert!(!values.contains("authenticationTokenSecret"), "{values}");
    for (line, said) in [
        (
            "--project-token shop=web",
            "the token for the project shop is of proj:web:octopus",
        ),
        (
            "--project-token web=all",
            "the token for the project web is of octopus",
        ),
        (
            "--project-token web=web --project-token web=all",
            "two tokens for the project web",
        ),
        ("--project-token web", "never a token"),
        ("--project-token w*=web", "is not the name of a project"),
        (
            "--project-token a=- --project-token b=-",
            "stdin holds one token",
        ),
        (
            "--project-token web=web --token-secret x",
            "either the account's token or tokens of projects",
        ),
        ("--project-token-secret x", "needs those tokens"),
    ] {
        let run = gateway(&sandbox, "secret").args(line).run();
        assert!(run.stderr.contains(said), "{line}: {}", run.stderr);
        assert_eq!(run.stdout, "");
        assert!(matches!(run.code, 2 | 3), "{line}");
        silent_about(&run, &web);
    }
}

#[test]
fn a_token_that_does_not_fit_is_refused_and_never_shown() {
    for (sub, expires, said) in [
        (
            "someone:apiKey",
            None,
            "the token is of the account someone, not of octopus",
        ),
        ("octopus:login", None, "a login session"),
        ("proj:web:ci", None, "of a role of the project web"),
        (
            "octopus:apiKey",
            Some(1_799_999_999),
            "the token has expired",
        ),
    ] {
        let token = token(sub, expires);
        let run = gateway(&Sandbox::new(), "secret").stdin(&token).run();
        silent_about(&run, &token);
        run.refused(3, said);
    }
    let run = gateway(&Sandbox::new(), "secret")
        .stdin("hunter2-hunter2")
        .run();
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    run.refused(3, "stdin does not hold a token");
    gateway(&Sandbox::new(), "secret")
        .run()
        .refused(3, "stdin is empty");
    let soon = token("octopus:apiKey", Some(1_800_000_000 + 3600));
    let run = gateway(&Sandbox::new(), "secret").stdin(&soon).run();
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
warning: the token expires soon: 2027-01-15T09:00:00Z
next: kubectl apply --server-side -n octopus-gateway -f - (without --server-side the token is copied into an annotation)
note: a running gateway reads it only when it is restarted: kubectl rollout restart deployment -n octopus-gateway -l app.kubernetes.io/name=octopus-argocd-gateway

"#]]
    );
    let _ = run.stdout_of(0);
}

#[test]
fn the_restart_stands_by_itself() {
    let run = gateway(
        &Sandbox::new(),
        "secret --rotate-hint --gateway-namespace octo",
    )
    .run();
    assert_eq!(
        run.stdout_of(0),
        "kubectl rollout restart deployment -n octo -l app.kubernetes.io/name=octopus-argocd-gateway\n"
    );
}
