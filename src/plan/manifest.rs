//! Changes as edits of the objects that were read.

use super::KeyChange;
use crate::model::Data;
use crate::yaml::{Edit, Node, Step};

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

/// The edits that make `changes` in the object at `route`. A `data` that would be left empty goes.
pub fn key_edits(
    document: usize,
    route: &[Step],
    current: Option<&Data>,
    changes: &[KeyChange],
) -> Vec<Edit> {
    let at = |key: &str| {
        let keys = [Step::key("data"), Step::key(key)];
        route.iter().cloned().chain(keys).collect::<Vec<_>>()
    };
    let goes = |key: &str| {
        changes
            .iter()
            .any(|change| change.key == key && change.after.is_none())
    };
    let keeps_one = current.is_some_and(|data| data.iter().any(|(key, _)| !goes(key)));
    let adds_one = changes.iter().any(|change| change.after.is_some());
    if !changes.is_empty() && !keeps_one && !adds_one {
        let data = route.iter().cloned().chain([Step::key("data")]).collect();
        return vec![Edit::Remove {
            document,
            route: data,
        }];
    }
    let edits = changes.iter().map(|change| {
        let route = at(&change.key);
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
