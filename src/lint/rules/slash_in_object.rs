use super::prelude::*;

rule!(SlashInObject, "slash-in-object", Warning);

/// Resources whose objects are names without a slash.
const NAMED: &[&str] = &["accounts", "gpgkeys", "projects"];

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies().filter(|policy| policy.mode == MatchMode::Glob) {
        for at in policy.all_rules() {
            let object = &at.says.object;
            let resources = vocabulary::resources(policy, &at.says.resource.text);
            let named = !resources.is_empty() && resources.iter().all(|one| NAMED.contains(one));
            if !named || !pattern::is_plain(&object.text) || !object.text.contains('/') {
                continue;
            }
            let what = &at.says.resource.text;
            let finding = findings.add(
                at.field(object),
                format!("no object of `{what}` has a slash in its name"),
            );
            finding.label("matches nothing");
            if object.text == "*/*" {
                finding.risky("write `*`", vec![at.set_field(object, "*")]);
            }
        }
    }
}
