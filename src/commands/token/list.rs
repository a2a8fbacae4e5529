//! `token list`: the tokens of an account or of a project's role.

use super::options::owners;
use crate::cli::{ListOutput, TokenListArgs};
use crate::commands::argocd::client;
use crate::commands::context::Context;
use crate::error::{Code, Result};
use crate::report::{Report, tokens};

pub(super) fn run(args: &TokenListArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let owners = owners(&args.owner)?;
    let client = client(&args.argocd, context)?;
    let mut all = Vec::new();
    for owner in owners {
        let tokens = client.tokens(&owner)?;
        all.push((owner, tokens));
    }
    let now = context.host.now();
    for (owner, tokens) in &all {
        if tokens.is_empty() {
            context.note(format!("{owner} has no tokens"));
        }
    }
    context.report(match args.output {
        ListOutput::Name => Report::Text(tokens::names(&all)),
        ListOutput::Json => tokens::json(&all, now),
        ListOutput::Yaml => tokens::json(&all, now).in_yaml(),
        ListOutput::Text => Report::Text(tokens::text(&all, now, context.style())),
    })?;
    Ok(Code::OK)
}
