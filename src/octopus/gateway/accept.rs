//! Whether a token is one that the gateway can use.

use crate::error::{Error, Result};
use crate::model::shell::quoted;
use crate::model::{Subject, TokenClaims, TokenOwner};
use crate::text::{Moment, Note, Span};

/// The name under which the gateway looks for the token of calls without a project.
const UNSCOPED: &str = "octo-gateway-unscoped";
/// A token that expires sooner than this gets a warning.
const SOON: Span = Span::seconds(7 * 24 * 3600);

/// Checks that it is an account's token for machines, and this account's.
///
/// # Errors
/// Another token, or one that has expired.
pub fn accept_account_token(
    claims: &TokenClaims,
    account: Option<&str>,
    now: Moment,
    notes: &mut Vec<Note>,
) -> Result<()> {
    match claims.subject() {
        Some(Subject {
            owner: TokenOwner::Account(name),
            capability,
        }) => {
            if let Some(account) = account.filter(|account| *account != name) {
                return Err(Error::input(format!(
                    "the token is of the account {}, not of {account}",
                    name.escape_debug()
                ))
                .hint(format!("if that is intended: --account {}", quoted(&name))));
            }
            if capability.as_deref() == Some("login") {
                return Err(Error::input(
                    "this is the token of a login session, which expires on its own",
                )
                .hint("make one for the gateway with: kubectl octopus-argo token create"));
            }
        }
        Some(Subject {
            owner: TokenOwner::Role { project, .. },
            ..
        }) => {
            return Err(Error::input(format!(
                "the token is of a role of the project {}, not of an account",
                project.escape_debug()
            ))
            .hint(format!(
                "give it with: --project-token {}=FILE",
                quoted(&project)
            )));
        }
        None => return Err(Error::input("the token does not say whose it is")),
    }
    lifetime(claims, now, notes)
}

/// Checks that it is a token of this project.
///
/// # Errors
/// Another token, or one that has expired.
pub fn accept_project_token(
    claims: &TokenClaims,
    project: &str,
    now: Moment,
    notes: &mut Vec<Note>,
) -> Result<()> {
    let subject = claims.subject();
    match subject.as_ref().map(|subject| &subject.owner) {
        Some(TokenOwner::Role { project: own, .. }) if own == project => {}
        Some(_) if project == UNSCOPED => {}
        _ => {
            let whose = subject.map_or_else(|| "nobody".to_owned(), |subject| subject.to_string());
            return Err(Error::input(format!(
                "the token for the project {project} is of {}",
                whose.escape_debug()
            ))
            .hint(format!(
                "make one with: kubectl octopus-argo token create --role ROLE --project {project}"
            )));
        }
    }
    lifetime(claims, now, notes)
}

fn lifetime(claims: &TokenClaims, now: Moment, notes: &mut Vec<Note>) -> Result<()> {
    match claims.expires() {
        Some(expires) if expires <= now => {
            Err(Error::input(format!("the token has expired: {expires}"))
                .hint("make the next one with: kubectl octopus-argo token create"))
        }
        Some(expires) if expires <= now.after(SOON) => {
            notes.push(Note::warning(format!("the token expires soon: {expires}")));
            Ok(())
        }
        _ => Ok(()),
    }
}
