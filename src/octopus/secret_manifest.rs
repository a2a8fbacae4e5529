//! The Secret that hands tokens to the gateway.

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::model::{Source, is_data_key, is_namespace, is_object_name};
use crate::render::Engine;
use crate::text::Secret;
use crate::yaml::{self, Stream};

/// What the key of a project's token begins with.
pub const PROJECT_KEY: &str = "PROJECT_AUTH_TOKEN_";

/// Checks the names before there is a token.
///
/// # Errors
/// A name that Kubernetes would refuse.
pub fn check_secret_names<'k>(
    name: &str,
    namespace: Option<&str>,
    keys: impl IntoIterator<Item = &'k str>,
) -> Result<()> {
    if !is_object_name(name) {
        let name = name.escape_debug();
        return Err(Error::usage(format!(
            "`{name}` cannot be the name of a Secret"
        )));
    }
    if let Some(namespace) = namespace
        && !is_namespace(namespace)
    {
        let name = namespace.escape_debug();
        return Err(Error::usage(format!(
            "`{name}` cannot be the name of a namespace"
        )));
    }
    for key in keys {
        if !is_data_key(key) {
            let key = key.escape_debug();
            return Err(Error::usage(format!("`{key}` cannot be a key of a Secret")));
        }
    }
    Ok(())
}

/// The manifest. The template gets words that stand for the tokens; they take their places only
/// when it is rendered and read again, so that no error of either can quote one.
///
/// # Errors
/// A template that renders something else than that Secret.
pub fn secret_manifest(
    engine: &Engine,
    name: &str,
    namespace: Option<&str>,
    tokens: &[(String, &Secret)],
) -> Result<Secret> {
    let entries: Vec<(String, String)> = tokens
        .iter()
        .enumerate()
        .map(|(index, (key, _))| (key.clone(), format!("octopus-argo-token-{index}-")))
        .collect();
    let rendered = engine.secret(name, namespace, &entries)?;
    let wrong = || {
        Error::input(format!(
            "{}: what this template renders is not the Secret that was asked for",
            rendered.template
        ))
        .hint("a Secret of type Opaque, with the entries in stringData and nothing else")
    };
    let stream = Stream::parse(Source::new(&*rendered.template, &*rendered.text))?;
    let [document] = stream.documents() else {
        return Err(wrong());
    };
    let root = document.root().ok_or_else(wrong)?;
    let mut wanted = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
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
    let words = entries.iter().map(|(_, word)| word.as_str());
    Ok(with_secrets(
        &rendered.text,
        words.zip(tokens.iter().map(|(_, token)| *token)),
    ))
}

/// Puts secrets in the places of the words that stand for them.
pub fn with_secrets<'t>(
    text: &str,
    secrets: impl Iterator<Item = (&'t str, &'t Secret)>,
) -> Secret {
    let mut text = zeroize::Zeroizing::new(text.to_owned());
    for (word, secret) in secrets {
        let quoted = zeroize::Zeroizing::new(yaml::write::value(secret.expose()));
        text = zeroize::Zeroizing::new(text.replace(word, &quoted));
    }
    Secret::new(std::mem::take(&mut *text))
}
