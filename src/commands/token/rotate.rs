//! `token rotate`: makes the next token, proves it, hands it over. The old one stays valid until it
//! is revoked on request: an account is never without a valid token.

use super::options::{delivery, expiry, owners, refuse_for_one};
use crate::argocd::refuse_core;
use crate::cli::{OwnerArgs, TokenRotateArgs};
use crate::commands::argocd::{client, commands};
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::model::{Expiry, ProjectName, TokenOwner};
use crate::octopus::Needs;
use crate::process::Hold;
use crate::text::Secret;
use crate::tokens::{
    NewTokens, OldIds, OldToken, Present, PresentedToken, RESTART, Replaced, StepLog,
    TokenDestination, TokenStep, Unlogged, all_too_early, check_id, find_old, give_up, id_prefix,
    issue, may_be_given, of_the_old, presented, prove, refuse_to_revoke, revoke_old,
    rotation_is_early, same_as, what_stays,
};

pub(super) fn run(args: &TokenRotateArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    refuse_for_one(&args.delivery, args.token_dir.as_deref())?;
    let owners = rotated(args)?;
    let present = present(args, &owners, context)?;
    rotate(args, present.as_ref(), &Unlogged, context)
}

/// Returns the token that is presented, if one is.
fn present(
    args: &TokenRotateArgs,
    owners: &[TokenOwner],
    context: &mut Context<'_, '_>,
) -> Result<Option<Present>> {
    let [TokenOwner::Account(wanted)] = owners else {
        // A token of a project may not make tokens: whatever is in the environment is a login.
        return Ok(None);
    };
    let file = args.token_file.as_deref();
    let Some((token, claims)) = presented(file, context.host)? else {
        return Ok(None);
    };
    let presented = PresentedToken {
        file,
        wanted,
        is_named: args.owner.account.is_some(),
        old: &args.old,
    };
    context.telling(|notes| presented.accept(token, claims, notes))
}

/// Whose tokens. An account's projects are what it is confined to, and no part of its name.
fn rotated(args: &TokenRotateArgs) -> Result<Vec<TokenOwner>> {
    let mut named = args.owner.clone();
    if named.role.is_none() {
        named.project.clear();
    }
    let owners = owners(&named)?;
    may_be_given(&owners)?;
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
    let owners = rotated(args)?;
    let all_needs: Result<Vec<Needs>> = owners.iter().map(|owner| needs(args, owner)).collect();
    let prefix = id_prefix(args.id_prefix.as_deref(), &owners)?;
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
    delivery(&args.delivery).check_names(&owners)?;
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
        return Err(refuse_to_revoke(&owners, present, &commands(&args.argocd)));
    }
    let plain = client(&args.argocd, context)?;
    refuse_core(&plain)?;
    let client = match present {
        Some(present) => plain.presenting(&present.token),
        None => plain,
    };
    if let Some(present) = present
        && let Some(within) = args.if_expires_within
        && let Some(why) = rotation_is_early(present.claims.expires(), within, context.host.now())
    {
        context.conclude(true, format!("nothing to do: token {} {why}", present.id));
        return Ok(Code::OK);
    }
    let named = OldIds {
        ids: &args.old,
        of_one_owner: owners.len() == 1,
    };
    let now = context.host.now();
    let olds: Vec<OldToken> = context.telling(|notes| {
        let olds = owners
            .iter()
            .map(|owner| find_old(owner, present, named, &prefix, &client, now, notes));
        olds.collect::<Result<_>>()
    })?;
    if present.is_none()
        && let Some(why) = all_too_early(args.if_expires_within, &olds, now)
    {
        context.conclude(true, why);
        return Ok(Code::OK);
    }
    let Some(expiry) = asked.or_else(|| same_as(&olds, present)) else {
        return Err(Error::usage("the lifetime of the new token is not known")
            .hint("the old token never expires, or there is none")
            .hint("give it: --expires-in 90d, or --no-expiry"));
    };
    let mut notes = Vec::new();
    let destination = delivery(&args.delivery);
    let destination = TokenDestination::check(destination, &owners, context.host, &mut notes);
    context.tell(&notes);
    let destination = destination?;
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
    let clock = context.host.clock;
    let made = context.telling(|notes| issue(&new, &client, log, clock, notes))?;
    for (minted, needs) in made.iter().zip(&all_needs) {
        let old = present.map(|_| &client);
        if let Err(error) = context.telling(|notes| prove(minted, old, needs, notes)) {
            let error = error.hint("the old token is as valid as before");
            return Err(give_up(error, made, client.commands(), log));
        }
    }
    // The new tokens delete the old ones, which proves them once more; those of projects may not.
    let hands: Vec<Secret> = made.iter().map(|minted| minted.token().clone()).collect();
    let _hold = Hold::new();
    let delivered = destination.hand_over(made, client.commands(), log, context.host)?;
    let outcome = match log.write(TokenStep::Delivered) {
        Ok(()) if args.revoke_old => {
            for old in olds.iter().filter(|old| old.id.is_none()) {
                context.note(format!("{} had no old token to revoke", old.owner));
            }
            let replaced = olds.iter().zip(&hands).filter_map(|(old, by)| {
                let (owner, id) = (&old.owner, old.id.as_deref()?);
                Some(Replaced { owner, id, by })
            });
            let revoked = context.telling(|notes| revoke_old(replaced, &client, log, notes));
            if !context.in_fleet() {
                context.warn(format!(
                    "a gateway that still runs with an old token stops working: it must be \
                     restarted now, if it was not: {RESTART}"
                ));
            }
            revoked
        }
        Ok(()) => {
            context.tell(&what_stays(&olds, &destination, client.commands()));
            Ok(())
        }
        Err(error) => Err(error),
    };
    context.tell(&destination.notes(&delivered, client.commands()));
    let more = of_the_old(&olds, args.revoke_old);
    if let Some(summary) = destination
        .summary(&delivered, &more)
        .filter(|_| context.in_fleet())
    {
        context.conclude(true, summary);
    }
    outcome.map(|()| Code::OK)
}
