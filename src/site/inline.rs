//! Patches that are written inside a kustomization.

use super::object::{Object, objects};
use super::select::ObjectRole;
use super::sort::is_kustomization;
use crate::input::{Content, File, Inlined, Origin};
use crate::model::{Location, Source, Which};
use crate::yaml::{Node, ScalarStyle, Stream};

/// The patches of ConfigMaps, AppProjects and others that are written inside kustomizations, as texts
/// of their own. Everything before a patch is blanked, so that its places are those of the file. Only
/// literal blocks that hold an object are read; a list of JSON operations is not.
pub fn inline_patches(files: &[File]) -> Vec<File> {
    let mut found = Vec::new();
    for object in objects(files).iter().filter(|one| is_kustomization(one)) {
        let patches = object.items("patches");
        let patches = patches.filter_map(|patch| patch.get("patch"));
        for node in patches.chain(object.items("patchesStrategicMerge")) {
            found.extend(patch(object, node));
        }
    }
    found
}

/// Adds the patches to files that are to be edited: of a ConfigMap that is among the files as well, only that is.
pub fn with_inline_patches(mut files: Vec<File>) -> Vec<File> {
    let mut patches = inline_patches(&files);
    let whole: Vec<_> = objects(&files).iter().filter_map(ObjectRole::of).collect();
    patches.retain(|patch| {
        let roles = objects(std::slice::from_ref(patch));
        let mut roles = roles.iter().filter_map(ObjectRole::of);
        roles.any(|role| matches!(role, ObjectRole::ConfigMap(_)) && !whole.contains(&role))
    });
    files.extend(patches);
    files
}

/// What a kustomization does to one of Argo CD's ConfigMaps in a way that is not edited, with its place.
pub fn other_patches(object: &Object<'_>) -> Option<(Which, &'static str, Location)> {
    if !is_kustomization(object) {
        return None;
    }
    let named = |node: &Node| Which::named(node.get("name")?.as_str()?);
    let patches = object.items("patches");
    let operations = patches
        .chain(object.items("patchesJson6902"))
        .filter_map(|node| Some((named(node.get("target")?)?, "JSON operations", node)));
    let generators = object.items("configMapGenerator");
    let generators = generators.filter_map(|node| Some((named(node)?, "a generator", node)));
    let (which, how, node) = operations.chain(generators).next()?;
    Some((which, how, object.location(node.span().start)))
}

fn patch(object: &Object<'_>, node: &Node) -> Option<File> {
    let source = object.source();
    let scalar = node.as_scalar()?;
    if scalar.style() != ScalarStyle::Literal {
        return None;
    }
    let (text, span) = (source.text(), node.span());
    let body = span.start + text[span.clone()].find('\n')? + 1;
    let blank = |text: &str| -> String {
        let keep = |byte: u8| if byte == b'\n' { '\n' } else { ' ' };
        text.bytes().map(keep).collect()
    };
    let alone = blank(&text[..body]) + &text[body..span.end];
    let stream = Stream::parse(Source::new(source.name(), alone)).ok()?;
    let root = stream.documents().first()?.root()?;
    root.entries()?;
    Some(File {
        origin: Origin::Inlined(Inlined {
            file: object.file,
            path: object.path().cloned(),
            body: body..span.end,
        }),
        content: Content::Documents(stream),
    })
}
