//! The commands that annotate Applications in the cluster.

use std::fmt::Write as _;

use serde_json::json;

use crate::model::shell::quoted;
use crate::octopus::apps::AppKind;

/// Returns the command that makes changes of annotations, with its line break.
pub fn annotate_command(
    kind: AppKind,
    name: &str,
    namespace: &str,
    changes: &[(String, Option<String>)],
) -> String {
    let (name, namespace) = (quoted(name), quoted(namespace));
    match kind {
        AppKind::Application => {
            let mut text = format!(
                "kubectl annotate applications.argoproj.io {name} -n {namespace} --overwrite"
            );
            for (key, value) in changes {
                let _ = match value {
                    Some(value) => write!(text, " {}", quoted(&format!("{key}={value}"))),
                    None => write!(text, " {}", quoted(&format!("{key}-"))),
                };
            }
            text + "\n"
        }
        AppKind::ApplicationSet => {
            let annotations: serde_json::Map<_, _> = changes
                .iter()
                .map(|(key, value)| (key.clone(), json!(value)))
                .collect();
            let patch = json!({"spec": {"template": {"metadata": {"annotations": annotations}}}});
            format!(
                "kubectl patch applicationsets.argoproj.io {name} -n {namespace} --type merge -p {}\n",
                quoted(&patch.to_string())
            )
        }
    }
}
