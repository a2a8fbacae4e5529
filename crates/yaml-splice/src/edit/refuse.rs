//! What is not edited: values that are shared with another place, and keys that are there twice.

use std::collections::HashSet;

use crate::document::Document;
use crate::node::{Node, NodeKind};
use crate::stream::{Format, Stream};
use crate::trivia::{begins_line, line_start};
use crate::{Error, Result, Source};

/// Refuses a collection that is an alias, or that an alias elsewhere repeats: a change inside it
/// would change that place too.
pub(super) fn shared(document: &Document, node: &Node) -> Result<()> {
    alias(document, node)?;
    match node.anchor() {
        Some(id) => used(document, node, id, &HashSet::new()),
        None => Ok(()),
    }
}

/// Refuses an alias.
pub(super) fn alias(document: &Document, node: &Node) -> Result<()> {
    if !matches!(node.kind(), NodeKind::Alias(_)) {
        return Ok(());
    }
    let anchored = document.resolve(node);
    Err(Error::input(format!(
        "the value to be edited is shared: this alias repeats what the anchor `{}` names in line {}",
        name(document, anchored),
        document.location(anchored.outer()).line
    ))
    .at(document.location(node.span().start))
    .hint("write the value out instead of the alias, then run the command again"))
}

/// Refuses nodes that are to go or to become something else while an alias elsewhere repeats them,
/// or a part of them.
pub(super) fn used_elsewhere(document: &Document, nodes: &[&Node]) -> Result<()> {
    fn anchored<'n>(node: &'n Node, found: &mut Vec<(&'n Node, usize)>) {
        found.extend(node.anchor().map(|id| (node, id)));
        node.children().for_each(|child| anchored(child, found));
    }
    let mut found = Vec::new();
    for node in nodes {
        anchored(node, &mut found);
    }
    if found.is_empty() {
        return Ok(());
    }
    let own: HashSet<usize> = nodes
        .iter()
        .flat_map(|node| aliases(node))
        .map(|(_, at)| at)
        .collect();
    found
        .into_iter()
        .try_for_each(|(node, id)| used(document, node, id, &own))
}

/// Refuses a change below a key that the mapping has from a merge key (`<<`): it would hide all that
/// is merged there, or could not remove it.
pub(super) fn merged(document: &Document, node: &Node, key: &str, explicit: bool) -> Result<()> {
    for entry in node.entries().unwrap_or_default() {
        if !entry.key.is_merge_key() {
            continue;
        }
        let merged = document.resolve(&entry.value);
        let of_list = merged.items().unwrap_or_default().iter();
        let mut sources = std::iter::once(merged).chain(of_list.map(|item| document.resolve(item)));
        let Some(found) = sources.find_map(|source| source.entry(key)) else {
            continue;
        };
        let line = document.location(found.key.span().start).line;
        let what = if explicit {
            "would come back from"
        } else {
            "comes from"
        };
        return Err(Error::input(format!(
            "the key `{key}` {what} this merge key (`<<`), which takes it from line {line}"
        ))
        .at(document.location(entry.key.span().start))
        .hint("write the merged keys out instead of the `<<`, then run the command again"));
    }
    Ok(())
}

/// Refuses lines at a place where a block of a template is open.
pub(super) fn open_block(document: &Document, at: usize) -> Error {
    Error::input(
        "new lines would have to go here, where a block of a template is open: they would be \
         there only in some cases",
    )
    .at(document.location(at))
    .hint("end the block before the mapping that is edited ends, or edit the file by hand")
}

/// Refuses an edit that cannot be made without touching what a template fills in.
pub(super) fn tags_in_the_way(source: &Source, at: usize) -> Error {
    Error::input("this change cannot be made without touching lines that a template fills in")
        .at(source.location(at))
        .hint("render the template first and edit what comes out, or edit this file by hand")
}

fn used(document: &Document, node: &Node, id: usize, own: &HashSet<usize>) -> Result<()> {
    let all = document.root().map(aliases).unwrap_or_default();
    let Some((_, at)) = all
        .into_iter()
        .find(|(of, at)| *of == id && !own.contains(at))
    else {
        return Ok(());
    };
    Err(Error::input(format!(
        "the value to be edited is shared: its anchor `{}` is used again in line {}",
        name(document, node),
        document.location(at).line
    ))
    .at(document.location(node.outer()))
    .hint("write the value out instead of the alias there, then run the command again"))
}

/// Every alias in a node: the anchor it means, and where it is.
fn aliases(node: &Node) -> Vec<(usize, usize)> {
    fn walk(node: &Node, found: &mut Vec<(usize, usize)>) {
        if let NodeKind::Alias(id) = node.kind() {
            found.push((*id, node.span().start));
        }
        node.children().for_each(|child| walk(child, found));
    }
    let mut found = Vec::new();
    walk(node, &mut found);
    found
}

/// An anchor as it is written: `&name`.
fn name<'d>(document: &'d Document, node: &Node) -> &'d str {
    let properties = document.syntax().get(node.outer()..node.span().start);
    let mut words = properties.unwrap_or_default().split_whitespace();
    words.find(|word| word.starts_with('&')).unwrap_or("&")
}

/// Refuses a key that is there twice.
pub(super) fn duplicate(document: &Document, key: &str, first: &Node, second: &Node) -> Error {
    let line = document.location(first.span().start).line;
    let error = Error::input(format!("duplicate key `{key}`, first in line {line}"))
        .at(document.location(second.span().start));
    error.hint(if document.has_tags() {
        "if a template leaves one of them out, edit the file by hand: which of them is meant is unknown here"
    } else {
        "kubectl takes the last one, kustomize refuses both: delete one of them"
    })
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

/// Refuses entries or items that a tab indents: what is added beside them would be indented with spaces.
pub(super) fn tabs(document: &Document, first: &Node) -> Result<()> {
    let (text, lead) = (document.syntax(), first.lead);
    if !begins_line(text, lead) || !text[line_start(text, lead)..lead].contains('\t') {
        return Ok(());
    }
    Err(
        Error::input("a tab indents this, which other readers of YAML refuse")
            .at(document.location(lead))
            .hint("indent it with spaces"),
    )
}
