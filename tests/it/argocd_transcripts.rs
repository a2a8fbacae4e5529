//! Every recorded call of the real argocd that we can meet, played by the executable fake, and
//! every recorded failure, recognised.

use std::fmt::Write as _;
use std::time::Duration;

use kubectl_octopus_argo::argocd::{Client, HintCommands, Logins, Options, Problem, Setup};
use kubectl_octopus_argo::error::Error;
use kubectl_octopus_argo::model::{Connection, Expiry, Moment, TokenClaims};
use kubectl_octopus_argo::process::{Failure, Invocation, Output, Runner};
use kubectl_octopus_argo::text::Secret;
use serde_json::Value;

use crate::common::fake;

fn strings(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}

/// Takes the connection flags out of a recorded call.
fn connection(argv: &mut Vec<String>) -> Connection {
    let mut connection = Connection::default();
    let mut words = Vec::new();
    let mut rest = argv.drain(..);
    while let Some(word) = rest.next() {
        let value = match word.as_str() {
            "--server" | "--argocd-context" => rest.next(),
            "--plaintext" | "--insecure" | "--grpc-web" => None,
            _ => {
                words.push(word);
                continue;
            }
        };
        connection.plaintext |= word == "--plaintext";
        match word.as_str() {
            "--server" => connection.server.clone_from(&value),
            "--argocd-context" => connection.context.clone_from(&value),
            _ => {}
        }
        let flags = [Some(word), value].into_iter().flatten();
        connection.flags.extend(flags.map(Into::into));
    }
    drop(rest);
    *argv = words;
    connection
}

fn setup(transcript: &Value, connection: Connection) -> Setup {
    let env = |name: &str| transcript["env"][name].as_str();
    Setup {
        program: fake::program(),
        connection,
        options: env("ARGOCD_OPTS").map(|text| Options::parse(text).unwrap()),
        token: None,
        // Long enough for a fake on a busy machine, short for those that never answer.
        timeout: Duration::from_secs(if transcript["exit"].is_null() { 1 } else { 60 }),
        commands: HintCommands::default(),
        logins: Logins::default(),
        server_variable: None,
    }
}

/// Makes the call by which we would have made the recorded one; `None` where we never make it.
fn replay(client: &Client<'_>, argv: &[String]) -> Option<Result<String, Problem>> {
    let words: Vec<_> = argv.iter().map(String::as_str).collect();
    let token = |token: Secret| {
        let claims = TokenClaims::decode(token.expose()).unwrap();
        format!(
            "token {} of {}",
            claims.id().unwrap(),
            claims.subject().unwrap()
        )
    };
    let expiry = |text: &str| Expiry::In(text.parse().unwrap());
    Some(match words[..] {
        ["version", "-o", "json"] => client.server_version(),
        ["account", "get-user-info", "-o", "json"] => client.user().map(|u| format!("{u:?}")),
        ["account", "list", "-o", "json"] => client.accounts().map(|all| {
            let lines: Vec<_> = all.iter().map(|one| format!("{one:?}")).collect();
            lines.join("\n    ")
        }),
        ["account", "get", "--account", name, "-o", "json"] => {
            client.account(name).map(|one| format!("{one:?}"))
        }
        ["account", "can-i", action, resource, object] => client
            .can_i(action, resource, object)
            .map(|a| format!("{a:?}")),
        ["account", "generate-token", "--account", name, "--id", id] => {
            client.generate_token(name, id, Expiry::Never).map(token)
        }
        [
            "account",
            "generate-token",
            "--account",
            name,
            "--id",
            id,
            "--expires-in",
            span,
        ] if span.ends_with(['s', 'h', 'd']) && !span.starts_with('-') => {
            client.generate_token(name, id, expiry(span)).map(token)
        }
        ["account", "delete-token", "--account", name, id] => {
            client.delete_token(name, id).map(|()| "deleted".to_owned())
        }
        ["account", "update-password", "--account", name] => {
            // The passwords that were typed when this was recorded.
            let (current, new) = (Secret::new("adminpass1"), Secret::new("alicepass2"));
            let done = client.update_password(Some(name), &current, &new);
            done.map(|()| "updated".to_owned())
        }
        [
            "proj",
            "role",
            "create-token",
            project,
            role,
            "-e",
            span,
            "-i",
            id,
            "-t",
        ] => client
            .create_project_token(project, role, id, expiry(span))
            .map(token),
        ["proj", "role", "list-tokens", project, role, "-u"] => client
            .project_tokens(project, role)
            .map(|all| format!("{all:?}")),
        ["proj", "role", "delete-token", project, role, second] => {
            let second = Moment(second.parse().unwrap());
            let done = client.delete_project_token(project, role, second);
            done.map(|()| "deleted, or not there".to_owned())
        }
        ["app", "list", "-o", "name"] => client.applications().map(|all| format!("{all:?}")),
        _ => return None,
    })
}

/// A failure with everything that the user sees of it.
fn shown(problem: Problem) -> String {
    let mut text = match problem.reason() {
        Some(reason) => format!("{reason:?}"),
        None => "no answer".to_owned(),
    };
    if !problem.changed_nothing() {
        text.push_str(" (may have changed something)");
    }
    let error = Error::from(problem);
    write!(text, "\n    {error}").unwrap();
    for hint in error.hints() {
        write!(text, "\n    hint: {hint}").unwrap();
    }
    // The fake's place is not the same on two machines.
    text.replace(fake::program().to_str().unwrap(), "argocd")
}

#[test]
fn every_recorded_call_that_we_make_is_made_so_and_understood() {
    let directory = tempfile::tempdir().unwrap();
    let (mut seen, mut replayed) = (String::new(), 0);
    for transcript in fake::transcripts() {
        // On Windows there is no terminal to type at.
        if !transcript["terminal"].is_null() && cfg!(windows) {
            continue;
        }
        let mut argv = strings(&transcript["argv"]);
        let connection = connection(&mut argv);
        let text = transcript.to_string();
        std::fs::write(directory.path().join("transcript.json"), text).unwrap();
        let runner = fake::Playing(directory.path());
        let mut client = Client::new(&runner, setup(&transcript, connection));
        if let Some(token) = transcript["env"]["ARGOCD_AUTH_TOKEN"].as_str() {
            client = client.presenting(&Secret::new(token));
        }
        let Some(outcome) = replay(&client, &argv) else {
            continue;
        };
        replayed += 1;
        let outcome = outcome.unwrap_or_else(shown);
        if let Some(token) = transcript["env"]["ARGOCD_AUTH_TOKEN"].as_str() {
            assert!(!outcome.contains(token), "{outcome}");
        }
        let name = transcript["name"].as_str().unwrap();
        writeln!(seen, "{name}\n    {outcome}").unwrap();
    }
    assert!(replayed > 90, "only {replayed} calls were replayed");
    if !cfg!(windows) {
        snapbox::assert_data_eq!(seen, snapbox::file!["../data/argocd-cli/replayed.txt"]);
    }
}

/// Gives one recorded answer, whatever was asked.
struct Recorded<'a>(&'a Value);

impl Runner for Recorded<'_> {
    fn run(&self, invocation: &Invocation) -> Result<Output, Failure> {
        let text = |name: &str| self.0[name].as_str().unwrap_or("").to_owned();
        Ok(Output {
            code: self.0["exit"]
                .as_i64()
                .map(|code| i32::try_from(code).unwrap()),
            stdout: Secret::new(text("stdout")),
            stderr: invocation.masks.apply(&text("stderr")),
        })
    }
}

#[test]
fn every_recorded_failure_is_recognised() {
    let mut seen = String::new();
    for transcript in fake::transcripts() {
        if transcript["exit"] == 0 || !transcript["terminal"].is_null() {
            continue;
        }
        let runner = Recorded(&transcript);
        let client = Client::new(&runner, setup(&transcript, Connection::default()));
        let problem = client.user().unwrap_err();
        let name = transcript["name"].as_str().unwrap();
        let nothing = problem.changed_nothing();
        let message = match &problem {
            Problem::Refused(refusal) => refusal.message.clone(),
            other => panic!("{name}: {other:?}"),
        };
        assert!(!message.contains("eyJ"), "{message}");
        let reason = problem.reason().unwrap();
        writeln!(seen, "{name}: {reason:?}, changed nothing: {nothing}").unwrap();
    }
    snapbox::assert_data_eq!(seen, snapbox::file!["../data/argocd-cli/recognised.txt"]);
}

/// What argocd 3.5.7 says of servers that are none of Argo CD's, or not ready to be one; its exit code
/// is 20 where there is a gRPC code, else 1.
const NOT_ARGO_CD: &[&str] = &[
    "Failed to establish connection to argocd.example.com:443: error creating connection: EOF",
    "Failed to establish connection to argocd.example.com:443: error creating connection: read tcp 10.0.0.1:4->10.0.0.2:443: read: connection reset by peer",
    "Failed to establish connection to argocd.example.com:443: error creating connection: tls: first record does not look like a TLS handshake",
    "rpc error: code = Unavailable desc = connection error: desc = \"transport: authentication handshake failed: EOF\"",
    "rpc error: code = Unknown desc = Post \"https://argocd.example.com/session.SessionService/GetUserInfo\": http: server gave HTTP response to HTTPS client",
    "Failed to establish connection to argocd.example.com:443: error creating connection: credentials: cannot check peer: missing selected ALPN property. If you upgraded from a grpc-go version earlier than 1.67, your TLS connections may have stopped working due to ALPN enforcement. For more details, see: https://github.com/grpc/grpc-go/issues/434",
    "rpc error: code = Unknown desc = unexpected HTTP status code received from server: 464 (); transport: received unexpected content-type \"text/html\"",
    "rpc error: code = Unknown desc = POST https://argocd.example.com/session.SessionService/GetUserInfo failed with status code 464",
    "rpc error: code = PermissionDenied desc = unexpected HTTP status code received from server: 403 (Forbidden); transport: received unexpected content-type \"text/html\"",
    "rpc error: code = Unauthenticated desc = unexpected HTTP status code received from server: 401 (Unauthorized); transport: received unexpected content-type \"text/html\"",
    "rpc error: code = Unknown desc = POST https://argocd.example.com/session.SessionService/GetUserInfo failed with status code 403",
    "rpc error: code = Unimplemented desc = unexpected HTTP status code received from server: 404 (Not Found); transport: received unexpected content-type \"text/html\"",
    "rpc error: code = Unknown desc = unexpected HTTP status code received from server: 200 (OK); transport: received unexpected content-type \"text/html\"",
    "rpc error: code = Unavailable desc = unexpected HTTP status code received from server: 502 (Bad Gateway); transport: received unexpected content-type \"text/html\"",
    "Failed to establish connection to argocd.example.com:443: error creating connection: tls: failed to verify certificate: x509: certificate signed by unknown authority",
    "Failed to establish connection to argocd.example.com:443: error creating connection: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-28T22:42:51Z is after 2026-11-27T22:39:15Z",
    "Failed to establish connection to 10.0.0.2:443: error creating connection: tls: failed to verify certificate: x509: cannot validate certificate for 10.0.0.2 because it doesn't contain any IP SANs",
    "Failed to establish connection to localhost:443: error creating connection: tls: failed to verify certificate: x509: certificate is not valid for any names, but wanted to match localhost",
    "Failed to establish connection to localhost:443: error creating connection: tls: failed to verify certificate: x509: certificate is valid for argocd.example.com, argocd, not localhost",
    "Failed to establish connection to argocd.example.com:443: error dial proxy: dial tcp: lookup argocd.example.com on 10.0.0.53:53: no such host",
    "Failed to establish connection to 127.0.0.1:9: error dial proxy: dial tcp 127.0.0.1:9: connect: connection refused",
    "Failed to establish connection to 10.0.0.2:443: error dial proxy: dial tcp 10.0.0.2:443: i/o timeout",
    "rpc error: code = Unknown desc = Post \"https://argocd.example.com/session.SessionService/GetUserInfo\": Forbidden",
    "rpc error: code = Unknown desc = Post \"https://argocd.example.com/session.SessionService/GetUserInfo\": remote error: tls: certificate required",
    "error creating client config: context \"nowhere\" does not exist",
    "rpc error: code = Unauthenticated desc = invalid session: token has invalid claims: token is not valid yet",
];

#[test]
fn what_is_not_argo_cd_is_told_from_argo_cd() {
    let mut seen = String::new();
    for message in NOT_ARGO_CD {
        let recorded = serde_json::json!({
            "exit": if message.starts_with("rpc error") { 20 } else { 1 },
            "stderr": serde_json::json!({"level": "fatal", "msg": message}).to_string(),
        });
        let runner = Recorded(&recorded);
        let client = Client::new(&runner, setup(&recorded, Connection::default()));
        let problem = client.user().unwrap_err();
        writeln!(seen, "{}", shown(problem)).unwrap();
    }
    snapbox::assert_data_eq!(seen, snapbox::file!["../data/argocd-cli/not-argo-cd.txt"]);
}
