use super::prelude::*;

rule!(PrunedByApply, "pruned-by-apply", Warning);

/// The annotation in which `kubectl apply` keeps what it was given.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        for settings in instance.settings() {
            let object = &settings.object;
            if settings.form != SettingsForm::ConfigMap || !object.from_server() || is_owned(object) {
                continue;
            }
            let mut owned = applied_keys(object);
            owned.extend(managed_keys(object, |manager, operation| {
                manager == "kubectl" && operation == "Apply"
            }));
            for setting in &settings.all {
                if !owned.contains(&*setting.key) || is_upstream(settings.which, &setting.key) {
                    continue;
                }
                findings
                    .add(
                        setting.spot.key(),
                        format!("the next `kubectl apply` of Argo CD's own manifests deletes `{}`", setting.key),
                    )
                    .label("came by `kubectl apply`")
                    .help("kubectl considers this key its own; set it with a merge patch instead: kubectl patch --type merge")
                    .help("a kustomization that holds Argo CD's manifests and this key is safe: ignore this rule there");
            }
        }
    }
}

/// Whether someone else applies the object: Helm, the operator, Argo CD or Flux.
fn is_owned(object: &Object<'_>) -> bool {
    let annotation = |key| object.find(&["metadata", "annotations", key]).is_some();
    let flux = ["kustomize", "helm"].iter().any(|kind| {
        object.label(&format!("{kind}.toolkit.fluxcd.io/name")).is_some()
    });
    annotation("meta.helm.sh/release-name")
        || annotation("argocd.argoproj.io/tracking-id")
        || object.label("app.kubernetes.io/instance").is_some()
        || object.find(&["metadata", "ownerReferences"]).is_some()
        || flux
}

/// Keys that Argo CD's own manifests hold.
fn is_upstream(which: Which, key: &str) -> bool {
    which == Which::Cm
        && (key == "resource.exclusions"
            || key.starts_with("resource.customizations.ignoreResourceUpdates."))
}

fn applied_keys(object: &Object<'_>) -> HashSet<String> {
    let text = object.text(&["metadata", "annotations", LAST_APPLIED]).unwrap_or_default();
    let applied: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let data = applied.get("data").and_then(serde_json::Value::as_object);
    data.into_iter().flat_map(|data| data.keys().cloned()).collect()
}
