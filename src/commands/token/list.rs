//! `token list`: the tokens of an account or of a project's role.

use serde_json::{Value, json};

use super::{owner, records};
use crate::cli::{ListOutput, TokenListArgs};
use crate::commands::argocd::{client, now};
use crate::commands::context::Context;
use crate::error::{Code, Result};
use crate::model::TokenOwner;
use crate::model::{Moment, TokenRecord};
use crate::report;
use crate::yaml::Format;

pub(super) fn run(args: &TokenListArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let owners = owner::owners(&args.owner)?;
    let client = client(&args.argocd, context)?;
    let mut all = Vec::new();
    for owner in owners {
        let tokens = client.tokens(&owner)?;
        all.push((owner, tokens));
    }
    let now = now(context);
    let text = match args.output {
        ListOutput::Name => all
            .iter()
            .flat_map(|(_, tokens)| tokens)
            .map(|token| token.id.clone() + "\n")
            .collect(),
        ListOutput::Json => Format::Json.write(&json_of(&all, now)),
        ListOutput::Yaml => Format::Yaml.write(&json_of(&all, now)),
        ListOutput::Text => table(&all, now),
    };
    for (owner, tokens) in &all {
        if tokens.is_empty() {
            context.note(format!("{owner} has no tokens"));
        }
    }
    context.print(&text)?;
    Ok(Code::OK)
}

fn table(all: &[(TokenOwner, Vec<TokenRecord>)], now: Moment) -> String {
    if all.iter().all(|(_, tokens)| tokens.is_empty()) {
        return String::new();
    }
    if let [(_, tokens)] = all {
        return records::table(tokens, now);
    }
    let mut headers = vec!["PROJECT"];
    headers.extend(records::HEADERS);
    let mut rows = Vec::new();
    for (owner, tokens) in all {
        let (TokenOwner::Role { project: name, .. } | TokenOwner::Account(name)) = owner;
        for token in tokens {
            let mut row = vec![name.clone()];
            row.extend(records::row(token, now));
            rows.push(row);
        }
    }
    report::table(&headers, &rows)
}

fn json_of(all: &[(TokenOwner, Vec<TokenRecord>)], now: Moment) -> Value {
    let owners = all.iter().map(|(owner, tokens)| {
        let mut value = match owner {
            TokenOwner::Account(name) => json!({"account": name}),
            TokenOwner::Role { project, role } => json!({"project": project, "role": role}),
        };
        value["tokens"] = records::json(tokens, now);
        value
    });
    json!({"schema": "tokens/v1", "owners": owners.collect::<Vec<_>>()})
}
