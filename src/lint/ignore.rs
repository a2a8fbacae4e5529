//! Comments that ignore findings: `# octopus-argo: ignore[rule-id, other-rule]`.
//!
//! In YAML such a comment counts on the line of a key or above it, for the key and all below it; in
//! a policy on a line of its own above the line. At the end of a policy line it would become part
//! of that line.

use super::finding::Finding;
use crate::input::Content;
use crate::site::{Place, Site};
use crate::yaml::{Document, Node, NodeKind, ScalarStyle, Step};

/// For each text whether any comment in it ignores anything: most have none.
pub(super) fn marked(site: &Site<'_>) -> Vec<bool> {
    let files = site.files.iter();
    files
        .map(|file| file.source().text().contains("octopus-argo:"))
        .collect()
}

/// Whether a comment ignores a finding.
pub(super) fn is_ignored(site: &Site<'_>, finding: &Finding) -> bool {
    let text = site.source(finding.place.file).text();
    let is_policy = match finding.place.document {
        None => true,
        Some(index) => {
            let Content::Documents(stream) = &site.files[finding.place.file].content else {
                return false;
            };
            let document = &stream.documents()[index];
            if in_yaml(document, text, finding) {
                return true;
            }
            document.get(&finding.place.route).is_some_and(is_block)
        }
    };
    is_policy && in_policy(text, &finding.place, finding.rule)
}

/// Whether a comment text ignores a rule.
fn names(comment: &str, rule: &str) -> bool {
    let mut rest = comment;
    while let Some((_, after)) = rest.split_once("octopus-argo:") {
        rest = after;
        let list = after.trim_start().strip_prefix("ignore[");
        if let Some((list, _)) = list.and_then(|list| list.split_once(']'))
            && list.split(',').any(|id| id.trim() == rule)
        {
            return true;
        }
    }
    false
}

fn is_block(node: &Node) -> bool {
    node.as_scalar()
        .is_some_and(|scalar| scalar.style() == ScalarStyle::Literal)
}

/// Comment lines right above the place, in a policy.
fn in_policy(text: &str, place: &Place, rule: &str) -> bool {
    let start = text[..place.span.start].rfind('\n').map_or(0, |at| at + 1);
    let above = text[..start].lines().rev().map(str::trim);
    above
        .take_while(|line| line.starts_with('#'))
        .any(|line| names(line, rule))
}

/// Comments on the line of a key that leads to the place, or above that line.
fn in_yaml(document: &Document, text: &str, finding: &Finding) -> bool {
    let Some(mut node) = document.root() else {
        return false;
    };
    // A finding about a duplicate key is at that key, whose route leads to the other.
    for step in &finding.place.route {
        node = document.resolve(node);
        let (key, value) = match (node.kind(), step) {
            (NodeKind::Mapping(entries), Step::Key(_)) => {
                let at = finding.place.span.start;
                let matching = |entry: &&crate::yaml::Entry| matches!((entry.key.key_text(), step), (Some(key), Step::Key(step)) if key == *step);
                let covering = entries
                    .iter()
                    .filter(matching)
                    .find(|entry| (entry.key.span().start..=entry.value.span().end).contains(&at));
                let Some(entry) = covering.or_else(|| entries.iter().rev().find(matching)) else {
                    return false;
                };
                (&entry.key, &entry.value)
            }
            (NodeKind::Sequence(items), Step::Index(index)) => {
                let Some(item) = items.get(*index) else {
                    return false;
                };
                (item, item)
            }
            _ => return false,
        };
        if comments_of(document, text, key, value).any(|comment| names(comment, finding.rule)) {
            return true;
        }
        node = value;
    }
    false
}

/// The comments above a key and on its line.
fn comments_of<'t>(
    document: &Document,
    text: &'t str,
    key: &Node,
    value: &Node,
) -> impl Iterator<Item = &'t str> {
    let start = text[..key.span().start].rfind('\n').map_or(0, |at| at + 1);
    let floor = end_of_scalar_before(document, start);
    let above = text[..start]
        .lines()
        .rev()
        .scan(start, |at, line| {
            *at = at.saturating_sub(line.len() + 1);
            Some((*at, line.trim()))
        })
        .take_while(move |(at, line)| line.starts_with('#') && *at >= floor)
        .map(|(_, line)| line);
    let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let span = value.span();
    // Behind a value on the line, else (a block, a mapping below) behind the key.
    let after = if span.end <= end && span.end > key.span().end {
        span.end
    } else {
        key.span().end
    };
    let on_line = text[after.min(end)..end].split_once(" #");
    above.chain(on_line.map(|(_, comment)| comment))
}

/// Where the last block text before an offset ends: what is in it is not a comment.
fn end_of_scalar_before(document: &Document, offset: usize) -> usize {
    fn last(node: &Node, offset: usize) -> usize {
        match node.kind() {
            NodeKind::Scalar(_) => node.span().end.min(offset),
            NodeKind::Mapping(entries) => {
                let at = entries.partition_point(|entry| entry.key.span().start < offset);
                at.checked_sub(1)
                    .map_or(0, |at| last(&entries[at].value, offset))
            }
            NodeKind::Sequence(items) => {
                let at = items.partition_point(|item| item.span().start < offset);
                at.checked_sub(1).map_or(0, |at| last(&items[at], offset))
            }
            NodeKind::Alias(_) => 0,
        }
    }
    document.root().map_or(0, |root| last(root, offset))
}
