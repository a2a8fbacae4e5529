//! Generators of a kustomization that make or extend one of the ConfigMaps.

use std::borrow::Cow;

use super::kustomization::is_kustomization;
use super::object::Object;
use super::setting::Setting;
use super::spot::Spot;
use crate::model::Which;
use crate::yaml::{Node, Step};

/// The generators of Argo CD's ConfigMaps in a kustomization, each with its route.
pub(super) fn generators<'a>(object: &Object<'a>) -> Vec<(Which, &'a Node, Vec<Step>)> {
    const LIST: &str = "configMapGenerator";
    if !is_kustomization(object) {
        return Vec::new();
    }
    let named = |node: &Node| Which::named(node.get("name")?.as_str()?);
    let items = object.items(LIST).enumerate();
    let ours = items.filter_map(|(index, node)| {
        let mut route = object.route_to(&[LIST]);
        route.push(Step::Index(index));
        Some((named(node)?, node, route))
    });
    ours.collect()
}

/// Whether a generator adds to a ConfigMap, or takes some of its keys from other files.
pub(super) fn is_partial(generator: &Object<'_>) -> bool {
    generator.text(&["behavior"]) == Some("merge") || sources(generator).next().is_some()
}

/// The files that a generator takes keys from, with the key of each; one of `envs` has many keys.
pub(crate) fn sources<'a>(
    generator: &Object<'a>,
) -> impl Iterator<Item = (Option<&'a str>, &'a str)> {
    let files = generator.items("files").filter_map(Node::as_str);
    let files = files.map(|text| {
        let name = |path: &'a str| path.rsplit('/').next().unwrap_or(path);
        match text.split_once('=') {
            Some((key, path)) => (Some(key), path),
            None => (Some(name(text)), text),
        }
    });
    let env = generator.find(&["env"]).and_then(Node::as_str);
    let envs = generator.items("envs").filter_map(Node::as_str);
    files.chain(envs.chain(env).map(|path| (None, path)))
}

/// The literals of a generator. As kustomize reads them: up to the first `=` is the key, and a pair
/// of quotes around the value is not part of it.
pub(crate) fn literals<'a>(generator: &Object<'a>) -> Vec<Setting<'a>> {
    let document = generator.in_document();
    let items = generator.items("literals").enumerate();
    let settings = items.filter_map(|(index, node)| {
        let text = document.resolve(node).as_str()?;
        let at = text.find('=').filter(|at| *at > 0)?;
        let mut part = at + 1..text.len();
        if is_quoted(&text[part.clone()]) {
            part = part.start + 1..part.end - 1;
        }
        let mut route = generator.route_to(&["literals"]);
        route.push(Step::Index(index));
        Some(Setting {
            key: Cow::Borrowed(&text[..at]),
            spot: Spot {
                file: generator.file,
                document: Some((generator.document, document)),
                route,
                key: None,
                node: Some(node),
                part: Some(part),
                source: generator.source(),
            },
        })
    });
    settings.collect()
}

/// Whether kustomize takes a pair of quotes off a value.
pub(crate) fn is_quoted(value: &str) -> bool {
    let quoted = |quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    quoted('"') || quoted('\'')
}
