use super::prelude::*;

rule!(GroupingCycle, "grouping-cycle", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        let graph = policy.graph();
        let on_cycles = graph.on_cycles();
        let mut told = HashSet::new();
        for at in policy.groupings() {
            let (member, role) = (&*at.says.subject.text, &*at.says.role.text);
            let both = on_cycles.get(member).zip(on_cycles.get(role));
            let Some((one, other)) = both else { continue };
            if one != other || !told.insert(*one) {
                continue;
            }
            findings
                .add(at.place(), format!("`{member}` and `{role}` inherit from each other"))
                .label("a circle")
                .help("all names of the circle have the permissions of all of them");
        }
    }
}
