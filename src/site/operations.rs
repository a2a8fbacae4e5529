//! Lists of JSON operations (RFC 6902) that change a ConfigMap.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::kustomization::{file_beside, is_kustomization, lists_of_patches};
use super::object::{DataShape, Object};
use super::setting::{Setting, collect, which_by_keys, which_of_key};
use super::spot::Spot;
use crate::input::Origin;
use crate::model::Which;
use crate::yaml::{Node, Step};

/// The effect of operations on the data of a ConfigMap.
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
        for patch in lists_of_patches(object) {
            let path = patch.get("path").and_then(Node::as_str);
            if let (Some(path), Some(which)) = (path, target(patch)) {
                found.insert(file_beside(object, path), which);
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

/// The target of a JSON pointer.
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
    // A later operation replaces what an earlier one left of a key, which is found by its place.
    let mut left: Vec<Option<Setting<'a>>> = Vec::new();
    let mut places: HashMap<Cow<'a, str>, Vec<usize>> = HashMap::new();
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
                let mut settings = Vec::new();
                if let Some(value) = value.filter(|_| op != "remove") {
                    let value = object.in_document().resolve(value);
                    collect(object, value, &route, &mut HashSet::new(), &mut settings);
                }
                places.clear();
                for (place, setting) in settings.iter().enumerate() {
                    places.entry(setting.key.clone()).or_default().push(place);
                }
                left = settings.into_iter().map(Some).collect();
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
                let key: Cow<'a, str> = Cow::Owned(key);
                let before = places.entry(key.clone()).or_default();
                let gone = before.drain(..).filter_map(|place| left[place].take());
                found.repeated.extend(gone.filter(|one| !one.is_null()));
                before.push(left.len());
                left.push(Some(Setting { key, spot }));
            }
            _ => found.unknown.push(item),
        }
    }
    found.settings = left.into_iter().flatten().collect();
    found
}
