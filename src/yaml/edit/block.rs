//! Splices in block style: lines come and go as a whole.

use serde_json::Value;

use super::Splice;
use super::plan::{Added, Caution, Planner, leads, values};
use crate::yaml::node::{Chomping, Node, NodeKind, ScalarStyle};
use crate::yaml::trivia::{
    begins_line, column, is_blank, line_break, line_start, next_line, part, without_break,
};
use crate::yaml::write::{self, Literals, Place};

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
        let at = self.end_of(last, column);
        let is_list = matches!(node.kind, NodeKind::Sequence(_));
        let unfinished = self.unfinished(at);
        let last_goes =
            removed.contains(&(heads.len() - 1)) && self.unfinished(self.own_end_of(last, column));
        if unfinished && (is_list || last_goes) {
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
            && (last.last_leaf().block().is_some()
                || added.last().is_some_and(|last| ends_in_block(&last.value)))
        {
            // For the same reason the last one must stay the last.
            self.insert_before(&heads, column, &lines);
        } else {
            let line_break = line_break(self.text, at);
            let lines = without_break(&lines);
            self.splice(at, at, format!("{line_break}{lines}"));
        }
    }

    /// Inserts lines in front of an entry and of the comments that stand right above it.
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

    /// Takes out entries or items with their lines; at least one stays. Whether others are added
    /// behind them: those need the line break in front of the last that goes.
    pub(super) fn remove_block(&mut self, node: &'a Node, removed: &[usize], adding: bool) {
        let (heads, values) = (leads(node), values(node));
        let mut stays = vec![true; heads.len()];
        for index in removed {
            stays[*index] = false;
        }
        let mut before: Option<&Node> = None;
        let mut run = None;
        for index in 0..heads.len() {
            if stays[index] {
                before = Some(values[index].last_leaf());
                run = None;
                continue;
            }
            let lead = heads[index].lead;
            let level = column(self.text, lead);
            let end = self.own_end_of(values[index], level);
            if begins_line(self.text, lead) {
                let start = line_start(self.text, lead);
                let last = values
                    .last()
                    .map_or(end, |last| self.own_end_of(last, level));
                let gone = Gone {
                    before,
                    is_list: matches!(node.kind, NodeKind::Sequence(_)),
                    run: *run.get_or_insert(start),
                    ends_text: !adding && !stays[index..].contains(&true) && self.unfinished(last),
                };
                self.remove_lines(start, end, &gone);
                continue;
            }
            // What follows moves up behind the `- ` that this entry stood behind.
            let next = (index..heads.len()).find(|index| stays[*index]);
            let next = next.map_or(end, |next| heads[next].lead);
            let gap = part(self.text, end..next);
            let blanks = gap.len() - gap.trim_start().len();
            let follows = stays.get(index + 1) == Some(&true);
            let end = if follows { end + blanks } else { next.max(end) };
            self.splice(lead, end, "");
        }
    }

    /// Takes out the lines of an entry or item.
    fn remove_lines(&mut self, mut start: usize, mut end: usize, gone: &Gone<'_>) {
        let block = gone.before.and_then(Node::block);
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

    /// Where the line after a value begins.
    pub(super) fn line_after(&self, node: &Node) -> usize {
        let leaf = node.last_leaf();
        if leaf.block().is_some() {
            leaf.span.end
        } else {
            next_line(self.text, leaf.span.end)
        }
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

    /// The same, comments after blank lines and other comments included: a place where new lines
    /// change nothing else.
    pub(super) fn end_of(&self, node: &Node, column: usize) -> usize {
        let mut at = self.line_after(node);
        let mut end = at;
        for line in self.text[at..].split_inclusive('\n') {
            let comment = line.trim_start_matches([' ', '\t']);
            if !(comment.starts_with('#') || without_break(comment).is_empty()) {
                break;
            }
            at += line.len();
            if is_deeper_comment(line, column) {
                end = at;
            }
        }
        end
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

fn is_deeper_comment(line: &str, column: usize) -> bool {
    let comment = line.trim_start_matches([' ', '\t']);
    comment.starts_with('#') && line.len() - comment.len() > column
}

/// The length of the blank lines that a text begins with.
fn blank_lines(text: &str) -> usize {
    text.split_inclusive('\n')
        .take_while(|line| is_blank(without_break(line)))
        .map(str::len)
        .sum()
}
