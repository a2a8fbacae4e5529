//! `token delete`: one token, by its id.

use super::options::owners;
use crate::argocd::{Client, Gone};
use crate::cli::TokenDeleteArgs;
use crate::commands::argocd::client;
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::model::TokenOwner;

pub(super) fn run(args: &TokenDeleteArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let owners = owners(&args.owner)?;
    let [owner] = &owners[..] else {
        return Err(Error::usage(
            "a token is of one project: name one with --project",
        ));
    };
    let client = client(&args.argocd, context)?;
    if !args.yes {
        let tokens = client.tokens(owner)?;
        let now = context.host.now();
        let Some(token) = tokens.iter().find(|token| token.id == args.id) else {
            return Err(missing(owner, &args.id, &client));
        };
        let others = tokens.iter().filter(|other| other.id != args.id);
        let valid = others.filter(|other| !other.expired(now)).count();
        if valid == 0 && !token.expired(now) {
            context.warn(format!("this is the last valid token of {owner}"));
        }
        let question = format!(
            "delete token {} of {owner} (issued {}, expires {})?",
            token.id,
            token.issued,
            token.until()
        );
        if !context.ask(&question)? {
            context.note("nothing is deleted");
            return Ok(Code::NO);
        }
    }
    match client.delete(owner, &args.id)? {
        Gone::Deleted => {
            context.note(format!("token {} of {owner} is deleted", args.id));
            Ok(Code::OK)
        }
        Gone::NotThere => Err(missing(owner, &args.id, &client)),
    }
}

fn missing(owner: &TokenOwner, id: &str, client: &Client<'_>) -> Error {
    let list = client.commands().token("list", owner, &[]);
    let id = id.escape_debug();
    Error::external(format!("{owner} has no token `{id}`"))
        .hint(format!("{list} shows the ids there are"))
}
