//! New lines for a text that is there: only the lines that differ are touched, in the style that
//! the text is written in.

use super::lines::hunks;
use super::plan::{Caution, Planner, head_of};
use super::splice::Splice;
use crate::Source;
use crate::decode::{locate, locate_end};
use crate::node::{Block, Chomping, Node, Scalar};
use crate::resolve::ScalarStyle;
use crate::stream::Stream;
use crate::trivia::{column, line_break, part, without_break};
use crate::write;

impl<'a> Planner<'a> {
    /// Changes the lines of a text; `false` where its style cannot say it: it is then rewritten.
    pub(super) fn set_text(
        &mut self,
        parent: &'a Node,
        old: &'a Node,
        scalar: &'a Scalar,
        new: &str,
    ) -> bool {
        if self.caution == Caution::Cautious {
            return self.requote(parent, old, scalar, new);
        }
        let splices = match (scalar.style, scalar.block.as_deref()) {
            (ScalarStyle::Literal, Some(block)) => self.literal(parent, old, block, scalar, new),
            (ScalarStyle::Folded, Some(block)) => self.folded(old, block, scalar, new),
            (ScalarStyle::DoubleQuoted, _) => self
                .double_quoted(old, scalar, new)
                .or_else(|| self.flowing(parent, old, scalar, new)),
            _ => self.flowing(parent, old, scalar, new),
        };
        match splices {
            Some(splices)
                if scalar.style == ScalarStyle::Literal || self.reads(old, &splices, new) =>
            {
                self.splices.extend(splices);
                true
            }
            _ => self.requote(parent, old, scalar, new),
        }
    }

    /// A text on one line gets other words in the quotes that it has.
    fn requote(&mut self, parent: &Node, old: &Node, scalar: &Scalar, new: &str) -> bool {
        let several = new.contains('\n') && !parent.flow && !self.json;
        if several && scalar.style == ScalarStyle::DoubleQuoted && scalar.value.is_empty() {
            // An empty text keeps its quotes, so that it can be emptied again.
            let text = self.continued(parent, old, new);
            self.splice(old.span.start, old.span.end, text);
            return true;
        }
        if several {
            return false;
        }
        let text = match scalar.style {
            ScalarStyle::DoubleQuoted => write::double_quoted(new),
            ScalarStyle::SingleQuoted if !new.chars().any(write::needs_escape) => {
                write::single_quoted(new)
            }
            _ => return false,
        };
        let text = if self.json {
            write::json_string(new)
        } else {
            text
        };
        self.splice(old.span.start, old.span.end, text);
        true
    }

    /// Double-quoted, a line of the text on each line.
    fn continued(&self, parent: &Node, old: &Node, new: &str) -> String {
        let head = head_of(parent, old).map_or(old.span.start, |head| head.span.start);
        let line_break = line_break(self.text, old.span.start);
        let margin = format!("\\{line_break}{}", " ".repeat(column(self.text, head) + 2));
        let mut text = String::from("\"");
        for line in new.split_inclusive('\n') {
            text.push_str(&margin);
            // Spaces in front of a continued line are no content.
            let rest = if let Some(rest) = line.strip_prefix('\t') {
                text.push_str("\\t");
                rest
            } else {
                text.push_str(if line.starts_with(' ') { "\\" } else { "" });
                line
            };
            write::escape_into(&mut text, rest, write::needs_escape);
        }
        text.push_str(&margin);
        text.push('"');
        text
    }

    /// Whether the text with these splices alone reads as it should. Where line breaks fold, it
    /// depends on what is around.
    fn reads(&self, old: &Node, splices: &[Splice], new: &str) -> bool {
        if let Some(alone) = self.on_one_line(old, splices) {
            let stream = Stream::parse(Source::new("", alone));
            let root = stream
                .as_ref()
                .ok()
                .and_then(|stream| stream.documents().first()?.root());
            return root.and_then(Node::as_str) == Some(new);
        }
        let edited = super::apply(self.text, splices.to_vec());
        let path = self.path(old);
        let Ok(stream) = Stream::parse(Source::new("", edited)) else {
            return false;
        };
        let at = self.document.span.start;
        let document = stream
            .documents()
            .iter()
            .find(|document| document.span.start == at);
        let node = document.and_then(|document| {
            path.iter()
                .try_fold(document.root()?, |node, index| node.children().nth(*index))
        });
        node.and_then(Node::as_str) == Some(new)
    }

    /// Returns a quoted text with these splices if it is on one line and so reads alike wherever it is: parsing all
    /// that is around for each of hundreds of values takes too long.
    fn on_one_line(&self, old: &Node, splices: &[Splice]) -> Option<String> {
        let quoted = part(self.text, old.span.clone());
        let inside = |splice: &Splice| {
            Some(Splice {
                start: splice.start.checked_sub(old.span.start)?,
                end: splice
                    .end
                    .checked_sub(old.span.start)
                    .filter(|end| *end <= quoted.len())?,
                text: splice.text.clone(),
            })
        };
        let splices: Option<Vec<Splice>> = splices.iter().map(inside).collect();
        let edited = super::apply(quoted, splices?);
        (edited.starts_with('"') && !edited.contains(['\n', '\r'])).then_some(edited)
    }

    /// Which child to take at each level to come to a node.
    fn path(&self, node: &Node) -> Vec<usize> {
        let mut nodes: Vec<&Node> = self.above.clone();
        nodes.push(node);
        nodes
            .windows(2)
            .filter_map(|pair| {
                pair[0]
                    .children()
                    .position(|child| std::ptr::eq(child, pair[1]))
            })
            .collect()
    }

    fn literal(
        &self,
        parent: &Node,
        old: &Node,
        block: &Block,
        scalar: &Scalar,
        new: &str,
    ) -> Option<Vec<Splice>> {
        let (before, after) = (content_lines(&scalar.value), content_lines(new));
        let physical: Vec<&str> = part(self.text, block.body..old.span.end)
            .split_inclusive('\n')
            .collect();
        let sound = new
            .chars()
            .all(|c| matches!(c, '\n' | '\t') || !write::needs_escape(c));
        if !sound || before.is_empty() && after.is_empty() {
            return None;
        }
        if before.is_empty() {
            return self.filled_literal(parent, old, block, new);
        }
        if after.is_empty() {
            // The header stays, so that lines can come back.
            let body = block.body;
            let unfinished = !self.text[..old.span.end].ends_with('\n');
            let start = if unfinished {
                without_break(&self.text[..body]).len()
            } else {
                body
            };
            let (end, text) = (old.span.end, String::new());
            return Some(vec![Splice { start, end, text }]);
        }
        if physical.len() != before.len() {
            return None;
        }
        let mut splices = self.header(parent, old, block, &scalar.value, new)?;
        let mut starts = Vec::with_capacity(physical.len() + 1);
        let mut at = block.body;
        for line in &physical {
            starts.push(at);
            at += line.len();
        }
        starts.push(at);
        let line_break = line_break(self.text, block.header_end);
        let finished = self.text[..old.span.end].ends_with('\n');
        for hunk in hunks(&before, &after) {
            let (mut start, end) = (starts[hunk.old.start], starts[hunk.old.end]);
            let mut text = String::new();
            for line in &after[hunk.new] {
                if !line.is_empty() {
                    text.extend(std::iter::repeat_n(' ', block.indent));
                    text.push_str(line);
                }
                text.push_str(line_break);
            }
            if end == old.span.end && !finished {
                // The last line has no line break, and keeps none.
                text.truncate(text.len() - if text.is_empty() { 0 } else { line_break.len() });
                if start == end {
                    text.insert_str(0, line_break);
                } else if text.is_empty() {
                    start = without_break(&self.text[..start]).len();
                }
            }
            splices.push(Splice { start, end, text });
        }
        Some(splices)
    }

    /// The first lines of a block scalar.
    fn filled_literal(
        &self,
        parent: &Node,
        old: &Node,
        block: &Block,
        new: &str,
    ) -> Option<Vec<Splice>> {
        let lines = content_lines(new);
        let shown = |line: &&str| !line.trim().is_empty();
        let strip = !new.ends_with('\n');
        let header_only = self.unfinished(block.body);
        if block.explicit_indent
            || new.ends_with("\n\n")
            || new.starts_with([' ', '\t'])
            || !lines.iter().all(shown)
            || header_only && !strip
        {
            return None;
        }
        let indent = column(self.text, head_of(parent, old)?.lead) + self.layout(parent).step;
        let line_break = line_break(self.text, old.span.start);
        let mut body = String::new();
        for line in lines {
            body.extend(std::iter::repeat_n(' ', indent));
            body.push_str(line);
            body.push_str(line_break);
        }
        if header_only {
            body.insert_str(0, line_break);
            body.truncate(without_break(&body).len());
        }
        let header = Splice {
            start: old.span.start + 1,
            end: block.header_end,
            text: if strip { "-" } else { "" }.to_owned(),
        };
        let (start, end) = (block.body, block.body);
        let body = Splice {
            start,
            end,
            text: body,
        };
        Some(vec![header, body])
    }

    /// What the header has to say of other content: chomping, indentation.
    fn header(
        &self,
        parent: &Node,
        old: &Node,
        block: &Block,
        before: &str,
        after: &str,
    ) -> Option<Vec<Splice>> {
        let breaks = |text: &str| text.len() - text.trim_end_matches('\n').len();
        let chomping = match breaks(after) {
            0 => Chomping::Strip,
            1 if block.chomping == Chomping::Keep => Chomping::Keep,
            1 => Chomping::Clip,
            _ => Chomping::Keep,
        };
        let finished = self.text[..old.span.end].ends_with('\n');
        if chomping == Chomping::Keep && block.chomping != Chomping::Keep {
            // Blank lines below would become part of the text.
            let next = self.text[old.span.end..].split_inclusive('\n').next();
            let blank = next.is_none_or(|line| without_break(line).trim().is_empty());
            if blank || !finished {
                return None;
            }
        }
        let hides = |text: &str| text.trim_start_matches('\n').starts_with([' ', '\t']);
        let digit = if hides(after) && !block.explicit_indent && !hides(before) {
            let head = super::plan::head_of(parent, old)?;
            let digit = block.indent.checked_sub(column(self.text, head.lead))?;
            if !(1..=9).contains(&digit) {
                return None;
            }
            digit.to_string()
        } else if hides(after) && !block.explicit_indent {
            return None;
        } else {
            let header = part(self.text, old.span.start..block.header_end);
            header.chars().filter(char::is_ascii_digit).collect()
        };
        if chomping == block.chomping && block.explicit_indent != digit.is_empty() {
            return Some(Vec::new());
        }
        let mark = match chomping {
            Chomping::Strip => "-",
            Chomping::Clip => "",
            Chomping::Keep => "+",
        };
        Some(vec![Splice {
            start: old.span.start + 1,
            end: block.header_end,
            text: format!("{digit}{mark}"),
        }])
    }

    fn folded(&self, old: &Node, block: &Block, scalar: &Scalar, new: &str) -> Option<Vec<Splice>> {
        if scalar.value.is_empty()
            || new.is_empty()
            || scalar.value.ends_with('\n') != new.ends_with('\n')
        {
            return None;
        }
        let (before, after) = (content_lines(&scalar.value), content_lines(new));
        let indent = " ".repeat(block.indent);
        self.paragraphs(old, &before, &after, &indent, str::to_owned)
    }

    /// Quoted and plain texts over several lines.
    fn flowing(
        &self,
        parent: &Node,
        old: &Node,
        scalar: &Scalar,
        new: &str,
    ) -> Option<Vec<Splice>> {
        let raw = &self.text[old.span.clone()];
        let several = raw.contains('\n');
        if !several && (parent.flow || self.json || !new.contains('\n')) {
            return None;
        }
        let before: Vec<&str> = scalar.value.split('\n').collect();
        let after: Vec<&str> = new.split('\n').collect();
        let second = raw
            .split_inclusive('\n')
            .skip(1)
            .find(|line| !line.trim().is_empty());
        let indent = match second {
            Some(line) => line.len() - line.trim_start().len(),
            // On one line so far: the quotes stay, so that it can become one line again.
            None => column(self.text, head_of(parent, old)?.lead) + self.layout(parent).step,
        };
        let indent = " ".repeat(indent);
        self.paragraphs(old, &before, &after, &indent, |line| match scalar.style {
            ScalarStyle::SingleQuoted => line.replace('\'', "''"),
            ScalarStyle::DoubleQuoted => line.replace('\\', "\\\\").replace('"', "\\\""),
            _ => line.to_owned(),
        })
    }

    /// Where one line break folds, a line of the text is a paragraph: blank lines part them.
    fn paragraphs(
        &self,
        old: &Node,
        before: &[&str],
        after: &[&str],
        indent: &str,
        encode: impl Fn(&str) -> String,
    ) -> Option<Vec<Splice>> {
        let breaks = line_break(self.text, old.span.start).repeat(2);
        let offset = |line: usize| {
            before[..line]
                .iter()
                .map(|line| line.len() + 1)
                .sum::<usize>()
        };
        let mut splices = Vec::new();
        for hunk in hunks(before, after) {
            let fresh = &after[hunk.new];
            let plain = |line: &&str| !line.is_empty() && line.trim() == *line;
            if !fresh.iter().all(plain)
                || fresh
                    .iter()
                    .any(|line| line.chars().any(write::needs_escape))
            {
                return None;
            }
            let fresh: Vec<_> = fresh.iter().map(|line| encode(line)).collect();
            let fresh = fresh.join(&format!("{breaks}{indent}"));
            let (first, last) = (hunk.old.start, hunk.old.end);
            // Behind the line before, or in front of the line after: a whole paragraph either way.
            if first > 0 {
                let end_of = |line: usize| offset(line) + before[line].len();
                let start = locate_end(old, self.text, end_of(first - 1));
                let end = locate_end(old, self.text, end_of(last - 1));
                let text = if fresh.is_empty() {
                    String::new()
                } else {
                    format!("{breaks}{indent}{fresh}")
                };
                splices.push(Splice { start, end, text });
            } else {
                let start = locate(old, self.text, 0);
                let whole = last == before.len();
                let end = if whole {
                    locate_end(old, self.text, offset(last) - 1)
                } else {
                    locate(old, self.text, offset(last))
                };
                let text = if whole || fresh.is_empty() {
                    fresh
                } else {
                    format!("{fresh}{breaks}{indent}")
                };
                splices.push(Splice { start, end, text });
            }
        }
        Some(splices)
    }

    /// Escapes say everything, so any stretch can be replaced; folds elsewhere stay.
    fn double_quoted(&self, old: &Node, scalar: &Scalar, new: &str) -> Option<Vec<Splice>> {
        let before: Vec<&str> = scalar.value.split_inclusive('\n').collect();
        let after: Vec<&str> = new.split_inclusive('\n').collect();
        if before.is_empty() || after.is_empty() {
            return None;
        }
        let offsets = offsets(&before);
        let mut splices = Vec::new();
        for hunk in hunks(&before, &after) {
            let gone = &scalar.value[offsets[hunk.old.start]..offsets[hunk.old.end]];
            let fresh = after[hunk.new].concat();
            let front = common(gone.chars().zip(fresh.chars()));
            let back = common(
                gone[front..]
                    .chars()
                    .rev()
                    .zip(fresh[front..].chars().rev()),
            );
            let from = offsets[hunk.old.start] + front;
            let to = from + gone.len() - front - back;
            let start = locate_end(old, self.text, from);
            let end = locate_end(old, self.text, to);
            let mut text = String::new();
            write::escape_into(&mut text, &fresh[front..fresh.len() - back], |c| {
                write::needs_escape(c) && !(self.json && c > '\u{ffff}')
            });
            splices.push(Splice { start, end, text });
        }
        Some(splices)
    }
}

/// Bytes of the characters that are alike before the first that differ.
fn common(pairs: impl Iterator<Item = (char, char)>) -> usize {
    pairs
        .take_while(|(left, right)| left == right)
        .map(|(c, _)| c.len_utf8())
        .sum()
}

fn offsets(lines: &[&str]) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(lines.len() + 1);
    let mut at = 0;
    offsets.push(at);
    for line in lines {
        at += line.len();
        offsets.push(at);
    }
    offsets
}

/// The lines of a block scalar's value; the line break at its end is chomping's business.
fn content_lines(value: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = value.split('\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines
}
