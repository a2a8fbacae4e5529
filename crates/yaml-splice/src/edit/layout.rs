//! How the surroundings are laid out, for what is added to them.

use super::plan::{Caution, Planner, leads, values};
use crate::node::{Node, NodeKind};
use crate::trivia::{begins_line, column};
use crate::write::{Layout, Literals};

impl Planner<'_> {
    /// How the surroundings are laid out: as the siblings, else as what is around, else as the
    /// document is elsewhere, else as kubectl prints.
    pub(super) fn layout(&self, near: &Node) -> Layout {
        // Thousands of values of one mapping may be replaced at once.
        let known = std::ptr::from_ref(near);
        if let Some(layout) = self.layouts.borrow().get(&known) {
            return *layout;
        }
        let layout = self.find_layout(near);
        self.layouts.borrow_mut().insert(known, layout);
        layout
    }

    fn find_layout(&self, near: &Node) -> Layout {
        let root = self.document.root();
        let places = || {
            let above = self.above.iter().rev().copied();
            std::iter::once(near).chain(above).chain(root)
        };
        let step = places().find_map(|node| self.layout_of(node, false, 0));
        let step = step.or_else(|| places().find_map(|node| self.layout_of(node, false, 8)));
        let dash = places().find_map(|node| self.layout_of(node, true, 0));
        let dash = dash.or_else(|| places().find_map(|node| self.layout_of(node, true, 8)));
        let default = Layout::default();
        Layout {
            step: step.unwrap_or(default.step),
            dash: dash.unwrap_or(default.dash),
            literals: match self.caution {
                Caution::Preferred => Literals::Closed,
                Caution::Cautious => Literals::Never,
            },
        }
    }

    /// Columns by which the first nested mapping (or sequence) of a node is deeper than its key.
    fn layout_of(&self, node: &Node, sequences: bool, depth: usize) -> Option<usize> {
        if node.flow {
            return None;
        }
        for entry in node.entries().unwrap_or_default() {
            let base = column(self.text, entry.key.lead);
            let found = match &entry.value.kind {
                NodeKind::Scalar(scalar) if !sequences => scalar
                    .block
                    .as_deref()
                    .filter(|block| !block.explicit_indent)
                    .map(|block| block.indent),
                _ if entry.value.flow || sequences != entry.value.items().is_some() => None,
                _ => leads(&entry.value)
                    .first()
                    .filter(|head| begins_line(self.text, head.lead))
                    .map(|head| column(self.text, head.lead)),
            };
            let deeper = found.and_then(|column| column.checked_sub(base));
            if let Some(deeper) = deeper.filter(|deeper| sequences || *deeper > 0) {
                return Some(deeper);
            }
        }
        let inner = depth.checked_sub(1)?;
        values(node)
            .into_iter()
            .find_map(|child| self.layout_of(child, sequences, inner))
    }
}
