//! What an earlier run has left of an instance: it is done, or put in order before anything else.

use super::super::journal::{OnItsWay, Reached};
use super::order::Job;
use super::secrets::{self, FoundToken};
use super::shared::{InstanceLog, Shared, deletion_of};
use crate::argocd::Client;
use crate::commands::argocd::client;
use crate::commands::context::Context;
use crate::error::{Error, Kind, Result};
use crate::model::TokenOwner;
use crate::tokens::{
    Replaced, Revocation, StepLog, TokenStep, add_outcome, revoke_if_made, revoke_old,
};

/// Puts in order what is in between. What the instance has come to, if nothing is left to do.
pub(super) fn before_all(
    job: &Job<'_>,
    shared: &Shared<'_>,
    context: &mut Context<'_, '_>,
) -> Result<Option<String>> {
    let name = job.instance.name.as_str();
    let Some(earlier) = shared.journal.earlier(name) else {
        return Ok(None);
    };
    let log = InstanceLog { job, shared };
    if !earlier.pending.is_empty() {
        settle(job, shared, earlier, &log, context)?;
    }
    let Some(reached) = shared.journal.reached(name) else {
        return Ok(None);
    };
    if shared.journal.taken_up().is_none() || reached.delivered.is_empty() {
        return Ok(None);
    }
    let there = arrived(&reached.delivered, context);
    let same = reached.delivered.iter().map(|token| &token.owner);
    let (Some(there), true) = (there, same.eq(&job.owners)) else {
        for token in &reached.delivered {
            context.always(format!(
                "token {} was delivered by the earlier run, and is not what is asked for in {} any more; if it is not in use: {}",
                token.id,
                token.file.display(),
                deletion_of(job, token)
            ));
        }
        return Ok(None);
    };
    if job.order.revokes() && !reached.done {
        let client = client(&job.argocd, context)?;
        let going = reached.olds.iter().filter_map(|(owner, id)| {
            let by = &there.iter().find(|(of, _)| of == owner)?.1.token;
            Some(Replaced { owner, id, by })
        });
        let mut notes = Vec::new();
        let revoked = revoke_old(going, &client, &log, &mut notes);
        context.tell(&notes);
        revoked?;
    }
    if !reached.done {
        shared.journal.done(name)?;
    }
    let ids: Vec<&str> = reached
        .delivered
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    Ok(Some(format!(
        "done already by the earlier run: {} has token {}",
        job.file.display(),
        ids.join(", ")
    )))
}

/// Finds out what became of tokens that were being made: they have arrived, or they go.
fn settle(
    job: &Job<'_>,
    shared: &Shared<'_>,
    earlier: &Reached,
    log: &InstanceLog<'_>,
    context: &mut Context<'_, '_>,
) -> Result<()> {
    if arrived(&earlier.pending, context).is_some() {
        let here = earlier.pending.iter().all(|token| token.file == job.real);
        for token in &earlier.pending {
            context.always(format!(
                "token {} of the earlier run has arrived in {}",
                token.id,
                token.file.display()
            ));
            if !here {
                log.write(TokenStep::Gone(&token.owner, &token.id))?;
            }
        }
        return if here {
            log.write(TokenStep::Delivered)
        } else {
            Ok(())
        };
    }
    let client = client_of(job, shared, context)?;
    for token in &earlier.pending {
        let OnItsWay { owner, id, .. } = token;
        let outcome = revoke_if_made(&client, owner, id);
        let what = match &outcome {
            Revocation::Failed(problem) => {
                let kind = if problem.is_interrupt() {
                    Kind::Interrupted
                } else {
                    Kind::External
                };
                let error = Error::new(
                    kind,
                    format!(
                        "token {id} of an earlier run that was interrupted could not be revoked: nothing new is made"
                    ),
                );
                return Err(add_outcome(error, &outcome, owner, id, client.commands()));
            }
            Revocation::Revoked => "was made and not delivered: it is revoked",
            Revocation::Deleted => "was made and not delivered: argocd says that it is deleted",
            _ => "was not made",
        };
        log.write(TokenStep::Gone(owner, id))?;
        context.always(format!("token {id} of the earlier run {what}"));
    }
    Ok(())
}

/// Anyone who may put things in order: the present token where there is one, or argocd's login.
fn client_of<'h>(
    job: &Job<'_>,
    shared: &Shared<'_>,
    context: &mut Context<'_, 'h>,
) -> Result<Client<'h>> {
    let plain = client(&job.argocd, context)?;
    Ok(match shared.present(job, context)? {
        Some(FoundToken { token, .. }) => plain.presenting(&token),
        None => plain,
    })
}

/// The tokens in their file, each with its owner, if all of them are there.
fn arrived(
    tokens: &[OnItsWay],
    context: &mut Context<'_, '_>,
) -> Option<Vec<(TokenOwner, FoundToken)>> {
    let file = &tokens.first()?.file;
    let in_file = secrets::read(file, context).ok()?;
    let mut found: Vec<(TokenOwner, FoundToken)> = Vec::new();
    for one in in_file.into_values() {
        let wanted = tokens.iter().find(|token| {
            one.claims.id() == Some(&token.id)
                && one.claims.subject().as_ref() == Some(&token.owner.subject())
        });
        if let Some(token) = wanted {
            found.push((token.owner.clone(), one));
        }
    }
    (found.len() == tokens.len()).then_some(found)
}
