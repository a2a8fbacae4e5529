//! `token rotate`: makes the next token, proves it, hands it over. The old one stays valid until it
//! is revoked on request: an account is never without a valid token.

mod old;
mod prove;

use self::old::Old;
pub(in crate::commands) use self::old::Present;
use super::create::expiry;
use super::deliver::{self, Delivery};
use super::life::{Diary, NoDiary, Order, Step, give_up, make};
use super::{manifest, owner, records};
use crate::argocd::{Client, Gone, Owner};
use crate::cli::{self, OwnerArgs, TokenRotateArgs};
use crate::commands::argocd::{client, command, deletion, now, refuse_core};
use crate::commands::context::Context;
use crate::error::{Code, Error, Kind, Result};
use crate::model::{Expiry, Moment, ProjectName, Span};
use crate::octopus::Needs;
use crate::process::Hold;
use crate::text::Secret;

/// Restarts the gateway, which reads its token only when it starts.
pub(in crate::commands) const RESTART: &str = "kubectl rollout restart deployment -l app.kubernetes.io/name=octopus-argocd-gateway -n NAMESPACE";

pub(super) fn run(args: &TokenRotateArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    deliver::refuse_for_one(&args.delivery, args.token_dir.as_deref())?;
    let owners = owners(args)?;
    let present = Present::find(args, &owners, context)?;
    rotate(args, present.as_ref(), &NoDiary, context)
}

/// Whose tokens. An account's projects are what it is confined to, and no part of its name.
fn owners(args: &TokenRotateArgs) -> Result<Vec<Owner>> {
    let mut named = args.owner.clone();
    if named.role.is_none() {
        named.project.clear();
    }
    let owners = owner::owners(&named)?;
    owner::may_be_given(&owners)?;
    Ok(owners)
}

/// What the new tokens must be able to.
fn needs(args: &TokenRotateArgs, owner: &Owner) -> Result<Needs> {
    let OwnerArgs { project, .. } = &args.owner;
    let named: Vec<&String> = match owner {
        Owner::Account(_) => project.iter().collect(),
        Owner::Role { project, .. } => vec![project],
    };
    let projects = named.into_iter().map(|name| ProjectName::new(name));
    Ok(Needs {
        allow_sync: args.allow_sync,
        projects: projects.collect::<Result<_, _>>().map_err(Error::usage)?,
        role: args.owner.role.is_some(),
    })
}

/// What the command line says.
struct Plan {
    owners: Vec<Owner>,
    all_needs: Vec<Needs>,
    prefix: String,
    id: Option<String>,
    asked: Option<Expiry>,
}

fn plan(args: &TokenRotateArgs) -> Result<Plan> {
    let owners = owners(args)?;
    let all_needs: Result<Vec<Needs>> = owners.iter().map(|owner| needs(args, owner)).collect();
    let prefix = owner::prefix(args.id_prefix.as_deref(), &owners)?;
    let id = args
        .id
        .as_deref()
        .map(|id| owner::id("--id", id))
        .transpose()?;
    Ok(Plan {
        owners,
        all_needs: all_needs?,
        prefix,
        id,
        asked: expiry(args.lifetime)?,
    })
}

/// Whose tokens; refuses what is wrong with the command line.
pub(in crate::commands) fn check(args: &TokenRotateArgs) -> Result<Vec<Owner>> {
    let Plan { owners, .. } = plan(args)?;
    manifest::check(&args.delivery, &owners)?;
    Ok(owners)
}

/// Makes the next token and hands it over; tells `diary` of each step.
pub(in crate::commands) fn rotate(
    args: &TokenRotateArgs,
    present: Option<&Present>,
    diary: &dyn Diary,
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    let Plan {
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
    refuse_core(&plain, context)?;
    let client = match present {
        Some(present) => plain.presenting(&present.token),
        None => plain,
    };
    if let Some(present) = present
        && let Some(why) = too_early(args, present.claims.expires(), now(context))
    {
        context.conclude(true, format!("nothing to do: token {} {why}", present.id));
        return Ok(Code::OK);
    }
    let olds = owners
        .iter()
        .map(|owner| old::find(args, owner, present, &prefix, &client, context))
        .collect::<Result<Vec<_>>>()?;
    if present.is_none()
        && let Some(why) = all_too_early(args, &olds, now(context))
    {
        context.conclude(true, why);
        return Ok(Code::OK);
    }
    let Some(expiry) = asked.or_else(|| same_as(&olds, present)) else {
        return Err(Error::usage("how long is the new token to be valid?")
            .hint("the old one never expires, or there is none, so it does not say")
            .hint("say it: --expires-in 90d, or --no-expiry"));
    };
    let delivery = Delivery::check(&args.delivery, &owners, context)?;
    let going = olds
        .iter()
        .filter_map(|old| Some((old.owner.clone(), old.id.clone().filter(|_| !old.gone)?)));
    diary.write(Step::Replacing(&going.collect::<Vec<_>>()))?;
    let order = Order {
        owners: &owners,
        id,
        prefix: &prefix,
        expiry,
        diary,
    };
    let made = make(&order, &client, &args.argocd, context)?;
    for (minted, needs) in made.iter().zip(&all_needs) {
        let old = present.map(|_| &client);
        if let Err(error) = prove::prove(minted, old, needs, context) {
            let error = error.hint("the old token is as valid as before");
            return Err(give_up(error, made, &args.argocd, diary));
        }
    }
    // The new tokens delete the old ones, which proves them once more; those of projects may not.
    let hands: Vec<Secret> = made.iter().map(|minted| minted.token().clone()).collect();
    let _hold = Hold::new();
    let delivered = delivery.hand_over(made, &args.argocd, diary, context)?;
    let told = diary.write(Step::Delivered);
    let outcome = match told {
        Ok(()) if args.revoke_old => {
            for old in olds.iter().filter(|old| old.id.is_none()) {
                context.note(format!("{} had no old token to revoke", old.owner));
            }
            let going = olds.iter().zip(&hands).filter_map(|(old, by)| {
                let (owner, id) = (&old.owner, old.id.as_deref()?);
                Some(Going { owner, id, by })
            });
            revoke(going, &client, &args.argocd, diary, context)
        }
        Ok(()) => {
            keep(&olds, &delivery, args, context);
            Ok(())
        }
        Err(error) => Err(error),
    };
    deliver::tell(&delivered, &args.delivery, &args.argocd, context);
    let more = of_the_old(&olds, args.revoke_old);
    deliver::conclude(&delivered, &args.delivery, &more, context);
    outcome.map(|()| Code::OK)
}

/// What becomes of the old tokens, for the report of several instances.
fn of_the_old(olds: &[Old], revoked: bool) -> String {
    let ids = olds.iter().filter(|old| !old.gone);
    let ids: Vec<&str> = ids.filter_map(|old| old.id.as_deref()).collect();
    match (ids.is_empty(), revoked) {
        (true, _) => String::new(),
        (false, true) => format!("; {} is revoked", ids.join(", ")),
        (false, false) => format!("; {} stays valid", ids.join(", ")),
    }
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

/// An old token that is to go, and the new one of its owner.
pub(in crate::commands) struct Going<'a> {
    pub(in crate::commands) owner: &'a Owner,
    pub(in crate::commands) id: &'a str,
    pub(in crate::commands) by: &'a Secret,
}

/// Revokes old tokens.
pub(in crate::commands) fn revoke<'a>(
    going: impl Iterator<Item = Going<'a>>,
    client: &Client<'_>,
    argocd: &cli::Argocd,
    diary: &dyn Diary,
    context: &mut Context<'_, '_>,
) -> Result<()> {
    let mut failed: Option<Error> = None;
    for Going { owner, id, by } in going {
        let outcome = match owner {
            Owner::Account(_) => client.presenting(by).delete(owner, id),
            Owner::Role { .. } => client.delete(owner, id),
        };
        match outcome {
            Ok(gone) => {
                let how = match gone {
                    Gone::Deleted => "is revoked",
                    Gone::NotThere => "was gone already",
                };
                context.note(format!("the old token {id} of {owner} {how}"));
                if let Err(error) = diary.write(Step::Revoked(owner, id)) {
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
                let error = Error::new(kind, what)
                    .caused_by(error)
                    .hint(format!("delete it with: {}", deletion(owner, id, argocd)));
                failed.get_or_insert(error);
                if interrupted {
                    break;
                }
            }
        }
    }
    if !context.in_fleet() {
        context.warn(format!(
            "a gateway that still runs with an old token stops working: it must be restarted now, \
             if it was not: {RESTART}"
        ));
    }
    let list = command(&["token", "list"], argocd);
    match failed {
        None => Ok(()),
        Some(error) => Err(error.hint(format!("{list} shows what is there"))),
    }
}
