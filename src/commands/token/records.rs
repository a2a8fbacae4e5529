//! Tokens as the server remembers them: as a table, as JSON.

use serde_json::{Value, json};

use crate::model::{Moment, TokenRecord};
use crate::report;

/// Whether a token still works, by its own dates.
pub(crate) fn state(token: &TokenRecord, now: Moment) -> &'static str {
    if token.expired(now) {
        "expired"
    } else {
        "valid"
    }
}

/// When a token ends, in words.
pub(crate) fn expiry(token: &TokenRecord) -> String {
    token
        .expires
        .map_or("never".to_owned(), |expires| expires.to_string())
}

/// A table, the newest first.
pub(crate) fn table(tokens: &[TokenRecord], now: Moment) -> String {
    let rows: Vec<_> = tokens.iter().map(|token| row(token, now)).collect();
    report::table(&HEADERS, &rows)
}

/// The columns of [`row`].
pub(crate) const HEADERS: [&str; 5] = ["ID", "ISSUED", "EXPIRES", "AGE", "STATE"];

/// A token's row.
pub(crate) fn row(token: &TokenRecord, now: Moment) -> Vec<String> {
    vec![
        token.id.clone(),
        token.issued.to_string(),
        expiry(token),
        now.since(token.issued).age(),
        state(token, now).to_owned(),
    ]
}

/// As JSON.
pub(crate) fn json(tokens: &[TokenRecord], now: Moment) -> Value {
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
