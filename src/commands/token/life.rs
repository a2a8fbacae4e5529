//! Making tokens, and what is said of those that did not reach their place.

use super::owner::new_id;
use crate::argocd::{Client, Fate, Minted, Naming, Owner, Reason, Unmade, Why};
use crate::cli;
use crate::commands::argocd::{deletion, now};
use crate::commands::context::Context;
use crate::error::{Error, Kind, Result};
use crate::model::{Expiry, Moment};

/// A step in the life of an owner's token: whose, and its id.
#[derive(Clone, Copy)]
pub(in crate::commands) enum Step<'a> {
    /// These are going to be replaced.
    Replacing(&'a [(Owner, String)]),
    /// One is going to be made; one that was announced before is gone.
    Making(&'a Owner, &'a str),
    /// It was made.
    Made(&'a Owner, &'a str),
    /// It does not exist, or not any more.
    Gone(&'a Owner, &'a str),
    /// Everything that was made has reached its place.
    Delivered,
    /// An old one is revoked.
    Revoked(&'a Owner, &'a str),
}

/// Is told of each step before the next one is taken, and can refuse it.
pub(in crate::commands) trait Diary {
    /// Writes it down.
    fn write(&self, step: Step<'_>) -> Result<()>;
}

/// Nobody writes down what one command does for one Argo CD: it says what it leaves behind.
pub(super) struct NoDiary;

impl Diary for NoDiary {
    fn write(&self, _: Step<'_>) -> Result<()> {
        Ok(())
    }
}

/// What is to be made.
pub(super) struct Order<'a> {
    /// For whom: one token each.
    pub(super) owners: &'a [Owner],
    /// The id, if the user chose it.
    pub(super) id: Option<String>,
    /// What an id of ours begins with.
    pub(super) prefix: &'a str,
    /// How long they are valid.
    pub(super) expiry: Expiry,
    /// Is told of it.
    pub(super) diary: &'a dyn Diary,
}

/// Makes a token for each owner; where one cannot be made, the others are revoked.
pub(super) fn make<'h>(
    order: &Order<'_>,
    client: &Client<'h>,
    argocd: &cli::Argocd,
    context: &mut Context<'_, 'h>,
) -> Result<Vec<Minted<'h>>> {
    let clock = context.host.clock;
    let mut made = Vec::new();
    for owner in order.owners {
        let id = || {
            let id = new_id(order.prefix, Moment::from(clock()));
            order.diary.write(Step::Making(owner, &id))?;
            Ok(id)
        };
        let naming = match &order.id {
            Some(id) => {
                order.diary.write(Step::Making(owner, id))?;
                Naming::Given(id.clone())
            }
            None => Naming::Made(&id),
        };
        match client.mint(owner, &naming, order.expiry, now(context)) {
            Ok(minted) => {
                let told = order.diary.write(Step::Made(owner, minted.id()));
                made.push(minted);
                if let Err(error) = told {
                    return Err(give_up(error, made, argocd, order.diary));
                }
            }
            Err(unmade) => {
                let error = not_made(*unmade, owner, argocd, order.diary);
                return Err(give_up(error, made, argocd, order.diary));
            }
        }
    }
    for minted in &made {
        warn_of_oddities(minted, order.expiry, context);
    }
    Ok(made)
}

/// Warns of what is not as one would expect, and no reason to refuse the token.
fn warn_of_oddities(minted: &Minted<'_>, expiry: Expiry, context: &mut Context<'_, '_>) {
    let claims = minted.claims();
    match (expiry, claims.issued(), claims.expires()) {
        (Expiry::Never, _, Some(expires)) => context.warn(format!(
            "the server let token {} end all the same: {expires}",
            minted.id()
        )),
        (Expiry::In(span), Some(issued), Some(expires)) if expires < issued.after(span) => {
            context.warn(format!(
                "the server shortened the life of token {}: it ends {expires}",
                minted.id()
            ));
        }
        _ => {}
    }
    if let Some(twin) = minted.twin() {
        context.warn(format!(
            "token {twin} was made in the same second as {}: Argo CD knows the tokens of a project \
             by that alone, so neither can be deleted without the other",
            minted.id()
        ));
    }
}

/// Revokes what was made and not delivered; the error says what became of it.
pub(super) fn give_up(
    error: Error,
    made: Vec<Minted<'_>>,
    argocd: &cli::Argocd,
    diary: &dyn Diary,
) -> Error {
    made.into_iter().fold(error, |error, minted| {
        let (id, owner) = (minted.id().to_owned(), minted.owner().clone());
        let fate = minted.revoke();
        note(&fate, &owner, &id, diary);
        tell(error, &fate, &owner, &id, argocd)
    })
}

/// Why there is no token, and what became of one that may have been made.
fn not_made(unmade: Unmade, owner: &Owner, argocd: &cli::Argocd, diary: &dyn Diary) -> Error {
    let Unmade { id, why, fate } = unmade;
    note(&fate, owner, &id, diary);
    let error = match why {
        Why::Unnamed(error) => error,
        Why::Interrupted => Error::new(Kind::Interrupted, "interrupted while a token was made"),
        Why::Wrong(what) => Error::external(what)
            .hint("is that really argocd, and an Argo CD server? A token that is not what was asked for is not handed over"),
        Why::Problem(problem) => {
            let taken = problem.reason() == Some(&Reason::DuplicateId);
            let error = Error::from(problem);
            if taken {
                // A server that lost a race may have made it for this very call.
                let command = deletion(owner, &id, argocd);
                error.hint(format!("if token {id} is not in use, delete it with: {command}"))
            } else {
                error
            }
        }
    };
    tell(error, &fate, owner, &id, argocd)
}

/// Writes down that nothing is left of a token, if that is so.
fn note(fate: &Fate, owner: &Owner, id: &str, diary: &dyn Diary) {
    if !matches!(fate, Fate::Unknown(_)) {
        // Where it cannot be written down, the next run looks for it in vain: that is no loss.
        let _ = diary.write(Step::Gone(owner, id));
    }
}

/// Adds what became of a token.
pub(in crate::commands) fn tell(
    error: Error,
    fate: &Fate,
    owner: &Owner,
    id: &str,
    argocd: &cli::Argocd,
) -> Error {
    let command = deletion(owner, id, argocd);
    match fate {
        Fate::NeverMade => error,
        Fate::Revoked => error.hint(format!(
            "token {id} was made and is revoked: nothing is left of it"
        )),
        Fate::NotFound => error.hint(format!(
            "token {id} was looked for and is not there; should it turn up after all, delete it \
             with: {command}"
        )),
        Fate::Unknown(problem) => error.hint(format!(
            "token {id} may exist and could not be revoked ({problem}); delete it with: {command}"
        )),
    }
}
