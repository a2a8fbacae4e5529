//! Comments: where they are between values, and which mappings they belong to.

use std::ops::Range;

use super::document::Document;
use super::node::{Node, NodeKind, Step};
use super::trivia::{column, next_line, part, without_break};

/// The offsets of the `#` of every comment in a part of the text. `nodes` are those that the part
/// holds, in the order of the text: a `#` inside their values is not a comment.
pub(super) fn comments<'n>(
    text: &str,
    nodes: impl IntoIterator<Item = &'n Node>,
    range: Range<usize>,
) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = range.start;
    for node in nodes {
        for leaf in leaves(node) {
            in_gap(text, at..leaf.start.min(range.end), &mut found);
            at = at.max(leaf.end);
        }
    }
    in_gap(text, at..range.end, &mut found);
    found
}

fn in_gap(text: &str, gap: Range<usize>, found: &mut Vec<usize>) {
    let mut at = gap.start;
    while at < gap.end {
        let Some(hash) = part(text, at..gap.end).find('#') else {
            return;
        };
        let hash = at + hash;
        let before = text[..hash].chars().next_back();
        if before.is_none_or(|c| matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{feff}')) {
            found.push(hash);
            at = next_line(text, hash);
        } else {
            at = hash + 1;
        }
    }
}

/// The bytes of the values below a node. The header of a block scalar ends before a comment.
fn leaves(node: &Node) -> Vec<Range<usize>> {
    fn walk(node: &Node, found: &mut Vec<Range<usize>>) {
        match (&node.kind, node.block()) {
            (NodeKind::Scalar(_), Some(block)) => {
                found.push(node.span.start..block.header_end);
                found.push(block.body..node.span.end);
            }
            (NodeKind::Scalar(_) | NodeKind::Alias(_), None) => found.push(node.span.clone()),
            _ => node.children().for_each(|child| walk(child, found)),
        }
    }
    let mut found = Vec::new();
    walk(node, &mut found);
    found
}

/// Where the line after a value begins.
pub(super) fn line_after(text: &str, node: &Node) -> usize {
    let leaf = node.last_leaf();
    if leaf.block().is_some() {
        leaf.span.end
    } else {
        next_line(text, leaf.span.end)
    }
}

/// Behind a value and all comments below it that are indented deeper than `column`, those after
/// blank lines and other comments included: a place where new lines change nothing else.
pub(super) fn end_of(text: &str, node: &Node, column: usize) -> usize {
    let mut at = line_after(text, node);
    let mut end = at;
    for line in text[at..].split_inclusive('\n') {
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

/// Whether a line is a comment that is indented deeper than `column`.
pub(super) fn is_deeper_comment(line: &str, column: usize) -> bool {
    let comment = line.trim_start_matches([' ', '\t']);
    comment.starts_with('#') && line.len() - comment.len() > column
}

impl Document {
    /// Whether the collection at a route holds nothing but its entries: no comment, no tag or
    /// anchor, and no brackets that someone put where the collection around it has none. Such a
    /// collection may go when its last entry goes, because nothing of anyone else goes with it.
    pub fn is_bare(&self, route: &[Step]) -> bool {
        let (Some(root), Some((last, above))) = (self.root(), route.split_last()) else {
            return false;
        };
        // The only key of a document stays, because a document without any would not be an input.
        // Of one with comments it goes: it may have been a file of nothing else.
        let is_only = above.is_empty() && !root.flow && root.children().count() == 2;
        if is_only && comments(self.syntax(), [root], self.span()).is_empty() {
            return false;
        }
        let parent = above.iter().try_fold(root, |node, step| node.step(step));
        let (Some(parent), Some(node)) = (parent, parent.and_then(|node| node.step(last))) else {
            return false;
        };
        let head = match last {
            Step::Key(key) => parent.entry(key).map(|entry| &entry.key),
            Step::Index(_) => Some(node),
        };
        let head = head.unwrap_or(node);
        let text = self.syntax();
        let end = if parent.flow {
            node.span.end
        } else {
            end_of(text, node, column(text, head.lead))
        };
        let inside = std::iter::once(head).chain((!std::ptr::eq(head, node)).then_some(node));
        node.properties.is_none()
            && (!node.flow || parent.flow)
            && comments(text, inside, head.lead..end).is_empty()
    }
}
