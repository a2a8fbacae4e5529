//! What an object says about its owner.

use super::object::Object;
use crate::model::{LastApplied, Manager, Marks, Source};
use crate::yaml::{Node, Stream};

/// The annotation in which a client-side `kubectl apply` keeps what it applied.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Reads the marks of an object. What is not as the API server writes it says nothing.
pub fn marks(object: &Object<'_>) -> Marks {
    let annotations = pairs(object.find(&["metadata", "annotations"]));
    let last_applied = annotations
        .iter()
        .find(|(key, _)| key == LAST_APPLIED)
        .map(|(_, text)| applied(text));
    let items = |field: &str| {
        let node = object.find(&["metadata", field]);
        node.and_then(Node::items).unwrap_or_default()
    };
    let text = |node: &Node, key: &str| {
        node.get(key)
            .and_then(Node::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Marks {
        labels: pairs(object.find(&["metadata", "labels"])),
        annotations,
        owners: items("ownerReferences")
            .iter()
            .map(|owner| (text(owner, "kind"), text(owner, "name")))
            .collect(),
        managers: items("managedFields")
            .iter()
            .map(|manager| Manager {
                name: text(manager, "manager"),
                applies: text(manager, "operation") == "Apply",
                keys: fields(manager),
                owns_last_applied: owns_last_applied(manager),
            })
            .collect(),
        last_applied,
        from_server: object.from_server(),
    }
}

fn pairs(node: Option<&Node>) -> Vec<(String, String)> {
    let entries = node.and_then(Node::entries).unwrap_or_default();
    let pairs = entries.iter().filter_map(|entry| {
        Some((
            entry.key.key_text()?.into_owned(),
            entry.value.as_str()?.to_owned(),
        ))
    });
    pairs.collect()
}

fn keys(node: Option<&Node>) -> Vec<String> {
    let entries = node.and_then(Node::entries).unwrap_or_default();
    let keys = entries.iter().filter_map(|entry| entry.key.key_text());
    keys.map(std::borrow::Cow::into_owned).collect()
}

/// What the last-applied annotation says about `data`.
fn applied(text: &str) -> LastApplied {
    let Ok(stream) = Stream::parse(Source::new(LAST_APPLIED, text)) else {
        return LastApplied::default();
    };
    let root = stream
        .documents()
        .first()
        .and_then(|document| document.root());
    let data = root.and_then(|root| root.get("data"));
    LastApplied {
        has_data: data.is_some_and(|data| !data.is_null()),
        keys: keys(data),
    }
}

fn owns_last_applied(manager: &Node) -> bool {
    let path = ["fieldsV1", "f:metadata", "f:annotations"];
    let annotations = path.iter().try_fold(manager, |node, key| node.get(key));
    annotations.is_some_and(|fields| fields.get(&format!("f:{LAST_APPLIED}")).is_some())
}

/// The keys of `data` that a manager owns: `f:data: {f:KEY: {}}`.
fn fields(manager: &Node) -> Vec<String> {
    let data = manager
        .get("fieldsV1")
        .and_then(|fields| fields.get("f:data"));
    let keys = keys(data).into_iter();
    keys.filter_map(|key| key.strip_prefix("f:").map(str::to_owned))
        .collect()
}
