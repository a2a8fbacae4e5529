use super::prelude::*;

rule!(ActionOfOtherResource, "action-of-other-resource", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        for at in policy.all_rules() {
            let resources = vocabulary::resources(policy, &at.says.resource.text);
            let value = &at.says.action;
            let action = Pattern::new(policy, &value.text);
            let known = vocabulary::matches_some_action(policy, &value.text, &action);
            // Unknown names have rules of their own.
            if resources.is_empty() || !known || value.text == "action" {
                continue;
            }
            let has = |resource: &&str| vocabulary::has_action(policy, resource, &value.text, &action);
            if resources.iter().any(has) {
                continue;
            }
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
