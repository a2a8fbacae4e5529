//! `account can-i`: argocd's question with an honest exit code.

use crate::argocd::{CanIAnswer, refuse_core};
use crate::cli::CanIArgs;
use crate::commands::argocd::client;
use crate::commands::context::Context;
use crate::error::{Code, Result};
use crate::octopus::proves_nothing;

pub(super) fn run(args: &CanIArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let client = client(&args.argocd, context)?;
    refuse_core(&client)?;
    let answer = client.can_i(&args.action, &args.resource, &args.object)?;
    let yes = answer == CanIAnswer::Yes;
    context.print(if yes { "yes\n" } else { "no\n" })?;
    if let CanIAnswer::NoSuchWord(known) = answer {
        context.warn(format!(
            "the server does not know this word, so no one may; it knows: {known}"
        ));
        if args.action.contains('/') {
            context.note(
                "a server can be asked about whole verbs only; for verbs with a path there is the \
                 offline proof: kubectl octopus-argo can",
            );
        }
    } else if !yes && proves_nothing(&args.resource, &args.object) {
        context.warn(format!(
            "this no proves nothing, not even of an administrator: objects of {} have a slash, `{}` has none: ask for '*/*'",
            args.resource, args.object
        ));
    }
    Ok(if yes { Code::OK } else { Code::NO })
}
