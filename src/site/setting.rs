//! One key of the data of a ConfigMap.

use std::borrow::Cow;
use std::collections::HashSet;

use super::object::{Object, merged};
use super::spot::Spot;
use crate::model::{DEFAULT_ROLE_KEY, MATCH_MODE_KEY, Which, is_policy_key};
use crate::yaml::{Node, ScalarType, Step};

/// One key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Setting<'a> {
    /// The key that it has in the ConfigMap.
    pub(crate) key: Cow<'a, str>,
    /// Where its value is.
    pub(crate) spot: Spot<'a>,
}

impl<'a> Setting<'a> {
    /// The value's text, of booleans and numbers too: an unquoted one is a finding of its own.
    pub(crate) fn text(&self) -> Option<&'a str> {
        self.spot.text().filter(|_| !self.is_null())
    }
}

impl Setting<'_> {
    /// Whether the value is null.
    pub(crate) fn is_null(&self) -> bool {
        self.spot.resolved().is_none_or(Node::is_null)
    }

    /// The type of its value, if that is a scalar.
    pub(crate) fn scalar_type(&self) -> Option<ScalarType> {
        let scalar = self.spot.resolved()?.as_scalar()?;
        Some(scalar.scalar_type())
    }
}

/// Lays later settings over earlier ones: a later key wins, and null removes it.
pub(super) fn merge<'a>(all: &mut Vec<Setting<'a>>, later: &[Setting<'a>]) {
    all.retain(|one| !later.iter().any(|over| over.key == one.key));
    let kept = later.iter().filter(|over| !over.is_null());
    all.extend(kept.cloned());
}

/// Settings of several objects, of which a later one wins.
pub(super) fn joined<'a>(all: impl Iterator<Item = Vec<Setting<'a>>>) -> Option<Vec<Setting<'a>>> {
    all.reduce(|mut joined, later| {
        merge(&mut joined, &later);
        joined
    })
}

/// Which ConfigMap has such keys.
pub(super) fn which_by_keys(data: &Node) -> Option<Which> {
    let mut keys = data
        .entries()?
        .iter()
        .filter_map(|entry| entry.key.as_str());
    keys.find_map(which_of_key)
}

/// Which ConfigMap has such a key.
pub(super) fn which_of_key(key: &str) -> Option<Which> {
    if key.starts_with("accounts.") {
        return Some(Which::Cm);
    }
    let is_policy = is_policy_key(key) || [DEFAULT_ROLE_KEY, MATCH_MODE_KEY].contains(&key);
    is_policy.then_some(Which::RbacCm)
}

/// The entries of a mapping of an object, merged ones included.
pub(crate) fn entries<'a>(object: &Object<'a>, path: &[&str]) -> Vec<Setting<'a>> {
    let mut found = Vec::new();
    if let Some(mapping) = object.find(path) {
        let route = object.route_to(path);
        collect(object, mapping, &route, &mut HashSet::new(), &mut found);
    }
    found
}

/// Collects the entries of a mapping. `seen` are the mappings that merge keys have brought: what
/// one brings a second time is there already.
pub(super) fn collect<'a>(
    object: &Object<'a>,
    mapping: &'a Node,
    route: &[Step],
    seen: &mut HashSet<*const Node>,
    found: &mut Vec<Setting<'a>>,
) {
    for entry in mapping.entries().unwrap_or_default() {
        if entry.key.is_merge_key() {
            let mut brought = Vec::new();
            for source in merged(object.in_document(), entry) {
                if seen.insert(std::ptr::from_ref(source)) {
                    collect(object, source, route, seen, &mut brought);
                }
            }
            brought.retain(|setting| mapping.get(&setting.key).is_none());
            found.extend(brought);
            continue;
        }
        let Some(key) = entry.key.key_text() else {
            continue;
        };
        let mut route = route.to_vec();
        route.push(Step::key(key.clone()));
        found.push(Setting {
            key,
            spot: Spot {
                file: object.file,
                document: Some((object.document, object.in_document())),
                route,
                key: Some(&entry.key),
                node: Some(&entry.value),
                part: None,
                source: object.source(),
            },
        });
    }
}
