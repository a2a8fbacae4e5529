use super::prelude::*;

rule!(WildcardSubject, "wildcard-subject", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        let rules = policy.rules().map(|at| (at.field(&at.says.subject), &at.says.subject));
        let bound = policy
            .groupings()
            .map(|at| (at.field(&at.says.subject), &at.says.subject));
        for (place, value) in rules.chain(bound) {
            if !value.text.contains('*') {
                continue;
            }
            findings
                .add(
                    place,
                    format!("the subject `{}` is a name, not a pattern", value.text),
                )
                .label("no one has this name")
                .help("what everybody may do is in the role that `policy.default` names");
        }
    }
}
