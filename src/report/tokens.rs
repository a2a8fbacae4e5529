//! Tokens and accounts as the server remembers them, and what a token claims.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Report, Style, table};
use crate::argocd::ServerAccount;
use crate::model::{Moment, TokenClaims, TokenOwner, TokenRecord};
use crate::tokens::{Doomed, OwnedTokens};

/// The ids, a line each.
pub fn names(all: &[OwnedTokens]) -> String {
    let tokens = all.iter().flat_map(|(_, tokens)| tokens);
    tokens.map(|token| token.id.clone() + "\n").collect()
}

/// The tokens of one owner or of several, as a table.
pub fn text(all: &[OwnedTokens], now: Moment, style: Style) -> String {
    if all.iter().all(|(_, tokens)| tokens.is_empty()) {
        return String::new();
    }
    if let [(_, tokens)] = all {
        return record_table(tokens, now, style);
    }
    let mut headers = vec!["PROJECT"];
    headers.extend(HEADERS);
    let mut rows = Vec::new();
    for (owner, tokens) in all {
        let (TokenOwner::Role { project: name, .. } | TokenOwner::Account(name)) = owner;
        for token in tokens {
            let mut row = vec![name.clone()];
            row.extend(self::row(token, now));
            rows.push(row);
        }
    }
    table(&headers, &rows, style)
}

/// The same as a versioned document.
pub fn json(all: &[OwnedTokens], now: Moment) -> Report {
    let owners = all.iter().map(|(owner, tokens)| {
        let mut value = match owner {
            TokenOwner::Account(name) => json!({"account": name}),
            TokenOwner::Role { project, role } => json!({"project": project, "role": role}),
        };
        value["tokens"] = records(tokens, now);
        value
    });
    Report::Json(json!({"schema": "tokens/v1", "owners": owners.collect::<Vec<_>>()}))
}

/// A table, the newest first.
fn record_table(tokens: &[TokenRecord], now: Moment, style: Style) -> String {
    let rows: Vec<_> = tokens.iter().map(|token| row(token, now)).collect();
    table(&HEADERS, &rows, style)
}

const HEADERS: [&str; 5] = ["ID", "ISSUED", "EXPIRES", "AGE", "STATE"];

fn row(token: &TokenRecord, now: Moment) -> Vec<String> {
    vec![
        token.id.clone(),
        token.issued.to_string(),
        token.until(),
        now.since(token.issued).age(),
        token.state(now).to_owned(),
    ]
}

fn records(tokens: &[TokenRecord], now: Moment) -> Value {
    let token = |token: &TokenRecord| {
        json!({
            "id": token.id,
            "issued": token.issued.to_string(),
            "expires": token.expires.map(|expires| expires.to_string()),
            "ageSeconds": now.since(token.issued).as_seconds(),
            "state": token.state(now),
        })
    };
    tokens.iter().map(token).collect()
}

/// The tokens that are deleted and those that stay, as a table.
pub fn prune_plan(all: &[OwnedTokens], doomed: &[Doomed], now: Moment, style: Style) -> String {
    let mut rows = Vec::new();
    for (owner, tokens) in all {
        for token in tokens {
            let goes = doomed
                .iter()
                .any(|one| one.owner == *owner && one.token.id == token.id);
            rows.push(vec![
                if goes { "delete" } else { "keep" }.to_owned(),
                token.id.clone(),
                token.issued.to_string(),
                token.until(),
                token.state(now).to_owned(),
                owner.to_string(),
            ]);
        }
    }
    let headers = ["ACTION", "ID", "ISSUED", "EXPIRES", "STATE", "OF"];
    table(&headers, &rows, style)
}

/// An account with its tokens, in lines.
pub fn account_text(account: &ServerAccount, now: Moment, style: Style) -> String {
    let tokens = if account.tokens.is_empty() {
        "no tokens\n".to_owned()
    } else {
        record_table(&account.tokens, now, style)
    };
    format!(
        "name:           {}\nenabled:        {}\ncapabilities:   {}\n\n{tokens}",
        account.name,
        account.enabled,
        account.capabilities.join(",")
    )
}

/// The same as a versioned document.
pub fn account_json(account: &ServerAccount, now: Moment) -> Report {
    Report::Json(json!({
        "schema": "account/v1",
        "name": account.name,
        "enabled": account.enabled,
        "capabilities": account.capabilities,
        "tokens": records(&account.tokens, now),
    }))
}

/// Accounts as a table; `own` is Octopus's.
pub fn accounts_text(accounts: &[ServerAccount], own: &str, style: Style) -> String {
    let row = |account: &ServerAccount| {
        let marks = match (account.name == own, account.lacks()) {
            (false, _) => String::new(),
            (true, lacks) if lacks.is_empty() => "ready".to_owned(),
            (true, lacks) => lacks.join(", "),
        };
        vec![
            account.name.clone(),
            account.enabled.to_string(),
            account.capabilities.join(","),
            marks,
        ]
    };
    let rows: Vec<_> = accounts.iter().map(row).collect();
    let headers = ["NAME", "ENABLED", "CAPABILITIES", "FOR OCTOPUS"];
    table(&headers, &rows, style)
}

/// The same as a versioned document.
pub fn accounts_json(accounts: &[ServerAccount], own: &str) -> Report {
    let accounts = accounts.iter().map(|account| {
        let mut value = json!({
            "name": account.name,
            "enabled": account.enabled,
            "capabilities": account.capabilities,
        });
        if account.name == own {
            value["lacks"] = json!(account.lacks());
        }
        value
    });
    Report::Json(json!({"schema": "accounts/v1", "accounts": accounts.collect::<Vec<_>>()}))
}

/// Claims as a versioned document.
pub fn claims_json(claims: &TokenClaims, now: Moment) -> Report {
    Report::Json(json!({
        "schema": "claims/v1",
        "claims": claims.all(),
        "issued": claims.issued().map(|issued| issued.to_string()),
        "expires": claims.expires().map(|expires| expires.to_string()),
        "expired": claims.expires().is_some_and(|expires| expires <= now),
        "verified": false,
    }))
}

/// Claims in lines.
pub fn claims_text(claims: &TokenClaims, now: Moment) -> String {
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
