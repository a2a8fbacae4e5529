use super::prelude::*;

rule!(ActionOfOtherResource, "action-of-other-resource", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        // Thousands of lines have the same few pairs.
        let mut asked: HashMap<(&str, &str), bool> = HashMap::new();
        for at in policy.all_rules() {
            let value = &at.says.action;
            let pair = (&*at.says.resource.text, &*value.text);
            if *asked.entry(pair).or_insert_with(|| may_be_asked(policy, pair)) {
                continue;
            }
            let resources = vocabulary::resources(policy, &at.says.resource.text);
            let finding = findings.add(
                at.field(value),
                format!("`{}` has no action `{}`", at.says.resource.text, value.text),
            );
            finding.label("never asked for");
            if let [only] = resources[..] {
                let actions = vocabulary::actions_of(only, policy.version);
                finding.help(format!("the actions of {only} are {}", actions.join(", ")));
                if value.text.contains('/') {
                    finding.help("only `update`, `delete` and `action` of applications take a path");
                }
            }
        }
    }
}

/// Whether a resource that a pattern matches has an action that another one matches. Unknown names
/// have rules of their own.
fn may_be_asked(policy: &WholePolicy<'_>, (resource, text): (&str, &str)) -> bool {
    let resources = vocabulary::resources(policy, resource);
    let action = Pattern::new(policy, text);
    if resources.is_empty() || text == "action" || !vocabulary::matches_some_action(policy, text, &action) {
        return true;
    }
    resources.iter().any(|resource| vocabulary::has_action(policy, resource, text, &action))
}
