//! Argo CD's local accounts, as `argocd-cm` describes them (`util/settings/accounts.go`).

use std::fmt;

/// The longest name Argo CD accepts.
const MAX_NAME: usize = 32;

/// The name of a local account, checked to be one that Argo CD reads and that we may change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountName(String);

impl AccountName {
    /// Checks a name.
    ///
    /// # Errors
    /// Says why Argo CD would not read an account of that name, or why we do not touch it.
    pub fn new(name: &str) -> Result<Self, String> {
        let wrong = |reason: &str| {
            Err(format!(
                "`{}` cannot be an account: {reason}",
                name.escape_debug()
            ))
        };
        if name.is_empty() {
            return wrong("a name is needed");
        }
        if name.contains('.') {
            return wrong("Argo CD ignores accounts whose name has a dot");
        }
        if let Some(odd) = name
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && !"-_".contains(*c))
        {
            return wrong(&format!(
                "`{}` cannot be part of a key of a ConfigMap; letters, digits, `-` and `_` can",
                odd.escape_debug()
            ));
        }
        if name.len() > MAX_NAME {
            return wrong("it is longer than the 32 characters Argo CD accepts");
        }
        if name == "admin" {
            return wrong(
                "admin is the built-in administrator, and an integration never needs its rights; use a separate account",
            );
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of `argocd-cm` that holds the account's capabilities.
    pub fn key(&self) -> String {
        format!("accounts.{self}")
    }

    /// The key of `argocd-cm` that switches the account on and off.
    pub fn enabled_key(&self) -> String {
        format!("accounts.{self}.enabled")
    }

    /// The key of `argocd-rbac-cm` that is ours alone: Argo CD loads every `policy.<any>.csv`.
    pub fn policy_key(&self) -> String {
        format!("policy.{self}.csv")
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an account may do: `apiKey` makes tokens, `login` logs in with a password. Argo CD
/// compares case-sensitively and ignores words it does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities(Vec<String>);

/// The capability that an integration needs.
pub const API_KEY: &str = "apiKey";
/// The capability that an integration must not have.
pub const LOGIN: &str = "login";

impl Capabilities {
    /// Reads a comma-separated list as Argo CD does: words are trimmed, empty ones dropped.
    /// Words that Argo CD does not know are kept, because they are someone's.
    pub fn parse(value: &str) -> Self {
        let words = value
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty());
        Self(words.map(str::to_owned).collect())
    }

    /// Whether the list has this word.
    pub fn has(&self, capability: &str) -> bool {
        self.0.iter().any(|word| word == capability)
    }

    /// The words.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The list with one more word, at the end, unless it is there.
    #[must_use]
    pub fn with(mut self, capability: &str) -> Self {
        if !self.has(capability) {
            self.0.push(capability.to_owned());
        }
        self
    }

    /// Returns the list without one capability.
    #[must_use]
    pub fn without(mut self, capability: &str) -> Self {
        self.0.retain(|word| word != capability);
        self
    }

    /// Argo CD's own form: no spaces. It rewrites the value so whenever it makes a token.
    pub fn canonical(&self) -> String {
        self.0.join(",")
    }
}

/// Reads a boolean as Go's `strconv.ParseBool`, which Argo CD uses for `accounts.NAME.enabled`.
/// `None` means that Argo CD fails to read *all* accounts.
pub fn parse_bool(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_argo_cd_would_not_read_are_refused_with_the_reason() {
        for (name, reason) in [
            ("", "a name is needed"),
            ("a.b", "dot"),
            ("a b", "` ` cannot be"),
            ("a\nb", "`\\n` cannot be"),
            ("é", "cannot be"),
            ("abcdefghijklmnopqrstuvwxyz1234567", "32 characters"),
            ("admin", "administrator"),
        ] {
            let error = AccountName::new(name).unwrap_err();
            assert!(error.contains(reason), "{name:?}: {error}");
        }
        for name in ["octopus", "yes", "1e3", "null", "-", "_x", "A-1"] {
            assert_eq!(AccountName::new(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn capabilities_are_trimmed_and_case_sensitive() {
        let read = Capabilities::parse(" login ,, apikey,");
        assert!(read.has("login") && !read.has(API_KEY));
        assert_eq!(
            read.clone().with(API_KEY).canonical(),
            "login,apikey,apiKey"
        );
        assert_eq!(read.with("login").without("apikey").canonical(), "login");
    }

    #[test]
    fn booleans_are_go_booleans() {
        assert_eq!(parse_bool("T"), Some(true));
        assert_eq!(parse_bool("False"), Some(false));
        for wrong in ["yes", "tRUE", "", " true", "on"] {
            assert_eq!(parse_bool(wrong), None, "{wrong:?}");
        }
    }
}
