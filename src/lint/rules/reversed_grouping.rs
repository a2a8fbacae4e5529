use super::prelude::*;

rule!(ReversedGrouping, "reversed-grouping", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        let graph = policy.graph();
        for at in policy.groupings() {
            let (subject, role) = (&*at.says.subject.text, &*at.says.role.text);
            let is_role = |name: &str| name.starts_with("role:") || name.starts_with("proj:");
            if !is_role(subject) || is_role(role) || graph.reaches_rules(role) {
                continue;
            }
            let swapped = vec![
                at.set_field(&at.says.subject, csv_field(role)),
                at.set_field(&at.says.role, csv_field(subject)),
            ];
            let finding = findings.add(
                at.place(),
                format!("`{subject}` is given what `{role}` has, which is nothing"),
            );
            finding.label("the member comes first, then its role");
            // Subjects are never patterns: a swapped `*` would bind no one either.
            if role.contains('*') {
                finding.help("what everyone may do belongs in the role that `policy.default` names");
            } else {
                finding.risky("swap the two", swapped);
            }
        }
    }
}

/// A name without what would need quotes.
fn csv_field(name: &str) -> String {
    name.replace(['"', ','], "")
}
