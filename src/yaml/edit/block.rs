//! Splices in block style: lines come and go as a whole.

use serde_json::Value;

use super::plan::{Added, Caution, Planner, leads, values};
use crate::yaml::node::{Chomping, Node, NodeKind, ScalarStyle};
use crate::yaml::trivia::{
    Token, begins_line, column, find, is_blank, line_break, line_start, next_line, tokens,
    without_break,
};
use crate::yaml::write::{self, Literals, Place, Rendered};

impl<'a> Planner<'a> {
    /// Adds entries or items behind the last one.
    pub(super) fn add_block(&mut self, node: &'a Node, added: &[Added]) {
        let heads = leads(node);
        let (Some(head), Some(last)) = (heads.last(), values(node).last().copied()) else {
            return;
        };
        let column = column(self.text, head.lead);
        let mut layout = self.layout(node);
        let at = self.end_of(last, column);
        let is_list = matches!(node.kind, NodeKind::Sequence(_));
        if is_list && self.unfinished(at) {
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
        if !self.unfinished(at) {
            self.splice(at, at, lines);
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
        while at > 0 && heads.len() > 1 {
            let above = line_start(self.text, at - 1);
            let line = &self.text[above..at];
            let blanks = line.len() - line.trim_start_matches(' ').len();
            if above == at || blanks != column || !line[blanks..].starts_with('#') {
                break;
            }
            at = above;
        }
        self.splice(at, at, lines);
    }

    /// Takes out entries or items with their lines; at least one stays.
    pub(super) fn remove_block(&mut self, node: &'a Node, removed: &[usize]) {
        let (heads, values) = (leads(node), values(node));
        for index in removed.iter().copied() {
            let lead = heads[index].lead;
            let level = column(self.text, lead);
            let before = (0..index).rev().find(|index| !removed.contains(index));
            let before = before.map(|index| values[index].last_leaf());
            let mut end = self.own_end_of(values[index], level);
            if !begins_line(self.text, lead) {
                // What follows moves up behind the `- ` that this entry stood behind.
                let next = (index..heads.len()).find(|index| !removed.contains(index));
                let next = next.map_or(end, |next| heads[next].lead);
                let gap = &self.text[end..next];
                end += if index + 1 < heads.len() && removed.contains(&(index + 1)) {
                    gap.len()
                } else {
                    gap.len() - gap.trim_start().len()
                };
                self.splice(lead, end, "");
                continue;
            }
            let mut start = line_start(self.text, lead);
            let ends_block = before
                .and_then(|leaf| leaf.block())
                .map(|block| block.chomping);
            if ends_block == Some(Chomping::Keep) {
                // Blank lines that followed would become part of that text.
                let rest = &self.text[end..];
                end += blank_lines(rest);
            }
            let last = heads.len() - 1;
            let is_gone = |index: &usize| removed.contains(index);
            let ends_text = (index..=last).all(|index| is_gone(&index))
                && self.unfinished(self.own_end_of(values[last], level));
            // Of the entries that go at the end of a text without a last line break, each takes
            // the line break in front of it along.
            let first = (0..=index).rev().take_while(is_gone).last();
            let begins = first.map_or(start, |first| line_start(self.text, heads[first].lead));
            let bare = without_break(&self.text[..begins]);
            // A mapping's block scalar stays finished; a list's may have been unfinished before
            // this item was appended.
            let follows_block = before.is_some_and(|leaf| {
                leaf.block().is_some()
                    && leaf.span.end == begins
                    && (node.entries().is_some() || bare.ends_with('\n'))
            });
            if ends_text && !follows_block {
                start = without_break(&self.text[..start]).len();
                if index < last {
                    end = without_break(&self.text[..end]).len();
                }
            }
            self.splice(start, end, "");
        }
    }

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
            (_, _, NodeKind::Sequence(_)) if begins_line(self.text, old.outer()) => base + 2,
            (_, _, NodeKind::Sequence(_)) => column(self.text, old.outer()).max(base + 2),
            (_, Value::Array(_), _) => base + layout.dash,
            _ => base + layout.step,
        };
        let after = self.end_of(old, base);
        let start = old.outer();
        let own_line = !old.span.is_empty() && begins_line(self.text, start) && start != head.lead;
        if own_line && !is_block_collection(old) && old.block().is_none() {
            let rendered = write::block(value, column(self.text, start), layout);
            let end = next_line(self.text, old.span.end);
            if rendered.inline.is_empty() && is_blank(without_break(&self.text[old.span.end..end]))
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
        self.replace_with(head, old, after, ends_in_block(value), rendered);
    }

    fn replace_with(
        &mut self,
        head: &Node,
        old: &Node,
        after: usize,
        ends_in_block: bool,
        rendered: Rendered,
    ) {
        let (text, start) = (self.text, old.outer());
        let is_block = is_block_collection(old);
        let mut body = self.with_breaks(rendered.body, start);
        // The part on the line of what announces the value, and the lines below it.
        let (from, to, lines) = match old.block() {
            Some(block) => (start, block.header_end, block.body..old.span.end),
            None if is_block => {
                let lines = self.own_end_of(old, column(text, head.lead));
                let announced = self.announced(head, old);
                let begins = announced.max(line_start(text, old.span.start));
                (announced, announced, begins..lines)
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
        let alone = is_blank(without_break(&text[to..line_end]));
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
            let blanks = text[..from].len() - text[..from].trim_end_matches([' ', '\t']).len();
            let from = if from < to { from - blanks } else { from };
            self.splice(from, to, "");
        } else if text[..from].ends_with([' ', '\t', '\n']) && from < to {
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

    /// A document's root whose keys all went.
    pub(super) fn replace_root(&mut self, root: &'a Node, value: &Value) {
        if root.flow {
            self.splice(root.span.start, root.span.end, self.bracketed(value, root));
            return;
        }
        let layout = self.layout(root);
        let rendered = write::block(value, 0, layout);
        let text = match rendered.inline.as_str() {
            "" => rendered.body,
            inline => format!("{inline}\n"),
        };
        let end = self.own_end_of(root, 0);
        let text = self.with_breaks(text, root.span.start);
        self.splice(root.span.start, end, text);
    }

    /// Behind the `:` or `-` in front of a block collection, and its tag.
    fn announced(&self, head: &Node, old: &Node) -> usize {
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

    /// Whether the text ends here without a line break.
    fn unfinished(&self, at: usize) -> bool {
        at == self.text.len() && !self.text.ends_with('\n')
    }

    /// Where the line after a value begins.
    fn line_after(&self, node: &Node) -> usize {
        let leaf = node.last_leaf();
        if leaf.block().is_some() {
            leaf.span.end
        } else {
            next_line(self.text, leaf.span.end)
        }
    }

    /// Behind a value and the comments right below it that are indented deeper than `column`:
    /// they are about what is inside it.
    fn own_end_of(&self, node: &Node, column: usize) -> usize {
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
    fn end_of(&self, node: &Node, column: usize) -> usize {
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

    fn with_breaks(&self, lines: String, near: usize) -> String {
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
fn ends_in_block(value: &Value) -> bool {
    match value {
        Value::String(text) => write::is_literal(text),
        Value::Object(map) => map.values().next_back().is_some_and(ends_in_block),
        Value::Array(items) => items.last().is_some_and(ends_in_block),
        _ => false,
    }
}

fn is_block_collection(node: &Node) -> bool {
    !node.flow && matches!(node.kind, NodeKind::Mapping(_) | NodeKind::Sequence(_))
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
