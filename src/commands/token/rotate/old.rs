//! Which token is being replaced.

use crate::argocd::{Client, Owner, TOKEN_VARIABLE};
use crate::cli::TokenRotateArgs;
use crate::commands::argocd::{now, presented};
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::model::{Claims, Subject, TokenRecord};
use crate::text::Secret;

/// The present token, which makes its own successor.
pub(in crate::commands) struct Present {
    pub(super) token: Secret,
    pub(super) claims: Claims,
    pub(super) id: String,
}

impl Present {
    /// The token that is presented, if one is.
    pub(super) fn find(
        args: &TokenRotateArgs,
        owners: &[Owner],
        context: &mut Context<'_, '_>,
    ) -> Result<Option<Self>> {
        let [Owner::Account(wanted)] = owners else {
            // A token of a project may not make tokens: whatever is in the environment is a login.
            return Ok(None);
        };
        let Some((token, claims)) = presented(args.token_file.as_deref(), context)? else {
            return Ok(None);
        };
        let place = match &args.token_file {
            Some(path) => format!("--token-file {}", path.display()),
            None => TOKEN_VARIABLE.to_owned(),
        };
        let name = match claims.subject() {
            Some(Subject::Account { name, .. }) => name,
            Some(subject @ Subject::ProjectRole { .. }) => {
                return Err(Error::usage(format!("{place} is a token of a project's role ({subject}), which may not make tokens"))
                    .hint("somebody who may update the project can: --role ROLE --project PROJECT, with argocd's own login"));
            }
            None => {
                return Err(Error::input(format!(
                    "{place} holds a token without a subject"
                )));
            }
        };
        if name != *wanted {
            if args.token_file.is_none() && args.owner.account.is_some() {
                context.note(format!(
                    "{TOKEN_VARIABLE} is a token of account {name}: it is used to log in, and is not \
                     the one that is replaced"
                ));
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
        let present = Self::new(token, claims, &place)?;
        if let Some(other) = args.old.iter().find(|old| **old != present.id) {
            return Err(Error::usage(format!(
                "--old {other} is not the token that is presented ({})",
                present.id
            ))
            .hint("the old token is the one presented; leave --old out"));
        }
        Ok(Some(present))
    }

    /// A token of the account that is rotated; `place` is where it was found.
    pub(in crate::commands) fn new(token: Secret, claims: Claims, place: &str) -> Result<Self> {
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

/// The token that an owner's new one replaces.
pub(super) struct Old {
    pub(super) owner: Owner,
    /// Its id; nothing where the owner has no token of ours.
    pub(super) id: Option<String>,
    /// What the server remembers of it.
    pub(super) record: Option<TokenRecord>,
    /// Whether the server has no such token any more.
    pub(super) gone: bool,
}

/// Finds the old token: the one presented; or the one that is named; or the only unexpired one of
/// ours. Says what else is there: an earlier run that did not come to its end may have left it.
pub(super) fn find(
    args: &TokenRotateArgs,
    owner: &Owner,
    present: Option<&Present>,
    prefix: &str,
    client: &Client<'_>,
    context: &mut Context<'_, '_>,
) -> Result<Old> {
    let tokens = client.tokens(owner)?;
    let now = now(context);
    let ours = |token: &&TokenRecord| token.id.starts_with(prefix) && !token.expired(now);
    let named = match present {
        Some(present) => Some(present.id.clone()),
        None => named(args, &tokens),
    };
    let id = match named {
        Some(id) => Some(id),
        None => only(owner, &tokens.iter().filter(ours).collect::<Vec<_>>())?,
    };
    let record = tokens.iter().find(|token| Some(&token.id) == id.as_ref());
    let others: Vec<_> = tokens
        .iter()
        .filter(ours)
        .filter(|token| Some(&token.id) != id.as_ref())
        .map(|token| format!("{} (issued {})", token.id, token.issued))
        .collect();
    match &id {
        Some(id) if record.is_none() => {
            context.note(format!("the old token {id} of {owner} is gone already"));
        }
        Some(_) => {}
        None => context.note(format!(
            "{owner} has no unexpired token {prefix}…: this is its first"
        )),
    }
    if !others.is_empty() {
        context.note(format!(
            "{owner} has other valid tokens too: {}; if they are not in use (an earlier run may \
             have been interrupted), delete them: kubectl octopus-argo token prune --except ID",
            others.join(", ")
        ));
    }
    Ok(Old {
        owner: owner.clone(),
        gone: id.is_some() && record.is_none(),
        record: record.cloned(),
        id,
    })
}

/// The id that `--old` names for this owner: one that it has, or else, where it can be meant for
/// nobody else, one that is gone.
fn named(args: &TokenRotateArgs, tokens: &[TokenRecord]) -> Option<String> {
    let found = args
        .old
        .iter()
        .find(|old| tokens.iter().any(|token| token.id == **old));
    let single = args.owner.role.is_none() || args.owner.project.len() < 2;
    found
        .or_else(|| args.old.first().filter(|_| single))
        .cloned()
}

/// The only candidate.
fn only(owner: &Owner, candidates: &[&TokenRecord]) -> Result<Option<String>> {
    match candidates {
        [] => Ok(None),
        [one] => Ok(Some(one.id.clone())),
        several => {
            let error = Error::usage(format!(
                "{owner} has {} unexpired tokens: which one is replaced?",
                several.len()
            ))
            .hint("name it with --old ID, or present it: --token-file FILE");
            Err(several.iter().fold(error, |error, token| {
                let expires = crate::commands::token::records::expiry(token);
                error.hint(format!(
                    "{} (issued {}, expires {expires})",
                    token.id, token.issued
                ))
            }))
        }
    }
}
