//! Changes as a JSON patch (RFC 6902) that is refused where the object is not as it was read.

use serde_json::{Map, Value, json};

use super::KeyChange;
use crate::model::ConfigMap;

/// The JSON patch with exactly the keys that change, behind `test` operations: for the object's
/// name, its `resourceVersion` where it had one and `lock` asks for it, and what is there now.
/// For a key that must not be there the test is for null, as kubectl and the API server take it.
/// Nothing to change: `[]`.
pub fn json_patch(current: &ConfigMap, changes: &[KeyChange], lock: bool) -> Value {
    if changes.is_empty() {
        return json!([]);
    }
    let expect = |path: &str, value: Value| json!({"op": "test", "path": path, "value": value});
    let mut tests = vec![expect("/metadata/name", current.which.name().into())];
    if let Some(version) = current.resource_version.as_ref().filter(|_| lock) {
        tests.push(expect("/metadata/resourceVersion", version.as_str().into()));
    }
    let Some(data) = &current.data else {
        let added: Map<String, Value> = changes
            .iter()
            .filter_map(|change| Some((change.key.clone(), change.after.as_deref()?.into())))
            .collect();
        tests.push(expect("/data", Value::Null));
        tests.push(json!({"op": "add", "path": "/data", "value": added}));
        return tests.into();
    };
    let path = |change: &KeyChange| format!("/data/{}", pointer(&change.key));
    tests.extend(changes.iter().map(|change| {
        let before = change.before.as_deref().map_or(Value::Null, Value::from);
        expect(&path(change), before)
    }));
    let goes = |key: &str| changes.iter().any(|c| c.key == key && c.after.is_none());
    let emptied =
        data.iter().all(|(key, _)| goes(key)) && changes.iter().all(|c| c.after.is_none());
    if emptied {
        tests.push(json!({"op": "remove", "path": "/data"}));
        return tests.into();
    }
    tests.extend(
        changes
            .iter()
            .map(|change| match (&change.before, &change.after) {
                (_, None) => json!({"op": "remove", "path": path(change)}),
                (None, Some(text)) => json!({"op": "add", "path": path(change), "value": text}),
                (Some(_), Some(text)) => {
                    json!({"op": "replace", "path": path(change), "value": text})
                }
            }),
    );
    tests.into()
}

/// A key as a step of a JSON pointer (RFC 6901).
fn pointer(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_escapes_what_it_needs_itself() {
        assert_eq!(pointer("a/b~c.d"), "a~1b~0c.d");
    }
}
