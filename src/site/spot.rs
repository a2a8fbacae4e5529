//! A value in a text, and the places in it.

use std::ops::Range;

use super::object::Object;
use crate::model::{Location, Source};
use crate::yaml::{Document, Entry, Node, Step};

/// A value: of a document, or a bare policy as a whole.
#[derive(Clone, Debug)]
pub(crate) struct Spot<'a> {
    pub(crate) file: usize,
    /// The document's index and the document; a bare policy has none.
    pub(crate) document: Option<(usize, &'a Document)>,
    pub(crate) route: Vec<Step>,
    /// The key that leads to the value, if there is one.
    pub(crate) key: Option<&'a Node>,
    /// The value where it is: an alias is not followed.
    pub(crate) node: Option<&'a Node>,
    /// The bytes of the value in the node's decoded text, where they are not all of it.
    pub(crate) part: Option<Range<usize>>,
    /// The text that holds it.
    pub(crate) source: &'a Source,
}

/// A place in a text that was read. It becomes line and column only when it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which text.
    pub file: usize,
    /// Which document of it; a bare policy has none.
    pub document: Option<usize>,
    /// The path from the document's root to the value that holds the place.
    pub route: Vec<Step>,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

impl Place {
    /// The key that begins at an offset of an object's text.
    pub(crate) fn of_key(object: &Object<'_>, offset: usize) -> Place {
        let mut route = object.route.clone();
        let mut node = object.node;
        let mut span = offset..offset;
        loop {
            // What a collection holds is in the order of the text.
            let entries = node.entries().unwrap_or_default();
            let behind = entries.partition_point(|entry| entry.key.span().start <= offset);
            let entry = behind.checked_sub(1).map(|at| &entries[at]);
            let entry = entry.filter(|entry| {
                let end = entry.value.span().end.max(entry.key.span().end);
                offset < end
            });
            if let Some(entry) = entry {
                route.extend(entry.key.key_text().map(Step::key));
                if entry.key.span().start == offset {
                    span = entry.key.span();
                    break;
                }
                node = &entry.value;
                continue;
            }
            let items = node.items().unwrap_or_default();
            let behind = items.partition_point(|item| item.span().start <= offset);
            let index = behind.checked_sub(1);
            let Some(index) = index.filter(|at| items[*at].span().contains(&offset)) else {
                break;
            };
            route.push(Step::Index(index));
            node = &items[index];
        }
        Place {
            file: object.file,
            document: Some(object.document),
            route,
            span,
        }
    }
}

impl<'a> Spot<'a> {
    /// Points at an object: at its name, else at its first key.
    pub(crate) fn of_name(object: &Object<'a>) -> Spot<'a> {
        let metadata = object.find(&["metadata"]);
        let name = metadata.and_then(|node| node.entry("name"));
        let first = || object.node.entries().and_then(<[_]>::first);
        let entry = name.or_else(first);
        let mut route = object.route.clone();
        if name.is_some() {
            route.extend([Step::key("metadata"), Step::key("name")]);
        }
        Spot {
            file: object.file,
            document: Some((object.document, object.in_document())),
            route,
            key: entry.map(|entry| &entry.key),
            node: entry.map_or(Some(object.node), |entry| Some(&entry.value)),
            part: None,
            source: object.source(),
        }
    }

    /// Points at the value at the end of a path of keys in an object.
    pub(crate) fn of_path(object: &Object<'a>, path: &[&str]) -> Option<Spot<'a>> {
        let (last, above) = path.split_last()?;
        let entry = object.find(above)?.entry(last)?;
        Some(Self::of_entry(object, path, entry))
    }

    /// Points at the value of an entry at the end of a path of keys in an object.
    pub(crate) fn of_entry(object: &Object<'a>, path: &[&str], entry: &'a Entry) -> Spot<'a> {
        Spot {
            file: object.file,
            document: Some((object.document, object.in_document())),
            route: object.route_to(path),
            key: Some(&entry.key),
            node: Some(&entry.value),
            part: None,
            source: object.source(),
        }
    }

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
        let text = &self.source.text()[span.start..];
        let line = text.get(..span.len()).unwrap_or(text).find(['\n', '\r']);
        let end = line.map_or(span.end, |line| span.start + line);
        let one = text.chars().next().filter(|c| *c != '\n' && *c != '\r');
        let least = span.start + one.map_or(0, char::len_utf8);
        span.start..end.max(least)
    }

    /// The value; of a block, its header.
    pub(crate) fn value(&self) -> Place {
        if let Some(part) = &self.part {
            return self.within(0..part.len());
        }
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
        let skipped = self.part.as_ref().map_or(0, |part| part.start);
        let start = document.locate(node, skipped + range.start);
        let end = document.locate(node, skipped + range.end).max(start);
        self.at(start..end)
    }

    /// Returns the place of a byte of the value's decoded text.
    pub(crate) fn location(&self, offset: usize) -> Location {
        self.source.location(self.offset(offset))
    }

    /// Returns where a byte of the value's decoded text is in the source.
    pub(crate) fn offset(&self, offset: usize) -> usize {
        match (self.document, self.resolved()) {
            (Some((_, document)), Some(node)) => {
                let skipped = self.part.as_ref().map_or(0, |part| part.start);
                document.locate(node, skipped + offset)
            }
            _ => offset,
        }
    }

    /// Returns the value's decoded text, whatever its type; `None` where it is not a single value.
    pub(crate) fn text(&self) -> Option<&'a str> {
        let text = self.resolved()?.as_scalar()?.value();
        match &self.part {
            Some(part) => text.get(part.clone()),
            None => Some(text),
        }
    }

    /// The node that holds the value, an alias followed.
    pub(crate) fn resolved(&self) -> Option<&'a Node> {
        let node = self.node?;
        Some(match self.document {
            Some((_, document)) => document.resolve(node),
            None => node,
        })
    }
}
