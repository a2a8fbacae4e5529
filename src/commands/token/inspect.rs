//! `token inspect`: what a token claims. Asks no one, verifies nothing.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::{ClaimsOutput, TokenInspectArgs};
use crate::commands::argocd::{now, read_secret};
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::model::{Moment, TokenClaims, TokenOwner};
use crate::yaml::Format;

pub(super) fn run(args: &TokenInspectArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let file = args.token_file.as_deref().unwrap_or(Path::new("-"));
    if args.token_file.is_none() && context.host.terminal.stdin {
        context.note("paste the token, then Enter and Ctrl-D; or give --token-file FILE");
    }
    let token = read_secret(file, context)?;
    let claims = TokenClaims::decode(token.expose()).map_err(|why| {
        Error::input(format!("not a valid token: {why}"))
            .hint("a token is one line of three base64url words with dots between them")
    })?;
    drop(token);
    let now = now(context);
    let text = match args.output {
        ClaimsOutput::Text => text(&claims, now),
        ClaimsOutput::Json => Format::Json.write(&document(&claims, now)),
        ClaimsOutput::Yaml => Format::Yaml.write(&document(&claims, now)),
    };
    context.print(&text)?;
    context.note("decoded, not verified: only the server can tell whether the token is good");
    Ok(Code::OK)
}

fn document(claims: &TokenClaims, now: Moment) -> Value {
    json!({
        "schema": "claims/v1",
        "claims": claims.all(),
        "issued": claims.issued().map(|issued| issued.to_string()),
        "expires": claims.expires().map(|expires| expires.to_string()),
        "expired": claims.expires().is_some_and(|expires| expires <= now),
        "verified": false,
    })
}

fn text(claims: &TokenClaims, now: Moment) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let value = value.replace(['\n', '\t'], " ");
        let _ = writeln!(text, "{:<10} {value}", format!("{name}:"));
    };
    line("id", claims.id().unwrap_or("none"));
    line("issuer", claims.issuer().unwrap_or("none"));
    match claims.subject() {
        None => line("subject", "none"),
        Some(subject) => {
            line("subject", &subject.to_string());
            match subject.owner {
                TokenOwner::Role { project, role } => {
                    line("project", &project);
                    line("role", &role);
                }
                TokenOwner::Account(name) => line("account", &name),
            }
        }
    }
    match claims.issued() {
        None => line("issued", "unknown"),
        Some(issued) => {
            let age = now.since(issued).age();
            line("issued", &format!("{issued} ({age} ago)"));
        }
    }
    match claims.expires() {
        None => line("expires", "never"),
        Some(expires) if expires <= now => {
            let age = now.since(expires).age();
            line("expires", &format!("{expires} (expired {age} ago)"));
        }
        Some(expires) => {
            let left = expires.since(now).age();
            line("expires", &format!("{expires} (in {left})"));
        }
    }
    text
}
