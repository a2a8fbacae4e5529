//! `token prune`: deletes tokens that have expired, are old, or are not known.

use super::options::owners;
use crate::cli::TokenPruneArgs;
use crate::commands::argocd::client;
use crate::commands::context::Context;
use crate::error::{Code, Result};
use crate::report::tokens;
use crate::text::counted;
use crate::tokens::{PruneRule, choose_doomed, delete_all, deletes_itself};

pub(super) fn run(args: &TokenPruneArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let owners = owners(&args.owner)?;
    let client = client(&args.argocd, context)?;
    let now = context.host.now();
    let mut all = Vec::new();
    for owner in owners {
        let tokens = client.tokens(&owner)?;
        all.push((owner, tokens));
    }
    let rule = PruneRule {
        expired: args.expired,
        older_than: args.older_than,
        keep_newest: args.keep_newest,
        except: &args.except,
        id_prefix: args.id_prefix.as_deref().unwrap_or_default(),
        all: args.all,
    };
    let doomed = context.telling(|notes| choose_doomed(&rule, &all, &client, now, notes))?;
    if doomed.is_empty() {
        context.note("there is nothing to delete");
        return Ok(Code::OK);
    }
    context.print(&tokens::prune_plan(&all, &doomed, now, context.style()))?;
    if deletes_itself(&doomed, &client) {
        context.warn("the token used for this call is among them");
    }
    let question = format!("delete {}?", counted(doomed.len(), "token"));
    if !args.yes && !context.ask(&question)? {
        context.note("nothing is deleted");
        return Ok(Code::NO);
    }
    delete_all(&doomed, &all, &client, &mut |note| context.tell(&[note]))?;
    Ok(Code::OK)
}
