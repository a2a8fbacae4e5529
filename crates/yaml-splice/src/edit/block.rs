//! Splices in block style: lines come and go as a whole.

use serde_json::Value;

use super::plan::{Added, Caution, Planner, head_of, leads, values};
use super::splice::Splice;
use crate::comments::{self, is_deeper_comment};
use crate::node::{Node, NodeKind};
use crate::resolve::ScalarStyle;
use crate::trivia::{begins_line, column, line_break, line_start, without_break};
use crate::write::{self, Literals, Place};

impl<'a> Planner<'a> {
    /// Adds entries or items behind the last one, which may be one of those that go.
    pub(super) fn add_block(&mut self, node: &'a Node, added: &[Added], removed: &[usize]) {
        let heads = leads(node);
        let (Some(head), Some(last)) = (heads.last(), values(node).last().copied()) else {
            return;
        };
        let column = column(self.text, head.lead);
        let mut layout = self.layout(node);
        let at = self.end_outside(self.end_of(last, column), last, self.open_around(node));
        let is_list = matches!(node.kind, NodeKind::Sequence(_));
        let unfinished = self.unfinished(at);
        let last_goes =
            removed.contains(&(heads.len() - 1)) && self.unfinished(self.own_end_of(last, column));
        // In front of an entry behind a dash nothing can be inserted without changing its line.
        let is_behind_dash =
            !begins_line(self.text, head.lead) && last.last_leaf().block().is_none();
        if unfinished && (is_list || last_goes || is_behind_dash) {
            // A block scalar's value depends on whether a line break ends it.
            layout.literals = Literals::Never;
        }
        let mut lines = String::new();
        for one in added {
            match &one.key {
                Some(key) => {
                    let key = key_like(key, &heads);
                    write::entry_with_key(&mut lines, &key, &one.value, column, layout);
                }
                None => write::item(&mut lines, &one.value, column, layout),
            }
        }
        let lines = self.with_breaks(lines, at);
        if !unfinished {
            self.splice(at, at, lines);
        } else if last_goes {
            let lines = without_break(&lines);
            let is_on_its_line = heads.len() == 1 && !begins_line(self.text, head.lead);
            // The indentation of the first line is there, behind the dash.
            let skipped = if is_on_its_line { column } else { 0 };
            self.splice(at, at, &lines[skipped..]);
        } else if !is_list
            && !is_behind_dash
            && (last.last_leaf().block().is_some()
                || added.last().is_some_and(|last| ends_in_block(&last.value)))
        {
            // For the same reason the last one must stay the last.
            if heads
                .last()
                .is_some_and(|head| self.document.open_blocks(head.lead) != self.open_around(node))
            {
                self.blocked = Some(at);
            }
            self.insert_before(&heads, removed, column, &lines);
        } else {
            let line_break = if self.ends_line(at) {
                ""
            } else {
                line_break(self.text, at)
            };
            let lines = without_break(&lines);
            self.splice(at, at, format!("{line_break}{lines}"));
        }
    }

    /// Whether what stays in front of an offset ends with a line break.
    fn ends_line(&self, mut at: usize) -> bool {
        let put = |at| {
            let put = |splice: &&Splice| splice.start == at && !splice.text.is_empty();
            self.splices.iter().rfind(put)
        };
        let gone = |at| {
            let gone = |splice: &&Splice| splice.end == at && splice.start < at;
            self.splices.iter().find(gone)
        };
        loop {
            if let Some(put) = put(at) {
                return put.text.ends_with('\n');
            }
            let Some(gone) = gone(at) else {
                return self.text[..at].ends_with('\n');
            };
            at = gone.start;
        }
    }

    /// Inserts lines in front of an entry and of the comments that are right above it.
    fn insert_before(&mut self, heads: &[&Node], removed: &[usize], column: usize, lines: &str) {
        let Some((head, above)) = heads.split_last() else {
            return;
        };
        let moves_up = (0..above.len()).all(|index| removed.contains(&index));
        let behind_dash = if moves_up { heads[0] } else { head };
        if !begins_line(self.text, behind_dash.lead) {
            let indent = " ".repeat(column);
            let lines = lines.trim_start_matches(' ');
            self.splice(head.lead, head.lead, format!("{lines}{indent}"));
            return;
        }
        let mut at = line_start(self.text, head.lead);
        if heads.len() > 1 {
            let above = self.text[..at].split_inclusive('\n').rev();
            let comment = |line: &&str| {
                let comment = line.trim_start_matches(' ');
                comment.starts_with('#') && line.len() - comment.len() == column
            };
            at -= above.take_while(comment).map(str::len).sum::<usize>();
        }
        self.splice(at, at, lines);
    }

    /// Whether the text ends here without a line break.
    pub(super) fn unfinished(&self, at: usize) -> bool {
        at == self.text.len() && !self.text.ends_with('\n')
    }

    /// Where the line after a value begins.
    pub(super) fn line_after(&self, node: &Node) -> usize {
        comments::line_after(self.text, node)
    }

    /// Behind a value and the comments right below it that are indented deeper than `column`:
    /// they are about what is inside it.
    pub(super) fn own_end_of(&self, node: &Node, column: usize) -> usize {
        let mut end = self.line_after(node);
        if self.caution == Caution::Cautious {
            return self.end_of(node, column);
        }
        for line in self.text[end..].split_inclusive('\n') {
            if !is_deeper_comment(line, column) {
                break;
            }
            end += line.len();
        }
        end
    }

    /// A place behind a value and its comments where new lines change nothing else.
    pub(super) fn end_of(&self, node: &Node, column: usize) -> usize {
        comments::end_of(self.text, node, column)
    }

    /// How many blocks of a template are open around a collection.
    pub(super) fn open_around(&self, node: &Node) -> isize {
        let of = |value: &&Node| std::ptr::eq(*value, node);
        let parent = self
            .above
            .iter()
            .rev()
            .find(|above| values(above).iter().any(of));
        let head = parent.and_then(|parent| head_of(parent, node));
        let at = head.map_or(self.document.span().start, |head| head.lead);
        self.document.open_blocks(at)
    }

    /// The place nearest to `end` behind a value where as many blocks of a template are open as
    /// around the value's collection, behind the lines that a tag there gives: new lines are there in every case.
    pub(super) fn end_outside(&mut self, end: usize, last: &Node, open: isize) -> usize {
        let document = self.document;
        if document.covered.is_none() {
            return end;
        }
        let mut at = self.line_after(last);
        let is_free = |at| document.open_blocks(at) == open && !document.gives_lines(at);
        let mut found = is_free(at).then_some(at);
        while found.is_none() || at < end {
            let line = self.text[at..]
                .split_inclusive('\n')
                .next()
                .unwrap_or_default();
            let said = line.trim();
            if line.is_empty() || !(said.is_empty() || said.starts_with('#')) {
                break;
            }
            at += line.len();
            if is_free(at) {
                found = Some(at);
            }
        }
        if found.is_none() {
            self.blocked = Some(end.min(self.text.len()));
        }
        found.unwrap_or(end)
    }

    pub(super) fn with_breaks(&self, lines: String, near: usize) -> String {
        match line_break(self.text, near) {
            "\n" => lines,
            other => lines.replace('\n', other),
        }
    }
}

/// A key, quoted as all its siblings are.
fn key_like(key: &str, siblings: &[&Node]) -> String {
    let all = |style: ScalarStyle| {
        let style = |node: &&Node| node.as_scalar().is_some_and(|key| key.style() == style);
        siblings.iter().all(style)
    };
    if all(ScalarStyle::DoubleQuoted) {
        write::double_quoted(key)
    } else if all(ScalarStyle::SingleQuoted) && !key.chars().any(write::needs_escape) {
        write::single_quoted(key)
    } else {
        write::scalar(key, Place::Block)
    }
}

/// Whether what is written for a value can end in a block scalar.
pub(super) fn ends_in_block(value: &Value) -> bool {
    match value {
        Value::String(text) => write::is_literal(text),
        Value::Object(map) => map.values().next_back().is_some_and(ends_in_block),
        Value::Array(items) => items.last().is_some_and(ends_in_block),
        _ => false,
    }
}
