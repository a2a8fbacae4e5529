//! What a document is made of.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use super::resolve::{ScalarStyle, ScalarType};
use super::runs::Runs;
use crate::Text;

/// One step of a route from a document's root.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Into a mapping, by the key as JSON spells it.
    Key(String),
    /// Into a sequence, counted from 0.
    Index(usize),
}

impl Step {
    /// Into a mapping.
    pub fn key(key: impl Into<String>) -> Self {
        Self::Key(key.into())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// A key or a value, with the bytes it is in.
#[derive(Clone, Debug)]
pub struct Node {
    pub(super) kind: NodeKind,
    pub(super) span: Range<usize>,
    /// Where the `-` or `?` in front of it is, else where its tag or anchor or it begins.
    pub(super) lead: usize,
    pub(super) properties: Option<Box<Properties>>,
    /// A collection between brackets.
    pub(super) flow: bool,
}

/// What may be in front of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Properties {
    pub(super) start: usize,
    pub(super) anchor: Option<usize>,
    pub(super) tag: Option<String>,
}

/// What a [`Node`] is.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// A single value.
    Scalar(Scalar),
    /// Keys with values, in the order of the text, duplicates included.
    Mapping(Vec<Entry>),
    /// A list.
    Sequence(Vec<Node>),
    /// A reference to the node with that anchor; see [`super::Document::resolve`].
    Alias(usize),
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key, nearly always a scalar.
    pub key: Node,
    /// The value; a missing one is a null of no length.
    pub value: Node,
}

impl Node {
    /// Nothing: what a document without any value has for a root.
    pub fn nothing() -> &'static Self {
        static NOTHING: OnceLock<Node> = OnceLock::new();
        NOTHING.get_or_init(|| Node {
            kind: NodeKind::Scalar(Scalar {
                value: String::new().into(),
                style: ScalarStyle::Plain,
                scalar_type: ScalarType::Null,
                block: None,
                runs: OnceLock::new(),
            }),
            span: 0..0,
            lead: 0,
            properties: None,
            flow: false,
        })
    }

    /// The bytes of the value itself: quotes and brackets included, tag and anchor not. A block
    /// scalar reaches from its `|` or `>` to the end of its last line.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// What it is.
    pub fn kind(&self) -> &NodeKind {
        &self.kind
    }

    /// Whether an anchor (`&name`) is in front of it.
    pub fn has_anchor(&self) -> bool {
        self.anchor().is_some()
    }

    pub(super) fn anchor(&self) -> Option<usize> {
        self.properties.as_ref().and_then(|some| some.anchor)
    }

    /// Its explicit tag, resolved: `tag:yaml.org,2002:str` for `!!str`, `!` for the bare one.
    pub fn tag(&self) -> Option<&str> {
        self.properties
            .as_ref()
            .and_then(|some| some.tag.as_deref())
    }

    /// Where it begins, tag and anchor included.
    pub(super) fn outer(&self) -> usize {
        self.properties
            .as_ref()
            .map_or(self.span.start, |some| some.start.min(self.span.start))
    }

    /// The entries, if it is a mapping.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.kind {
            NodeKind::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items, if it is a sequence.
    pub fn items(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The scalar, if it is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a string scalar; `None` for numbers, booleans, nulls and collections.
    pub fn as_str(&self) -> Option<&str> {
        self.as_scalar()
            .filter(|scalar| scalar.scalar_type == ScalarType::String)
            .map(Scalar::value)
    }

    /// The same, to be kept.
    pub fn shared_str(&self) -> Option<Text> {
        self.as_scalar()
            .filter(|scalar| scalar.scalar_type == ScalarType::String)
            .map(Scalar::shared)
    }

    /// Whether it is null: no value at all, `~`, `null`.
    pub fn is_null(&self) -> bool {
        self.as_scalar()
            .is_some_and(|scalar| scalar.scalar_type == ScalarType::Null)
    }

    /// The value of a key of a mapping. Where the key is twice, kubectl's answer: the last.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key of a mapping; the last, where the key is twice.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?
            .iter()
            .rev()
            .find(|entry| entry.key.key_text().is_some_and(|text| text == key))
    }

    /// The item or value that a step leads to.
    pub fn step(&self, step: &Step) -> Option<&Node> {
        match step {
            Step::Key(key) => self.get(key),
            Step::Index(index) => self.items()?.get(*index),
        }
    }

    /// The key as JSON spells it, if this node can be a key there: `yes` is `true`, `0x10` is `16`.
    /// Collections, nulls, aliases and the merge key have no such text.
    pub fn key_text(&self) -> Option<Cow<'_, str>> {
        let scalar = self.as_scalar()?;
        match scalar.scalar_type {
            ScalarType::String if self.is_merge_key() => None,
            ScalarType::String => Some(Cow::Borrowed(scalar.value())),
            ScalarType::Null => None,
            typed => super::resolve::key(scalar.value(), typed).map(Cow::Owned),
        }
    }

    /// Whether it is the merge key, an unquoted `<<`.
    pub fn is_merge_key(&self) -> bool {
        match (self.as_scalar(), self.tag()) {
            (Some(scalar), None) => scalar.style == ScalarStyle::Plain && &*scalar.value == "<<",
            (Some(_), Some(tag)) => tag == "tag:yaml.org,2002:merge",
            _ => false,
        }
    }

    /// Its children in the order of the text, keys included.
    pub(super) fn children(&self) -> Box<dyn Iterator<Item = &Node> + '_> {
        match &self.kind {
            NodeKind::Mapping(entries) => {
                Box::new(entries.iter().flat_map(|entry| [&entry.key, &entry.value]))
            }
            NodeKind::Sequence(items) => Box::new(items.iter()),
            NodeKind::Scalar(_) | NodeKind::Alias(_) => Box::new(std::iter::empty()),
        }
    }

    /// The last scalar, alias or bracketed collection inside it: what its last line ends with.
    pub(super) fn last_leaf(&self) -> &Node {
        let last = match &self.kind {
            _ if self.flow => None,
            NodeKind::Mapping(entries) => entries.last().map(|entry| &entry.value),
            NodeKind::Sequence(items) => items.last(),
            _ => None,
        };
        last.map_or(self, Node::last_leaf)
    }

    pub(super) fn block(&self) -> Option<&Block> {
        self.as_scalar().and_then(|scalar| scalar.block.as_deref())
    }
}

/// A single value.
#[derive(Clone, Debug)]
#[expect(clippy::struct_field_names, reason = "`type` is a keyword")]
pub struct Scalar {
    pub(super) value: Value,
    pub(super) style: ScalarStyle,
    pub(super) scalar_type: ScalarType,
    pub(super) block: Option<Box<Block>>,
    pub(super) runs: OnceLock<Runs>,
}

/// A decoded text. A long one is shared with anyone who keeps it; a short one takes little memory,
/// because there are many.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Short(Box<str>),
    Long(Text),
}

/// From so many bytes on a text is shared.
const LONG: usize = 1024;

impl From<String> for Value {
    fn from(text: String) -> Self {
        if text.len() < LONG {
            Self::Short(text.into_boxed_str())
        } else {
            Self::Long(text.into())
        }
    }
}

impl std::ops::Deref for Value {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Short(text) => text,
            Self::Long(text) => text,
        }
    }
}

impl Scalar {
    /// The decoded text, whatever the type: `0x10` for that number.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The same, to be kept.
    pub fn shared(&self) -> Text {
        match &self.value {
            Value::Short(text) => Text::from(&**text),
            Value::Long(text) => text.clone(),
        }
    }

    /// How it is written.
    pub fn style(&self) -> ScalarStyle {
        self.style
    }

    /// What it is to kubectl.
    pub fn scalar_type(&self) -> ScalarType {
        self.scalar_type
    }
}

/// The lines of a block scalar.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// The end of the header's characters: `|2-` is three.
    pub(super) header_end: usize,
    /// Where the line after the header begins.
    pub(super) body: usize,
    /// Columns in front of the content.
    pub(super) indent: usize,
    /// Whether the header gives the indentation.
    pub(super) explicit_indent: bool,
    pub(super) chomping: Chomping,
}

/// What becomes of the line breaks at a block scalar's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chomping {
    /// `-`: none stays.
    Strip,
    /// One stays.
    Clip,
    /// `+`: all stay.
    Keep,
}
