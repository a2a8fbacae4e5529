//! Making tokens, and what is said of those that did not reach their place.

use super::owner::new_id;
use crate::cli;
use crate::commands::argocd::{deletion, now};
use crate::commands::context::Context;
use crate::error::{Error, Kind, Result};
use crate::model::{Expiry, Moment};
use crate::process::argocd::{Client, Fate, Minted, Naming, Owner, Reason, Unmade, Why};

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
}

/// Makes a token for each owner; where one cannot be made, the others are revoked.
pub(super) fn make<'h>(
    order: &Order<'_>,
    client: &Client<'h>,
    argocd: &cli::Argocd,
    context: &mut Context<'_, 'h>,
) -> Result<Vec<Minted<'h>>> {
    let clock = context.host.clock;
    let id = || new_id(order.prefix, Moment::from(clock()));
    let naming = match &order.id {
        Some(id) => Naming::Given(id.clone()),
        None => Naming::Made(&id),
    };
    let mut made = Vec::new();
    for owner in order.owners {
        match client.mint(owner, &naming, order.expiry, now(context)) {
            Ok(minted) => made.push(minted),
            Err(unmade) => {
                return Err(give_up(not_made(*unmade, owner, argocd), made, argocd));
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
pub(super) fn give_up(error: Error, made: Vec<Minted<'_>>, argocd: &cli::Argocd) -> Error {
    made.into_iter().fold(error, |error, minted| {
        let (id, owner) = (minted.id().to_owned(), minted.owner().clone());
        let fate = minted.revoke();
        tell(error, &fate, &owner, &id, argocd)
    })
}

/// Why there is no token, and what became of one that may have been made.
fn not_made(unmade: Unmade, owner: &Owner, argocd: &cli::Argocd) -> Error {
    let Unmade { id, why, fate } = unmade;
    let error = match why {
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

/// Adds what became of a token.
fn tell(error: Error, fate: &Fate, owner: &Owner, id: &str, argocd: &cli::Argocd) -> Error {
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
