use super::prelude::*;

rule!(UnboundGroup, "unbound-group", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        if !instance.knows_policy() {
            continue;
        }
        let graph = instance.policy.graph();
        let mut told = HashSet::new();
        for at in instance.policy.rules() {
            let group = &*at.says.subject.text;
            if !looks_like_group(group) || graph.is_bound(group) || !told.insert(group) {
                continue;
            }
            findings
                .add(
                    at.field(&at.says.subject),
                    format!("the group `{group}` has rules of its own and no `g` line"),
                )
                .label("never asked for")
                .help("the server asks only for groups that some `g` line binds to a role")
                .help(format!(
                    "give the rules to a role, and bind the group: g, {group}, role:NAME"
                ));
        }
    }
}
