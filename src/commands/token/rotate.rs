//! `token rotate`: makes the next token, proves it, hands it over. The old one stays valid until it
//! is revoked on request: an account is never without a valid token.

use super::create::expiry;
use super::deliver::{self, TokenDestination};
use super::{manifest, owner, records};
use crate::argocd::{HintCommands, TOKEN_VARIABLE};
use crate::cli::{OwnerArgs, TokenRotateArgs};
use crate::commands::argocd::{client, commands, now, presented, refuse_core};
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::model::TokenOwner;
use crate::model::{Expiry, ProjectName, Subject};
use crate::octopus::Needs;
use crate::process::Hold;
use crate::text::{Moment, Secret, Span};
use crate::tokens::{
    NewTokens, OldIds, OldToken, Present, Replaced, StepLog, TokenStep, Unlogged, check_id,
    find_old, give_up, issue, prove, revoke_old, rotation_is_early,
};

/// Restarts the gateway, which reads its token only when it starts.
pub(crate) const RESTART: &str = "kubectl rollout restart deployment -l app.kubernetes.io/name=octopus-argocd-gateway -n NAMESPACE";

pub(super) fn run(args: &TokenRotateArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    deliver::refuse_for_one(&args.delivery, args.token_dir.as_deref())?;
    let owners = owners(args)?;
    let present = find_present(args, &owners, context)?;
    rotate(args, present.as_ref(), &Unlogged, context)
}

/// Returns the token that is presented, if one is.
fn find_present(
    args: &TokenRotateArgs,
    owners: &[TokenOwner],
    context: &mut Context<'_, '_>,
) -> Result<Option<Present>> {
    let [TokenOwner::Account(wanted)] = owners else {
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
    let present = Present::new(token, claims, &place)?;
    if let Some(other) = args.old.iter().find(|old| **old != present.id) {
        return Err(Error::usage(format!(
            "--old {other} is not the token that is presented ({})",
            present.id
        ))
        .hint("the old token is the one presented; leave --old out"));
    }
    Ok(Some(present))
}

/// Whose tokens. An account's projects are what it is confined to, and no part of its name.
fn owners(args: &TokenRotateArgs) -> Result<Vec<TokenOwner>> {
    let mut named = args.owner.clone();
    if named.role.is_none() {
        named.project.clear();
    }
    let owners = owner::owners(&named)?;
    owner::may_be_given(&owners)?;
    Ok(owners)
}

/// What the new tokens must be able to.
fn needs(args: &TokenRotateArgs, owner: &TokenOwner) -> Result<Needs> {
    let OwnerArgs { project, .. } = &args.owner;
    let named: Vec<&String> = match owner {
        TokenOwner::Account(_) => project.iter().collect(),
        TokenOwner::Role { project, .. } => vec![project],
    };
    let projects = named.into_iter().map(|name| ProjectName::new(name));
    Ok(Needs {
        allow_sync: args.allow_sync,
        projects: projects.collect::<Result<_, _>>().map_err(Error::usage)?,
        role: args.owner.role.is_some(),
    })
}

/// What the command line says.
struct RotatePlan {
    owners: Vec<TokenOwner>,
    all_needs: Vec<Needs>,
    prefix: String,
    id: Option<String>,
    asked: Option<Expiry>,
}

fn plan(args: &TokenRotateArgs) -> Result<RotatePlan> {
    let owners = owners(args)?;
    let all_needs: Result<Vec<Needs>> = owners.iter().map(|owner| needs(args, owner)).collect();
    let prefix = owner::prefix(args.id_prefix.as_deref(), &owners)?;
    let id = args
        .id
        .as_deref()
        .map(|id| check_id("--id", id))
        .transpose()?;
    Ok(RotatePlan {
        owners,
        all_needs: all_needs?,
        prefix,
        id,
        asked: expiry(args.lifetime)?,
    })
}

/// Whose tokens; refuses what is wrong with the command line.
pub(crate) fn check(args: &TokenRotateArgs) -> Result<Vec<TokenOwner>> {
    let RotatePlan { owners, .. } = plan(args)?;
    manifest::check(&args.delivery, &owners)?;
    Ok(owners)
}

/// Makes the next token and hands it over; logs each step.
#[expect(
    clippy::too_many_lines,
    reason = "the order of the steps is what matters, and reads best in one place"
)]
pub(crate) fn rotate(
    args: &TokenRotateArgs,
    present: Option<&Present>,
    log: &dyn StepLog,
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    let RotatePlan {
        owners,
        all_needs,
        prefix,
        id,
        asked,
    } = plan(args)?;
    if args.revoke_old && args.delivery.output_file.is_none() {
        return Err(refuse_to_revoke(args, &owners, present));
    }
    let plain = client(&args.argocd, context)?;
    refuse_core(&plain)?;
    let client = match present {
        Some(present) => plain.presenting(&present.token),
        None => plain,
    };
    if let Some(present) = present
        && let Some(within) = args.if_expires_within
        && let Some(why) = rotation_is_early(present.claims.expires(), within, now(context))
    {
        context.conclude(true, format!("nothing to do: token {} {why}", present.id));
        return Ok(Code::OK);
    }
    let mut notes = Vec::new();
    let named = OldIds {
        ids: &args.old,
        of_one_owner: owners.len() == 1,
    };
    let now = now(context);
    let olds = owners
        .iter()
        .map(|owner| find_old(owner, present, named, &prefix, &client, now, &mut notes));
    let olds: Result<Vec<OldToken>> = olds.collect();
    context.tell(&notes);
    let olds = olds?;
    if present.is_none()
        && let Some(why) = all_too_early(args, &olds, now)
    {
        context.conclude(true, why);
        return Ok(Code::OK);
    }
    let Some(expiry) = asked.or_else(|| same_as(&olds, present)) else {
        return Err(Error::usage("how long is the new token to be valid?")
            .hint("the old one never expires, or there is none, so it does not say")
            .hint("say it: --expires-in 90d, or --no-expiry"));
    };
    let destination = TokenDestination::check(&args.delivery, &owners, context)?;
    let going = olds
        .iter()
        .filter_map(|old| Some((old.owner.clone(), old.id.clone().filter(|_| !old.gone)?)));
    log.write(TokenStep::Replacing(&going.collect::<Vec<_>>()))?;
    let new = NewTokens {
        owners: &owners,
        id,
        prefix: &prefix,
        expiry,
        known: olds.iter().flat_map(|old| old.before.clone()).collect(),
    };
    let mut notes = Vec::new();
    let made = issue(&new, &client, log, context.host.clock, &mut notes);
    context.tell(&notes);
    let made = made?;
    for (minted, needs) in made.iter().zip(&all_needs) {
        let old = present.map(|_| &client);
        let mut notes = Vec::new();
        let proved = prove(minted, old, needs, &mut notes);
        context.tell(&notes);
        if let Err(error) = proved {
            let error = error.hint("the old token is as valid as before");
            return Err(give_up(error, made, client.commands(), log));
        }
    }
    // The new tokens delete the old ones, which proves them once more; those of projects may not.
    let hands: Vec<Secret> = made.iter().map(|minted| minted.token().clone()).collect();
    let _hold = Hold::new();
    let delivered = destination.hand_over(made, client.commands(), log, context)?;
    let outcome = match log.write(TokenStep::Delivered) {
        Ok(()) if args.revoke_old => {
            for old in olds.iter().filter(|old| old.id.is_none()) {
                context.note(format!("{} had no old token to revoke", old.owner));
            }
            let replaced = olds.iter().zip(&hands).filter_map(|(old, by)| {
                let (owner, id) = (&old.owner, old.id.as_deref()?);
                Some(Replaced { owner, id, by })
            });
            let mut notes = Vec::new();
            let revoked = revoke_old(replaced, &client, log, &mut notes);
            context.tell(&notes);
            if !context.in_fleet() {
                context.warn(format!(
                    "a gateway that still runs with an old token stops working: it must be \
                     restarted now, if it was not: {RESTART}"
                ));
            }
            revoked
        }
        Ok(()) => {
            keep(&olds, &destination, client.commands(), context);
            Ok(())
        }
        Err(error) => Err(error),
    };
    deliver::tell(&delivered, &args.delivery, client.commands(), context);
    let more = of_the_old(&olds, args.revoke_old);
    deliver::conclude(&delivered, &args.delivery, &more, context);
    outcome.map(|()| Code::OK)
}

/// What becomes of the old tokens, for the report of several instances.
fn of_the_old(olds: &[OldToken], revoked: bool) -> String {
    let ids = olds.iter().filter(|old| !old.gone);
    let ids: Vec<&str> = ids.filter_map(|old| old.id.as_deref()).collect();
    match (ids.is_empty(), revoked) {
        (true, _) => String::new(),
        (false, true) => format!("; {} is revoked", ids.join(", ")),
        (false, false) => format!("; {} stays valid", ids.join(", ")),
    }
}

/// What becomes of whatever reads stdout cannot be known, so nothing is revoked behind it.
fn refuse_to_revoke(
    args: &TokenRotateArgs,
    owners: &[TokenOwner],
    present: Option<&Present>,
) -> Error {
    let id = present.map_or("OLD-ID", |present| present.id.as_str());
    let error = Error::usage("--revoke-old needs --output-file: whether a pipe's reader has kept the new token cannot be known")
        .hint(format!("rotate without --revoke-old, then restart the gateway: {RESTART}"));
    owners.iter().fold(error, |error, owner| {
        let command = commands(&args.argocd).delete_token(owner, id);
        error.hint(format!("and then: {command}"))
    })
}

/// Why it is too early to rotate where nothing is presented: each owner's old token, as the server remembers it.
fn all_too_early(args: &TokenRotateArgs, olds: &[OldToken], now: Moment) -> Option<String> {
    let mut reasons = Vec::new();
    for old in olds {
        let record = old.record.as_ref()?;
        let why = rotation_is_early(record.expires, args.if_expires_within?, now)?;
        reasons.push(format!("token {} of {} {why}", record.id, old.owner));
    }
    Some(format!("nothing to do: {}", reasons.join("; ")))
}

/// As long as the old token.
fn same_as(olds: &[OldToken], present: Option<&Present>) -> Option<Expiry> {
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

/// Says what stays, and how it goes later.
fn keep(
    olds: &[OldToken],
    destination: &TokenDestination<'_>,
    commands: &HintCommands,
    context: &mut Context<'_, '_>,
) {
    for old in olds {
        let Some(id) = old.id.as_deref().filter(|_| !old.gone) else {
            continue;
        };
        let until = match &old.record {
            Some(record) => match record.expires {
                Some(_) => format!("until {}", records::expiry(record)),
                None => "for ever".to_owned(),
            },
            None => "as before".to_owned(),
        };
        context.note(format!(
            "the old token {id} of {} stays valid {until}",
            old.owner
        ));
        let place = if destination.is_file() {
            "from the file"
        } else {
            "behind the pipe"
        };
        context.next(format!(
            "bring the new token {place} to the gateway, restart it ({RESTART}), then: {}",
            commands.delete_token(&old.owner, id)
        ));
    }
}
