//! Making tokens, and what is said of those that did not reach their place.

use std::time::SystemTime;

use super::ids::new_id;
use super::mint::{MintError, MintFailure, Minted, Naming, Suspects, mint};
use super::revoke::Revocation;
use super::steps::{StepLog, TokenStep};
use crate::argocd::{Client, HintCommands, RefusalReason};
use crate::error::{Error, Kind, Result};
use crate::model::Expiry;
use crate::model::TokenOwner;
use crate::text::{Moment, Note};

/// Which tokens are to be made.
pub struct NewTokens<'a> {
    /// The owners: one token each.
    pub owners: &'a [TokenOwner],
    /// The id, if the user chose it.
    pub id: Option<String>,
    /// What an id of ours begins with.
    pub prefix: &'a str,
    /// How long they are valid.
    pub expiry: Expiry,
    /// Ids of tokens that the owners had before.
    pub known: Vec<String>,
}

/// Makes a token for each owner; where one cannot be made, the others are revoked.
///
/// # Errors
/// Why one was not made, and what became of it and of the others.
pub fn issue<'h>(
    new: &NewTokens<'_>,
    client: &Client<'h>,
    log: &dyn StepLog,
    clock: &dyn Fn() -> SystemTime,
    notes: &mut Vec<Note>,
) -> Result<Vec<Minted<'h>>> {
    let mut made = Vec::new();
    for owner in new.owners {
        let id = || {
            let id = new_id(new.prefix, Moment::from(clock()));
            log.write(TokenStep::Making(owner, &id))?;
            Ok(id)
        };
        let naming = match &new.id {
            Some(id) => {
                log.write(TokenStep::Making(owner, id))?;
                Naming::Given(id.clone())
            }
            None => Naming::Made(&id),
        };
        let now = Moment::from(clock());
        match mint(client, owner, &naming, new.expiry, now, &new.known) {
            Ok(minted) => {
                let told = log.write(TokenStep::Made(owner, minted.id()));
                made.push(minted);
                if let Err(error) = told {
                    return Err(give_up(error, made, client.commands(), log));
                }
            }
            Err(error) => {
                let error = not_made(*error, owner, client.commands(), log);
                return Err(give_up(error, made, client.commands(), log));
            }
        }
    }
    for minted in &made {
        note_oddities(minted, new.expiry, client.commands(), notes);
    }
    Ok(made)
}

/// Notes what is not as one would expect, and no reason to refuse the token.
fn note_oddities(
    minted: &Minted<'_>,
    expiry: Expiry,
    commands: &HintCommands,
    notes: &mut Vec<Note>,
) {
    for id in minted.doubtful() {
        notes.push(Note::new(format!(
            "the server lost a race while making token {id}, and does not know it; if it appears later, delete it with: {}",
            commands.delete_token(minted.owner(), id)
        )));
    }
    let claims = minted.claims();
    match (expiry, claims.issued(), claims.expires()) {
        (Expiry::Never, _, Some(expires)) => notes.push(Note::warning(format!(
            "the server gave token {} an expiry anyway: {expires}",
            minted.id()
        ))),
        (Expiry::In(span), Some(issued), Some(expires)) if expires < issued.after(span) => {
            notes.push(Note::warning(format!(
                "the server shortened the lifetime of token {}: it ends {expires}",
                minted.id()
            )));
        }
        _ => {}
    }
    if let Some(twin) = minted.twin() {
        notes.push(Note::warning(format!(
            "token {twin} was made in the same second as {}: neither can be deleted without the other",
            minted.id()
        )));
    }
}

/// Revokes what was made and not delivered; the error says what became of it.
pub fn give_up(
    error: Error,
    made: Vec<Minted<'_>>,
    commands: &HintCommands,
    log: &dyn StepLog,
) -> Error {
    made.into_iter().fold(error, |error, minted| {
        let (id, owner) = (minted.id().to_owned(), minted.owner().clone());
        let outcome = minted.revoke();
        record(&outcome, &owner, &id, log);
        add_outcome(error, &outcome, &owner, &id, commands)
    })
}

/// Why there is no token, and what became of one that may have been made.
fn not_made(
    error: MintError,
    owner: &TokenOwner,
    commands: &HintCommands,
    log: &dyn StepLog,
) -> Error {
    let MintError {
        failure,
        outcomes,
        suspects,
    } = error;
    let error = match failure {
        MintFailure::Unnamed(error) => error,
        MintFailure::Interrupted => {
            Error::new(Kind::Interrupted, "interrupted while a token was made")
        }
        MintFailure::Wrong(what) => Error::external(what)
            .hint("is this really argocd, and an Argo CD server? A token that differs from the request is not delivered"),
        MintFailure::Problem(problem) => {
            let taken = problem.reason() == Some(&RefusalReason::DuplicateId);
            let error = Error::from(problem);
            match outcomes.last() {
                // A server that lost a race may have made it for this very call.
                Some((id, Revocation::NotNeeded)) if taken => error.hint(format!(
                    "if token {id} is not in use, delete it with: {}",
                    commands.delete_token(owner, id)
                )),
                _ => error,
            }
        }
    };
    let refused = outcomes
        .iter()
        .all(|(_, outcome)| matches!(outcome, Revocation::Refused));
    let error = outcomes.iter().fold(error, |error, (id, outcome)| {
        record(outcome, owner, id, log);
        add_outcome(error, outcome, owner, id, commands)
    });
    match suspects {
        Suspects::Listed(tokens) => tokens.iter().fold(error, |error, token| {
            error.hint(format!(
                "token {} of {owner} was made at about the same time ({}); unless it belongs to someone else, delete it with: {}",
                token.id,
                token.issued,
                commands.delete_token(owner, &token.id)
            ))
        }),
        // Anyone who is refused everything may not read the list either.
        Suspects::Unknown if !refused => error.hint(format!(
            "the tokens of {owner} could not be listed; look for one that no one knows: {}",
            commands.token("list", owner, &[])
        )),
        Suspects::Unknown | Suspects::NotSought => error,
    }
}

/// Writes down that nothing is left of a token, if that is so.
fn record(outcome: &Revocation, owner: &TokenOwner, id: &str, log: &dyn StepLog) {
    if outcome.is_final() {
        // Where it cannot be written down, the next run looks for it to no effect: that is not a loss.
        let _ = log.write(TokenStep::Gone(owner, id));
    }
}

/// Adds what became of a token.
pub fn add_outcome(
    error: Error,
    outcome: &Revocation,
    owner: &TokenOwner,
    id: &str,
    commands: &HintCommands,
) -> Error {
    let command = commands.delete_token(owner, id);
    match outcome {
        Revocation::NotNeeded => error,
        Revocation::Refused => error.hint(format!(
            "argocd did not make token {id}, according to its answer; if it exists anyway, delete it with: {command}"
        )),
        Revocation::Revoked => error.hint(format!(
            "token {id} was made and is revoked"
        )),
        Revocation::Deleted => error.hint(format!(
            "token {id} was deleted, as argocd says, but the list could not be read; if it is still valid: {command}"
        )),
        Revocation::NotFound => error.hint(format!(
            "token {id} was not found; if it appears later, delete it with: {command}"
        )),
        Revocation::Unconfirmed => error.hint(format!(
            "token {id} was made, and the server does not know it: it may still be valid; delete it with: {command}"
        )),
        Revocation::Failed(problem) => error.hint(format!(
            "token {id} may exist and could not be revoked ({problem}); delete it with: {command}"
        )),
    }
}
