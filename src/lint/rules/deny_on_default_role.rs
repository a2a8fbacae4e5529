use super::prelude::*;

rule!(DenyOnDefaultRole, "deny-on-default-role", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for instance in &site.instances {
        let policy = &instance.policy;
        let role = policy.default_role;
        if role.is_empty() || !instance.knows_policy() {
            continue;
        }
        let graph = policy.graph();
        let reached: HashSet<&str> = graph.reach(role, MAX_HOPS).into_iter().map(|(name, _)| name).collect();
        let others = graph.members().filter(|member| !reached.contains(member));
        let others: HashSet<&str> = graph.walk(others, MAX_HOPS).map(|(name, _)| name).collect();
        for at in policy.rules().filter(|at| at.says.effect.text == "deny") {
            let denied = &*at.says.subject.text;
            if !reached.contains(denied) || others.contains(denied) {
                continue;
            }
            findings
                .add(at.place(), format!("a deny for the default role `{role}` affects no one"))
                .label("does nothing")
                .help("the default role can only allow: if it does not, the subject's own rules decide");
        }
    }
}
