//! Revoking a token that did not reach its place, or may have been made.

use std::time::Duration;

use crate::argocd::{Client, Gone, PAUSE, Problem};
use crate::model::TokenOwner;
use crate::process::Failure;
use crate::text::Secret;

/// How often a token that may be there is looked for, with doubling pauses: about four seconds.
const LOOKS: u32 = 6;
/// How long a call that puts things in order may take.
const CLEAN_UP: Duration = Duration::from_secs(20);

/// What became of a token that was not delivered.
#[derive(Debug)]
pub enum Revocation {
    /// The call that would have made it did not run.
    NotNeeded,
    /// argocd refused to make it; that is argocd's word only.
    Refused,
    /// It was looked for, and is not there.
    NotFound,
    /// It was made, and now the server knows no token of that id. A replica that lags behind says
    /// the same, so this proves nothing.
    Unconfirmed,
    /// It was deleted, and the server does not list it any more.
    Revoked,
    /// The server said that it was deleted; what it lists could not be asked.
    Deleted,
    /// It could not be revoked, for this reason: it may be valid.
    Failed(Problem),
}

impl Revocation {
    /// Whether nothing is left of the token, as far as anyone can know.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Unconfirmed | Self::Failed(_))
    }
}

/// What is known of a token to revoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    /// It was made.
    Made,
    /// The server has answered; it may have made it.
    Answered,
    /// The server may still be at it.
    UnderWay,
}

/// Deletes what may have been made. Anyone who calls may do that, or else the token itself, where
/// we have it.
pub(super) fn undo(
    client: &Client<'_>,
    owner: &TokenOwner,
    id: &str,
    known: Certainty,
    token: Option<&Secret>,
) -> Revocation {
    // From here on it is the order that counts; who asks to stop once more stops this too.
    client.runner().acknowledge();
    let mut client = client.clone();
    client.limit_time(CLEAN_UP);
    let outcome = undo_as_caller(&client, owner, id, known);
    let Revocation::Failed(problem) = outcome else {
        return outcome;
    };
    // A token of a project's role may not delete tokens.
    let (Some(token), TokenOwner::Account(_), false) = (token, owner, problem.is_interrupt())
    else {
        return Revocation::Failed(problem);
    };
    match undo_as_caller(&client.presenting(token), owner, id, known) {
        outcome @ (Revocation::Revoked | Revocation::Deleted) => outcome,
        _ => Revocation::Failed(problem),
    }
}

fn undo_as_caller(
    client: &Client<'_>,
    owner: &TokenOwner,
    id: &str,
    known: Certainty,
) -> Revocation {
    let mut wait = PAUSE;
    let mut attempt = 1;
    loop {
        match (client.delete(owner, id), known) {
            (Ok(Gone::Deleted), _) => match is_listed(client, owner, id) {
                Some(false) => return Revocation::Revoked,
                None => return Revocation::Deleted,
                Some(true) if attempt >= LOOKS => {
                    return Revocation::Failed(Problem::garbled(
                        "argocd account delete-token",
                        "it says that the token is deleted, and lists it",
                    ));
                }
                Some(true) => {}
            },
            (Ok(Gone::NotThere), Certainty::Answered) if attempt > 1 => {
                return Revocation::NotFound;
            }
            (Ok(Gone::NotThere), Certainty::UnderWay) if attempt >= LOOKS => {
                return Revocation::NotFound;
            }
            // Another replica of the server may not know it yet.
            (Ok(Gone::NotThere), Certainty::Made) if attempt >= LOOKS => {
                return look_once_more(client, owner, id);
            }
            (Ok(Gone::NotThere), _) => {}
            (Err(problem), _) => return Revocation::Failed(problem),
        }
        if !client.pause(wait) {
            return Revocation::Failed(Failure::Interrupted { started: false }.into());
        }
        wait *= 2;
        attempt += 1;
    }
}

/// Whether the server lists a token that it says it has deleted; `None` where it cannot be asked.
fn is_listed(client: &Client<'_>, owner: &TokenOwner, id: &str) -> Option<bool> {
    let tokens = client.tokens(owner).ok()?;
    Some(tokens.iter().any(|token| token.id == id))
}

/// The server denies again and again that it has the token, which it made: what its list says.
fn look_once_more(client: &Client<'_>, owner: &TokenOwner, id: &str) -> Revocation {
    match client.tokens(owner) {
        Ok(tokens) if tokens.iter().any(|token| token.id == id) => match client.delete(owner, id) {
            Ok(Gone::Deleted) => Revocation::Deleted,
            Ok(Gone::NotThere) => Revocation::Failed(Problem::garbled(
                "argocd account delete-token",
                "it says that there is no such token, and lists it",
            )),
            Err(problem) => Revocation::Failed(problem),
        },
        _ => Revocation::Unconfirmed,
    }
}

/// Looks for a token of which no one knows whether it was made, and revokes it. Who asks to stop
/// stops this too.
pub fn revoke_if_made(client: &Client<'_>, owner: &TokenOwner, id: &str) -> Revocation {
    undo_as_caller(client, owner, id, Certainty::UnderWay)
}
