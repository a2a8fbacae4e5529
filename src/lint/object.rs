//! Kubernetes objects and other documents, as far as rules ask about them.

use crate::yaml::{Document, Node, Step};

/// One object: a document, or an item of a `List`.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    /// Which text it stands in.
    pub file: usize,
    /// Which document of it.
    pub document: usize,
    /// That document.
    pub parsed: &'a Document,
    /// The way from the document's root to the object.
    pub route: Vec<Step>,
    /// The object.
    pub node: &'a Node,
}

impl<'a> Object<'a> {
    /// The node at the end of a way through mappings, aliases followed.
    pub(super) fn find(&self, keys: &[&str]) -> Option<&'a Node> {
        let start = self.parsed.resolve(self.node);
        keys.iter()
            .try_fold(start, |node, key| Some(self.parsed.resolve(node.get(key)?)))
    }

    /// The text there, if it is one.
    pub(super) fn text(&self, keys: &[&str]) -> &'a str {
        self.find(keys).and_then(Node::as_str).unwrap_or_default()
    }

    /// The way from the document's root to a place in the object.
    pub(super) fn route_to(&self, keys: &[&str]) -> Vec<Step> {
        let keys = keys.iter().map(|key| Step::key(*key));
        self.route.iter().cloned().chain(keys).collect()
    }

    pub(super) fn kind(&self) -> &'a str {
        self.text(&["kind"])
    }

    pub(super) fn name(&self) -> &'a str {
        self.text(&["metadata", "name"])
    }

    /// Whether its `apiVersion` is of this group.
    pub(super) fn is_of_group(&self, group: &str) -> bool {
        let version = self.text(&["apiVersion"]);
        version.split_once('/').is_some_and(|(of, _)| of == group)
    }

    /// Whether it was read from an API server: alone, or in a list.
    pub(super) fn is_from_server(&self) -> bool {
        ["uid", "resourceVersion"]
            .iter()
            .any(|field| !self.text(&["metadata", field]).is_empty())
    }

    /// A label's value.
    pub(super) fn label(&self, key: &str) -> Option<&'a str> {
        let labels = self.find(&["metadata", "labels"])?;
        let direct = labels.get(key);
        // A merge key may bring the label.
        let merged = || {
            let entries = labels.entries()?.iter();
            let mut merges = entries.filter(|entry| entry.key.is_merge_key());
            merges.find_map(|entry| self.parsed.resolve(&entry.value).get(key))
        };
        self.parsed.resolve(direct.or_else(merged)?).as_str()
    }
}
