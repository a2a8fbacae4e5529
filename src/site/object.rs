//! The Kubernetes objects in what was read, each with its place.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::input::Origin;
use crate::model::{Location, Source, Which};
use crate::yaml::{Document, Entry, Node, Step, Stream};

/// One Kubernetes object: a document, or an item of a `List`.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    /// Index of its file.
    pub file: usize,
    /// Index of its document in the file.
    pub document: usize,
    /// The path from the document's root to the object: empty, or `items` and an index.
    pub route: Vec<Step>,
    /// The object.
    pub node: &'a Node,
    /// How it holds the data of a ConfigMap, if it is one.
    pub shape: DataShape,
    pub(super) stream: &'a Stream,
    pub(super) origin: &'a Origin,
}

/// How an object holds the data of a ConfigMap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataShape {
    /// As the mapping `data`; so does every object that is nothing else.
    Data,
    /// As JSON operations that change this one.
    Operations(Which),
    /// As literals of a generator of this one.
    Literals(Which),
}

impl DataShape {
    /// The ConfigMap, where the shape tells it.
    pub fn which(self) -> Option<Which> {
        match self {
            Self::Data => None,
            Self::Operations(which) | Self::Literals(which) => Some(which),
        }
    }
}

impl<'a> Object<'a> {
    /// `apiVersion`.
    pub fn api_version(&self) -> &'a str {
        let of_shape = self.shape.which().map(|_| "v1");
        of_shape.unwrap_or_else(|| self.text(&["apiVersion"]).unwrap_or_default())
    }

    /// `kind`.
    pub fn kind(&self) -> &'a str {
        let of_shape = self.shape.which().map(|_| "ConfigMap");
        of_shape.unwrap_or_else(|| self.text(&["kind"]).unwrap_or_default())
    }

    /// `metadata.name`.
    pub fn name(&self) -> &'a str {
        let of_shape = self.shape.which().map(Which::name);
        of_shape.unwrap_or_else(|| self.text(&["metadata", "name"]).unwrap_or_default())
    }

    /// `metadata.namespace`, if it names one.
    pub fn namespace(&self) -> Option<&'a str> {
        let path: &[&str] = match self.shape {
            DataShape::Literals(_) => &["namespace"],
            _ => &["metadata", "namespace"],
        };
        self.text(path).filter(|name| !name.is_empty())
    }

    /// `metadata.resourceVersion`, if the object has one.
    pub fn resource_version(&self) -> Option<&'a str> {
        self.text(&["metadata", "resourceVersion"])
            .filter(|version| !version.is_empty())
    }

    /// Whether its `apiVersion` is of this group.
    pub fn is_of_group(&self, group: &str) -> bool {
        let version = self.api_version().split_once('/');
        version.is_some_and(|(of, _)| of == group)
    }

    /// Whether it was read from an API server: alone, or in a list.
    pub fn from_server(&self) -> bool {
        ["uid", "resourceVersion"].iter().any(|field| {
            self.text(&["metadata", field])
                .is_some_and(|text| !text.is_empty())
        })
    }

    /// A label's value.
    pub fn label(&self, key: &str) -> Option<&'a str> {
        self.text(&["metadata", "labels", key])
    }

    /// The node at the end of a path of keys; aliases and merge keys are followed.
    pub fn find(&self, keys: &[&str]) -> Option<&'a Node> {
        let document = self.in_document();
        let start = document.resolve(self.node);
        keys.iter()
            .try_fold(start, |node, key| value_of(document, node, key))
    }

    /// The node that is written at the end of a path of keys, neither behind an alias nor brought
    /// by a merge key: only such a node can be edited.
    pub fn written(&self, keys: &[&str]) -> Option<&'a Node> {
        keys.iter().try_fold(self.node, |node, key| node.get(key))
    }

    /// The items of a list of the object; none where it has no such list.
    pub fn items(&self, key: &str) -> impl Iterator<Item = &'a Node> {
        let items = self.find(&[key]).and_then(Node::items);
        items.unwrap_or_default().iter()
    }

    /// The string at the end of a path of keys, if it is one.
    pub fn text(&self, keys: &[&str]) -> Option<&'a str> {
        self.find(keys)?.as_str()
    }

    /// The path from the document's root to a place in the object.
    pub fn route_to(&self, keys: &[&str]) -> Vec<Step> {
        let keys = keys.iter().map(|key| Step::key(*key));
        self.route.iter().cloned().chain(keys).collect()
    }

    /// The place of a byte offset of its file.
    pub fn location(&self, offset: usize) -> Location {
        self.source().location(offset)
    }

    /// The text that holds it.
    pub fn source(&self) -> &'a Source {
        self.stream.source()
    }

    /// The stream that holds it.
    pub fn stream(&self) -> &'a Stream {
        self.stream
    }

    /// The document that holds it.
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
            Origin::Inlined(inlined) => inlined.path.as_ref(),
            Origin::Stdin | Origin::Live | Origin::Sample | Origin::Made => None,
        }
    }
}

/// The value of a key of a mapping, the alias that it may be resolved; one that a merge key brings
/// where the mapping itself has none.
fn value_of<'a>(document: &'a Document, mapping: &'a Node, key: &str) -> Option<&'a Node> {
    // A mapping may be merged in many ways, and is looked at once: else a few lines of merge keys
    // would take for ever.
    let (mut seen, mut next) = (HashSet::new(), vec![mapping]);
    while let Some(mapping) = next.pop() {
        if let Some(value) = mapping.get(key) {
            return Some(document.resolve(value));
        }
        let at = next.len();
        for entry in mapping
            .entries()?
            .iter()
            .filter(|one| one.key.is_merge_key())
        {
            for source in merged(document, entry) {
                if seen.insert(std::ptr::from_ref(source)) && source.entries().is_some() {
                    next.insert(at, source);
                }
            }
        }
    }
    None
}

/// The mappings that a merge key brings.
pub(super) fn merged<'a>(
    document: &'a Document,
    entry: &'a Entry,
) -> impl Iterator<Item = &'a Node> {
    let value = document.resolve(&entry.value);
    let sources = value.items().unwrap_or(std::slice::from_ref(value));
    sources.iter().map(|source| document.resolve(source))
}

/// Refuses an object in which a key is twice: readers disagree which one counts.
pub(super) fn refuse_duplicates(object: &Object<'_>, node: &Node) -> Result<()> {
    let span = node.span();
    let mut duplicates = object.in_document().duplicates().iter();
    match duplicates.find(|double| span.contains(&double.second)) {
        Some(double) => Err(Error::input(format!("duplicate key `{}`", double.key))
            .at(object.location(double.second))
            .hint(format!(
                "the first one is at {}; readers disagree which one counts: remove one",
                object.location(double.first)
            ))),
        None => Ok(()),
    }
}

/// Refuses what should be a mapping; where a template's tag is in its place, says so.
pub(super) fn not_a_mapping(object: &Object<'_>, node: &Node, what: &str, of: &str) -> Error {
    let error = if object.in_document().is_filled_in(node) {
        Error::input(format!("a template fills in `{what}`: what it holds is unknown here"))
            .hint("render the template first, or make the change where the template takes its values from")
    } else {
        Error::input(format!("`{what}` is not a mapping{of}"))
    };
    error.at(object.location(node.span().start))
}

/// Refuses an object that is there twice.
pub(super) fn twice(what: &str, namespace: &str, object: &Object<'_>, first: &Object<'_>) -> Error {
    let start = |object: &Object<'_>| object.location(object.node.span().start);
    Error::input(format!("a second {what} in namespace {namespace}"))
        .at(start(object))
        .hint(format!(
            "the first one is at {}; leave one of them out",
            start(first)
        ))
}
