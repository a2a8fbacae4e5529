//! Any answer of argocd or kubectl: the first byte chooses the call, the second is the exit code,
//! stderr goes up to the first NUL, stdout is behind it. What comes of it is what the answer says,
//! or an error that keeps secrets and terminals safe.

use std::fmt::Write as _;

use kubectl_octopus_argo::argocd::is_core;
use kubectl_octopus_argo::argocd::{
    CanIAnswer as Said, Client, HintCommands, Logins, Options, Problem, RefusalReason, Setup,
};
use kubectl_octopus_argo::error::Error;
use kubectl_octopus_argo::input::{Cluster, Content, WantedObjects, get};
use kubectl_octopus_argo::model::{Connection, Expiry, Moment, TokenRecord};
use kubectl_octopus_argo::site::{NamespaceScope, objects, select};
use kubectl_octopus_argo::text::Secret;
use serde_json::Value;

use super::world::{Answer, is_for_commands, obeys_nothing, run as command};

/// One input in so many goes through whole commands.
const COMMANDS: u64 = 512;

const CALLS: &[&[&str]] = &[
    &["account", "list"],
    &["account", "get", "-o", "yaml"],
    &["account", "can-i", "get", "logs", "a/b"],
    &["token", "list"],
    &["token", "list", "--role", "ci", "--project", "web"],
    &["token", "prune", "--expired", "--yes"],
    &["check", "--live"],
    &["lint", "--live", "-o", "json"],
];

/// The token that argocd presents: whatever an answer quotes, it is not shown.
const SECRET: &str = "s3cret-of-the-variable";
/// What only stdout holds is a secret as well.
const PRINTED: &str = "k9Qz7vXw2";

type Outcome = Result<(), Problem>;

pub fn run(data: &[u8]) {
    let [kind, code, rest @ ..] = data else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let (stderr, stdout) = text.split_once('\0').unwrap_or((text, ""));
    let answer = Answer {
        code: (*code < 0xf0).then_some(i32::from(*code % 32)),
        stdout,
        stderr,
    };
    match kind % 16 {
        14 => kubectl(*kind, &answer),
        15 => options_and_logins(text),
        call => {
            let outcome = calls(call, &answer);
            let changes = [6, 7, 8, 10, 11, 12].contains(&call);
            if let Err(problem) = outcome {
                is_said_well(problem, changes, &answer);
            } else {
                assert!(answer.code == Some(0) || call == 4);
            }
        }
    }
    if is_for_commands(data, COMMANDS) {
        for (index, call) in CALLS.iter().enumerate() {
            if index % 4 == usize::from(*kind % 4) {
                let ran = command(call, "", &answer);
                assert!(matches!(ran.code, 0..=5 | 130), "{call:?}: {}", ran.code);
                obeys_nothing(&ran.stderr);
                obeys_nothing(&ran.stdout);
            }
        }
    }
}

/// Makes one call, and looks whether the answer is what was printed.
fn calls(call: u8, answer: &Answer<'_>) -> Outcome {
    let client = Client::new(
        answer,
        Setup {
            program: "argocd".into(),
            connection: Connection::default(),
            options: None,
            token: Some(Secret::new(SECRET)),
            timeout: std::time::Duration::from_secs(1),
            commands: HintCommands::default(),
            logins: Logins::default(),
            server_variable: None,
        },
    );
    let json = || serde_json::from_str::<Value>(answer.stdout).expect("what was read is JSON");
    match call {
        0 => {
            let version = client.server_version()?;
            assert_eq!(json()["server"]["Version"], version);
        }
        1 => {
            let (user, json) = (client.user()?, json());
            assert_eq!(
                json["loggedIn"].as_bool().unwrap_or_default(),
                user.logged_in
            );
            assert_eq!(json["username"].as_str().unwrap_or_default(), user.name);
        }
        2 => {
            let accounts = client.accounts()?;
            let json = json();
            let there = json.as_array().expect("a list");
            assert_eq!(accounts.len(), there.len());
            for (account, json) in accounts.iter().zip(there) {
                assert_eq!(json["name"], *account.name);
                are_the_tokens(&account.tokens, &json["tokens"]);
            }
        }
        3 => {
            let (account, json) = (client.account("octopus")?, json());
            assert_eq!(json["name"], *account.name);
            assert_eq!(
                json["enabled"].as_bool().unwrap_or_default(),
                account.enabled
            );
            let words = || json["capabilities"].as_array().into_iter().flatten();
            assert!(words().eq(&account.capabilities));
            assert_eq!(
                account.may_have_tokens(),
                words().any(|word| word == "apiKey")
            );
            assert_eq!(account.may_log_in(), words().any(|word| word == "login"));
            are_the_tokens(&account.tokens, &json["tokens"]);
        }
        4 => match client.can_i("get", "logs", "a/b")? {
            Said::Yes => assert_eq!((answer.code, answer.stdout.trim()), (Some(0), "yes")),
            Said::No => assert_eq!((answer.code, answer.stdout.trim()), (Some(0), "no")),
            Said::NoSuchWord(_) => assert_ne!(answer.code, Some(0)),
        },
        5 => {
            let names = client.applications()?;
            assert!(names.iter().map(String::as_str).eq(answer.stdout.lines()));
        }
        6 => is_alone(
            &client.generate_token("octopus", "-x", Expiry::Never)?,
            answer,
        ),
        7 => client.delete_token("octopus", "-x")?,
        8 => is_alone(
            &client.create_project_token("web", "ci", "x", Expiry::Never)?,
            answer,
        ),
        9 => {
            let tokens = client.project_tokens("web", "ci")?;
            if !answer.stdout.starts_with("No tokens for ") {
                is_the_table(&tokens, answer.stdout);
            }
        }
        10 => client.delete_project_token("web", "ci", Moment(1))?,
        11 => {
            client.update_password(Some("octopus"), &Secret::new(SECRET), &Secret::new("n3w"))?;
            assert!(answer.stdout.contains("Password updated"));
        }
        12 => client.ask_for_password(None)?,
        _ => {
            let presenting = client.presenting(&Secret::new(PRINTED));
            let said = presenting.account("octopus");
            if let Err(Problem::Refused(refusal)) = &said {
                assert!(!refusal.message.contains(PRINTED));
            }
            said?;
        }
    }
    Ok(())
}

fn number(json: &Value, name: &str) -> i64 {
    json[name].as_i64().unwrap_or_default()
}

/// All of them, the newest first, with zero and less for "never".
fn are_the_tokens(tokens: &[TokenRecord], json: &Value) {
    assert!(tokens.is_sorted_by(|one, next| one.issued >= next.issued));
    let mut there: Vec<_> = json.as_array().into_iter().flatten().collect();
    there.sort_by_key(|json| std::cmp::Reverse(number(json, "issuedAt")));
    assert_eq!(tokens.len(), there.len());
    for (token, json) in tokens.iter().zip(there) {
        assert_eq!(json["id"].as_str().unwrap_or_default(), token.id);
        assert_eq!(number(json, "issuedAt"), token.issued.0);
        let expires = Some(number(json, "expiresAt")).filter(|second| *second > 0);
        assert_eq!(expires, token.expires.map(|moment| moment.0));
    }
}

/// A line each, whose last two words are its numbers.
fn is_the_table(tokens: &[TokenRecord], table: &str) {
    let mut there: Vec<(i64, i64, &str)> = Vec::new();
    for line in table.lines().skip(1) {
        let words: Vec<_> = line.split_whitespace().collect();
        let [.., issued, expires] = words[..] else {
            panic!("no row: {line:?}")
        };
        let number = |word: &str| word.parse().expect("a number");
        there.push((number(issued), number(expires), line));
    }
    there.sort_by_key(|(issued, ..)| std::cmp::Reverse(*issued));
    assert_eq!(tokens.len(), there.len());
    for (token, (issued, expires, line)) in tokens.iter().zip(there) {
        assert_eq!(token.issued.0, issued);
        assert_eq!(token.expires.map_or(0, |moment| moment.0), expires.max(0));
        assert!(line.trim_start().starts_with(&token.id) && token.id.trim() == token.id);
    }
}

/// A token is what was printed, all of it but the end of its line.
fn is_alone(token: &Secret, answer: &Answer<'_>) {
    let token = token.expose();
    assert!(!token.is_empty() && !token.contains(['\n', '\r']));
    let end = answer.stdout.strip_prefix(token).expect("it was printed");
    assert!(["", "\n", "\r\n", "\r"].contains(&end), "{end:?}");
}

/// An error says why and shows no secret; what may have changed something is not said to be
/// harmless.
fn is_said_well(problem: Problem, changes: bool, answer: &Answer<'_>) {
    match &problem {
        Problem::Refused(refusal) => {
            assert_ne!(answer.code, Some(0));
            assert_eq!(refusal.code, answer.code);
            assert_eq!(
                answer.code.is_none(),
                refusal.reason == RefusalReason::Killed
            );
            assert!(!answer.stdout.contains("eyJ") || !refusal.message.contains("eyJx.y"));
        }
        Problem::Garbled { .. } => assert_eq!(answer.code, Some(0)),
        Problem::Failed(_)
        | Problem::PlainText(_)
        | Problem::NoLogin { .. }
        | Problem::Local(_)
        | Problem::Twins { .. } => panic!("it ran: {problem}"),
    }
    if changes && (answer.code == Some(0) || answer.code.is_none()) {
        assert!(!problem.changed_nothing(), "it may have: {problem}");
    }
    is_safe(&problem.into(), answer);
}

/// The error and everything that is shown with it.
fn is_safe(error: &Error, answer: &Answer<'_>) {
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let _ = write!(said, "\n{inner}");
        cause = inner.source();
    }
    for hint in error.hints() {
        let _ = write!(said, "\n{hint}");
    }
    assert!(!said.contains(SECRET), "{said}");
    let printed_only = !answer.stderr.contains(PRINTED) && !answer.stdout.starts_with("Error: ");
    assert!(!printed_only || !said.contains(PRINTED), "{said}");
    obeys_nothing(&said);
}

/// The objects of a cluster: what is there is found, each where it stands.
fn kubectl(kind: u8, answer: &Answer<'_>) {
    let cluster = Cluster {
        kubectl: "kubectl".into(),
        flags: Vec::new(),
        namespace: "argocd".to_owned(),
    };
    let wanted = match kind / 16 % 3 {
        0 => WantedObjects::ConfigMaps,
        1 => WantedObjects::ArgoCd,
        _ => WantedObjects::AppProjects(&[]),
    };
    let Ok(file) = get(&cluster, &wanted, answer) else {
        return;
    };
    assert_eq!(answer.code, Some(0));
    assert!(!answer.stdout.trim().is_empty());
    let Content::Documents(stream) = &file.content else {
        panic!("kubectl prints documents")
    };
    assert_eq!(stream.source().text(), answer.stdout);
    let files = [file];
    let found = objects(&files);
    for object in &found {
        let place = object.location(0);
        assert!(place.line <= answer.stdout.split('\n').count());
        let named = object.text(&["metadata", "name"]).unwrap_or_default();
        assert_eq!(object.name(), named);
    }
    for scope in [
        NamespaceScope::Only,
        NamespaceScope::Namespace("argocd".to_owned()),
        NamespaceScope::All,
    ] {
        if let Err(error) = select(&found, &scope) {
            assert!(!error.to_string().is_empty());
        }
    }
}

/// `ARGOCD_OPTS` and argocd's own configuration.
fn options_and_logins(text: &str) {
    if let Ok(options) = Options::parse(text) {
        let written = options.text();
        let again = Options::parse(written.expose()).expect("what is written is read");
        assert_eq!(again.text().expose(), written.expose());
        let without = options.without("auth-token");
        assert!(without.get("auth-token").is_none());
        for name in ["core", "server", "config", "grpc-web"] {
            let value =
                |options: &Options| options.get(name).map(|value| value.expose().to_owned());
            assert_eq!(value(&options), value(&again), "{name}");
            assert_eq!(value(&options), value(&without), "{name}");
            assert_eq!(
                options.is_on(name),
                value(&options).as_deref() == Some("true")
            );
        }
    }
    let logins = Logins::read(text);
    for (context, (_, core)) in &logins.servers {
        assert_eq!(is_core(text, Some(context)), *core, "{context}");
    }
    if let Some((_, core)) = logins.servers.get(&logins.current) {
        assert_eq!(is_core(text, None), *core);
    }
}
