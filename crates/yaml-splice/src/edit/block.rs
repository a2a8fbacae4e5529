//! Splices in block style: lines come and go as a whole.

use std::ops::Range;

use serde_json::Value;

use super::plan::{Added, Caution, Planner, head_of, leads, values};
use super::splice::Splice;
use crate::comments::{self, comments, is_deeper_comment};
use crate::node::{Chomping, Node, NodeKind};
use crate::resolve::ScalarStyle;
use crate::trivia::{
    begins_line, column, is_blank, line_break, line_start, next_line, part, without_break,
};
use crate::write::{self, Literals, Place};

/// Where an entry or item goes.
struct Gone<'n> {
    /// The end of what stays before it.
    before: Option<&'n Node>,
    /// Whether it is an item of a list.
    is_list: bool,
    /// Where the first of those begins that go with it, one after another.
    run: usize,
    /// Whether nothing stays behind it, in a text that ends without a line break.
    ends_text: bool,
}

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
            self.splice(at, at, without_break(&lines));
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
            self.insert_before(&heads, column, &lines);
        } else {
            let line_break = line_break(self.text, at);
            let lines = without_break(&lines);
            self.splice(at, at, format!("{line_break}{lines}"));
        }
    }

    /// Inserts lines in front of an entry and of the comments that are right above it.
    fn insert_before(&mut self, heads: &[&Node], column: usize, lines: &str) {
        let Some(head) = heads.last() else { return };
        if !begins_line(self.text, head.lead) {
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

    /// Removes entries or items with their lines; comments on those lines stay. Whether others are added
    /// behind them: those need the line break in front of the last that goes.
    pub(super) fn remove_block(&mut self, node: &'a Node, removed: &[usize], adding: bool) {
        let (heads, values) = (leads(node), values(node));
        let mut stays = vec![true; heads.len()];
        for index in removed {
            stays[*index] = false;
        }
        let bare_end = (!adding)
            .then(|| self.bare_end(&heads, &values, &stays))
            .flatten();
        let mut before: Option<&Node> = None;
        let mut run = None;
        for index in 0..heads.len() {
            if stays[index] {
                before = Some(values[index].last_leaf());
                run = None;
                continue;
            }
            let Range { start: lead, end } = self.part_of(heads[index], values[index]);
            let mut kept = self.kept(&[heads[index], values[index]], lead..end, before);
            if begins_line(self.text, lead) {
                if bare_end == Some(index + 1) {
                    kept.truncate(without_break(&kept).len());
                }
                let start = line_start(self.text, lead);
                let gone = Gone {
                    before,
                    is_list: matches!(node.kind, NodeKind::Sequence(_)),
                    run: *run.get_or_insert(start),
                    ends_text: bare_end.is_some_and(|first| index >= first),
                };
                self.remove_lines(start, end, &gone, kept);
                continue;
            }
            // What follows moves up behind the `- ` that this entry was behind.
            let next = (index..heads.len()).find(|index| stays[*index]);
            let next = next.map_or(end, |next| heads[next].lead);
            let gap = part(self.text, end..next);
            let blanks = gap.len() - gap.trim_start().len();
            let follows = stays.get(index + 1) == Some(&true);
            let end = match () {
                () if follows => end + blanks,
                () if stays.contains(&true) => next.max(end),
                // The dash stays, and its line.
                () => without_break(&self.text[..end]).len(),
            };
            let line = line_start(self.text, lead);
            self.splice(line, line, kept);
            self.splice(lead, end, "");
        }
    }

    /// The part of the text that an entry or item takes.
    fn part_of(&self, head: &Node, value: &Node) -> Range<usize> {
        head.lead..self.own_end_of(value, column(self.text, head.lead))
    }

    /// Of a text that ends without a line break, the entry or item from which on nothing is left.
    fn bare_end(&self, heads: &[&Node], values: &[&Node], stays: &[bool]) -> Option<usize> {
        let part_of = |index: usize| self.part_of(heads[index], values[index]);
        let last = heads.len().checked_sub(1)?;
        if !self.unfinished(part_of(last).end) {
            return None;
        }
        let leaves_something = |index: &usize| {
            let nodes = [heads[*index], values[*index]];
            let part_of = part_of(*index);
            let next = heads.get(index + 1).map_or(part_of.end, |next| next.lead);
            let is_followed = !part(self.text, part_of.end..next).trim().is_empty();
            stays[*index] || is_followed || !self.kept(&nodes, part_of, None).is_empty()
        };
        let kept = (0..=last).rev().find(leaves_something);
        Some(kept.map_or(0, |kept| kept + 1))
    }

    /// Removes the lines of an entry or item.
    fn remove_lines(&mut self, mut start: usize, mut end: usize, gone: &Gone<'_>, kept: String) {
        let block = gone.before.and_then(Node::block);
        if !kept.is_empty() {
            self.splice(start, end, kept);
            return;
        }
        if block.is_some_and(|block| block.chomping == Chomping::Keep) {
            // Blank lines that followed would become part of that text.
            end += blank_lines(&self.text[end..]);
        }
        let bare = without_break(&self.text[..gone.run]);
        // A mapping's block scalar stays finished; a list's may have been unfinished before this
        // item was appended.
        let follows_block = gone.before.is_some_and(|leaf| {
            let behind = block.is_some() && leaf.span.end == gone.run;
            behind && (!gone.is_list || bare.ends_with('\n'))
        });
        // What is put below the entry in front needs that entry's line break.
        let put = |splice: &Splice| splice.start == start && !splice.text.is_empty();
        if gone.ends_text && !follows_block && !self.splices.iter().any(put) {
            // The line break in front of it goes along.
            start = without_break(&self.text[..start]).len();
        }
        self.splice(start, end, "");
    }

    /// Whether the text ends here without a line break.
    pub(super) fn unfinished(&self, at: usize) -> bool {
        at == self.text.len() && !self.text.ends_with('\n')
    }

    /// Whether a block collection that is emptied leaves something that someone else wrote.
    pub(super) fn leaves_something(&self, node: &Node) -> bool {
        let (text, heads) = (self.text, leads(node));
        let Some(parent) = self.above.last() else {
            return !comments(text, [node], self.document.span()).is_empty();
        };
        let head = head_of(parent, node).unwrap_or(node);
        let level = column(text, head.lead);
        let nodes = std::iter::once(head).chain((!std::ptr::eq(head, node)).then_some(node));
        let dash = heads
            .first()
            .is_some_and(|first| !begins_line(text, first.lead));
        let end = if dash {
            self.line_after(node)
        } else {
            self.end_of(node, level)
        };
        node.anchor().is_some() || !comments(text, nodes, head.lead..end).is_empty()
    }

    /// Removes all entries or items, and leaves what else is between them: their key has no value
    /// then, as before the first one was added.
    pub(super) fn empty_block(&mut self, node: &'a Node, removed: &[usize]) {
        self.remove_block(node, removed, false);
        let parent = self.above.iter().rev().nth(1).copied();
        if parent.is_none() && !self.may_vanish() {
            let first = leads(node)
                .first()
                .map_or(node.span.start, |head| head.lead);
            let empty = if node.items().is_some() { "[]" } else { "{}" };
            let at = line_start(self.text, first);
            self.splice(at, at, format!("{empty}{}", line_break(self.text, first)));
        }
        if let Some(parent) = parent.filter(|_| node.tag().is_some()) {
            // A tag needs something that it can be of.
            let head = head_of(parent, node).unwrap_or(node);
            let at = self.announced(head, node);
            let empty = if node.items().is_some() { " []" } else { " {}" };
            self.splice(at, at, empty);
        }
    }

    /// Whether a document that holds only comments is still one: others begin behind its end.
    fn may_vanish(&self) -> bool {
        let span = self.document.span();
        let text = self.text[span.clone()].trim_start_matches('\u{feff}');
        span == (0..self.text.len()) || text.starts_with("---")
    }

    /// The comments in a part that goes, as lines: those that have a line of their own as they are,
    /// the others below each other instead of the entry. Behind a block scalar all of them are
    /// indented as the entry is, because deeper lines would become part of that text; and where the
    /// entry is behind a dash, at last as the dash is.
    fn kept(&self, nodes: &[&Node], part_of: Range<usize>, before: Option<&Node>) -> String {
        let text = self.text;
        let level = if begins_line(text, part_of.start) || self.caution != Caution::Cautious {
            column(text, part_of.start)
        } else {
            let line = &text[line_start(text, part_of.start)..];
            line.len() - line.trim_start_matches(' ').len()
        };
        let nodes = if std::ptr::eq(nodes[0], nodes[1]) {
            &nodes[1..]
        } else {
            nodes
        };
        let aligned =
            before.is_some_and(|leaf| leaf.block().is_some()) || self.caution == Caution::Cautious;
        let mut kept = String::new();
        for at in comments(text, nodes.iter().copied(), part_of) {
            let line = line_start(text, at);
            let comment = part(text, at..next_line(text, at));
            if begins_line(text, at) && !aligned {
                kept.push_str(&text[line..at]);
            } else {
                kept.extend(std::iter::repeat_n(' ', level));
            }
            let original = self.document.source().text();
            kept.push_str(part(original, at..at + without_break(comment).len()));
            kept.push_str(line_break(text, at));
        }
        kept
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

/// The length of the blank lines that a text begins with.
fn blank_lines(text: &str) -> usize {
    text.split_inclusive('\n')
        .take_while(|line| is_blank(without_break(line)))
        .map(str::len)
        .sum()
}
