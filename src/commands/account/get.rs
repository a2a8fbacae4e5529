//! `account get`: an account and its tokens.

use serde_json::json;

use super::list::lacks;
use crate::cli::{AccountGetArgs, ListOutput};
use crate::commands::argocd::{client, now};
use crate::commands::context::Context;
use crate::commands::token::records;
use crate::error::{Code, Result};
use crate::yaml::Format;

pub(super) fn run(args: &AccountGetArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let account = client(&args.argocd, context)?.account(&args.account)?;
    let now = now(context);
    let report = || {
        json!({
            "schema": "account/v1",
            "name": account.name,
            "enabled": account.enabled,
            "capabilities": account.capabilities,
            "tokens": records::json(&account.tokens, now),
        })
    };
    let text = match args.output {
        ListOutput::Name => format!("{}\n", account.name),
        ListOutput::Json => Format::Json.write(&report()),
        ListOutput::Yaml => Format::Yaml.write(&report()),
        ListOutput::Text => {
            let tokens = if account.tokens.is_empty() {
                "no tokens\n".to_owned()
            } else {
                records::table(&account.tokens, now)
            };
            format!(
                "name:           {}\nenabled:        {}\ncapabilities:   {}\n\n{tokens}",
                account.name,
                account.enabled,
                account.capabilities.join(",")
            )
        }
    };
    context.print(&text)?;
    for lack in lacks(&account) {
        context.warn(format!("account {}: {lack}", account.name));
    }
    Ok(Code::OK)
}
