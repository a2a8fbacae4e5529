//! Patches that are written inside a kustomization.

use super::object::objects;
use super::sort::is_kustomization;
use crate::input::{Content, File, Origin};
use crate::model::Source;
use crate::yaml::{Node, ScalarStyle, Stream};

/// The patches of ConfigMaps, AppProjects and others that are written inside kustomizations, as texts
/// of their own. Everything around a patch is blanked, so that its places are those of the file. Only
/// literal blocks that hold an object are read; a list of JSON operations is not.
pub fn inline_patches(files: &[File]) -> Vec<File> {
    let mut found = Vec::new();
    for object in objects(files).iter().filter(|one| is_kustomization(one)) {
        let items = |key: &str| object.find(&[key]).and_then(Node::items);
        let of_patches = items("patches").unwrap_or_default().iter();
        let of_patches = of_patches.filter_map(|patch| patch.get("patch"));
        let merged = items("patchesStrategicMerge").unwrap_or_default().iter();
        for node in of_patches.chain(merged) {
            found.extend(patch(object.source(), node));
        }
    }
    found
}

fn patch(source: &Source, node: &Node) -> Option<File> {
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
    let alone = blank(&text[..body]) + &text[body..span.end] + &blank(&text[span.end..]);
    let stream = Stream::parse(Source::new(source.name(), alone)).ok()?;
    let root = stream.documents().first()?.root()?;
    root.entries()?;
    Some(File {
        origin: Origin::Inlined,
        content: Content::Documents(stream),
    })
}
