//! The parts of a text that are nobody's business but their own: values, and comments.

use std::collections::BTreeMap;
use std::ops::Range;

use yaml_splice::{Document, Node, NodeKind, ScalarStyle, Step, Stream};

use super::edits::Route;

/// The comments of a text: what begins with `#` behind a blank and stands in no scalar.
pub fn comments(stream: &Stream) -> Vec<(usize, String)> {
    let text = stream.source().text();
    let mut scalars = scalars(stream);
    // The first line of a block scalar is its header, which can have a comment.
    for (span, style) in &mut scalars {
        if matches!(style, Some(ScalarStyle::Literal | ScalarStyle::Folded)) {
            let header = text[span.clone()].find('\n').unwrap_or(span.len());
            span.start += header;
        }
    }
    let mut found = Vec::new();
    let mut at = 0;
    let mut spans = scalars.into_iter().map(|(span, _)| span).peekable();
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        for (index, _) in line.match_indices('#') {
            let place = at + index;
            let before = text[..place].chars().next_back();
            if !before.is_none_or(|c| " \t\r\n\u{feff}".contains(c)) {
                continue;
            }
            while spans.peek().is_some_and(|span| span.end <= place) {
                spans.next();
            }
            if spans.peek().is_none_or(|span| place < span.start) {
                found.push((place, text[place..end].trim_end().to_owned()));
                break;
            }
        }
        at = end;
    }
    found
}

/// Every scalar and alias, keys included, with how it is written.
fn scalars(stream: &Stream) -> Vec<(Range<usize>, Option<ScalarStyle>)> {
    fn walk(node: &Node, found: &mut Vec<(Range<usize>, Option<ScalarStyle>)>) {
        match node.kind() {
            NodeKind::Scalar(scalar) => found.push((node.span(), Some(scalar.style()))),
            NodeKind::Alias(_) => found.push((node.span(), None)),
            NodeKind::Mapping(entries) => {
                for entry in entries {
                    walk(&entry.key, found);
                    walk(&entry.value, found);
                }
            }
            NodeKind::Sequence(items) => items.iter().for_each(|item| walk(item, found)),
        }
    }
    let mut found = Vec::new();
    for root in stream.documents().iter().filter_map(Document::root) {
        walk(root, &mut found);
    }
    found
}

/// The bytes of every value that holds no others, by its place.
pub fn leaves(stream: &Stream) -> BTreeMap<(usize, Route), &str> {
    fn walk<'t>(
        document: usize,
        route: Route,
        node: &Node,
        text: &'t str,
        found: &mut BTreeMap<(usize, Route), &'t str>,
    ) {
        let inside = |step: Step| [route.clone(), vec![step]].concat();
        match node.kind() {
            NodeKind::Scalar(_) | NodeKind::Alias(_) => {
                found.insert((document, route), &text[node.span()]);
            }
            NodeKind::Mapping(entries) => {
                for entry in entries {
                    let key = entry.key.key_text().unwrap_or_default().into_owned();
                    walk(document, inside(Step::Key(key)), &entry.value, text, found);
                }
            }
            NodeKind::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(document, inside(Step::Index(index)), item, text, found);
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    let text = stream.source().text();
    for (index, document) in stream.documents().iter().enumerate() {
        if let Some(root) = document.root() {
            walk(index, Vec::new(), root, text, &mut found);
        }
    }
    found
}
