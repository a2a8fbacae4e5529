//! Nodes as JSON values, as kubectl would send them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::document::Document;
use super::node::{Node, NodeKind, Scalar};
use super::resolve::{CORE, typed};
use crate::{Error, Result};

impl Document {
    /// A node as a JSON value: aliases and merge keys resolved, of a key that is twice the
    /// last, as kubectl does. Bounded: the document was refused if its aliases made it huge.
    ///
    /// # Errors
    /// Where JSON has no such thing: a key that is a list, a mapping or null, `.inf`, a value that
    /// is not of its tag's type, a merge of something that is not a mapping.
    pub fn to_json(&self, node: &Node) -> Result<Value> {
        let node = self.resolve(node);
        match node.kind() {
            NodeKind::Scalar(scalar) => self.scalar_to_json(node, scalar),
            NodeKind::Sequence(items) => items.iter().map(|item| self.to_json(item)).collect(),
            NodeKind::Mapping(entries) => {
                let mut map = Map::with_capacity(entries.len());
                for entry in entries {
                    if entry.key.is_merge_key() {
                        // Where it is: what comes later wins, also over earlier plain keys.
                        map.extend(self.merged(&entry.value)?);
                    } else {
                        map.insert(self.json_key(&entry.key)?, self.to_json(&entry.value)?);
                    }
                }
                Ok(Value::Object(map))
            }
            NodeKind::Alias(_) => Err(self.not_json(node, "an alias that leads nowhere")),
        }
    }

    fn json_key(&self, key: &Node) -> Result<String> {
        let key = self.resolve(key);
        key.key_text()
            .map(std::borrow::Cow::into_owned)
            .ok_or_else(|| {
                let why = if key.is_null() {
                    "null"
                } else {
                    "a list, a mapping or not finite"
                };
                self.not_json(key, &format!("a key that is {why}"))
                    .hint("a placeholder such as {{ x }} must be in quotes")
            })
    }

    fn merged(&self, node: &Node) -> Result<Map<String, Value>> {
        let target = self.resolve(node);
        if let NodeKind::Sequence(items) = target.kind() {
            let mut all = Map::new();
            for item in items.iter().rev() {
                all.extend(self.merged(item)?);
            }
            return Ok(all);
        }
        match self.to_json(target)? {
            Value::Object(map) => Ok(map),
            _ => Err(self.not_json(node, "a merge key (`<<`) whose value is not a mapping")),
        }
    }

    fn scalar_to_json(&self, node: &Node, scalar: &Scalar) -> Result<Value> {
        if node.tag().and_then(|tag| tag.strip_prefix(CORE)) == Some("binary") {
            let compact: String = scalar.value().split_ascii_whitespace().collect();
            return STANDARD
                .decode(compact)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .map(Value::String)
                .ok_or_else(|| self.not_json(node, "a !!binary value that is not base64"));
        }
        typed(scalar.value(), scalar.scalar_type()).ok_or_else(|| {
            let shown: String = scalar.value().chars().take(40).collect();
            self.not_json(
                node,
                &format!("`{shown}`, which is not finite or not of its tag's type"),
            )
        })
    }

    fn not_json(&self, node: &Node, what: &str) -> Error {
        Error::input(format!("{what}: Kubernetes cannot read that"))
            .at(self.location(node.span().start))
    }
}
