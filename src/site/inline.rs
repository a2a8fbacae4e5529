//! Patches that are written inside a kustomization.

use super::kustomization::{is_kustomization, lists_of_patches};
use super::object::Object;
use super::objects::objects;
use super::operations::{is_operations, target};
use super::select::ObjectRole;
use crate::input::{Content, File, Inlined, Origin};
use crate::model::{Location, Source, Which};
use crate::yaml::{Node, ScalarStyle, Stream};

/// The patches of ConfigMaps, AppProjects and others that are written inside kustomizations, as texts
/// of their own. Everything before a patch is blanked, so that its places are those of the file. Only
/// patches whose text is written as it is are read: literal blocks, and strings on one line without
/// escapes.
pub fn inline_patches(files: &[File]) -> Vec<File> {
    let mut found = Vec::new();
    for object in objects(files).iter().filter(|one| is_kustomization(one)) {
        let merged = object.items("patchesStrategicMerge");
        for (node, target) in patches(object).chain(merged.map(|node| (node, None))) {
            found.extend(patch(object, node, target));
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

/// A patch of one of Argo CD's ConfigMaps inside a kustomization that cannot be read there, with its place.
pub fn unread_patch(object: &Object<'_>) -> Option<(Which, Location)> {
    if !is_kustomization(object) {
        return None;
    }
    let is_unread = |node: &Node| node.as_str().is_some() && patch(object, node, None).is_none();
    let mut unread = patches(object).filter(|(node, _)| is_unread(node));
    let (node, which) = unread.find_map(|(node, which)| Some((node, which?)))?;
    Some((which, object.location(node.span().start)))
}

fn patch(object: &Object<'_>, node: &Node, target: Option<Which>) -> Option<File> {
    let source = object.source();
    let (text, span, scalar) = (source.text(), node.span(), node.as_scalar()?);
    let body = if scalar.style() == ScalarStyle::Literal {
        span.start + text[span.clone()].find('\n')? + 1..span.end
    } else {
        let body = span.start + 1..span.end.checked_sub(1)?;
        // Between quotes, and without escapes.
        (text.get(body.clone())? == scalar.value()).then_some(body)?
    };
    let blank = |text: &str| -> String {
        let keep = |byte: u8| if byte == b'\n' { '\n' } else { ' ' };
        text.bytes().map(keep).collect()
    };
    let alone = blank(&text[..body.start]) + &text[body.clone()];
    let stream = Stream::parse(Source::new(source.name(), alone)).ok()?;
    let root = stream.documents().first()?.root()?;
    if root.entries().is_none() && !is_operations(root) {
        return None;
    }
    Some(File {
        origin: Origin::Inlined(Inlined {
            file: object.file,
            path: object.path().cloned(),
            body,
            target,
        }),
        content: Content::Documents(stream),
    })
}
