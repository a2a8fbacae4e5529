//! `account list`: the accounts, and what Octopus's own lacks.

use serde_json::{Value, json};

use crate::argocd::ServerAccount;
use crate::cli::{AccountListArgs, ListOutput};
use crate::commands::argocd::client;
use crate::commands::context::Context;
use crate::error::{Code, Result};
use crate::report::table;
use crate::yaml::Format;

pub(super) fn run(args: &AccountListArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let accounts = client(&args.argocd, context)?.accounts()?;
    let own = accounts.iter().find(|account| account.name == args.account);
    let text = match args.output {
        ListOutput::Name => accounts.iter().map(|a| a.name.clone() + "\n").collect(),
        ListOutput::Json => Format::Json.write(&report(&accounts, &args.account)),
        ListOutput::Yaml => Format::Yaml.write(&report(&accounts, &args.account)),
        ListOutput::Text => {
            let row = |account: &ServerAccount| {
                let marks = match (account.name == args.account, lacks(account)) {
                    (false, _) => String::new(),
                    (true, lacks) if lacks.is_empty() => "ready".to_owned(),
                    (true, lacks) => lacks.join(", "),
                };
                vec![
                    account.name.clone(),
                    account.enabled.to_string(),
                    account.capabilities.join(","),
                    marks,
                ]
            };
            let rows: Vec<_> = accounts.iter().map(row).collect();
            table(&["NAME", "ENABLED", "CAPABILITIES", "FOR OCTOPUS"], &rows)
        }
    };
    context.print(&text)?;
    match own {
        None => {
            context.warn(format!(
                "there is no account {} here, or you may not see it",
                args.account
            ));
            context.next("kubectl octopus-argo render makes the change that adds it");
        }
        Some(own) => {
            for lack in lacks(own) {
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

/// What the account lacks for Octopus.
pub(super) fn lacks(account: &ServerAccount) -> Vec<&'static str> {
    let mut lacks = Vec::new();
    if !account.may_have_tokens() {
        lacks.push("lacks the capability apiKey");
    }
    if !account.enabled {
        lacks.push("is disabled, so its tokens do not work");
    }
    lacks
}

/// Accounts as JSON; `own` is Octopus's.
fn report(accounts: &[ServerAccount], own: &str) -> Value {
    let accounts = accounts.iter().map(|account| {
        let mut value = json!({
            "name": account.name,
            "enabled": account.enabled,
            "capabilities": account.capabilities,
        });
        if account.name == own {
            value["lacks"] = json!(lacks(account));
        }
        value
    });
    json!({"schema": "accounts/v1", "accounts": accounts.collect::<Vec<_>>()})
}
