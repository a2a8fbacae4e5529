//! What argocd prints, typed. argocd leaves out what is false, zero or empty.

use serde::Deserialize;

use crate::model::{API_KEY, LOGIN, Moment, TokenRecord};

/// A local account, as the server knows it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct ServerAccount {
    /// Its name.
    pub name: String,
    /// Whether it is enabled.
    #[serde(default)]
    pub enabled: bool,
    /// What it may do: `apiKey`, `login`; words that the server does not know are not there.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// Its tokens, the newest first; none for callers who may not see them.
    #[serde(default, deserialize_with = "tokens")]
    pub tokens: Vec<TokenRecord>,
}

impl ServerAccount {
    /// Returns what the account lacks for Octopus.
    pub fn lacks(&self) -> Vec<&'static str> {
        let mut lacks = Vec::new();
        if !self.may_have_tokens() {
            lacks.push("lacks the capability apiKey");
        }
        if !self.enabled {
            lacks.push("is disabled, so its tokens do not work");
        }
        lacks
    }

    /// Whether it may have tokens.
    pub fn may_have_tokens(&self) -> bool {
        self.capabilities.iter().any(|word| word == API_KEY)
    }

    /// Whether someone may log in with its password.
    pub fn may_log_in(&self) -> bool {
        self.capabilities.iter().any(|word| word == LOGIN)
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(default)]
    id: String,
    #[serde(rename = "issuedAt", default)]
    issued: i64,
    #[serde(rename = "expiresAt", default)]
    expires: i64,
}

fn tokens<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<TokenRecord>, D::Error> {
    let tokens: Option<Vec<TokenAnswer>> = Deserialize::deserialize(from)?;
    let record = |token: TokenAnswer| record(token.id, token.issued, token.expires);
    let tokens = tokens.unwrap_or_default().into_iter().map(record);
    Ok(newest_first(tokens.collect()))
}

/// In the order in which they are shown. A stable one: what is of the same second stays as it came.
pub(super) fn newest_first(mut tokens: Vec<TokenRecord>) -> Vec<TokenRecord> {
    tokens.sort_by_key(|token| std::cmp::Reverse(token.issued));
    tokens
}

/// What Argo CD remembers, with its zero for "never".
fn record(id: String, issued: i64, expires: i64) -> TokenRecord {
    TokenRecord {
        id,
        issued: Moment(issued),
        expires: (expires > 0).then_some(Moment(expires)),
    }
}

/// Who the server takes the caller for.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct User {
    /// Whether anyone is logged in. False as well for a token that has expired, was revoked or was
    /// forged: argocd exits 0 then.
    #[serde(rename = "loggedIn", default)]
    pub logged_in: bool,
    /// The account, or `proj:<project>:<role>`.
    #[serde(rename = "username", default)]
    pub name: String,
}

/// What the server said to `can-i`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CanIAnswer {
    /// The caller may.
    Yes,
    /// The caller may not.
    No,
    /// The server has no such action or resource, so no one may; what it has.
    NoSuchWord(String),
}

#[derive(Deserialize)]
pub(super) struct Versions {
    pub(super) server: Option<OneVersion>,
}

#[derive(Deserialize)]
pub(super) struct OneVersion {
    #[serde(rename = "Version")]
    pub(super) version: String,
}

/// Reads the table of `proj role list-tokens -u`: ids may be empty or hold spaces, the two numbers
/// at the end never do. `None` if it is not that table.
pub(super) fn project_tokens(table: &str) -> Option<Vec<TokenRecord>> {
    let mut lines = table.lines();
    let head = lines.next()?;
    if head.starts_with("No tokens for ") {
        return Some(Vec::new());
    }
    if !head.starts_with("ID ") {
        return None;
    }
    lines
        .map(|line| {
            let (rest, expires) = line.trim_end().rsplit_once(char::is_whitespace)?;
            let (id, issued) = match rest.trim_end().rsplit_once(char::is_whitespace) {
                Some((id, issued)) => (id.trim(), issued),
                None => ("", rest.trim()),
            };
            let id = id.to_owned();
            Some(record(id, issued.parse().ok()?, expires.parse().ok()?))
        })
        .collect::<Option<_>>()
        .map(newest_first)
}
