//! Splices in block style for what goes: its lines, but for the comments on and between them.

use std::ops::Range;

use super::plan::{Caution, Planner, head_of, leads, values};
use super::splice::Splice;
use crate::comments::comments;
use crate::node::{Chomping, Node, NodeKind};
use crate::trivia::{
    begins_line, column, is_blank, line_break, line_start, next_line, part, without_break,
};

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
        let mut stayed: Option<&Node> = None;
        let mut run = None;
        let mut moved_up = 0;
        for index in 0..heads.len() {
            if stays[index] {
                stayed = Some(values[index]);
                run = None;
                continue;
            }
            if index < moved_up {
                continue;
            }
            let before = stayed.and_then(|node| self.last_that_stays(node));
            let Range { start: lead, end } = self.part_of(heads[index], values[index]);
            if begins_line(self.text, lead) {
                let mut kept = self.kept(&[heads[index], values[index]], lead..end, before);
                if bare_end == Some(index + 1) && !self.is_followed(&heads, &values, index) {
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
            // What stays next moves up behind the `- ` that this entry was behind; else the dash stays, and its line.
            let next = (index..heads.len()).find(|index| stays[*index]);
            let until = next.unwrap_or(index + 1);
            let nodes: Vec<_> = (index..until)
                .flat_map(|index| [heads[index], values[index]])
                .collect();
            let kept_of = next.map_or(end, |next| heads[next].lead);
            let kept = self.kept(&nodes, lead..kept_of, before);
            let line = line_start(self.text, lead);
            self.splice(line, line, kept);
            let gone = next.map_or(without_break(&self.text[..end]).len(), |_| kept_of);
            self.splice(lead, gone, "");
            moved_up = until;
        }
    }

    /// The last scalar, alias or bracketed collection inside a node that does not go.
    fn last_that_stays<'n>(&self, node: &'n Node) -> Option<&'n Node> {
        let Range { start, end } = node.span;
        let covers = |splice: &Splice| splice.start <= start && end <= splice.end;
        let goes = |splice: &Splice| splice.text.is_empty() && covers(splice);
        if self.splices.iter().any(goes) {
            return None;
        }
        let inside = if node.flow { Vec::new() } else { values(node) };
        let last = inside
            .into_iter()
            .rev()
            .find_map(|value| self.last_that_stays(value));
        last.or(Some(node))
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
            let is_followed = self.is_followed(heads, values, *index);
            stays[*index] || is_followed || !self.kept(&nodes, part_of(*index), None).is_empty()
        };
        let kept = (0..=last).rev().find(leaves_something);
        Some(kept.map_or(0, |kept| kept + 1))
    }

    /// Whether there is a comment between an entry or item and the next one.
    fn is_followed(&self, heads: &[&Node], values: &[&Node], index: usize) -> bool {
        let end = self.part_of(heads[index], values[index]).end;
        let next = heads.get(index + 1).map_or(end, |next| next.lead);
        !part(self.text, end..next).trim().is_empty()
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
        // The head of an item is the item.
        let mut nodes = nodes.to_vec();
        nodes.dedup_by(|a, b| std::ptr::eq(*a, *b));
        let aligned =
            before.is_some_and(|leaf| leaf.block().is_some()) || self.caution == Caution::Cautious;
        let mut kept = String::new();
        for at in comments(text, nodes, part_of) {
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
}

/// The length of the blank lines that a text begins with.
fn blank_lines(text: &str) -> usize {
    text.split_inclusive('\n')
        .take_while(|line| is_blank(without_break(line)))
        .map(str::len)
        .sum()
}
