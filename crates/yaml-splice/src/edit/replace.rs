//! Splices in block style that put one value in the place of another.

use std::ops::Range;

use serde_json::Value;

use super::block::ends_in_block;
use super::plan::{Planner, leads, replaced_from};
use crate::node::{Node, NodeKind};
use crate::trivia::{
    Token, begins_line, column, find, is_blank, line_break, line_start, next_line, part, tokens,
    without_break,
};
use crate::write::{self, Layout, Rendered};

impl<'a> Planner<'a> {
    /// Puts another value in the place of one.
    pub(super) fn replace_block(
        &mut self,
        parent: &'a Node,
        index: usize,
        old: &'a Node,
        value: &Value,
    ) {
        let head = leads(parent)[index];
        let base = column(self.text, head.lead);
        let layout = self.layout(parent);
        let inner = match (&old.kind, value, &parent.kind) {
            (NodeKind::Mapping(entries), Value::Object(_), _)
                if !old.flow && !entries.is_empty() =>
            {
                column(self.text, entries[0].key.lead)
            }
            (_, _, NodeKind::Sequence(_)) => column(self.text, old.outer()).max(base + 2),
            (_, Value::Array(_), _) => base + layout.dash,
            _ => base + layout.step,
        };
        let open = self.document.open_blocks(head.lead);
        let after = self.end_outside(self.end_of(old, base), old, open);
        let start = replaced_from(old, value);
        let own_line = !old.span.is_empty() && begins_line(self.text, start) && start != head.lead;
        if own_line && !is_block_collection(old) && old.block().is_none() {
            let rendered = write::block(value, column(self.text, start), layout);
            let end = next_line(self.text, old.span.end);
            if rendered.inline.is_empty()
                && is_blank(without_break(part(self.text, old.span.end..end)))
            {
                let body = self.with_breaks(rendered.body, start);
                self.splice(line_start(self.text, start), end, body);
                return;
            }
        }
        let rendered = write::block(value, inner, layout);
        if old.span.start == head.span.end && !std::ptr::eq(head, old) {
            // `? key` without a `:`.
            let at = self.line_after(head);
            let inline = format!(": {}", rendered.inline);
            let lines = format!(
                "{}{}\n{}",
                " ".repeat(base),
                inline.trim_end(),
                rendered.body
            );
            let lines = self.with_breaks(lines, at);
            let before = if self.unfinished(at) {
                line_break(self.text, at)
            } else {
                ""
            };
            self.splice(at, at, format!("{before}{lines}"));
            return;
        }
        self.replace_with(head, old, start..after, ends_in_block(value), rendered);
    }

    fn replace_with(
        &mut self,
        head: &Node,
        old: &Node,
        Range { start, end: after }: Range<usize>,
        ends_in_block: bool,
        rendered: Rendered,
    ) {
        let text = self.text;
        let is_block = is_block_collection(old);
        let mut body = self.with_breaks(rendered.body, start);
        // The part on the line of what announces the value, and the lines below it.
        let (from, to, lines) = match old.block() {
            Some(block) => (start, block.header_end, block.body..old.span.end),
            None if is_block => {
                let lines = self.own_end_of(old, column(text, head.lead));
                let announced = self.announced(head, old);
                let begins = announced.max(line_start(text, old.span.start));
                (start.min(announced), announced, begins..lines)
            }
            None => (start, old.span.end, after..after),
        };
        if is_block && !begins_line(text, old.span.start) {
            // `- a: b`: the collection begins on the line of its dash.
            let inline = rendered.inline;
            let text = match inline.as_str() {
                "" => format!(" {}", body.trim_start_matches(' ')),
                inline => format!(" {inline}{}{body}", line_break(text, start)),
            };
            self.splice(from, lines.end, text);
            return;
        }
        let line_end = next_line(text, to);
        let alone = is_blank(without_break(part(text, to..line_end)));
        if std::ptr::eq(head, old) && rendered.inline.is_empty() && alone && lines.is_empty() {
            // `- 1` becomes `- a: b`: the collection begins on the line of its dash.
            let blank = if text[..from].ends_with([' ', '\t']) {
                ""
            } else {
                " "
            };
            let body = without_break(body.trim_start_matches(' '));
            self.splice(from, to, format!("{blank}{body}"));
            return;
        }
        if rendered.inline.is_empty() {
            let from = text[..from].trim_end_matches([' ', '\t']).len();
            self.splice(from, to, "");
        } else if text[..from].ends_with([' ', '\t', '\n']) {
            self.splice(from, to, rendered.inline);
        } else {
            self.splice(from, to, format!(" {}", rendered.inline));
        }
        if self.unfinished(lines.start) && !body.is_empty() {
            body.insert_str(0, line_break(text, start));
            if !ends_in_block {
                body.truncate(without_break(&body).len());
            }
        }
        if !lines.is_empty() || !body.is_empty() {
            self.splice(lines.start, lines.end, body);
        }
    }

    /// The first entries of a document that holds nothing but comments.
    pub(super) fn fill_document(&mut self, value: &Value) {
        let end = self.document.span.end;
        let rendered = write::block(value, 0, Layout::default());
        let mut text = self.with_breaks(rendered.body, end.saturating_sub(1));
        if !self.text[..end].ends_with('\n') && end > 0 {
            text.insert_str(0, line_break(self.text, 0));
        }
        self.splice(end, end, text);
    }

    /// A document's root whose keys all went.
    pub(super) fn replace_root(&mut self, root: &'a Node, value: &Value) {
        if root.flow {
            self.splice(root.span.start, root.span.end, self.bracketed(value, root));
            return;
        }
        let layout = self.layout(root);
        let column = column(self.text, root.span.start);
        let mut rendered = write::block(value, column, layout);
        let text = match rendered.inline.as_str() {
            // The first line is indented already.
            "" => rendered.body.split_off(column),
            inline => format!("{inline}\n"),
        };
        let end = self.own_end_of(root, column);
        let text = self.with_breaks(text, root.span.start);
        self.splice(root.span.start, end, text);
    }

    /// Behind the `:` or `-` in front of a block collection, and its tag.
    pub(super) fn announced(&self, head: &Node, old: &Node) -> usize {
        let gap = if std::ptr::eq(head, old) {
            head.lead..old.span.start
        } else {
            head.span.end..old.span.start
        };
        let wanted = if std::ptr::eq(head, old) { b'-' } else { b':' };
        let found = find(self.text, gap.clone(), wanted);
        let end = found.map_or(gap.start, |at| at + 1);
        tokens(self.text, end..old.span.start)
            .filter(|(token, _)| *token == Token::Property)
            .last()
            .map_or(end, |(_, at)| at.end)
    }
}

fn is_block_collection(node: &Node) -> bool {
    !node.flow && matches!(node.kind, NodeKind::Mapping(_) | NodeKind::Sequence(_))
}
