//! One document of a text, and where things are in it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::decode;
use super::node::{Entry, Node, NodeKind, Step};
use super::template::Covered;
use crate::{Location, Source};

/// One document of a stream.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) source: Source,
    pub(super) root: Option<Node>,
    pub(super) span: Range<usize>,
    pub(super) duplicates: Vec<Duplicate>,
    /// For each anchor's id the way to its node: which child, keys and values counted alike.
    pub(super) anchors: HashMap<usize, Vec<usize>>,
    /// The text without the tags of a template, where it can be read only so.
    pub(super) covered: Option<Arc<Covered>>,
}

/// A key that is there twice in one mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The key.
    pub key: String,
    /// Where it is first: an offset into the text.
    pub first: usize,
    /// Where it is again.
    pub second: usize,
}

impl Document {
    /// Its value, if there is more than comments.
    pub fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }

    /// Its bytes: from its `---` (the first document: from the beginning of the text; after `...`:
    /// from the line after) up to the next document. The spans cover the whole text.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Keys that are twice in one mapping, in the order of the text.
    pub fn duplicates(&self) -> &[Duplicate] {
        &self.duplicates
    }

    /// The text it is in.
    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// The text as YAML: without the tags of a template.
    pub(super) fn syntax(&self) -> &str {
        match &self.covered {
            Some(covered) => &covered.text,
            None => self.source.text(),
        }
    }

    /// How many blocks of a template are open at an offset.
    pub(super) fn open_blocks(&self, offset: usize) -> isize {
        self.covered
            .as_ref()
            .map_or(0, |covered| covered.open_at(offset))
    }

    /// Whether the text has tags of a template.
    pub(super) fn has_tags(&self) -> bool {
        self.covered.is_some()
    }

    /// Whether a scalar holds a tag of a template, so that its value is unknown until the template is rendered.
    pub fn is_filled_in(&self, node: &Node) -> bool {
        let covered = self.covered.as_ref();
        covered.is_some_and(|covered| covered.has_value_in(&node.span()))
    }

    /// Whether the line at an offset is a tag that gives lines.
    pub(super) fn gives_lines(&self, offset: usize) -> bool {
        self.covered
            .as_ref()
            .is_some_and(|covered| covered.gives_lines(offset))
    }

    /// The place of an offset into the text.
    pub fn location(&self, offset: usize) -> Location {
        self.source.location(offset)
    }

    /// The node at the end of a route, aliases followed.
    pub fn get(&self, route: &[Step]) -> Option<&Node> {
        let mut node = self.resolve(self.root()?);
        for step in route {
            node = self.resolve(node.step(step)?);
        }
        Some(node)
    }

    /// The node that an alias stands for; any other node is itself.
    pub fn resolve<'a>(&'a self, node: &'a Node) -> &'a Node {
        let NodeKind::Alias(id) = node.kind else {
            return node;
        };
        let found = self.anchors.get(&id).and_then(|path| {
            path.iter()
                .try_fold(self.root()?, |node, index| node.children().nth(*index))
        });
        found.unwrap_or(node)
    }

    /// The offset into the text of the byte `value_offset` of a scalar's decoded value, so that
    /// something found in a policy can be shown where it is: inside a block, behind an escape,
    /// after a folded line. Of the value's end, the end of its last character.
    pub fn locate(&self, node: &Node, value_offset: usize) -> usize {
        decode::locate(node, self.source.text(), value_offset)
    }
}

/// Adds the keys that are twice in a mapping.
pub(super) fn duplicates(entries: &[Entry], into: &mut Vec<Duplicate>) {
    if entries.len() < 2 {
        return;
    }
    let mut seen = HashMap::with_capacity(entries.len());
    for entry in entries {
        if let Some(key) = entry.key.key_text() {
            let at = entry.key.span.start;
            if let Some(first) = seen.get(&key) {
                into.push(Duplicate {
                    key: key.into_owned(),
                    first: *first,
                    second: at,
                });
            } else {
                seen.insert(key, at);
            }
        }
    }
}
