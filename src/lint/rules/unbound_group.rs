use super::prelude::*;

rule!(UnboundGroup, "unbound-group", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        if !instance.knows_policy() {
            continue;
        }
        let graph = instance.policy.graph();
        let cm = instance.cm.as_ref();
        let has_login = |key| cm.is_some_and(|cm| cm.text(key).is_some_and(|text| !text.trim().is_empty()));
        let has_scopes = instance.rbac.as_ref().is_some_and(|rbac| rbac.text(SCOPES_KEY).is_some());
        // What a person is called comes from a single sign-on.
        let has_people = has_scopes || has_login("oidc.config") || has_login("dex.config");
        let mut told = HashSet::new();
        for at in instance.policy.rules() {
            let group = &*at.says.subject.text;
            let is_address = has_people && group.contains('@') && !group.starts_with("role:");
            if !(looks_like_group(group) || is_address) || graph.is_bound(group) || !told.insert(group) {
                continue;
            }
            if !looks_like_group(group) {
                findings
                    .add(
                        at.field(&at.says.subject),
                        format!("the address `{group}` has rules of its own and no `g` line"),
                    )
                    .label("counts only if it is the user's identifier")
                    .help("the server asks for a token's `sub` (Dex: `user_id`), and of other claims only for what some `g` line binds")
                    .help(format!("give the rules to a role, and bind the address: g, {group}, role:NAME"));
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
