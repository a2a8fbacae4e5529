//! API tokens: what they claim, and what Argo CD remembers of them. Never the token itself, which
//! is a secret.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::{Moment, Span};

/// Longer texts are no tokens.
const LONGEST: usize = 64 * 1024;

/// How long a token is to be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// It ends this long after it was made; never zero, which Argo CD takes for "never".
    In(Span),
    /// It never ends.
    Never,
}

/// What Argo CD remembers of a token that it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its id; the claim `jti`.
    pub id: String,
    /// When it was made.
    pub issued: Moment,
    /// When it ends; `None` is never.
    pub expires: Option<Moment>,
}

impl TokenRecord {
    /// Whether it has ended.
    pub fn expired(&self, now: Moment) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Whether it still works, by its own dates, in a word.
    pub fn state(&self, now: Moment) -> &'static str {
        if self.expired(now) {
            "expired"
        } else {
            "valid"
        }
    }

    /// When it ends, in words.
    pub fn until(&self) -> String {
        self.expires
            .map_or("never".to_owned(), |expires| expires.to_string())
    }
}

/// Whose tokens they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenOwner {
    /// A local account.
    Account(String),
    /// A role of a project.
    Role {
        /// The project.
        project: String,
        /// The role.
        role: String,
    },
}

impl TokenOwner {
    /// The name under which `argocd account get-user-info` knows it.
    pub fn user_name(&self) -> String {
        match self {
            Self::Account(name) => name.clone(),
            Self::Role { project, role } => format!("proj:{project}:{role}"),
        }
    }

    /// What a token of this owner names as its subject.
    pub fn subject(&self) -> Subject {
        Subject {
            capability: match self {
                Self::Account(_) => Some(super::API_KEY.to_owned()),
                Self::Role { .. } => None,
            },
            owner: self.clone(),
        }
    }
}

impl fmt::Display for TokenOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(name) => write!(f, "account {name}"),
            Self::Role { project, role } => write!(f, "role {role} of project {project}"),
        }
    }
}

/// Who a token speaks for: the claim `sub`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// `octopus` of `octopus:apiKey`, or `proj:<project>:<role>`.
    pub owner: TokenOwner,
    /// Behind an account's colon: `apiKey` for a token, `login` for a session.
    pub capability: Option<String>,
}

impl Subject {
    /// Reads `sub`.
    pub fn parse(sub: &str) -> Self {
        if let Some((project, role)) = sub.strip_prefix("proj:").and_then(|s| s.split_once(':')) {
            let owner = TokenOwner::Role {
                project: project.to_owned(),
                role: role.to_owned(),
            };
            return Self {
                owner,
                capability: None,
            };
        }
        let (name, capability) = match sub.split_once(':') {
            Some((name, capability)) => (name, Some(capability.to_owned())),
            None => (sub, None),
        };
        Self {
            owner: TokenOwner::Account(name.to_owned()),
            capability,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.owner.user_name())?;
        match &self.capability {
            Some(capability) => write!(f, ":{capability}"),
            None => Ok(()),
        }
    }
}

/// What a token says of itself. The signature is not verified: only the server can.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenClaims(Map<String, Value>);

impl TokenClaims {
    /// Decodes the middle part of a JSON Web Token.
    ///
    /// # Errors
    /// Why the text is not a token; never a piece of it.
    pub fn decode(token: &str) -> Result<Self, &'static str> {
        let token = token.trim();
        if token.is_empty() {
            return Err("it is empty");
        }
        if token.len() > LONGEST {
            return Err("it is longer than any token");
        }
        let parts: Vec<_> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            return Err("a token has three parts, with dots between them");
        };
        if header.is_empty() || signature.is_empty() {
            return Err("its header or its signature is empty");
        }
        let is_word = |c: u8| c.is_ascii_alphanumeric() || b"-_=".contains(&c);
        if !token.bytes().all(|byte| is_word(byte) || byte == b'.') {
            return Err("it holds a character that no token holds");
        }
        let payload = URL_SAFE_NO_PAD
            .decode(payload.trim_end_matches('='))
            .map_err(|_| "its middle part is not base64url")?;
        match serde_json::from_slice(&payload) {
            Ok(Value::Object(claims)) => Ok(Self(claims)),
            _ => Err("its middle part is not a JSON object"),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn moment(&self, name: &str) -> Option<Moment> {
        let value = self.0.get(name)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a date claim may be a fraction; the cast saturates"
        )]
        let seconds = value
            .as_i64()
            .or_else(|| value.as_f64().map(|s| s as i64))?;
        Some(Moment(seconds))
    }

    /// Who made it: `iss`; `argocd` for Argo CD's own.
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// Who it speaks for: `sub`.
    pub fn subject(&self) -> Option<Subject> {
        self.text("sub").map(Subject::parse)
    }

    /// Its id: `jti`.
    pub fn id(&self) -> Option<&str> {
        self.text("jti")
    }

    /// When it was made: `iat`.
    pub fn issued(&self) -> Option<Moment> {
        self.moment("iat")
    }

    /// When it ends: `exp`; `None` is never.
    pub fn expires(&self) -> Option<Moment> {
        self.moment("exp")
    }

    /// All claims, in the order in which they are.
    pub fn all(&self) -> &Map<String, Value> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(payload: &str) -> String {
        format!(
            "eyJhbGciOiJIUzI1NiJ9.{}.c2ln",
            URL_SAFE_NO_PAD.encode(payload)
        )
    }

    #[test]
    fn claims_are_read() {
        let claims = TokenClaims::decode(&token(
            r#"{"iss":"argocd","sub":"octopus:apiKey","exp":1795406991,"iat":1795320591.7,"jti":"octopus-1"}"#,
        ))
        .unwrap();
        assert_eq!(claims.issuer(), Some("argocd"));
        assert_eq!(claims.id(), Some("octopus-1"));
        assert_eq!(claims.issued(), Some(Moment(1_795_320_591)));
        assert_eq!(claims.expires(), Some(Moment(1_795_406_991)));
        assert_eq!(claims.subject().unwrap().to_string(), "octopus:apiKey");
        assert_eq!(claims.subject().unwrap().owner.user_name(), "octopus");
    }

    #[test]
    fn subjects_of_project_roles_keep_what_stands_behind_the_second_colon() {
        let subject = Subject::parse("proj:team-a:octopus");
        assert_eq!(
            subject.owner,
            TokenOwner::Role {
                project: "team-a".into(),
                role: "octopus".into()
            }
        );
        assert_eq!(subject.owner.user_name(), "proj:team-a:octopus");
        assert_eq!(Subject::parse("proj:x").owner.user_name(), "proj");
    }

    #[test]
    fn what_is_no_token_is_refused_without_being_quoted() {
        for wrong in [
            "",
            "hello",
            "a.b",
            "a.b.c.d",
            "a.!.c",
            ".e30.c2ln",
            "eyJ.e30.",
            "eyJ.e30.c2 ln",
            &token("[]"),
            &token("{"),
            &format!("{}\nsecond", token("{}")),
        ] {
            let error = TokenClaims::decode(wrong).unwrap_err();
            assert!(wrong.len() < 4 || !error.contains(wrong), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text: String, payload: String) {
            let _ = TokenClaims::decode(&text);
            let _ = TokenClaims::decode(&token(&payload));
            let _ = Subject::parse(&payload).to_string();
        }
    }
}
