//! `account list`: the accounts, and what Octopus's own lacks.

use crate::cli::{AccountListArgs, ListOutput};
use crate::commands::argocd::client;
use crate::commands::context::Context;
use crate::error::{Code, Result};
use crate::report::{Report, tokens};

pub(super) fn run(args: &AccountListArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let accounts = client(&args.argocd, context)?.accounts()?;
    let own = accounts.iter().find(|account| account.name == args.account);
    context.report(match args.output {
        ListOutput::Name => Report::Text(
            accounts
                .iter()
                .map(|account| account.name.clone() + "\n")
                .collect(),
        ),
        ListOutput::Json => tokens::accounts_json(&accounts, &args.account),
        ListOutput::Yaml => tokens::accounts_json(&accounts, &args.account).in_yaml(),
        ListOutput::Text => Report::Text(tokens::accounts_text(
            &accounts,
            &args.account,
            context.style(),
        )),
    })?;
    match own {
        None => {
            context.warn(format!(
                "there is no account {} here, or you may not see it",
                args.account
            ));
            context.next("kubectl octopus-argo render makes the change that adds it");
        }
        Some(own) => {
            for lack in own.lacks() {
                context.warn(format!("account {}: {lack}", own.name));
            }
            if own.may_log_in() {
                context.warn(format!(
                    "account {} has the capability login, which Octopus does not need",
                    own.name
                ));
            }
        }
    }
    Ok(Code::OK)
}
