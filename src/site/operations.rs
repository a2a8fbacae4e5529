//! Lists of JSON operations (RFC 6902) that change a ConfigMap.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::kustomization::{is_kustomization, lists_of_patches};
use super::object::{DataShape, Object};
use super::setting::{Setting, collect, which_by_keys, which_of_key};
use super::spot::Spot;
use crate::input::Origin;
use crate::model::Which;
use crate::yaml::{Node, Step};

/// What operations do to the data of a ConfigMap.
#[derive(Debug, Default)]
pub(crate) struct Operations<'a> {
    /// The keys that they leave, each with its value; one that goes has none.
    pub(crate) settings: Vec<Setting<'a>>,
    /// Whether they replace or remove the data as a whole.
    pub(crate) cleared: bool,
    /// Whether one of them can only work where there is data.
    pub(crate) needs_data: bool,
    /// Operations on the data whose outcome the list does not tell.
    pub(crate) unknown: Vec<&'a Node>,
    /// Operations that give a key a value which an earlier one has given it.
    pub(crate) repeated: Vec<Setting<'a>>,
}

/// Whether a value is a list of JSON operations.
pub(super) fn is_operations(node: &Node) -> bool {
    let is_operation = |node: &Node| node.get("op").is_some() && node.get("path").is_some();
    let items = node.items().unwrap_or_default();
    !items.is_empty() && items.iter().all(is_operation)
}

/// Tells of each list of operations what it is of: what a kustomization says, else what its paths do.
pub(super) fn find_targets(objects: &mut [Object<'_>]) {
    if !objects.iter().any(|object| is_operations(object.node)) {
        return;
    }
    let targets = targets(objects);
    for object in objects {
        if !is_operations(object.node) {
            continue;
        }
        let named = match object.origin() {
            Origin::Inlined(inlined) => inlined.target,
            _ => object.path().and_then(|path| targets.get(path).copied()),
        };
        if let Some(which) = named.or_else(|| by_paths(object.node)) {
            object.shape = DataShape::Operations(which);
        }
    }
}

/// The files that kustomizations apply to one of the ConfigMaps.
fn targets(objects: &[Object<'_>]) -> HashMap<PathBuf, Which> {
    let mut found = HashMap::new();
    for object in objects.iter().filter(|object| is_kustomization(object)) {
        let directory = object.path().and_then(|path| path.parent());
        let directory = directory.unwrap_or(Path::new(""));
        for patch in lists_of_patches(object) {
            let path = patch.get("path").and_then(Node::as_str);
            if let (Some(path), Some(which)) = (path, target(patch)) {
                found.insert(directory.join(path.trim_start_matches("./")), which);
            }
        }
    }
    found
}

/// The ConfigMap that an entry of `patches` names.
pub(super) fn target(patch: &Node) -> Option<Which> {
    let target = patch.get("target")?;
    let kind = target.get("kind").and_then(Node::as_str);
    let is_configmap = kind.is_none_or(|kind| kind == "ConfigMap");
    Which::named(target.get("name")?.as_str()?).filter(|_| is_configmap)
}

fn by_paths(list: &Node) -> Option<Which> {
    let mut items = list.items()?.iter();
    items.find_map(|item| {
        let path = item.get("path")?.as_str()?;
        match in_data(path)? {
            PathInData::Key(key) => which_of_key(&key),
            PathInData::Whole => which_by_keys(item.get("value")?),
        }
    })
}

/// What a JSON pointer leads to.
enum PathInData {
    /// To `data` as a whole.
    Whole,
    /// To this key of it.
    Key(String),
}

fn in_data(pointer: &str) -> Option<PathInData> {
    let rest = pointer.strip_prefix("/data")?;
    if rest.is_empty() {
        return Some(PathInData::Whole);
    }
    let key = rest.strip_prefix('/').filter(|key| !key.contains('/'))?;
    let key = key.replace("~1", "/").replace("~0", "~");
    Some(PathInData::Key(key))
}

/// The JSON pointer to a key of `data`.
pub(crate) fn pointer(key: &str) -> String {
    format!("/data/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Reads what a list of operations does.
pub(crate) fn operations<'a>(object: &Object<'a>) -> Operations<'a> {
    let mut found = Operations::default();
    for (index, item) in object.node.items().unwrap_or_default().iter().enumerate() {
        let text = |key: &str| item.get(key).and_then(Node::as_str);
        let (op, path) = (text("op").unwrap_or_default(), item.get("path"));
        let on_data = |key: &str| text(key).and_then(in_data);
        let (Some(path), Some(within)) = (path, on_data("path")) else {
            if on_data("from").is_some() {
                found.unknown.push(item);
            }
            continue;
        };
        let value = item.get("value");
        let mut route = object.route.clone();
        route.extend([Step::Index(index), Step::key("value")]);
        match (op, within) {
            ("test", _) => {}
            ("add" | "replace" | "remove", PathInData::Whole) => {
                found.cleared = true;
                found.settings.clear();
                if let Some(value) = value.filter(|_| op != "remove") {
                    let value = object.in_document().resolve(value);
                    let mut seen = HashSet::new();
                    collect(object, value, &route, &mut seen, &mut found.settings);
                }
            }
            ("add" | "replace" | "remove", PathInData::Key(key)) => {
                found.needs_data |= !found.cleared;
                let spot = Spot {
                    file: object.file,
                    document: Some((object.document, object.in_document())),
                    route,
                    key: Some(path),
                    node: value.filter(|_| op != "remove"),
                    part: None,
                    source: object.source(),
                };
                let of_key = |one: &mut Setting<'a>| one.key == key;
                let before: Vec<_> = found.settings.extract_if(.., of_key).collect();
                found
                    .repeated
                    .extend(before.into_iter().filter(|one| !one.is_null()));
                let key = Cow::Owned(key);
                found.settings.push(Setting { key, spot });
            }
            _ => found.unknown.push(item),
        }
    }
    found
}
