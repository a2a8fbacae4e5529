//! `token prune`: deletes tokens that have expired, are old, or are not known.

use super::{owner, records};
use crate::argocd::{Client, Gone, Problem};
use crate::cli::TokenPruneArgs;
use crate::commands::argocd::{client, now};
use crate::commands::context::Context;
use crate::error::{Code, Error, Kind, Result};
use crate::model::TokenOwner;
use crate::model::{Moment, TokenClaims, TokenRecord};
use crate::report::table;
use crate::text::counted;

/// A token to delete.
struct Doomed {
    owner: TokenOwner,
    token: TokenRecord,
}

pub(super) fn run(args: &TokenPruneArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let owners = owner::owners(&args.owner)?;
    let client = client(&args.argocd, context)?;
    let now = now(context);
    let mut all = Vec::new();
    for owner in owners {
        let tokens = client.tokens(&owner)?;
        all.push((owner, tokens));
    }
    if let Some(id) = unknown(args, &all) {
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
    for (owner, tokens) in &all {
        doomed.extend(choose(args, owner, tokens, now, context)?);
    }
    if doomed.is_empty() {
        context.note("there is nothing to delete");
        return Ok(Code::OK);
    }
    // The token that is presented deletes the others first, and itself last.
    let own = own_id(&client);
    doomed.sort_by_key(|one| own.as_deref() == Some(&one.token.id));
    let plan = plan(&all, &doomed, now);
    context.print(&plan)?;
    if own.is_some()
        && doomed
            .iter()
            .any(|one| own.as_deref() == Some(&one.token.id))
    {
        context.warn("the token used for this call is among them");
    }
    let count = doomed.len();
    if !args.yes && !context.ask(&format!("delete {}?", counted(count, "token")))? {
        context.note("nothing is deleted");
        return Ok(Code::NO);
    }
    delete(&doomed, &all, &client, context)
}

/// An id to keep that does not exist.
fn unknown<'a>(
    args: &'a TokenPruneArgs,
    all: &[(TokenOwner, Vec<TokenRecord>)],
) -> Option<&'a String> {
    args.except.iter().find(|id| {
        let mut tokens = all.iter().flat_map(|(_, tokens)| tokens);
        !tokens.any(|token| token.id == **id)
    })
}

/// The tokens of one owner that are to go.
fn choose(
    args: &TokenPruneArgs,
    owner: &TokenOwner,
    tokens: &[TokenRecord],
    now: Moment,
    context: &mut Context<'_, '_>,
) -> Result<Vec<Doomed>> {
    let prefix = args.id_prefix.as_deref().unwrap_or_default();
    let mut valid_so_far = 0;
    let mut goes = |token: &TokenRecord| {
        if !token.id.starts_with(prefix) {
            return false;
        }
        if args.expired || args.keep_newest.is_some() {
            if token.expired(now) {
                return true;
            }
            valid_so_far += 1;
            return args.keep_newest.is_some_and(|keep| valid_so_far > keep);
        }
        match args.older_than {
            Some(span) => now.since(token.issued) > span,
            None => !args.except.contains(&token.id),
        }
    };
    let mut going: Vec<&TokenRecord> = tokens.iter().filter(|token| goes(token)).collect();
    let stays = |token: &&TokenRecord, going: &[&TokenRecord]| {
        !token.expired(now) && !going.iter().any(|other| other.id == token.id)
    };
    let valid_before = tokens.iter().any(|token| !token.expired(now));
    let valid_after = tokens.iter().any(|token| stays(&token, &going));
    if valid_before && !valid_after && !args.all {
        if !args.except.is_empty() {
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
            context.warn(format!(
                "kept {}: it is the last valid token of {owner}; --all deletes it too",
                kept.id
            ));
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

fn plan(all: &[(TokenOwner, Vec<TokenRecord>)], doomed: &[Doomed], now: Moment) -> String {
    let mut rows = Vec::new();
    for (owner, tokens) in all {
        for token in tokens {
            let goes = doomed
                .iter()
                .any(|one| one.owner == *owner && one.token.id == token.id);
            rows.push(vec![
                if goes { "delete" } else { "keep" }.to_owned(),
                token.id.clone(),
                token.issued.to_string(),
                records::expiry(token),
                records::state(token, now).to_owned(),
                owner.to_string(),
            ]);
        }
    }
    table(&["ACTION", "ID", "ISSUED", "EXPIRES", "STATE", "OF"], &rows)
}

/// Deletes all tokens of a role that were made in the same second as this one, where all of them
/// are to go; `None` where one is to stay, because no one can say which would go.
fn delete_second<'d>(
    doomed: &'d [Doomed],
    all: &[(TokenOwner, Vec<TokenRecord>)],
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

/// Deletes them one by one; a failure does not keep the others from going.
fn delete(
    doomed: &[Doomed],
    all: &[(TokenOwner, Vec<TokenRecord>)],
    client: &Client<'_>,
    context: &mut Context<'_, '_>,
) -> Result<Code> {
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
                    gone.extend(twins.into_iter().map(|twin| (owner, &twin.id)));
                    Gone::Deleted
                })
            }
            outcome => outcome,
        };
        match outcome {
            Ok(Gone::Deleted) => context.note(format!("deleted {} of {owner}", token.id)),
            Ok(Gone::NotThere) => context.note(format!("{} of {owner} was gone", token.id)),
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
                context.warn(format!("{} of {owner} is not deleted: {error}", token.id));
                left.push(error);
            }
        }
    }
    let count = left.len();
    let Some(first) = left.into_iter().next() else {
        return Ok(Code::OK);
    };
    let hints = first.hints().to_vec();
    let error = Error::external(format!(
        "{count} of {} tokens are not deleted",
        doomed.len()
    ));
    Err(hints.into_iter().fold(error, Error::hint))
}
