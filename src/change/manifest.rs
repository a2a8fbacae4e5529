//! Changes as edits of the objects that were read.

use super::KeyChange;
use crate::yaml::{Document, Edit, Node, Step};

/// The annotation in which `kubectl apply` keeps what it applied. `kubectl replace` would refresh
/// it, and from then on the next `kubectl apply` would delete every key that is not its own.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What only the server writes.
const SERVER_FIELDS: [&str; 5] = [
    "managedFields",
    "uid",
    "creationTimestamp",
    "generation",
    "selfLink",
];

/// The edits that make `changes` in the mapping at `route`.
pub fn key_edits(document: usize, route: &[Step], changes: &[KeyChange]) -> Vec<Edit> {
    let edits = changes.iter().map(|change| {
        let key = Step::key(&change.key);
        let route = route.iter().cloned().chain([key]).collect();
        match (&change.before, &change.after) {
            (_, None) => Edit::Remove { document, route },
            (None, Some(text)) => Edit::Set {
                document,
                route,
                value: text.as_str().into(),
            },
            (Some(_), Some(text)) => Edit::SetText {
                document,
                route,
                text: text.clone(),
            },
        }
    });
    edits.collect()
}

/// The same edits of one document, but a mapping that they would leave empty goes whole, and the
/// mapping above it too where that leaves it empty; those whose route has not more than `keep`
/// steps stay, and those that hold something that is not an entry: a comment, empty brackets that
/// were filled.
pub fn pruned(edits: Vec<Edit>, within: &Document, keep: usize) -> Vec<Edit> {
    let mut removed: Vec<Vec<Step>> = Vec::new();
    let (mut sets, mut document) = (Vec::new(), 0);
    for edit in edits {
        match edit {
            Edit::Remove {
                document: of,
                route,
            } => {
                document = of;
                removed.push(route);
            }
            set => sets.push(set),
        }
    }
    let is_written = |above: &[Step]| {
        sets.iter().any(|set| match set {
            Edit::Set { route, .. } | Edit::SetText { route, .. } | Edit::Remove { route, .. } => {
                route.starts_with(above)
            }
        })
    };
    let mut at = 0;
    while let Some(route) = removed.get(at).cloned() {
        at += 1;
        let Some((_, above)) = route.split_last() else {
            continue;
        };
        let root = within.root();
        let node = root.and_then(|root| above.iter().try_fold(root, |node, step| node.step(step)));
        let children = node.map_or(0, |node| {
            let items = node.items().map_or(0, <[Node]>::len);
            node.entries().map_or(items, <[_]>::len)
        });
        let is_child =
            |route: &Vec<Step>| route.len() == above.len() + 1 && route.starts_with(above);
        let gone = removed.iter().filter(|route| is_child(route)).count();
        if above.len() > keep && gone == children && !is_written(above) && within.is_bare(above) {
            let above = above.to_vec();
            removed.retain(|route| !route.starts_with(&above));
            removed.push(above);
            at = 0;
        }
    }
    let removals = removed
        .into_iter()
        .map(|route| Edit::Remove { document, route });
    sets.extend(removals);
    sets
}

/// The edits that take off an object what only the server writes; `lock` says whether
/// `resourceVersion`, the server's lock, stays.
pub fn server_fields(document: usize, route: &[Step], object: &Node, lock: bool) -> Vec<Edit> {
    let Some(metadata) = object.get("metadata") else {
        return Vec::new();
    };
    let remove = |keys: &[&str]| Edit::Remove {
        document,
        route: route
            .iter()
            .cloned()
            .chain(keys.iter().map(|key| Step::key(*key)))
            .collect(),
    };
    let mut edits: Vec<Edit> = SERVER_FIELDS
        .into_iter()
        .chain((!lock).then_some("resourceVersion"))
        .filter(|field| metadata.get(field).is_some())
        .map(|field| remove(&["metadata", field]))
        .collect();
    if let Some(annotations) = metadata.get("annotations")
        && annotations.get(LAST_APPLIED).is_some()
    {
        let only = annotations
            .entries()
            .is_some_and(|entries| entries.len() == 1);
        edits.push(if only {
            remove(&["metadata", "annotations"])
        } else {
            remove(&["metadata", "annotations", LAST_APPLIED])
        });
    }
    edits
}
