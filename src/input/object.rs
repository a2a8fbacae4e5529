//! The Kubernetes objects in what was read, each with its place.

use std::path::PathBuf;

use super::{File, Origin};
use crate::model::{Location, Source};
use crate::yaml::{Document, Node, Step, Stream};

/// One Kubernetes object: a document, or an item of a `List`.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    /// Index of its file.
    pub file: usize,
    /// Index of its document in the file.
    pub document: usize,
    /// The way from the document's root to the object: empty, or `items` and an index.
    pub route: Vec<Step>,
    /// The object.
    pub node: &'a Node,
    stream: &'a Stream,
    origin: &'a Origin,
}

impl<'a> Object<'a> {
    /// `apiVersion`.
    pub fn api_version(&self) -> &'a str {
        self.text(&["apiVersion"]).unwrap_or_default()
    }

    /// `kind`.
    pub fn kind(&self) -> &'a str {
        self.text(&["kind"]).unwrap_or_default()
    }

    /// `metadata.name`.
    pub fn name(&self) -> &'a str {
        self.text(&["metadata", "name"]).unwrap_or_default()
    }

    /// `metadata.namespace`, if it names one.
    pub fn namespace(&self) -> Option<&'a str> {
        self.text(&["metadata", "namespace"])
            .filter(|name| !name.is_empty())
    }

    /// `metadata.resourceVersion`, if the object has one.
    pub fn resource_version(&self) -> Option<&'a str> {
        self.text(&["metadata", "resourceVersion"])
            .filter(|version| !version.is_empty())
    }

    /// Whether it was read from an API server: alone, or in a list.
    pub fn from_server(&self) -> bool {
        ["uid", "resourceVersion"].iter().any(|field| {
            self.text(&["metadata", field])
                .is_some_and(|text| !text.is_empty())
        })
    }

    /// The node at the end of a way through mappings.
    pub fn find(&self, keys: &[&str]) -> Option<&'a Node> {
        keys.iter().try_fold(self.node, |node, key| node.get(key))
    }

    /// The text there, if it is one.
    pub fn text(&self, keys: &[&str]) -> Option<&'a str> {
        self.find(keys)?.as_str()
    }

    /// The way from the document's root to a place in the object.
    pub fn route_to(&self, keys: &[&str]) -> Vec<Step> {
        let keys = keys.iter().map(|key| Step::key(*key));
        self.route.iter().cloned().chain(keys).collect()
    }

    /// The place of a byte offset of its file.
    pub fn location(&self, offset: usize) -> Location {
        self.source().location(offset)
    }

    /// The text it stands in.
    pub fn source(&self) -> &'a Source {
        self.stream.source()
    }

    /// The stream it stands in.
    pub fn stream(&self) -> &'a Stream {
        self.stream
    }

    /// The document it stands in.
    pub fn in_document(&self) -> &'a Document {
        &self.stream.documents()[self.document]
    }

    /// Where its file came from.
    pub fn origin(&self) -> &'a Origin {
        self.origin
    }

    /// The path of its file, if it is one on disk.
    pub fn path(&self) -> Option<&'a PathBuf> {
        match self.origin {
            Origin::Named(path) | Origin::Found(path) => Some(path),
            Origin::Stdin | Origin::Live | Origin::Sample | Origin::Made => None,
        }
    }
}

/// Every object of every file, in the order in which they stand.
pub fn objects(files: &[File]) -> Vec<Object<'_>> {
    let mut found = Vec::new();
    for (file, read) in files.iter().enumerate() {
        let Some(stream) = read.stream() else {
            continue;
        };
        for (document, parsed) in stream.documents().iter().enumerate() {
            let Some(root) = parsed.root() else { continue };
            let origin = &read.origin;
            let object = |node, route| Object {
                file,
                document,
                route,
                node,
                stream,
                origin,
            };
            let kind = root.get("kind").and_then(Node::as_str).unwrap_or_default();
            let items = root.get("items").and_then(Node::items);
            match items {
                Some(items) if kind.ends_with("List") => {
                    for (index, item) in items.iter().enumerate() {
                        let route = vec![Step::key("items"), Step::Index(index)];
                        found.push(object(item, route));
                    }
                }
                _ => found.push(object(root, Vec::new())),
            }
        }
    }
    found
}
