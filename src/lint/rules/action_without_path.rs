use super::prelude::*;

rule!(ActionWithoutPath, "action-without-path", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        for at in policy.all_rules() {
            let value = &at.says.action;
            if value.text != "action" || policy.mode == MatchMode::Regex {
                continue;
            }
            findings
                .add(at.field(value), "`action` alone matches no action of a resource")
                .label("a path follows")
                .help("the server asks for `action/GROUP/KIND/NAME`: action/apps/Deployment/restart, or action/* for all")
                .risky("write `action/*`", vec![at.set_field(value, "action/*")]);
        }
    }
}
