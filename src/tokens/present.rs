//! The token that is presented, and whether it is the one that is rotated.

use crate::argocd::TOKEN_VARIABLE;
use crate::error::{Error, Result};
use crate::model::{Subject, TokenClaims, TokenOwner};
use crate::text::{Note, Secret};

/// The present token, which makes its own successor.
pub struct Present {
    /// The token itself.
    pub token: Secret,
    /// Its claims.
    pub claims: TokenClaims,
    /// Its id.
    pub id: String,
}

impl Present {
    /// A token of the account that is rotated; `place` is where it was found.
    ///
    /// # Errors
    /// If it has no id.
    pub fn new(token: Secret, claims: TokenClaims, place: &str) -> Result<Self> {
        let id = claims.id().filter(|id| !id.is_empty()).map(str::to_owned);
        let Some(id) = id else {
            return Err(Error::input(format!(
                "{place} holds a token without an id, which cannot be told from others"
            ))
            .hint("make a new one: kubectl octopus-argo token create"));
        };
        Ok(Self { token, claims, id })
    }
}

/// The options about the token that is presented.
#[derive(Clone, Copy, Debug)]
pub struct PresentedToken<'a> {
    /// The file that holds it, or else the environment does.
    pub file: Option<&'a std::path::Path>,
    /// The account whose token is rotated.
    pub wanted: &'a str,
    /// Whether the user named that account.
    pub is_named: bool,
    /// The ids of old tokens that the user named.
    pub old: &'a [String],
}

impl PresentedToken<'_> {
    /// Returns the token as the one that is rotated, or `None` for a mere login.
    ///
    /// # Errors
    /// Someone else's token.
    pub fn accept(
        self,
        token: Secret,
        claims: TokenClaims,
        notes: &mut Vec<Note>,
    ) -> Result<Option<Present>> {
        let place = match self.file {
            Some(path) => format!("--token-file {}", path.display()),
            None => TOKEN_VARIABLE.to_owned(),
        };
        let name = match claims.subject() {
            Some(Subject {
                owner: TokenOwner::Account(name),
                ..
            }) => name,
            Some(subject) => {
                return Err(Error::usage(format!("{place} is a token of a project's role ({subject}), which may not make tokens"))
                    .hint("a user who may update the project can: --role ROLE --project PROJECT, with argocd's own login"));
            }
            None => {
                return Err(Error::input(format!(
                    "{place} holds a token without a subject"
                )));
            }
        };
        let wanted = self.wanted;
        if name != wanted {
            if self.file.is_none() && self.is_named {
                notes.push(Note::new(format!(
                    "{TOKEN_VARIABLE} is a token of account {name}: it is used to log in, and is not \
                     the one that is replaced"
                )));
                return Ok(None);
            }
            return Err(Error::usage(format!(
                "{place} is a token of account {name}, not of {wanted}"
            ))
            .hint(format!("to renew that one: --account {name}"))
            .hint(format!(
                "to renew a token of {wanted} as {name}: {TOKEN_VARIABLE} and --account {wanted}"
            )));
        }
        let present = Present::new(token, claims, &place)?;
        if let Some(other) = self.old.iter().find(|old| **old != present.id) {
            return Err(Error::usage(format!(
                "--old {other} is not the token that is presented ({})",
                present.id
            ))
            .hint("the old token is the one presented; leave --old out"));
        }
        Ok(Some(present))
    }
}
