//! A value in a text, and the places in it.

use std::ops::Range;

use super::finding::{Change, Place, Target};
use crate::yaml::{Document, Node, Step};

/// A value: of a document, or a bare policy as a whole.
#[derive(Clone, Debug)]
pub(crate) struct Spot<'a> {
    pub(crate) file: usize,
    /// The document's index and the document; a bare policy has none.
    pub(crate) document: Option<(usize, &'a Document)>,
    pub(crate) route: Vec<Step>,
    /// The key that leads to the value, if there is one.
    pub(crate) key: Option<&'a Node>,
    /// The value where it stands: an alias is not followed.
    pub(crate) node: Option<&'a Node>,
    /// The whole text that it stands in.
    pub(crate) text: &'a str,
}

impl<'a> Spot<'a> {
    fn at(&self, span: Range<usize>) -> Place {
        Place {
            file: self.file,
            document: self.document.map(|(index, _)| index),
            route: self.route.clone(),
            span: self.on_one_line(span),
        }
    }

    /// A range cut at the end of its first line, and never empty where a character is there.
    fn on_one_line(&self, span: Range<usize>) -> Range<usize> {
        let text = &self.text[span.start..];
        let line = text.find(['\n', '\r']).unwrap_or(text.len());
        let end = span.end.min(span.start + line);
        let one = text.chars().next().filter(|c| *c != '\n' && *c != '\r');
        let least = span.start + one.map_or(0, char::len_utf8);
        span.start..end.max(least)
    }

    /// The value; of a block, its header.
    pub(crate) fn value(&self) -> Place {
        let span = self.node.map_or(0..0, Node::span);
        let span = if span.is_empty() {
            // A null of no length.
            self.key.map_or(span, Node::span)
        } else {
            span
        };
        self.at(span)
    }

    /// The key, or the value where there is no key.
    pub(crate) fn key(&self) -> Place {
        match self.key {
            Some(key) => self.at(key.span()),
            None => self.value(),
        }
    }

    /// Bytes of the value's decoded text.
    pub(crate) fn within(&self, range: Range<usize>) -> Place {
        let (Some((_, document)), Some(node)) = (self.document, self.resolved()) else {
            return self.at(range);
        };
        let start = document.locate(node, range.start);
        let end = document.locate(node, range.end).max(start);
        self.at(start..end)
    }

    /// The node that holds the value, an alias followed.
    pub(crate) fn resolved(&self) -> Option<&'a Node> {
        let node = self.node?;
        Some(match self.document {
            Some((_, document)) => document.resolve(node),
            None => node,
        })
    }

    pub(crate) fn target(&self) -> Target {
        Target {
            file: self.file,
            document: self.document.map(|(index, _)| index),
            route: self.route.clone(),
        }
    }

    /// Replaces bytes of the value's decoded text.
    pub(crate) fn splice(&self, range: Range<usize>, text: impl Into<String>) -> Change {
        Change::Splice {
            target: self.target(),
            range,
            text: text.into(),
        }
    }

    /// Gives the key another value.
    pub(crate) fn set(&self, text: impl Into<String>) -> Change {
        Change::Set {
            target: self.target(),
            text: text.into(),
        }
    }

    /// Takes the key out.
    pub(crate) fn remove(&self) -> Change {
        Change::Remove {
            target: self.target(),
        }
    }

    /// The same with another last step: a sibling key.
    pub(crate) fn sibling(&self, key: &str) -> Target {
        let mut target = self.target();
        target.route.pop();
        target.route.push(Step::key(key));
        target
    }
}
