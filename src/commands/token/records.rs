//! Tokens as the server remembers them: as a table, as JSON.

use serde_json::{Value, json};

use crate::model::{Moment, TokenRecord};
use crate::report::Table;

/// Whether a token still works, by its own dates.
pub(in crate::commands) fn state(token: &TokenRecord, now: Moment) -> &'static str {
    if token.expired(now) {
        "expired"
    } else {
        "valid"
    }
}

/// When a token ends, in words.
pub(in crate::commands) fn expiry(token: &TokenRecord) -> String {
    token
        .expires
        .map_or("never".to_owned(), |expires| expires.to_string())
}

/// A table, the newest first.
pub(in crate::commands) fn table(tokens: &[TokenRecord], now: Moment) -> String {
    let mut table = Table::new(["ID", "ISSUED", "EXPIRES", "AGE", "STATE"]);
    for token in tokens {
        table.row([
            token.id.clone(),
            token.issued.to_string(),
            expiry(token),
            now.since(token.issued).age(),
            state(token, now).to_owned(),
        ]);
    }
    table.render()
}

/// As JSON.
pub(in crate::commands) fn report(tokens: &[TokenRecord], now: Moment) -> Value {
    let token = |token: &TokenRecord| {
        json!({
            "id": token.id,
            "issued": token.issued.to_string(),
            "expires": token.expires.map(|expires| expires.to_string()),
            "ageSeconds": now.since(token.issued).as_seconds(),
            "state": state(token, now),
        })
    };
    tokens.iter().map(token).collect()
}
