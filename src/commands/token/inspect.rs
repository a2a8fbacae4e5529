//! `token inspect`: what a token claims. Asks no one, verifies nothing.

use std::path::Path;

use crate::cli::{ClaimsOutput, TokenInspectArgs};
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::model::TokenClaims;
use crate::report::{Report, tokens};
use crate::tokens::read_secret;

pub(super) fn run(args: &TokenInspectArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let file = args.token_file.as_deref().unwrap_or(Path::new("-"));
    if args.token_file.is_none() && context.host.terminal.stdin {
        context.note("paste the token, then Enter and Ctrl-D; or give --token-file FILE");
    }
    let token = read_secret(file, context.host)?;
    let claims = TokenClaims::decode(token.expose()).map_err(|why| {
        Error::input(format!("not a valid token: {why}"))
            .hint("a token is one line of three base64url words with dots between them")
    })?;
    drop(token);
    let now = context.host.now();
    context.report(match args.output {
        ClaimsOutput::Text => Report::Text(tokens::claims_text(&claims, now)),
        ClaimsOutput::Json => tokens::claims_json(&claims, now),
        ClaimsOutput::Yaml => tokens::claims_json(&claims, now).in_yaml(),
    })?;
    context.note("decoded, not verified: only the server can tell whether the token is good");
    Ok(Code::OK)
}
