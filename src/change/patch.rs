//! Changes as a merge patch (RFC 7386).

use serde_json::{Map, Value, json};

use super::KeyChange;
use crate::model::ConfigMap;

/// The merge patch with exactly the keys that change. It has the object's name, so that the API
/// server refuses it on another object, and, where the object had one and `lock` asks for it, the
/// `resourceVersion`, so that it is refused once the object has changed. Nothing to change: `{}`.
pub fn merge_patch(current: &ConfigMap, changes: &[KeyChange], lock: bool) -> Value {
    if changes.is_empty() {
        return json!({});
    }
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), current.which.name().into());
    if let Some(version) = current.resource_version.as_ref().filter(|_| lock) {
        metadata.insert("resourceVersion".to_owned(), version.as_str().into());
    }
    let data: Map<String, Value> = changes
        .iter()
        .map(|change| {
            (
                change.key.clone(),
                change.after.as_deref().map_or(Value::Null, Value::from),
            )
        })
        .collect();
    json!({ "metadata": metadata, "data": data })
}
