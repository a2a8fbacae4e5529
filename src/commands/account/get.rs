//! `account get`: an account and its tokens.

use crate::cli::{AccountGetArgs, ListOutput};
use crate::commands::argocd::client;
use crate::commands::context::Context;
use crate::error::{Code, Result};
use crate::report::{Report, tokens};

pub(super) fn run(args: &AccountGetArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let account = client(&args.argocd, context)?.account(&args.account)?;
    let now = context.host.now();
    context.report(match args.output {
        ListOutput::Name => Report::Text(format!("{}\n", account.name)),
        ListOutput::Json => tokens::account_json(&account, now),
        ListOutput::Yaml => tokens::account_json(&account, now).in_yaml(),
        ListOutput::Text => Report::Text(tokens::account_text(&account, now, context.style())),
    })?;
    for lack in account.lacks() {
        context.warn(format!("account {}: {lack}", account.name));
    }
    Ok(Code::OK)
}
