//! Rotation: which token is replaced, whether it is time to, and revoking it in the end.

use super::destination::TokenDestination;
use super::present::Present;
use super::steps::{StepLog, TokenStep};
use crate::argocd::{Client, Gone, HintCommands};
use crate::error::{Error, Kind, Result};
use crate::model::{Expiry, TokenOwner, TokenRecord};
use crate::text::{Moment, Note, Secret, Span};

/// Restarts the gateway, which reads its token only when it starts.
pub const RESTART: &str = "kubectl rollout restart deployment -l app.kubernetes.io/name=octopus-argocd-gateway -n NAMESPACE";

/// The ids of old tokens that the user named.
#[derive(Clone, Copy)]
pub struct OldIds<'a> {
    /// The ids, each of any of the owners.
    pub ids: &'a [String],
    /// Whether there is one owner, so that an id can be meant for no one else.
    pub of_one_owner: bool,
}

/// The token that an owner's new one replaces.
pub struct OldToken {
    /// The owner.
    pub owner: TokenOwner,
    /// Its id; nothing where the owner has no token of ours.
    pub id: Option<String>,
    /// What the server remembers of it.
    pub record: Option<TokenRecord>,
    /// Whether the server has no such token any more.
    pub gone: bool,
    /// The ids of all tokens that the owner had when it was looked for.
    pub before: Vec<String>,
}

/// Finds the old token: the one presented; or the one that is named; or the only unexpired one of
/// ours. Says what else is there: an earlier run that did not come to its end may have left it.
///
/// # Errors
/// If there are several candidates, or the server does not answer.
pub fn find_old(
    owner: &TokenOwner,
    present: Option<&Present>,
    named: OldIds<'_>,
    prefix: &str,
    client: &Client<'_>,
    now: Moment,
    notes: &mut Vec<Note>,
) -> Result<OldToken> {
    let tokens = client.tokens(owner)?;
    let ours = |token: &&TokenRecord| token.id.starts_with(prefix) && !token.expired(now);
    let id = match present {
        Some(present) => Some(present.id.clone()),
        None => named_id(named, &tokens),
    };
    let id = match id {
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
            notes.push(Note::new(format!(
                "the old token {id} of {owner} is gone already"
            )));
        }
        Some(_) => {}
        None => notes.push(Note::new(format!(
            "{owner} has no unexpired token {prefix}…: this is its first"
        ))),
    }
    if !others.is_empty() {
        notes.push(Note::new(format!(
            "{owner} has other valid tokens too: {}; an earlier run may have left them; delete them if unused: {}",
            others.join(", "),
            client.commands().token("prune", owner, &["--except", "ID"])
        )));
    }
    Ok(OldToken {
        owner: owner.clone(),
        gone: id.is_some() && record.is_none(),
        record: record.cloned(),
        before: tokens.iter().map(|token| token.id.clone()).collect(),
        id,
    })
}

/// The id among those that the user named that is this owner's: one that it has, or else, where it
/// can be meant for no one else, one that is gone.
fn named_id(named: OldIds<'_>, tokens: &[TokenRecord]) -> Option<String> {
    let has = |id: &&String| tokens.iter().any(|token| token.id == **id);
    let found = named.ids.iter().find(has);
    found
        .or_else(|| named.ids.first().filter(|_| named.of_one_owner))
        .cloned()
}

/// The only candidate.
fn only(owner: &TokenOwner, candidates: &[&TokenRecord]) -> Result<Option<String>> {
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
                error.hint(format!(
                    "{} (issued {}, expires {})",
                    token.id,
                    token.issued,
                    token.until()
                ))
            }))
        }
    }
}

/// Why it is too early to rotate a token that expires then; `None` if it is time.
pub fn rotation_is_early(expires: Option<Moment>, within: Span, now: Moment) -> Option<String> {
    match expires {
        None => Some("never expires".to_owned()),
        Some(expires) if expires.since(now) > within => {
            let left = expires.since(now).age();
            Some(format!(
                "expires {expires}, in {left}, which is not within {within}"
            ))
        }
        Some(_) => None,
    }
}

/// An old token to revoke, and the new one of its owner.
pub struct Replaced<'a> {
    /// The owner.
    pub owner: &'a TokenOwner,
    /// The old token's id.
    pub id: &'a str,
    /// The new token, which deletes the old one.
    pub by: &'a Secret,
}

/// Revokes old tokens, each by its successor, which proves that once more; those of projects'
/// roles may not, so `client` does it.
///
/// # Errors
/// Why one of them is not revoked; the others are, unless the user asked to stop.
pub fn revoke_old<'a>(
    replaced: impl Iterator<Item = Replaced<'a>>,
    client: &Client<'_>,
    log: &dyn StepLog,
    notes: &mut Vec<Note>,
) -> Result<()> {
    let mut failed: Option<Error> = None;
    for Replaced { owner, id, by } in replaced {
        let outcome = match owner {
            TokenOwner::Account(_) => client.presenting(by).delete(owner, id),
            TokenOwner::Role { .. } => client.delete(owner, id),
        };
        match outcome {
            Ok(gone) => {
                let how = match gone {
                    Gone::Deleted => "is revoked",
                    Gone::NotThere => "was gone already",
                };
                notes.push(Note::new(format!("the old token {id} of {owner} {how}")));
                if let Err(error) = log.write(TokenStep::Revoked(owner, id)) {
                    failed.get_or_insert(error);
                }
            }
            Err(problem) => {
                let interrupted = problem.is_interrupt();
                let error = Error::from(problem);
                let kind = if interrupted {
                    Kind::Interrupted
                } else {
                    Kind::External
                };
                let what =
                    format!("the new token is delivered, and the old token {id} is not revoked");
                let command = client.commands().delete_token(owner, id);
                let error = Error::new(kind, what)
                    .caused_by(error)
                    .hint(format!("delete it with: {command}"))
                    .hint(format!(
                        "{} shows what is there",
                        client.commands().token("list", owner, &[])
                    ));
                failed.get_or_insert(error);
                if interrupted {
                    break;
                }
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Returns whether the old tokens stay valid, for the report of several instances.
pub fn of_the_old(olds: &[OldToken], revoked: bool) -> String {
    let ids = olds.iter().filter(|old| !old.gone);
    let ids: Vec<&str> = ids.filter_map(|old| old.id.as_deref()).collect();
    match (ids.is_empty(), revoked) {
        (true, _) => String::new(),
        (false, true) => format!("; {} is revoked", ids.join(", ")),
        (false, false) => format!("; {} stays valid", ids.join(", ")),
    }
}

/// Refuses to revoke the old token behind a pipe: whether its reader kept the new one cannot be known.
pub fn refuse_to_revoke(
    owners: &[TokenOwner],
    present: Option<&Present>,
    commands: &HintCommands,
) -> Error {
    let id = present.map_or("OLD-ID", |present| present.id.as_str());
    let error = Error::usage("--revoke-old needs --output-file: whether a pipe's reader has kept the new token cannot be known")
        .hint(format!("rotate without --revoke-old, then restart the gateway: {RESTART}"));
    owners.iter().fold(error, |error, owner| {
        let command = commands.delete_token(owner, id);
        error.hint(format!("and then: {command}"))
    })
}

/// Why it is too early to rotate where nothing is presented: each owner's old token, as the server remembers it.
pub fn all_too_early(within: Option<Span>, olds: &[OldToken], now: Moment) -> Option<String> {
    let mut reasons = Vec::new();
    for old in olds {
        let record = old.record.as_ref()?;
        let why = rotation_is_early(record.expires, within?, now)?;
        reasons.push(format!("token {} of {} {why}", record.id, old.owner));
    }
    Some(format!("nothing to do: {}", reasons.join("; ")))
}

/// Returns how long the old token was valid.
pub fn same_as(olds: &[OldToken], present: Option<&Present>) -> Option<Expiry> {
    let claimed = present.and_then(|present| {
        let claims = &present.claims;
        Some(claims.expires()?.since(claims.issued()?))
    });
    let remembered = || {
        let spans = olds.iter().filter_map(|old| {
            let record = old.record.as_ref()?;
            Some(record.expires?.since(record.issued))
        });
        spans.max()
    };
    let span = claimed.or_else(remembered)?;
    (span > Span::seconds(0)).then_some(Expiry::In(span))
}

/// Returns what stays, and how it goes later.
pub fn what_stays(
    olds: &[OldToken],
    destination: &TokenDestination<'_>,
    commands: &HintCommands,
) -> Vec<Note> {
    let place = destination.in_words();
    let mut notes = Vec::new();
    for old in olds {
        let Some(id) = old.id.as_deref().filter(|_| !old.gone) else {
            continue;
        };
        let until = match &old.record {
            Some(record) if record.expires.is_none() => "for ever".to_owned(),
            Some(record) => format!("until {}", record.until()),
            None => "as before".to_owned(),
        };
        notes.push(Note::new(format!(
            "the old token {id} of {} stays valid {until}",
            old.owner
        )));
        notes.push(Note::next(format!(
            "bring the new token {place} to the gateway, restart it ({RESTART}), then: {}",
            commands.delete_token(&old.owner, id)
        )));
    }
    notes
}
