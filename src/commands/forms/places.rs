//! Where the keys of a ConfigMap's `data` stand in an object.

use crate::input::{ArgoCd, Object};
use crate::model::Location;
use crate::plan::Places;
use crate::yaml::{self, Node, ScalarStyle};

/// The keys below one mapping of an object.
pub(super) struct Below<'o, 'a> {
    pub(super) object: &'o Object<'a>,
    pub(super) path: Vec<&'o str>,
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
        data_of(self).locate(key, offset)
    }

    fn is_block(&self, key: &str) -> bool {
        data_of(self).is_block(key)
    }
}

fn data_of<'o, 'a>(object: &'o Object<'a>) -> Below<'o, 'a> {
    Below {
        object,
        path: vec!["data"],
    }
}

/// The keys of argocd-rbac-cm of which argocd-operator writes some: those stand in the `ArgoCD`
/// resource, the others in the ConfigMap.
pub(super) struct Both<'o, 'a> {
    pub(super) argocd: &'o ArgoCd<'a>,
    pub(super) rbac_cm: Option<&'o Object<'a>>,
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
