//! The Secret with new tokens.

use crate::cli::DeliveryArgs;
use crate::commands::secret_manifest::{self, PROJECT_KEY};
use crate::error::Result;
use crate::model::TokenOwner;
use crate::octopus::TOKEN_KEY;
use crate::render::Engine;
use crate::text::Secret;
use crate::tokens::Minted;
use crate::yaml;

/// The key under which the gateway looks for a token.
fn key(owner: &TokenOwner, asked: Option<&str>) -> String {
    match owner {
        TokenOwner::Account(_) => asked.unwrap_or(TOKEN_KEY).to_owned(),
        TokenOwner::Role { project, .. } => format!("{PROJECT_KEY}{project}"),
    }
}

/// Checks the names before there is a token.
pub(super) fn check(args: &DeliveryArgs, owners: &[TokenOwner]) -> Result<()> {
    let keys: Vec<String> = owners
        .iter()
        .map(|owner| key(owner, args.secret_key.as_deref()))
        .collect();
    let namespace = args.secret_namespace.as_deref();
    secret_manifest::check(
        &args.secret_name,
        namespace,
        keys.iter().map(String::as_str),
    )
}

/// The manifest.
pub(super) fn manifest(args: &DeliveryArgs, made: &[Minted<'_>]) -> Result<Secret> {
    let engine = Engine::new(yaml::write::value, Vec::new())?;
    let tokens: Vec<(String, &Secret)> = made
        .iter()
        .map(|minted| {
            let key = key(minted.owner(), args.secret_key.as_deref());
            (key, minted.token())
        })
        .collect();
    let namespace = args.secret_namespace.as_deref();
    secret_manifest::manifest(&engine, &args.secret_name, namespace, &tokens)
}
