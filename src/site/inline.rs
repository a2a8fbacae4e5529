//! Patches that are written inside a kustomization.

use std::ops::Range;

use super::kustomization::{is_kustomization, lists_of_patches};
use super::object::Object;
use super::objects::objects;
use super::operations::{is_operations, target};
use super::select::ObjectRole;
use crate::input::{Content, File, Inlined, Origin};
use crate::model::{Location, Source, Which};
use crate::yaml::{Document, Node, ScalarStyle, Stream};

/// The patches of ConfigMaps, AppProjects and others that are written inside kustomizations, as texts
/// of their own with their places in the file: each document of a literal block, and strings on one line
/// without escapes. Others are not written as they are read.
pub fn inline_patches(files: &[File]) -> Vec<File> {
    let mut found = Vec::new();
    for object in objects(files).iter().filter(|one| is_kustomization(one)) {
        let merged = object.items("patchesStrategicMerge");
        for (node, target) in patches(object).chain(merged.map(|node| (node, None))) {
            found.extend(patch(object, node, target).into_iter().flatten());
        }
    }
    found
}

/// The texts in the lists of patches, with the ConfigMap that each is for.
fn patches<'a>(object: &Object<'a>) -> impl Iterator<Item = (&'a Node, Option<Which>)> {
    lists_of_patches(object).filter_map(|patch| Some((patch.get("patch")?, target(patch))))
}

/// Adds the patches of ConfigMaps to files that are to be edited.
pub fn with_inline_patches(mut files: Vec<File>) -> Vec<File> {
    let mut patches = inline_patches(&files);
    patches.retain(|patch| {
        let roles = objects(std::slice::from_ref(patch));
        let mut roles = roles.iter().filter_map(ObjectRole::of);
        roles.any(|role| matches!(role, ObjectRole::ConfigMap(_)))
    });
    files.extend(patches);
    files
}

/// Says where a patch of one of Argo CD's ConfigMaps inside a kustomization cannot be read.
pub fn unread_patch(objects: &[Object<'_>]) -> Option<String> {
    let (which, place) = objects.iter().find_map(unread)?;
    Some(format!(
        "{place}: this patch of {which} is not written as it is read: write it as a block (`patch: |-`)"
    ))
}

fn unread(object: &Object<'_>) -> Option<(Which, Location)> {
    if !is_kustomization(object) {
        return None;
    }
    let merged = object.items("patchesStrategicMerge");
    let mut all = patches(object).chain(merged.map(|node| (node, None)));
    let (node, which) = all.find_map(|(node, target)| {
        let text = node.as_str()?;
        let is_unread = patch(object, node, target).is_none();
        let which = || target.or_else(|| changed_by(text));
        Some((node, is_unread.then(which)??))
    })?;
    Some((which, object.location(node.span().start)))
}

/// The ConfigMap that a patch says it changes.
fn changed_by(text: &str) -> Option<Which> {
    let content = Content::Documents(Stream::parse(Source::new("", text)).ok()?);
    let file = File {
        origin: Origin::Made,
        content,
    };
    let roles = objects(std::slice::from_ref(&file));
    roles
        .iter()
        .find_map(|object| match ObjectRole::of(object) {
            Some(ObjectRole::ConfigMap(which)) => Some(which),
            _ => None,
        })
}

/// The documents of a patch, if each is written as it is read.
fn patch(object: &Object<'_>, node: &Node, target: Option<Which>) -> Option<Vec<File>> {
    let source = object.source();
    let mut files = Vec::new();
    for body in bodies(source.text(), node)? {
        let stream = Stream::parse(source.part(body.clone())).ok()?;
        let Some(root) = stream.documents().first().and_then(Document::root) else {
            continue;
        };
        if root.entries().is_none() && !is_operations(root) {
            return None;
        }
        files.push(File {
            origin: Origin::Inlined(Inlined {
                file: object.file,
                path: object.path().cloned(),
                body,
                target,
            }),
            content: Content::Documents(stream),
        });
    }
    Some(files)
}

/// Where the documents of a text are written, if they are written as they are read.
fn bodies(text: &str, node: &Node) -> Option<Vec<Range<usize>>> {
    let (span, scalar) = (node.span(), node.as_scalar()?);
    if scalar.style() != ScalarStyle::Literal {
        let body = span.start + 1..span.end.checked_sub(1)?;
        // Between quotes, and without escapes.
        return (text.get(body.clone())? == scalar.value()).then(|| vec![body]);
    }
    let (mut bodies, mut start) = (Vec::new(), span.start + text[span.clone()].find('\n')? + 1);
    let mut at = start;
    // A line of dashes separates documents where it has the indentation of the block.
    for (written, line) in text[at..span.end]
        .split_inclusive('\n')
        .zip(scalar.value().lines())
    {
        let next = at + written.len();
        if line.trim_end() == "---" {
            bodies.push(start..at);
            start = next;
        }
        at = next;
    }
    bodies.push(start..span.end);
    Some(bodies)
}
