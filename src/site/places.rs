//! Where the keys of a ConfigMap's `data` are in an object.

use super::object::{DataShape, Object};
use super::operator::OperatorResource;
use super::setting::Setting;
use super::settings::Settings;
use crate::model::Location;
use crate::yaml::{self, Node, ScalarStyle};

/// The places of the keys of a ConfigMap's `data` in the text that they were read from.
pub trait Places {
    /// The place of a byte of a key's value.
    fn locate(&self, key: &str, offset: usize) -> Location;
    /// Whether the key's value has the form in which render writes a new key (a literal block), so
    /// that a key without text left is one that render made, and goes.
    fn is_block(&self, key: &str) -> bool;
}

/// The keys below one mapping of an object.
#[derive(Clone, Debug)]
pub struct Below<'o, 'a> {
    /// The object.
    pub object: &'o Object<'a>,
    /// The keys that lead to the mapping.
    pub path: Vec<&'o str>,
}

impl Below<'_, '_> {
    fn node(&self, key: &str) -> Option<&Node> {
        let mapping = self.object.find(&self.path)?;
        self.object.in_document().resolve(mapping).get(key)
    }
}

impl Places for Below<'_, '_> {
    fn locate(&self, key: &str, offset: usize) -> Location {
        match self.node(key) {
            Some(node) => self
                .object
                .location(self.object.in_document().locate(node, offset)),
            None => self.object.location(self.object.node.span().start),
        }
    }

    fn is_block(&self, key: &str) -> bool {
        let scalar = self.node(key).and_then(Node::as_scalar);
        self.object.stream().format() == yaml::Format::Json
            || scalar.is_some_and(|scalar| scalar.style() == ScalarStyle::Literal)
    }
}

impl Places for Object<'_> {
    fn locate(&self, key: &str, offset: usize) -> Location {
        match setting_of(self, key) {
            Some(setting) => setting.spot.location(offset),
            None => data_of(self).locate(key, offset),
        }
    }

    fn is_block(&self, key: &str) -> bool {
        let is_literal = |setting: &Setting<'_>| {
            let scalar = setting.spot.resolved().and_then(Node::as_scalar);
            scalar.is_some_and(|scalar| scalar.style() == ScalarStyle::Literal)
        };
        setting_of(self, key).is_some_and(|setting| is_literal(&setting))
            || data_of(self).is_block(key)
    }
}

/// The key's setting, where it is not in a mapping `data`.
fn setting_of<'a>(object: &Object<'a>, key: &str) -> Option<Setting<'a>> {
    if object.shape == DataShape::Data {
        return None;
    }
    Settings::of_configmap(object, false)?.get(key).cloned()
}

fn data_of<'o, 'a>(object: &'o Object<'a>) -> Below<'o, 'a> {
    Below {
        object,
        path: vec!["data"],
    }
}

/// The keys of argocd-rbac-cm of which argocd-operator writes some: those are in the `ArgoCD`
/// resource, the others in the ConfigMap.
#[derive(Clone, Copy, Debug)]
pub struct Both<'o, 'a> {
    /// The resource.
    pub argocd: &'o OperatorResource<'a>,
    /// The ConfigMap, if it was read.
    pub rbac_cm: Option<&'o Object<'a>>,
}

impl Places for Both<'_, '_> {
    fn locate(&self, key: &str, offset: usize) -> Location {
        let object = &self.argocd.object;
        match (self.argocd.rbac_path(key), self.rbac_cm) {
            (Some(path), _) => {
                let node = object.find(&path).unwrap_or(object.node);
                object.location(object.in_document().locate(node, offset))
            }
            (None, Some(rbac_cm)) => rbac_cm.locate(key, offset),
            (None, None) => object.location(object.node.span().start),
        }
    }

    /// A field of the resource is never ours alone: without it the operator would leave the live
    /// policy as it is, with our rules in it.
    fn is_block(&self, key: &str) -> bool {
        self.argocd.rbac_path(key).is_none()
            && self.rbac_cm.is_some_and(|rbac_cm| rbac_cm.is_block(key))
    }
}
