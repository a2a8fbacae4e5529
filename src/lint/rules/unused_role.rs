use super::prelude::*;

rule!(UnusedRole, "unused-role", Note);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in site.instances.iter().filter(|one| one.knows_policy()) {
        let policy = &instance.policy;
        let graph = policy.graph();
        let bound = graph.roles();
        let mut told = HashSet::new();
        for at in policy.rules() {
            let role = &*at.says.subject.text;
            let builtin = ["role:admin", "role:readonly"].contains(&role);
            if !role.starts_with("role:") || builtin || role == policy.default_role {
                continue;
            }
            // A space is someone else's finding.
            if bound.contains(role) || role.trim() != role || !told.insert(role) {
                continue;
            }
            findings
                .add(at.field(&at.says.subject), format!("no one has the role `{role}`"))
                .label("defined, and never bound")
                .help(format!("bind a group or an account to it: g, NAME, {role}"));
        }
    }
}
