use super::prelude::*;

rule!(WritingReadonlyRole, "writing-readonly-role", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        let mut told = HashSet::new();
        for at in policy.all_rules().filter(|at| at.says.effect.text == "allow") {
            let role = &*at.says.subject.text;
            let name = role.to_lowercase().replace(['-', '_'], "");
            let is_role = role.starts_with("role:") || role.starts_with("proj:");
            if !is_role || !name.contains("readonly") || told.contains(role) {
                continue;
            }
            let written = vocabulary::requests(policy, at.says);
            let Some(request) = written.into_iter().find(|request| request.action != "get") else {
                continue;
            };
            told.insert(role);
            findings
                .add(
                    at.field(&at.says.action),
                    format!("the role `{role}` is called read-only, but may change things"),
                )
                .label(format!("may {} {}", request.action, request.resource));
        }
    }
}
