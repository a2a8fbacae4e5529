use super::prelude::*;

rule!(OperatorOwnedEdit, "operator-owned-edit", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for settings in site.cm_settings() {
        let object = &settings.object;
        if settings.form != SettingsForm::ConfigMap || !is_owned_by_argocd(object) {
            continue;
        }
        let by_hand = managed_keys(object, |manager, _| {
            manager.starts_with("kubectl") || ["Mozilla", "oc", "k9s"].contains(&manager)
        });
        for setting in settings.all.iter().filter(|one| by_hand.contains(&*one.key)) {
            let key = &setting.key;
            findings
                .add(
                    setting.spot.key(),
                    format!("`{key}` was set by hand in a ConfigMap that the operator writes"),
                )
                .label("the operator reverts it")
                .help(format!("set it in the ArgoCD resource: spec.extraConfig.\"{key}\""));
        }
    }
}

fn is_owned_by_argocd(object: &Object<'_>) -> bool {
    let owners = object.find(&["metadata", "ownerReferences"]).and_then(Node::items);
    let mut owners = owners.unwrap_or_default().iter();
    owners.any(|owner| owner.get("kind").and_then(Node::as_str) == Some("ArgoCD"))
}
