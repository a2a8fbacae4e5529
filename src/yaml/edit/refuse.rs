//! What is not edited: parts whose values stand in two places, or whose keys stand twice.

use crate::error::{Error, Result};
use crate::yaml::node::{Entry, Node, NodeKind};
use crate::yaml::stream::{Document, Format, Stream};

/// Refuses a part that holds an anchor, an alias or a merge key: what is seen there is not all
/// that it is, and a change of it could change another place.
pub(super) fn shared(document: &Document, node: &Node) -> Result<()> {
    itself(document, node)?;
    if let NodeKind::Mapping(entries) = node.kind() {
        merged(document, entries)?;
    }
    node.children()
        .try_for_each(|child| shared(document, child))
}

/// Refuses a node that is an alias or carries an anchor.
pub(super) fn itself(document: &Document, node: &Node) -> Result<()> {
    let what = match node.kind() {
        NodeKind::Alias(_) => "an alias",
        _ if node.has_anchor() => "an anchor",
        _ => return Ok(()),
    };
    Err(refusal(document, node, what))
}

/// Refuses a mapping with a merge key of its own.
pub(super) fn merged(document: &Document, entries: &[Entry]) -> Result<()> {
    match entries.iter().find(|entry| entry.key.is_merge_key()) {
        Some(entry) => Err(refusal(document, &entry.key, "a merge key (`<<`)")),
        None => Ok(()),
    }
}

/// Refuses a key that stands twice.
pub(super) fn duplicate(document: &Document, key: &str, first: &Node, second: &Node) -> Error {
    let before = document.location(first.span().start);
    Error::input(format!(
        "the key `{key}` stands twice in one mapping, first in line {}",
        before.line
    ))
    .at(document.location(second.span().start))
    .hint("kubectl takes the last one, kustomize refuses both: delete one of them")
}

/// Refuses YAML with carriage returns that no line feed follows: they end lines, as on old Macs.
pub(super) fn old_line_breaks(stream: &Stream) -> Result<()> {
    let text = stream.source().text();
    let mut returns = text.match_indices('\r').map(|(at, _)| at);
    match returns.find(|at| !text[at + 1..].starts_with('\n')) {
        Some(at) if stream.format() == Format::Yaml => Err(Error::input(
            "a line that ends in a carriage return without a line feed",
        )
        .at(stream.source().location(at))
        .hint("save the file with LF or CRLF line ends")),
        _ => Ok(()),
    }
}

fn refusal(document: &Document, node: &Node, what: &str) -> Error {
    Error::input(format!("{what} in the part that has to be edited: a change here could change another place, or be undone by one"))
        .at(document.location(node.outer()))
        .hint("write the value out where the alias stands, then run the command again")
}
