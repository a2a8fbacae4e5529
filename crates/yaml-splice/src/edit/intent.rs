//! What a document is to become, as a tree beside its nodes.

use serde_json::{Map, Value};

use crate::node::Step;

/// What is to become of a node.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Intent {
    /// It gets this value.
    Set(Value),
    /// It goes.
    Remove,
    /// Something inside it changes; of the children named here none twice.
    Inside(Vec<(Step, Intent)>),
}

impl Intent {
    /// Nothing is to change.
    pub(super) fn nothing() -> Self {
        Self::Inside(Vec::new())
    }

    /// Adds what is to become of the node at the end of a route; later edits win.
    pub(super) fn put(&mut self, route: &[Step], leaf: Self) {
        let Some((first, rest)) = route.split_first() else {
            *self = leaf;
            return;
        };
        match self {
            Self::Inside(children) => {
                let at = children.iter().position(|(step, _)| step == first);
                let at = at.unwrap_or_else(|| {
                    children.push((first.clone(), Self::nothing()));
                    children.len() - 1
                });
                children[at].1.put(rest, leaf);
            }
            Self::Set(value) => put_value(value, route, leaf),
            Self::Remove => {
                let mut value = Value::Null;
                put_value(&mut value, route, leaf);
                *self = Self::Set(value);
            }
        }
    }

    /// The value of a node that was not there (or was null or empty) before; `None` if it is still
    /// not there.
    pub(super) fn made(&self) -> Option<Value> {
        match self {
            Self::Set(value) => Some(value.clone()),
            Self::Remove => None,
            Self::Inside(children) => {
                let made: Vec<_> = children
                    .iter()
                    .filter_map(|(step, intent)| intent.made().map(|value| (step, value)))
                    .collect();
                match made.first()? {
                    (Step::Index(_), _) => Some(made.into_iter().map(|(_, value)| value).collect()),
                    (Step::Key(_), _) => Some(Value::Object(
                        made.into_iter()
                            .map(|(step, value)| match step {
                                Step::Key(key) => (key.clone(), value),
                                Step::Index(index) => (index.to_string(), value),
                            })
                            .collect(),
                    )),
                }
            }
        }
    }
}

fn put_value(value: &mut Value, route: &[Step], leaf: Intent) {
    let Some((first, rest)) = route.split_first() else {
        *value = leaf.made().unwrap_or(Value::Null);
        return;
    };
    match first {
        Step::Key(key) => {
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            if let Value::Object(map) = value {
                if rest.is_empty() && leaf == Intent::Remove {
                    map.shift_remove(key);
                } else {
                    put_value(map.entry(key.clone()).or_insert(Value::Null), rest, leaf);
                }
            }
        }
        Step::Index(index) => {
            if !value.is_array() {
                *value = Value::Array(Vec::new());
            }
            if let Value::Array(items) = value {
                if rest.is_empty() && leaf == Intent::Remove {
                    if *index < items.len() {
                        items.remove(*index);
                    }
                } else {
                    if *index >= items.len() {
                        items.push(Value::Null);
                    }
                    let last = items.len() - 1;
                    put_value(&mut items[(*index).min(last)], rest, leaf);
                }
            }
        }
    }
}
