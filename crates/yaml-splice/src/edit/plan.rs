//! From intents to splices: walks the nodes, finds what differs, and leaves the writing to `block`,
//! `flow` and `text`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use serde_json::Value;

use super::intent::Intent;
use super::refuse;
use super::splice::Splice;
use crate::comments::comments;
use crate::document::Document;
use crate::node::{Entry, Node, NodeKind, Step};
use crate::stream::Format;
use crate::write::Layout;
use crate::{Error, Result};

/// How a change is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caution {
    /// As a person would.
    Preferred,
    /// In double quotes on one line, which depends on nothing around it.
    Cautious,
}

/// Finds the splices for one document.
pub(super) struct Planner<'a> {
    pub(super) document: &'a Document,
    pub(super) text: &'a str,
    pub(super) json: bool,
    pub(super) caution: Caution,
    /// The collections above the one that is being edited.
    pub(super) above: Vec<&'a Node>,
    pub(super) splices: Vec<Splice>,
    /// Where lines would have to go that a template's block ends behind.
    pub(super) blocked: Option<usize>,
    /// The layouts that were found, by what they are near to.
    pub(super) layouts: RefCell<HashMap<*const Node, Layout>>,
}

/// A child that a collection gets.
pub(super) struct Added {
    /// Its key, in a mapping.
    pub(super) key: Option<String>,
    pub(super) value: Value,
}

/// What happens to the children of one collection.
#[derive(Default)]
struct Changes<'i> {
    removed: Vec<usize>,
    added: Vec<Added>,
    set: Vec<(usize, &'i Value)>,
    made: Vec<(usize, Value)>,
    inside: Vec<(usize, &'i [(Step, Intent)])>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(format: Format, document: &'a Document, caution: Caution) -> Self {
        Self {
            document,
            text: document.syntax(),
            json: format == Format::Json,
            caution,
            above: Vec::new(),
            splices: Vec::new(),
            blocked: None,
            layouts: RefCell::default(),
        }
    }

    /// The splices that make a document what it is to become.
    pub(super) fn plan(mut self, intent: &Intent) -> Result<Vec<Splice>> {
        let Intent::Inside(children) = intent else {
            return Err(Error::internal("a document as a whole is not edited"));
        };
        if children.is_empty() {
            return Ok(Vec::new());
        }
        let Some(root) = self.document.root() else {
            if let Some(value) = intent.made() {
                self.fill_document(&value);
            }
            return Ok(self.splices);
        };
        self.collection(root, children)?;
        match self.blocked {
            Some(at) => Err(refuse::open_block(self.document, at)),
            None => Ok(self.splices),
        }
    }

    pub(super) fn splice(&mut self, start: usize, end: usize, text: impl Into<String>) {
        self.splices.push(Splice {
            start,
            end,
            text: text.into(),
        });
    }

    fn collection(&mut self, node: &'a Node, children: &[(Step, Intent)]) -> Result<()> {
        refuse::shared(self.document, node)?;
        let changes = match &node.kind {
            NodeKind::Mapping(entries) => self.mapping_changes(node, entries, children)?,
            NodeKind::Sequence(items) => self.sequence_changes(node, items, children)?,
            NodeKind::Scalar(_) | NodeKind::Alias(_) => {
                return Err(self.not_a_collection(node, children));
            }
        };
        self.changes(node, changes)
    }

    fn not_a_collection(&self, node: &Node, children: &[(Step, Intent)]) -> Error {
        let wanted = match children.first() {
            Some((Step::Index(_), _)) => "a list",
            _ => "a mapping (`key: value`)",
        };
        let found = if self.document.is_filled_in(node) {
            "a tag of a template"
        } else {
            "something else"
        };
        Error::input(format!("{wanted} is needed here, not {found}"))
            .at(self.document.location(node.span().start))
    }

    fn mapping_changes<'i>(
        &self,
        node: &Node,
        entries: &[Entry],
        children: &'i [(Step, Intent)],
    ) -> Result<Changes<'i>> {
        let mut found: HashMap<Cow<'_, str>, usize> = HashMap::new();
        let mut twice: HashMap<Cow<'_, str>, usize> = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            if let Some(key) = entry.key.key_text() {
                match found.entry(key) {
                    Slot::Vacant(slot) => drop(slot.insert(index)),
                    Slot::Occupied(slot) => drop(twice.insert(slot.key().clone(), index)),
                }
            }
        }
        let mut changes = Changes::default();
        for (step, intent) in children {
            let Step::Key(key) = step else {
                return Err(Error::internal("an index into a mapping"));
            };
            let first = found.get(key.as_str()).copied();
            if let (Some(first), Some(second)) = (first, twice.get(key.as_str())) {
                let (first, second) = (&entries[first].key, &entries[*second].key);
                return Err(refuse::duplicate(self.document, key, first, second));
            }
            if !matches!(intent, Intent::Set(_)) {
                refuse::merged(self.document, node, key, first.is_some())?;
            }
            match first {
                Some(index) => changes.existing(self.json, index, &entries[index].value, intent),
                None => changes.added.extend(intent.made().map(|value| Added {
                    key: Some(key.clone()),
                    value,
                })),
            }
        }
        Ok(changes)
    }

    fn sequence_changes<'i>(
        &self,
        node: &Node,
        items: &[Node],
        children: &'i [(Step, Intent)],
    ) -> Result<Changes<'i>> {
        let mut changes = Changes::default();
        for (step, intent) in children {
            let Step::Index(index) = step else {
                return Err(self.not_a_collection(node, children));
            };
            match items.get(*index) {
                Some(item) => changes.existing(self.json, *index, item, intent),
                None => changes
                    .added
                    .extend(intent.made().map(|value| Added { key: None, value })),
            }
        }
        Ok(changes)
    }

    fn changes(&mut self, node: &'a Node, changes: Changes<'_>) -> Result<()> {
        let (heads, children) = (leads(node), values(node));
        let Changes {
            removed,
            added,
            set,
            made,
            inside,
        } = changes;
        let made = made
            .into_iter()
            .filter(|(index, value)| !self.is(children[*index], value));
        let made: Vec<_> = made.collect();
        let set: Vec<_> = set
            .into_iter()
            .filter(|(index, value)| !self.is(children[*index], value))
            .collect();
        if !(removed.is_empty() && added.is_empty() && made.is_empty() && set.is_empty()) {
            let gone = removed.iter().chain(made.iter().map(|(index, _)| index));
            for index in gone {
                refuse::used_elsewhere(self.document, &[heads[*index], children[*index]])?;
            }
            if node.flow && !self.text[node.span.start..].starts_with(['{', '[']) {
                return Err(Error::input("a pair without braces in a list")
                    .at(self.document.location(node.span.start))
                    .hint("put the pair in braces: `[{key: value}]`"));
            }
            if let Some(first) = heads.first().filter(|_| !node.flow) {
                refuse::tabs(self.document, first)?;
            }
        }
        self.above.push(node);
        for (index, inner) in inside {
            self.collection(children[index], inner)?;
        }
        for (index, value) in made {
            self.replace(node, index, children[index], &value);
        }
        for (index, value) in set {
            self.set(node, index, children[index], value)?;
        }
        self.above.pop();
        if !removed.is_empty() && removed.len() == children.len() {
            // Brackets that hold a comment stay around it.
            if node.flow && !comments(self.text, [node], node.span()).is_empty() {
                self.remove_flow(node, &removed, false);
                if !added.is_empty() {
                    self.fill_flow(node, &added);
                }
                return Ok(());
            } else if !node.flow
                && added.is_empty()
                && (self.leaves_something(node) || self.is_all(node))
            {
                self.above.push(node);
                self.empty_block(node, &removed);
                self.above.pop();
                return Ok(());
            } else if node.flow || added.is_empty() || !self.leaves_something(node) {
                self.replace_all(node, added);
                return Ok(());
            }
        }
        self.above.push(node);
        if !removed.is_empty() {
            if node.flow {
                self.remove_flow(node, &removed, !added.is_empty());
            } else {
                self.remove_block(node, &removed, !added.is_empty());
            }
        }
        if !added.is_empty() {
            if node.flow {
                self.add_flow(node, &added, &removed);
            } else {
                self.add_block(node, &added, &removed);
            }
        }
        self.above.pop();
        Ok(())
    }

    /// Whether a collection is the only entry of its document: emptied, its key stays, because a
    /// document without any entry would have been no input.
    fn is_all(&self, node: &Node) -> bool {
        let root = self.above.first().filter(|_| self.above.len() == 1);
        root.is_some_and(|root| values(root).len() == 1 && node.properties.is_none())
    }

    fn is(&self, node: &Node, value: &Value) -> bool {
        self.document.to_json(node).is_ok_and(|read| read == *value)
    }

    /// Gives a child another value: of a collection only what differs, of a text only the lines.
    fn set(&mut self, parent: &'a Node, index: usize, old: &'a Node, value: &Value) -> Result<()> {
        match (&old.kind, value) {
            (NodeKind::Mapping(entries), Value::Object(map))
                if !map.is_empty()
                    && !entries.is_empty()
                    && entries.iter().all(|entry| entry.key.key_text().is_some()) =>
            {
                let mut children: Vec<_> = map
                    .iter()
                    .map(|(key, value)| (Step::key(key), Intent::Set(value.clone())))
                    .collect();
                let gone = entries.iter().filter_map(|entry| entry.key.key_text());
                let gone = gone.filter(|key| !map.contains_key(key.as_ref()));
                children.extend(gone.map(|key| (Step::key(key), Intent::Remove)));
                self.collection(old, &children)
            }
            (NodeKind::Sequence(items), Value::Array(values))
                if !items.is_empty() && !values.is_empty() =>
            {
                let children = self.sequence_difference(items, values);
                self.collection(old, &children)
            }
            (NodeKind::Scalar(scalar), Value::String(text)) if old.tag().is_none() => {
                refuse::used_elsewhere(self.document, &[old])?;
                if !self.set_text(parent, old, scalar, text) {
                    self.replace(parent, index, old, value);
                }
                Ok(())
            }
            _ => {
                refuse::alias(self.document, old)?;
                refuse::used_elsewhere(self.document, &[old])?;
                self.replace(parent, index, old, value);
                Ok(())
            }
        }
    }

    /// Items that are the same at both ends stay; those between are set one by one. Where the
    /// lengths differ and something stays at the end, the items that are gone are removed.
    fn sequence_difference(&self, items: &[Node], values: &[Value]) -> Vec<(Step, Intent)> {
        let same = |(item, value): &(&Node, &Value)| self.is(item, value);
        let front = items.iter().zip(values).take_while(same).count();
        let (items_left, values_left) = (&items[front..], &values[front..]);
        let back = if items.len() > values.len() {
            items_left
                .iter()
                .rev()
                .zip(values_left.iter().rev())
                .take_while(same)
                .count()
        } else {
            0
        };
        let (last, fresh) = (items.len() - back, &values[front..values.len() - back]);
        let set = fresh.iter().enumerate();
        let set = set.map(|(at, value)| (Step::Index(front + at), Intent::Set(value.clone())));
        let gone = front + fresh.len()..last;
        set.chain(gone.map(|index| (Step::Index(index), Intent::Remove)))
            .collect()
    }

    fn replace(&mut self, parent: &'a Node, index: usize, old: &'a Node, value: &Value) {
        if parent.flow || self.json {
            self.replace_flow(parent, index, old, value);
        } else {
            self.replace_block(parent, index, old, value);
        }
    }

    /// A collection whose children all go.
    fn replace_all(&mut self, node: &'a Node, added: Vec<Added>) {
        let value = match node.kind {
            NodeKind::Sequence(_) => added.into_iter().map(|added| added.value).collect(),
            _ => Value::Object(
                added
                    .into_iter()
                    .map(|added| (added.key.unwrap_or_default(), added.value))
                    .collect(),
            ),
        };
        match self.above.last().copied() {
            Some(parent) => {
                let of = |value: &&Node| std::ptr::eq(*value, node);
                let index = values(parent).iter().position(of).unwrap_or(0);
                self.replace(parent, index, node, &value);
            }
            None => self.replace_root(node, &value),
        }
    }
}

impl<'i> Changes<'i> {
    fn existing(&mut self, json: bool, index: usize, old: &Node, intent: &'i Intent) {
        match intent {
            Intent::Remove => self.removed.push(index),
            Intent::Set(value) => self.set.push((index, value)),
            Intent::Inside(children) => {
                let empty = old.items().is_some_and(<[Node]>::is_empty)
                    || old.entries().is_some_and(<[Entry]>::is_empty);
                // Brackets that someone wrote stay, so that they can be emptied again.
                match intent.made() {
                    Some(value) if old.is_null() || empty && json => self.made.push((index, value)),
                    None if old.is_null() || empty => {}
                    _ => self.inside.push((index, children)),
                }
            }
        }
    }
}

/// Where what another value takes the place of begins: a collection that stays one of its kind
/// keeps its tag.
pub(super) fn replaced_from(old: &Node, value: &Value) -> usize {
    match (&old.kind, value) {
        (NodeKind::Mapping(_), Value::Object(_)) | (NodeKind::Sequence(_), Value::Array(_)) => {
            old.span.start
        }
        // An anchor that nothing else repeats may stay in front of what fills a null.
        (NodeKind::Scalar(_), Value::Object(_) | Value::Array(_))
            if old.is_null() && old.has_anchor() && old.tag().is_none() =>
        {
            old.span.start
        }
        _ => old.outer(),
    }
}

/// The values of a mapping or the items of a sequence.
pub(super) fn values(node: &Node) -> Vec<&Node> {
    match &node.kind {
        NodeKind::Mapping(entries) => entries.iter().map(|entry| &entry.value).collect(),
        NodeKind::Sequence(items) => items.iter().collect(),
        NodeKind::Scalar(_) | NodeKind::Alias(_) => Vec::new(),
    }
}

/// The nodes that entries or items begin with.
pub(super) fn leads(node: &Node) -> Vec<&Node> {
    match &node.kind {
        NodeKind::Mapping(entries) => entries.iter().map(|entry| &entry.key).collect(),
        _ => values(node),
    }
}

/// What the entry or item begins with that has this value.
pub(super) fn head_of<'n>(parent: &'n Node, value: &Node) -> Option<&'n Node> {
    let index = values(parent)
        .iter()
        .position(|node| std::ptr::eq(*node, value))?;
    leads(parent).get(index).copied()
}
