//! Deleting tokens that have expired, are old, or are not known.

use crate::argocd::{Client, Gone, Problem};
use crate::error::{Error, Kind, Result};
use crate::model::{TokenClaims, TokenOwner, TokenRecord};
use crate::text::{Moment, Note, Span};

/// An owner with its tokens, the newest first.
pub type OwnedTokens = (TokenOwner, Vec<TokenRecord>);

/// Which tokens are to go.
#[derive(Clone, Copy, Debug)]
pub struct PruneRule<'a> {
    /// Those that have expired.
    pub expired: bool,
    /// Those that are older.
    pub older_than: Option<Span>,
    /// All but so many of the newest that are valid.
    pub keep_newest: Option<usize>,
    /// All but these.
    pub except: &'a [String],
    /// Only those whose id begins so.
    pub id_prefix: &'a str,
    /// Whether the last valid one goes too.
    pub all: bool,
}

/// A token to delete.
#[derive(Clone, Debug)]
pub struct Doomed {
    /// Its owner.
    pub owner: TokenOwner,
    /// The token.
    pub token: TokenRecord,
}

/// Chooses the tokens that go; the one that is presented comes last, because it deletes the others.
///
/// # Errors
/// An id to keep that does not exist; a choice that would leave an owner without a valid token.
pub fn choose_doomed(
    rule: &PruneRule<'_>,
    all: &[OwnedTokens],
    client: &Client<'_>,
    now: Moment,
    notes: &mut Vec<Note>,
) -> Result<Vec<Doomed>> {
    if let Some(id) = unknown(rule, all) {
        return Err(
            Error::input(format!("there is no token `{}` to keep", id.escape_debug()))
                .hint("nothing is deleted: a typo in an id would delete the token that is in use")
                .hint(format!(
                    "{} shows the ids there are",
                    client.commands().line(&["token", "list"])
                )),
        );
    }
    let mut doomed = Vec::new();
    for (owner, tokens) in all {
        doomed.extend(choose(rule, owner, tokens, now, notes)?);
    }
    let own = own_id(client);
    doomed.sort_by_key(|one| own.as_deref() == Some(&one.token.id));
    Ok(doomed)
}

/// Whether the token that is presented is among those to delete.
pub fn deletes_itself(doomed: &[Doomed], client: &Client<'_>) -> bool {
    let own = own_id(client);
    let is_own = |one: &Doomed| own.as_deref() == Some(&one.token.id);
    doomed.iter().any(is_own)
}

/// An id to keep that does not exist.
fn unknown<'a>(rule: &PruneRule<'a>, all: &[OwnedTokens]) -> Option<&'a String> {
    rule.except.iter().find(|id| {
        let mut tokens = all.iter().flat_map(|(_, tokens)| tokens);
        !tokens.any(|token| token.id == **id)
    })
}

/// The tokens of one owner that are to go.
fn choose(
    rule: &PruneRule<'_>,
    owner: &TokenOwner,
    tokens: &[TokenRecord],
    now: Moment,
    notes: &mut Vec<Note>,
) -> Result<Vec<Doomed>> {
    let prefix = rule.id_prefix;
    let mut valid_so_far = 0;
    let mut goes = |token: &TokenRecord| {
        if !token.id.starts_with(prefix) {
            return false;
        }
        if rule.expired || rule.keep_newest.is_some() {
            if token.expired(now) {
                return true;
            }
            valid_so_far += 1;
            return rule.keep_newest.is_some_and(|keep| valid_so_far > keep);
        }
        match rule.older_than {
            Some(span) => now.since(token.issued) > span,
            None => !rule.except.contains(&token.id),
        }
    };
    let mut going: Vec<&TokenRecord> = tokens.iter().filter(|token| goes(token)).collect();
    let stays = |token: &&TokenRecord, going: &[&TokenRecord]| {
        !token.expired(now) && !going.iter().any(|other| other.id == token.id)
    };
    let valid_before = tokens.iter().any(|token| !token.expired(now));
    let valid_after = tokens.iter().any(|token| stays(&token, &going));
    if valid_before && !valid_after && !rule.all {
        if !rule.except.is_empty() {
            return Err(
                Error::usage(format!("no valid token of {owner} would be left"))
                    .hint(
                        "make a new one first, and name it too: kubectl octopus-argo token create",
                    )
                    .hint("or add --all to delete them all"),
            );
        }
        // The newest comes first.
        if let Some(at) = going.iter().position(|token| !token.expired(now)) {
            let kept = going.remove(at);
            notes.push(Note::warning(format!(
                "kept {}: it is the last valid token of {owner}; --all deletes it too",
                kept.id
            )));
        }
    }
    let doomed = going.into_iter().map(|token| Doomed {
        owner: owner.clone(),
        token: token.clone(),
    });
    Ok(doomed.collect())
}

/// The id of the token that is presented, if that is known.
fn own_id(client: &Client<'_>) -> Option<String> {
    let claims = TokenClaims::decode(client.presented()?.expose()).ok()?;
    claims.id().map(str::to_owned)
}

/// Deletes all tokens of a role that were made in the same second as this one, where all of them
/// are to go; `None` where one is to stay, because no one can say which would go.
fn delete_second<'d>(
    doomed: &'d [Doomed],
    all: &[OwnedTokens],
    owner: &TokenOwner,
    token: &TokenRecord,
    client: &Client<'_>,
) -> Option<std::result::Result<Vec<&'d TokenRecord>, Problem>> {
    let TokenOwner::Role { project, role } = owner else {
        return None;
    };
    let going = doomed.iter().filter(|one| one.owner == *owner);
    let going = going.map(|one| &one.token);
    let going: Vec<&TokenRecord> = going.filter(|one| one.issued == token.issued).collect();
    let there = all.iter().filter(|(of, _)| of == owner);
    let there = there.flat_map(|(_, tokens)| tokens);
    if there.filter(|one| one.issued == token.issued).count() != going.len() {
        return None;
    }
    let deleted = client.delete_second(project, role, token.issued);
    Some(deleted.map(|()| going))
}

/// Deletes tokens one by one; a failure does not keep the others from going.
///
/// # Errors
/// Why one of them is not deleted, or that the user asked to stop.
pub fn delete_all(
    doomed: &[Doomed],
    all: &[OwnedTokens],
    client: &Client<'_>,
    say: &mut dyn FnMut(Note),
) -> Result<()> {
    let mut left: Vec<Error> = Vec::new();
    let mut gone: Vec<(&TokenOwner, &String)> = Vec::new();
    for (done, Doomed { owner, token }) in doomed.iter().enumerate() {
        if gone.contains(&(owner, &token.id)) {
            continue;
        }
        let outcome = match client.delete(owner, &token.id) {
            Err(problem @ Problem::Twins { .. }) => {
                let deleted = delete_second(doomed, all, owner, token, client);
                deleted.unwrap_or(Err(problem)).map(|twins| {
                    for twin in twins.into_iter().filter(|twin| twin.id != token.id) {
                        say(Note::new(format!("deleted {} of {owner}", twin.id)));
                        gone.push((owner, &twin.id));
                    }
                    Gone::Deleted
                })
            }
            outcome => outcome,
        };
        match outcome {
            Ok(Gone::Deleted) => say(Note::new(format!("deleted {} of {owner}", token.id))),
            Ok(Gone::NotThere) => say(Note::new(format!("{} of {owner} was gone", token.id))),
            Err(problem) if problem.is_interrupt() => {
                let left: Vec<_> = doomed[done..]
                    .iter()
                    .map(|one| one.token.id.as_str())
                    .collect();
                return Err(Error::new(Kind::Interrupted, "interrupted")
                    .hint(format!("not deleted: {}", left.join(", "))));
            }
            Err(problem) => {
                let error = Error::from(problem);
                say(Note::warning(format!(
                    "{} of {owner} is not deleted: {error}",
                    token.id
                )));
                left.push(error);
            }
        }
    }
    let count = left.len();
    let Some(first) = left.into_iter().next() else {
        return Ok(());
    };
    let hints = first.hints().to_vec();
    let error = Error::external(format!(
        "{count} of {} tokens are not deleted",
        doomed.len()
    ));
    Err(hints.into_iter().fold(error, Error::hint))
}
