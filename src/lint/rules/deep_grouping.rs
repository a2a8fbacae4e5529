use super::prelude::*;

rule!(DeepGrouping, "deep-grouping", Warning);

/// So many names are walked through at most: no one's policy has more, but someone may write one.
const BUDGET: usize = 3_000_000;

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        let graph = policy.graph();
        let roles = graph.roles();
        // Between the ends of a chain that is too long are ten names that are bound and bind.
        if graph.members().filter(|name| roles.contains(name)).count() < MAX_HOPS {
            continue;
        }
        let mut budget = BUDGET;
        for at in policy.groupings() {
            let member = &*at.says.subject.text;
            if roles.contains(member) {
                continue;
            }
            let reached = graph.reach(member, usize::MAX);
            budget = budget.saturating_sub(reached.len());
            if budget == 0 {
                break;
            }
            let lost = reached.iter().find(|(name, hops)| *hops > MAX_HOPS && graph.has_rules(name));
            if let Some((role, hops)) = lost {
                findings
                    .add(at.place(), format!("`{member}` is {hops} bindings away from `{role}`, and gets nothing from it"))
                    .label(format!("only {MAX_HOPS} count"))
                    .help("bind it to a nearer role");
            }
        }
    }
}
