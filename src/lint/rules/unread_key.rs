use super::prelude::*;

rule!(UnreadKey, "unread-key", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for settings in site.rbac_settings() {
        for setting in &settings.all {
            let key = &*setting.key;
            let known = [DEFAULT_ROLE_KEY, MATCH_MODE_KEY, SCOPES_KEY];
            // Accounts are in the wrong ConfigMap: that has a rule of its own.
            let is_misplaced = account_key(key).is_some() || is_of_cm(key);
            if is_policy_key(key) || known.contains(&key) || is_misplaced {
                continue;
            }
            let finding = findings.add(
                setting.spot.key(),
                format!("Argo CD does not read the key `{key}` of argocd-rbac-cm"),
            );
            finding.label("ignored");
            if is_capability(key) {
                finding.help("what an account can do is the value of `accounts.NAME` in argocd-cm");
                continue;
            }
            match spelling::meant(key, known.into_iter().chain([POLICY_KEY])) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding.help("policies are in `policy.csv` and `policy.NAME.csv`, in these letters"),
            };
        }
    }
    for settings in site.cm_settings() {
        for setting in &settings.all {
            let key = &*setting.key;
            let is_policy = key.starts_with("policy.") && !is_policy_key(key);
            let known = [DEFAULT_ROLE_KEY, MATCH_MODE_KEY].contains(&key);
            if account_key(key).is_some() || known || !(is_policy || is_capability(key)) {
                continue;
            }
            let finding = findings.add(
                setting.spot.key(),
                format!("Argo CD does not read the key `{key}` of argocd-cm"),
            );
            finding.label("ignored").help(if is_policy {
                "policies are in argocd-rbac-cm, in `policy.csv` and `policy.NAME.csv`"
            } else {
                "what an account can do is the value of `accounts.NAME`"
            });
        }
    }
}

/// Whether a key ends as if it gave an account an ability.
fn is_capability(key: &str) -> bool {
    let end = key.rsplit('.').next().unwrap_or_default();
    key.contains('.') && [API_KEY, LOGIN].iter().any(|one| one.eq_ignore_ascii_case(end))
}
