use super::prelude::*;
use crate::site::field_range;

rule!(WildcardSubject, "wildcard-subject", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        let rules = policy.rules().map(|at| (at.text, &at.says.subject));
        let bound = policy.groupings().map(|at| (at.text, &at.says.subject));
        for (text, value) in rules.chain(bound) {
            if !value.text.contains('*') {
                continue;
            }
            findings
                .add(
                    text.spot.within(field_range(value)),
                    format!("the subject `{}` is a name, not a pattern", value.text),
                )
                .label("no one has this name")
                .help("what everyone may do belongs in the role that `policy.default` names");
        }
    }
}
