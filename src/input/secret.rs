//! The Secret of the gateway, through `kubectl get`: its token goes into a [`Secret`] and nowhere else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Cluster;
use super::live::{kubectl_get, said};
use crate::error::{Error, Result};
use crate::model::Moment;
use crate::process::Runner;
use crate::text::Secret;

/// A Secret of the cluster, of which one value was taken.
#[derive(Debug, Default)]
pub struct LiveSecret {
    /// The keys that it has.
    pub keys: Vec<String>,
    /// The value under the key that was asked for.
    pub value: Option<Secret>,
    /// When it was last changed.
    pub changed: Option<Moment>,
    /// Whether an annotation holds a copy of it, as plain `kubectl apply` makes one.
    pub is_copied: bool,
}

/// Asks for a Secret; `None` where there is none of that name.
///
/// # Errors
/// kubectl is missing, may not read it, or answers something else. Never a piece of the Secret.
pub fn secret(
    cluster: &Cluster,
    name: &str,
    key: &str,
    runner: &dyn Runner,
) -> Result<Option<LiveSecret>> {
    let output = runner.run(&kubectl_get(cluster, "secret", vec![name.into()], "json"))?;
    if output.code != Some(0) {
        let said = said(&output.stderr, output.code);
        return Err(Error::external(format!(
            "kubectl could not read the Secret {name}: {said}"
        )));
    }
    let text = output.stdout.expose();
    if text.trim().is_empty() {
        return Ok(None);
    }
    // The parser's error would quote what it did not expect.
    let object: Value = serde_json::from_str(text)
        .map_err(|_| Error::external("kubectl did not return a Secret"))?;
    Ok(Some(read(object, key)))
}

/// Takes the value under a key out of a Secret.
pub fn read(mut object: Value, key: &str) -> LiveSecret {
    let mut found = LiveSecret {
        changed: changed(&object),
        is_copied: object
            .pointer("/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration")
            .is_some(),
        ..LiveSecret::default()
    };
    for (field, is_encoded) in [("data", true), ("stringData", false)] {
        let Some(Value::Object(data)) = object.get_mut(field).map(Value::take) else {
            continue;
        };
        for (name, value) in data {
            let Value::String(text) = value else {
                continue;
            };
            let text = Secret::new(text);
            if name == key {
                found.value = if is_encoded {
                    let bytes = STANDARD.decode(text.expose()).ok();
                    bytes.map(|bytes| Secret::new(Secret::from_bytes(bytes).expose().trim()))
                } else {
                    Some(Secret::new(text.expose().trim()))
                };
            }
            if !found.keys.contains(&name) {
                found.keys.push(name);
            }
        }
    }
    found.keys.sort();
    found
}

/// When the values were last written: the newest of the managers that own a key of them, else the
/// time of creation. Metadata changes do not count, because the pod reads values only.
fn changed(object: &Value) -> Option<Moment> {
    let metadata = object.get("metadata")?;
    let moment = |value: &Value| Moment::parse(value.as_str()?);
    let managers = metadata.get("managedFields").and_then(Value::as_array);
    let of_data = |manager: &&Value| {
        let fields = manager.get("fieldsV1");
        // What was applied as `stringData` on the server's side stays owned under that name.
        let is_there = |key| fields.is_some_and(|fields| fields.get(key).is_some());
        is_there("f:data") || is_there("f:stringData")
    };
    let times = managers.into_iter().flatten().filter(of_data);
    let newest = times
        .filter_map(|manager| moment(manager.get("time")?))
        .max();
    newest.or_else(|| moment(metadata.get("creationTimestamp")?))
}
