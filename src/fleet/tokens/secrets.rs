//! The tokens of a fleet on the disk: a directory with a Secret for each instance.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::commands::context::Context;
use crate::emit::is_open_to_others;
use crate::error::{Error, Result};
use crate::model::TokenOwner;
use crate::model::shell::quoted;
use crate::model::{Instance, Source, TokenClaims};
use crate::octopus::{PROJECT_KEY, TOKEN_KEY};
use crate::text::Secret;
use crate::tokens::read_secret;
use crate::yaml::Stream;

/// The file of an instance in a directory.
pub(in crate::fleet) fn file(directory: &Path, instance: &Instance) -> PathBuf {
    directory.join(format!("{}.yaml", instance.name))
}

/// A token that was found.
pub(in crate::fleet) struct FoundToken {
    pub(in crate::fleet) token: Secret,
    pub(in crate::fleet) claims: TokenClaims,
}

/// The tokens that are in a Secret, by their keys.
pub(in crate::fleet) fn read(
    path: &Path,
    context: &mut Context<'_, '_>,
) -> Result<BTreeMap<String, FoundToken>> {
    let text = read_secret(path, context.host)?;
    let name = path.display();
    let wrong = |why: &str| {
        Error::input(format!("{name} is not a Secret with a token: {why}"))
            .hint("it is the file that `token create --all --output-dir` writes for the instance")
    };
    // What the parser says may quote the text.
    let stream = Stream::parse(Source::new("<secret>", text.expose()))
        .map_err(|_| wrong("it is not valid YAML"))?;
    let [document] = stream.documents() else {
        return Err(wrong("it is not one document"));
    };
    let root = document.root().ok_or_else(|| wrong("it is empty"))?;
    let object = document
        .to_json(root)
        .map_err(|_| wrong("it is not valid YAML"))?;
    if object["kind"] != "Secret" {
        return Err(wrong("its kind is not Secret"));
    }
    let mut found = BTreeMap::new();
    for (key, text) in entries(&object) {
        if let Ok(claims) = TokenClaims::decode(text.expose()) {
            let token = Secret::new(text.expose().trim());
            found.insert(key, FoundToken { token, claims });
        }
    }
    Ok(found)
}

/// What a Secret holds: its `data`, and its `stringData`, which counts more.
fn entries(object: &Value) -> Vec<(String, Secret)> {
    let empty = Map::new();
    let part = |name: &str| object[name].as_object().unwrap_or(&empty);
    let coded = part("data").iter().filter_map(|(key, value)| {
        let bytes = STANDARD.decode(value.as_str()?.trim()).ok()?;
        Some((key.clone(), Secret::from_bytes(bytes)))
    });
    let plain = part("stringData")
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), Secret::new(value.as_str()?))));
    coded.chain(plain).collect()
}

/// The token of an instance in a directory; `key` names it where the Secret holds several. It fits
/// its owner, as far as it says itself: otherwise it is not sent anywhere.
pub(in crate::fleet) fn of_instance(
    directory: &Path,
    instance: &Instance,
    owner: &TokenOwner,
    key: Option<&str>,
    context: &mut Context<'_, '_>,
) -> Result<FoundToken> {
    let path = file(directory, instance);
    let real = context.host.path(&path);
    let name = path.display();
    if !real.exists() {
        return Err(Error::input(format!("there is no {name}")).hint(format!(
            "make it: kubectl octopus-argo token create --instance {} --output-dir {}",
            instance.name,
            quoted(&directory.display().to_string())
        )));
    }
    if is_open_to_others(&real) {
        context.warn(format!(
            "others on this machine can read the token in {name}: chmod 600 {name}"
        ));
    }
    let mut all = read(&path, context)?;
    let key = match owner {
        TokenOwner::Account(_) => key.unwrap_or(TOKEN_KEY).to_owned(),
        TokenOwner::Role { project, .. } => format!("{PROJECT_KEY}{project}"),
    };
    let found = match all.remove(&key) {
        Some(found) => found,
        None if all.len() == 1 => all.into_values().next().ok_or_else(no_token)?,
        None => {
            return Err(
                Error::input(format!("{name} has no token under the key {key}"))
                    .hint("it is the file that `token create --all --output-dir` writes"),
            );
        }
    };
    if found.claims.issuer() != Some("argocd") {
        return Err(misfit(&name.to_string(), "was not made by Argo CD", owner));
    }
    let subject = found.claims.subject();
    // Old versions of Argo CD wrote the account's name alone.
    let fits = subject.as_ref().is_some_and(|subject| {
        *subject == owner.subject() || subject.to_string() == owner.user_name()
    });
    if !fits {
        let whose = subject.map_or("nobody".to_owned(), |subject| subject.to_string());
        return Err(misfit(&name.to_string(), &format!("is of {whose}"), owner));
    }
    Ok(found)
}

fn no_token() -> Error {
    Error::internal("a token went missing")
}

fn misfit(name: &str, what: &str, owner: &TokenOwner) -> Error {
    Error::input(format!(
        "the token in {name} {what}, where {owner} was expected"
    ))
    .hint("it was sent nowhere; is that the file of this instance?")
}

/// What is said of one of those that [`doubled`] finds.
pub(in crate::fleet) fn refuse_doubled(other: &str) -> Error {
    Error::input(format!(
        "the same token is in the file of {other}: it cannot belong to both"
    ))
    .hint("it was sent nowhere; put each instance's own token there")
}

/// The instances whose file holds the same token as another's, each with that other's name: one of
/// the two would be sent to a server that it is not of.
pub(in crate::fleet) fn doubled<'i>(
    directory: &Path,
    instances: impl Iterator<Item = &'i Instance>,
    context: &mut Context<'_, '_>,
) -> BTreeMap<&'i str, &'i str> {
    let mut tokens: BTreeMap<String, &str> = BTreeMap::new();
    let mut doubled = BTreeMap::new();
    for instance in instances {
        // What is wrong with a file is said where it is used.
        let found = read(&file(directory, instance), context).unwrap_or_default();
        for FoundToken { token, .. } in found.values() {
            // The last part, which is as good as the whole for telling tokens apart.
            let signature = token.expose().rsplit('.').next().unwrap_or_default();
            if let Some(other) = tokens.insert(signature.to_owned(), &instance.name) {
                doubled.insert(instance.name.as_str(), other);
                doubled.insert(other, instance.name.as_str());
            }
        }
    }
    doubled
}
