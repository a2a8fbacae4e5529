//! `token rotate`: makes the next token, proves it, hands it over. The old one stays valid until it
//! is revoked on request: an account is never without a valid token.

mod old;
mod prove;

use self::old::{Old, Present};
use super::create::expiry;
use super::deliver::{self, Delivered, Delivery};
use super::life::{Order, give_up, make};
use super::{owner, records};
use crate::cli::TokenRotateArgs;
use crate::commands::argocd::{client, command, deletion, now, refuse_core};
use crate::commands::context::Context;
use crate::error::{Code, Error, Kind, Result};
use crate::model::{Expiry, Moment, Span};
use crate::process::argocd::{Client, Gone, Owner};
use crate::process::{Hold, Secret};

/// Restarts the gateway, which reads its token only when it starts.
const RESTART: &str = "kubectl rollout restart deployment -l app.kubernetes.io/name=octopus-argocd-gateway -n NAMESPACE";

pub(super) fn run(args: &TokenRotateArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let owners = owner::owners(&args.owner)?;
    owner::may_be_given(&owners)?;
    let prefix = owner::prefix(args.id_prefix.as_deref(), &owners)?;
    let id = args
        .id
        .as_deref()
        .map(|id| owner::id("--id", id))
        .transpose()?;
    let asked = expiry(args.lifetime)?;
    let present = Present::find(args, &owners, context)?;
    if args.revoke_old && args.delivery.output_file.is_none() {
        return Err(refuse_to_revoke(args, &owners, present.as_ref()));
    }
    let plain = client(&args.argocd, context)?;
    refuse_core(&plain, context)?;
    let client = match &present {
        Some(present) => plain.presenting(&present.token),
        None => plain,
    };
    if let Some(present) = &present
        && let Some(why) = too_early(args, present.claims.expires(), now(context))
    {
        context.note(format!("nothing to do: token {} {why}", present.id));
        return Ok(Code::OK);
    }
    let olds = owners
        .iter()
        .map(|owner| old::find(args, owner, present.as_ref(), &prefix, &client, context))
        .collect::<Result<Vec<_>>>()?;
    if present.is_none()
        && let Some(why) = all_too_early(args, &olds, now(context))
    {
        context.note(why);
        return Ok(Code::OK);
    }
    let Some(expiry) = asked.or_else(|| same_as(&olds, present.as_ref())) else {
        return Err(Error::usage("how long is the new token to be valid?")
            .hint("the old one never expires, or there is none, so it does not say")
            .hint("say it: --expires-in 90d, or --no-expiry"));
    };
    let delivery = Delivery::check(&args.delivery, &owners, context)?;
    let order = Order {
        owners: &owners,
        id,
        prefix: &prefix,
        expiry,
    };
    let made = make(&order, &client, &args.argocd, context)?;
    for minted in &made {
        let old = present.as_ref().map(|_| &client);
        if let Err(error) = prove::prove(minted, old, args.allow_sync, context) {
            let error = error.hint("the old token is as valid as before");
            return Err(give_up(error, made, &args.argocd));
        }
    }
    // The new tokens delete the old ones, which proves them once more; those of projects may not.
    let hands: Vec<Secret> = made.iter().map(|minted| minted.token().clone()).collect();
    let _hold = Hold::new();
    let delivered = delivery.hand_over(made, &args.argocd, context)?;
    let outcome = if args.revoke_old {
        let pairs = olds.iter().zip(&hands);
        revoke(pairs, &client, args, context)
    } else {
        keep(&olds, &delivery, args, context);
        Ok(())
    };
    finish(&delivered, args, context);
    outcome.map(|()| Code::OK)
}

fn finish(delivered: &[Delivered], args: &TokenRotateArgs, context: &mut Context<'_, '_>) {
    deliver::tell(delivered, &args.delivery, &args.argocd, context);
}

/// What becomes of whatever reads stdout cannot be known, so nothing is revoked behind it.
fn refuse_to_revoke(args: &TokenRotateArgs, owners: &[Owner], present: Option<&Present>) -> Error {
    let id = present.map_or("OLD-ID", |present| present.id.as_str());
    let error = Error::usage("--revoke-old needs --output-file: whether a pipe's reader has kept the new token cannot be known")
        .hint(format!("rotate without --revoke-old, then restart the gateway: {RESTART}"));
    owners.iter().fold(error, |error, owner| {
        let command = deletion(owner, id, &args.argocd);
        error.hint(format!("and then: {command}"))
    })
}

/// Why it is too early to rotate, if it is.
fn too_early(args: &TokenRotateArgs, expires: Option<Moment>, now: Moment) -> Option<String> {
    let within = args.if_expires_within?;
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

/// The same where nothing is presented: each owner's old token, as the server remembers it.
fn all_too_early(args: &TokenRotateArgs, olds: &[Old], now: Moment) -> Option<String> {
    let mut reasons = Vec::new();
    for old in olds {
        let record = old.record.as_ref()?;
        let why = too_early(args, record.expires, now)?;
        reasons.push(format!("token {} of {} {why}", record.id, old.owner));
    }
    Some(format!("nothing to do: {}", reasons.join("; ")))
}

/// As long as the old token.
fn same_as(olds: &[Old], present: Option<&Present>) -> Option<Expiry> {
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
    olds: &[Old],
    delivery: &Delivery<'_>,
    args: &TokenRotateArgs,
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
        let place = if delivery.is_file() {
            "from the file"
        } else {
            "behind the pipe"
        };
        context.next(format!(
            "bring the new token {place} to the gateway, restart it ({RESTART}), then: {}",
            deletion(&old.owner, id, &args.argocd)
        ));
    }
}

/// Revokes the old tokens.
fn revoke<'a>(
    olds: impl Iterator<Item = (&'a Old, &'a Secret)>,
    client: &Client<'_>,
    args: &TokenRotateArgs,
    context: &mut Context<'_, '_>,
) -> Result<()> {
    let mut failed: Option<Error> = None;
    for (old, token) in olds {
        let Some(id) = &old.id else {
            context.note(format!("{} had no old token to revoke", old.owner));
            continue;
        };
        let outcome = match &old.owner {
            Owner::Account(_) => client.presenting(token).delete(&old.owner, id),
            Owner::Role { .. } => client.delete(&old.owner, id),
        };
        match outcome {
            Ok(Gone::Deleted) => {
                context.note(format!("the old token {id} of {} is revoked", old.owner));
            }
            Ok(Gone::NotThere) => context.note(format!(
                "the old token {id} of {} was gone already",
                old.owner
            )),
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
                let error = Error::new(kind, what).caused_by(error).hint(format!(
                    "delete it with: {}",
                    deletion(&old.owner, id, &args.argocd)
                ));
                failed.get_or_insert(error);
                if interrupted {
                    break;
                }
            }
        }
    }
    context.warn(format!(
        "a gateway that still runs with an old token stops working: it must be restarted now, if \
         it was not: {RESTART}"
    ));
    let list = command(&["token", "list"], &args.argocd);
    match failed {
        None => Ok(()),
        Some(error) => Err(error.hint(format!("{list} shows what is there"))),
    }
}
