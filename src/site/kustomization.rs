//! Kustomizations, and what they name as patches.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::object::Object;
use crate::yaml::Node;

/// Whether an object is a kustomization.
pub(crate) fn is_kustomization(object: &Object<'_>) -> bool {
    let is_list = |key| object.node.get(key).and_then(Node::items).is_some();
    let is_named = matches!(object.kind(), "Kustomization" | "Component");
    // kustomize fills in what is missing of the two.
    let is_ours = object.api_version().is_empty() || object.is_of_group("kustomize.config.k8s.io");
    let lists = [
        "patches",
        "patchesStrategicMerge",
        "patchesJson6902",
        "configMapGenerator",
    ];
    is_named && is_ours || object.kind().is_empty() && lists.into_iter().any(is_list)
}

/// The entries of a kustomization that say what they are patches of.
pub(super) fn lists_of_patches<'a>(object: &Object<'a>) -> impl Iterator<Item = &'a Node> {
    let patches = object.items("patches");
    patches.chain(object.items("patchesJson6902"))
}

/// A file that a kustomization names, from its own directory on.
pub(super) fn file_beside(object: &Object<'_>, name: &str) -> PathBuf {
    let directory = object.path().and_then(|path| path.parent());
    let directory = directory.unwrap_or(Path::new(""));
    directory.join(name.trim_start_matches("./"))
}

/// The files that kustomizations name as patches.
pub(super) fn patches(objects: &[Object<'_>]) -> HashSet<PathBuf> {
    let mut named = HashSet::new();
    for object in objects.iter().filter(|object| is_kustomization(object)) {
        if object.path().is_none() {
            continue;
        }
        let patches = lists_of_patches(object).filter_map(|patch| patch.get("path"));
        let merged = object.items("patchesStrategicMerge");
        let files = patches.chain(merged).filter_map(Node::as_str);
        named.extend(files.map(|name| file_beside(object, name)));
    }
    named
}
