//! A configuration from the nodes of our own reader, for a text that no one named: it may be a
//! stranger's, and what reads it has no `unsafe` of a C parser. The values, and the places of errors,
//! are those of `yaml_serde`.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};

use crate::yaml::{Document, Entry, Node, NodeKind, Scalar, ScalarStyle};

/// Why a node is not what was expected.
#[derive(Debug)]
pub(super) struct NodeError {
    message: String,
    /// The byte where the nearest node begins that is known to be wrong.
    pub(super) offset: Option<usize>,
    /// The way to that node from where the error was met so far: `[0].name`.
    path: String,
}

impl NodeError {
    /// Puts an item's or a key's name in front of the way.
    fn below(mut self, step: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.path = format!("{step}{dot}{}", self.path);
        self
    }

    /// Puts an error that has no place yet at this node.
    fn at(self, node: &Node) -> Self {
        let offset = self.offset.or(Some(node.span().start));
        Self { offset, ..self }
    }
}

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for NodeError {}

impl de::Error for NodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
            offset: None,
            path: String::new(),
        }
    }
}

type Result<T> = std::result::Result<T, NodeError>;

/// A node of a document.
#[derive(Clone, Copy)]
pub(super) struct NodeReading<'n> {
    document: &'n Document,
    node: &'n Node,
}

impl<'n> NodeReading<'n> {
    pub(super) fn new(document: &'n Document, node: &'n Node) -> Self {
        Self {
            document,
            node: document.resolve(node),
        }
    }

    fn scalar(self) -> Option<&'n Scalar> {
        self.node.as_scalar()
    }

    /// The text of a scalar without quotes and without a tag.
    fn plain(self) -> Option<&'n str> {
        let scalar = self.scalar()?;
        let is_plain = scalar.style() == ScalarStyle::Plain && self.node.tag().is_none();
        is_plain.then(|| scalar.value())
    }

    fn is_empty(self) -> bool {
        self.plain() == Some("")
    }

    /// What it is instead of what was expected.
    fn unexpected(self) -> Unexpected<'n> {
        match self.node.kind() {
            NodeKind::Mapping(_) => Unexpected::Map,
            NodeKind::Sequence(_) => Unexpected::Seq,
            NodeKind::Alias(_) => Unexpected::Other("alias"),
            NodeKind::Scalar(scalar) => Unexpected::Str(scalar.value()),
        }
    }

    fn wrong<T>(self, expected: &dyn de::Expected) -> Result<T> {
        let error: NodeError = de::Error::invalid_type(self.unexpected(), expected);
        Err(error.at(self.node))
    }
}

/// The booleans of YAML 1.2.
fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

fn is_null(text: &str) -> bool {
    ["", "~", "null", "Null", "NULL"].contains(&text)
}

impl<'n> Deserializer<'n> for NodeReading<'n> {
    type Error = NodeError;

    fn deserialize_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        match (self.node.kind(), self.plain()) {
            (NodeKind::Mapping(_), _) => return self.deserialize_map(visitor),
            (NodeKind::Sequence(_), _) => return self.deserialize_seq(visitor),
            (_, Some(text)) if is_null(text) => visitor.visit_unit(),
            (_, Some(text)) => match (parse_bool(text), text.parse(), text.parse()) {
                (Some(value), ..) => visitor.visit_bool(value),
                (_, Ok(value), _) => visitor.visit_i64(value),
                (_, _, Ok(value)) => visitor.visit_f64(value),
                _ => visitor.visit_str(text),
            },
            _ => return self.deserialize_str(visitor),
        }
        .map_err(|error: NodeError| error.at(self.node))
    }

    fn deserialize_bool<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        match self.plain().and_then(parse_bool) {
            Some(value) => visitor.visit_bool(value),
            None => self.wrong(&visitor),
        }
    }

    fn deserialize_str<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        match self.scalar() {
            // Numbers and booleans too: `name: 1` is a name.
            Some(scalar) => visitor
                .visit_str(scalar.value())
                .map_err(|error: NodeError| error.at(self.node)),
            None => self.wrong(&visitor),
        }
    }

    fn deserialize_string<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        if self.plain().is_some_and(is_null) {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'n>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        let items = match self.node.items() {
            Some(items) => items,
            None if self.is_empty() => &[],
            None => return self.wrong(&visitor),
        };
        let items = Items {
            document: self.document,
            items: items.iter().enumerate(),
        };
        visitor
            .visit_seq(items)
            .map_err(|error| error.at(self.node))
    }

    fn deserialize_map<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        let entries = match self.node.entries() {
            Some(entries) => entries,
            None if self.is_empty() => &[],
            None => return self.wrong(&visitor),
        };
        let entries = Entries {
            document: self.document,
            left: entries.iter(),
            entry: None,
        };
        visitor
            .visit_map(entries)
            .map_err(|error| error.at(self.node))
    }

    fn deserialize_struct<V: Visitor<'n>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'n>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.scalar() {
            Some(scalar) => visitor
                .visit_enum(Variant(scalar.value()))
                .map_err(|error| error.at(self.node)),
            None => self.wrong(&"the name of a variant"),
        }
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'n>>
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple
        tuple_struct ignored_any
    }
}

struct Items<'n> {
    document: &'n Document,
    items: std::iter::Enumerate<std::slice::Iter<'n, Node>>,
}

impl<'n> SeqAccess<'n> for Items<'n> {
    type Error = NodeError;

    fn next_element_seed<T: DeserializeSeed<'n>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let next = self.items.next();
        next.map(|(index, node)| {
            let read = seed.deserialize(NodeReading::new(self.document, node));
            read.map_err(|error| error.below(&format!("[{index}]")))
        })
        .transpose()
    }
}

struct Entries<'n> {
    document: &'n Document,
    left: std::slice::Iter<'n, Entry>,
    entry: Option<&'n Entry>,
}

impl<'n> MapAccess<'n> for Entries<'n> {
    type Error = NodeError;

    fn next_key_seed<K: DeserializeSeed<'n>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some(entry) = self.left.next() else {
            return Ok(None);
        };
        self.entry = Some(entry);
        seed.deserialize(NodeReading::new(self.document, &entry.key))
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'n>>(&mut self, seed: V) -> Result<V::Value> {
        let Some(entry) = self.entry.take() else {
            return seed.deserialize(NodeReading::new(self.document, Node::nothing()));
        };
        let key = entry.key.as_scalar().map_or("", Scalar::value);
        seed.deserialize(NodeReading::new(self.document, &entry.value))
            .map_err(|error| error.below(key))
    }
}

/// The name of a variant without content.
struct Variant<'n>(&'n str);

impl<'n> EnumAccess<'n> for Variant<'n> {
    type Error = NodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'n>>(self, seed: V) -> Result<(V::Value, Self)> {
        let name: StrDeserializer<'_, NodeError> = self.0.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'n> VariantAccess<'n> for Variant<'n> {
    type Error = NodeError;

    fn unit_variant(self) -> Result<()> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'n>>(self, _seed: T) -> Result<T::Value> {
        Err(de::Error::custom("a variant with a value is not expected"))
    }

    fn tuple_variant<V: Visitor<'n>>(self, _len: usize, _visitor: V) -> Result<V::Value> {
        Err(de::Error::custom("a variant with values is not expected"))
    }

    fn struct_variant<V: Visitor<'n>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value> {
        Err(de::Error::custom("a variant with fields is not expected"))
    }
}
