//! Changes of an `ArgoCD` resource as a merge patch.

use serde_json::{Map, Value, json};

use super::KeyChange;

/// The merge patch for an `ArgoCD` resource: entries of `spec.extraConfig`, and fields of
/// `spec.rbac` (name and text). Without a name, which only the object itself tells, it has none.
pub fn argocd_patch(
    name: Option<&str>,
    version: Option<&str>,
    extra: &[KeyChange],
    rbac: &[(&str, &KeyChange)],
) -> Value {
    if extra.is_empty() && rbac.is_empty() {
        return json!({});
    }
    let text = |change: &KeyChange| change.after.as_deref().map_or(Value::Null, Value::from);
    let mut patch = Map::new();
    let mut metadata = Map::new();
    for (key, value) in [("name", name), ("resourceVersion", version)] {
        if let Some(value) = value {
            metadata.insert(key.to_owned(), value.into());
        }
    }
    if !metadata.is_empty() {
        patch.insert("metadata".to_owned(), metadata.into());
    }
    let mut spec = Map::new();
    if !extra.is_empty() {
        let entries: Map<_, _> = extra.iter().map(|c| (c.key.clone(), text(c))).collect();
        spec.insert("extraConfig".to_owned(), entries.into());
    }
    if !rbac.is_empty() {
        let fields: Map<_, _> = rbac
            .iter()
            .map(|(f, c)| ((*f).to_owned(), text(c)))
            .collect();
        spec.insert("rbac".to_owned(), fields.into());
    }
    patch.insert("spec".to_owned(), spec.into());
    patch.into()
}
