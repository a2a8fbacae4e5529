use super::prelude::*;

rule!(AnonymousAccess, "anonymous-access", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let (Some(cm), Some(rbac)) = (&instance.cm, &instance.rbac) else {
            continue;
        };
        let role = instance.policy.default_role;
        let anonymous = cm.get("users.anonymous.enabled");
        let Some(setting) = anonymous.filter(|setting| setting.text().and_then(parse_bool) == Some(true))
        else {
            continue;
        };
        if role.is_empty() || !instance.policy.graph().reaches_rules(role) {
            continue;
        }
        let finding = findings.add(
            setting.spot.value(),
            format!("everyone who reaches the server has the role `{role}` without a login"),
        );
        finding.label("anonymous access");
        if let Some(default) = rbac.get(DEFAULT_ROLE_KEY) {
            finding.related(default.spot.value(), "the role of those who are not logged in");
        }
    }
}
