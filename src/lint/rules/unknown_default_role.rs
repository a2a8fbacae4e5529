use super::prelude::*;

rule!(UnknownDefaultRole, "unknown-default-role", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in site.instances.iter().filter(|one| one.knows_policy()) {
        let default = instance.rbac.as_ref().and_then(|rbac| rbac.get(DEFAULT_ROLE_KEY));
        let (Some(setting), role) = (default, instance.policy.default_role) else {
            continue;
        };
        let graph = instance.policy.graph();
        let dotted = role.starts_with("role.");
        // Of a role that is empty on purpose a note speaks.
        if role.is_empty() || means_nobody(role) || dotted || is_placeholder(role) || graph.reaches_rules(role) {
            continue;
        }
        let finding = findings.add(
            setting.spot.value(),
            format!("no rule defines the default role `{}`", role.escape_debug()),
        );
        finding.label("grants nothing");
        if let Some(similar) = spelling::meant(role, graph.names_with_rules()) {
            finding.risky(format!("write `{similar}`"), vec![setting.spot.set(similar)]);
        }
    }
}
