//! Collections while they are read.

use super::node::{Entry, Node, NodeKind};

/// A collection that is still open.
pub(super) struct Frame {
    pub(super) node: Node,
    /// The key that waits for its value.
    pub(super) key: Option<Node>,
    /// What it weighs with its aliases followed.
    pub(super) weight: usize,
    /// How deep what is in it is nested, aliases followed.
    pub(super) depth: usize,
}

impl Frame {
    /// Which child of its node comes next; a mapping's keys and values are counted alike.
    pub(super) fn position(&self) -> usize {
        match &self.node.kind {
            NodeKind::Mapping(entries) => 2 * entries.len() + usize::from(self.key.is_some()),
            NodeKind::Sequence(items) => items.len(),
            _ => 0,
        }
    }

    /// Puts the next child in.
    pub(super) fn add(&mut self, node: Node) {
        match (&mut self.node.kind, self.key.take()) {
            (NodeKind::Sequence(items), _) => items.push(node),
            (NodeKind::Mapping(entries), Some(key)) => entries.push(Entry { key, value: node }),
            (_, _) => self.key = Some(node),
        }
    }
}
