use super::prelude::*;

rule!(UnreadKey, "unread-key", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for settings in site.rbac_settings() {
        for setting in &settings.all {
            let key = &*setting.key;
            let known = [DEFAULT_ROLE_KEY, MATCH_MODE_KEY, SCOPES_KEY];
            // Accounts are in the wrong ConfigMap: that has a rule of its own.
            if is_policy_key(key) || known.contains(&key) || account_key(key).is_some() {
                continue;
            }
            let finding = findings.add(
                setting.spot.key(),
                format!("Argo CD does not read the key `{key}` of argocd-rbac-cm"),
            );
            finding.label("ignored");
            match spelling::meant(key, known.into_iter().chain([POLICY_KEY])) {
                Some(meant) => finding.help(format!("is `{meant}` meant?")),
                None => finding.help("policies are in `policy.csv` and `policy.NAME.csv`, in these letters"),
            };
        }
    }
}
