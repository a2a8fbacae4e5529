//! The Secret that hands tokens to the gateway.

use serde_json::{Value, json};

use crate::cli::DeliveryArgs;
use crate::error::{Error, Result};
use crate::model::{Source, is_data_key};
use crate::process::Secret;
use crate::process::argocd::{Minted, Owner};
use crate::render::Engine;
use crate::yaml::{self, Stream};

/// The documented key of the gateway's Secret.
const KEY: &str = "ARGOCD_AUTH_TOKEN";
/// What the key of a project's token begins with.
const PROJECT_KEY: &str = "PROJECT_AUTH_TOKEN_";

/// The key under which the gateway looks for a token.
fn key(owner: &Owner, asked: Option<&str>) -> String {
    match owner {
        Owner::Account(_) => asked.unwrap_or(KEY).to_owned(),
        Owner::Role { project, .. } => format!("{PROJECT_KEY}{project}"),
    }
}

/// Checks the names before there is a token.
pub(super) fn check(args: &DeliveryArgs, owners: &[Owner]) -> Result<()> {
    let label = |part: &str| {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        part.starts_with(fits) && part.ends_with(fits) && part.chars().all(|c| fits(c) || c == '-')
    };
    let name = |text: &str| text.len() <= 253 && text.split('.').all(label);
    if !name(&args.secret_name) {
        let name = args.secret_name.escape_debug();
        return Err(Error::usage(format!(
            "`{name}` cannot be the name of a Secret"
        )));
    }
    if let Some(namespace) = &args.secret_namespace
        && !(label(namespace) && namespace.len() <= 63)
    {
        let name = namespace.escape_debug();
        return Err(Error::usage(format!(
            "`{name}` cannot be the name of a namespace"
        )));
    }
    for owner in owners {
        let key = key(owner, args.secret_key.as_deref());
        if !is_data_key(&key) {
            let key = key.escape_debug();
            return Err(Error::usage(format!("`{key}` cannot be a key of a Secret")));
        }
    }
    Ok(())
}

/// The manifest. The template gets words that stand for the tokens; they take their places only
/// when it is rendered and read again, so that no error of either can quote one.
pub(super) fn manifest(args: &DeliveryArgs, made: &[Minted<'_>]) -> Result<Secret> {
    let engine = Engine::new(yaml::write::value, Vec::new())?;
    let entries: Vec<(String, String)> = made
        .iter()
        .enumerate()
        .map(|(index, minted)| {
            let key = key(minted.owner(), args.secret_key.as_deref());
            (key, format!("octopus-argo-token-{index}-"))
        })
        .collect();
    let namespace = args.secret_namespace.as_deref();
    let rendered = engine.secret(&args.secret_name, namespace, &entries)?;
    let wrong = || Error::internal("the rendered Secret is not the one that was asked for");
    let stream = Stream::parse(Source::new("<secret>", &*rendered.text))?;
    let [document] = stream.documents() else {
        return Err(wrong());
    };
    let root = document.root().ok_or_else(wrong)?;
    let mut wanted = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": args.secret_name},
        "type": "Opaque",
        "stringData": {},
    });
    if let Some(namespace) = namespace {
        wanted["metadata"]["namespace"] = json!(namespace);
    }
    for (key, word) in &entries {
        wanted["stringData"][key] = Value::String(word.clone());
    }
    if document.to_json(root)? != wanted {
        return Err(wrong());
    }
    let mut text = zeroize::Zeroizing::new(rendered.text);
    for ((_, word), minted) in entries.iter().zip(made) {
        let quoted = zeroize::Zeroizing::new(yaml::write::value(minted.token().expose()));
        text = zeroize::Zeroizing::new(text.replace(word, &quoted));
    }
    Ok(Secret::new(std::mem::take(&mut *text)))
}
