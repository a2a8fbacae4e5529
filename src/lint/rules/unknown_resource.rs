use super::prelude::*;

rule!(UnknownResource, "unknown-resource", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        for at in policy.all_rules() {
            let value = &at.says.resource;
            // Most lines name one, and compiling a glob for each line takes long.
            if RESOURCES.contains(&&*value.text) {
                continue;
            }
            let pattern = Pattern::new(policy, &value.text);
            if is_placeholder(&value.text) || matches!(pattern, Pattern::Broken(_)) {
                continue;
            }
            if RESOURCES.iter().any(|resource| pattern.matches(resource)) {
                continue;
            }
            let name = value.text.trim();
            let shorthand = Some(resolve_resource(name)).filter(|full| *full != name);
            let meant = shorthand.or_else(|| spelling::meant(name, RESOURCES.iter().copied()));
            let finding = findings.add(
                at.field(value),
                format!("Argo CD has no resource `{name}`"),
            );
            finding.label("matches none");
            match meant {
                Some(meant) if policy.mode == MatchMode::Glob => {
                    finding.risky(format!("write `{meant}`"), vec![at.set_field(value, meant)]);
                }
                _ => {
                    finding.help(format!("the resources are {}", RESOURCES.join(", ")));
                }
            }
        }
    }
}
