use super::prelude::*;

rule!(EmptyDefaultRole, "empty-default-role", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in site.instances.iter().filter(|one| one.knows_policy()) {
        let default = instance.rbac.as_ref().and_then(|rbac| rbac.get(DEFAULT_ROLE_KEY));
        let (Some(setting), role) = (default, instance.policy.default_role) else {
            continue;
        };
        if !means_nobody(role) || instance.policy.graph().reaches_rules(role) {
            continue;
        }
        findings
            .add(
                setting.spot.value(),
                format!("the default role `{}` has no rules", role.escape_debug()),
            )
            .label("grants nothing, as an empty value does")
            .help("rules added to this role apply to everyone who can log in");
    }
}
