//! `token create`: a token, made with an explicit id, and handed over or revoked.

use super::options::{delivery, expiry, owners, refuse_for_one};
use crate::argocd::Client;
use crate::cli::TokenCreateArgs;
use crate::commands::argocd::client;
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::model::Expiry;
use crate::model::TokenOwner;
use crate::process::Hold;
use crate::tokens::{
    NewTokens, StepLog, TokenDestination, TokenStep, Unlogged, check_id, id_prefix, issue,
    may_be_given,
};

pub(super) fn run(args: &TokenCreateArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    refuse_for_one(&args.delivery, None)?;
    create(args, &Unlogged, context)
}

/// Makes the token, and logs each step.
pub(crate) fn create(
    args: &TokenCreateArgs,
    log: &dyn StepLog,
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    let CreatePlan {
        owners,
        prefix,
        id,
        expiry,
    } = plan(args)?;
    let client = client(&args.argocd, context)?;
    if args.if_missing && exists(&client, &owners, &prefix, context)? {
        return Ok(Code::OK);
    }
    let mut notes = Vec::new();
    let destination = delivery(&args.delivery);
    let destination = TokenDestination::check(destination, &owners, context.host, &mut notes);
    context.tell(&notes);
    let destination = destination?;
    let new = NewTokens {
        owners: &owners,
        id,
        prefix: &prefix,
        expiry,
        known: Vec::new(),
    };
    // Until everything is said, a Ctrl-C does not end the program.
    let _hold = Hold::new();
    let clock = context.host.clock;
    let made = context.telling(|notes| issue(&new, &client, log, clock, notes))?;
    let delivered = destination.hand_over(made, client.commands(), log, context.host)?;
    let logged = log.write(TokenStep::Delivered);
    context.tell(&destination.notes(&delivered, client.commands()));
    warn_of_disabled(&client, &owners, context);
    if let Some(summary) = destination
        .summary(&delivered, "")
        .filter(|_| context.in_fleet())
    {
        context.conclude(true, summary);
    }
    logged.map(|()| Code::OK)
}

/// Warns of accounts whose tokens do not work because they are disabled. Anyone who may make tokens
/// and not see the account gets no warning.
fn warn_of_disabled(client: &Client<'_>, owners: &[TokenOwner], context: &mut Context<'_, '_>) {
    for owner in owners {
        if let TokenOwner::Account(name) = owner
            && client.account(name).is_ok_and(|account| !account.enabled)
        {
            context.warn(format!(
                "account {name} is disabled, and so is its token: `kubectl octopus-argo render --enable` makes the change"
            ));
        }
    }
}

/// What the command line says.
struct CreatePlan {
    owners: Vec<TokenOwner>,
    prefix: String,
    id: Option<String>,
    expiry: Expiry,
}

fn plan(args: &TokenCreateArgs) -> Result<CreatePlan> {
    let owners = owners(&args.owner)?;
    may_be_given(&owners)?;
    let prefix = id_prefix(args.id_prefix.as_deref(), &owners)?;
    let id = args
        .id
        .as_deref()
        .map(|id| check_id("--id", id))
        .transpose()?;
    let Some(expiry) = expiry(args.lifetime)? else {
        return Err(
            Error::usage("--expires-in is required (for example 90d), or --no-expiry")
                .hint("`token rotate` replaces a token before it expires"),
        );
    };
    Ok(CreatePlan {
        owners,
        prefix,
        id,
        expiry,
    })
}

/// Whose tokens; refuses what is wrong with the command line.
pub(crate) fn check(args: &TokenCreateArgs) -> Result<Vec<TokenOwner>> {
    let CreatePlan { owners, .. } = plan(args)?;
    delivery(&args.delivery).check_names(&owners)?;
    Ok(owners)
}

/// Whether each owner has an unexpired token of ours.
fn exists(
    client: &Client<'_>,
    owners: &[TokenOwner],
    prefix: &str,
    context: &mut Context<'_, '_>,
) -> Result<bool> {
    let now = context.host.now();
    let mut found = Vec::new();
    for owner in owners {
        let tokens = client.tokens(owner)?;
        let mut ours = tokens
            .into_iter()
            .filter(|token| token.id.starts_with(prefix) && !token.expired(now));
        found.push((owner, ours.next()));
    }
    let all = found.iter().all(|(_, token)| token.is_some());
    let there = found.iter().filter_map(|(owner, token)| {
        let token = token.as_ref()?;
        let until = token.until();
        Some(format!(
            "{owner} has the token {} (expires {until})",
            token.id
        ))
    });
    let there: Vec<String> = there.collect();
    if all {
        context.conclude(true, format!("{}: nothing to do", there.join("; ")));
    } else if !there.is_empty() {
        context.note(there.join("; "));
        context.note("not every project has one; all get a new one, so that one Secret holds all");
    }
    Ok(all)
}
