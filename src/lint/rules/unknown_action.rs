use super::prelude::*;

rule!(UnknownAction, "unknown-action", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        let verbs = actions(policy.version);
        for at in policy.all_rules() {
            let value = &at.says.action;
            // Most lines name one, and compiling a glob for each line takes long.
            if verbs.contains(&&*value.text) {
                continue;
            }
            let pattern = Pattern::new(policy, &value.text);
            let skip = is_placeholder(&value.text) || matches!(pattern, Pattern::Broken(_));
            if skip || vocabulary::matches_some_action(policy, &value.text, &pattern) {
                continue;
            }
            let (verb, path) = value.text.split_once('/').unwrap_or((&value.text, ""));
            let finding = findings.add(
                at.field(value),
                format!("Argo CD {} has no action `{}`", policy.version, verb.trim()),
            );
            finding.label("matches none");
            match spelling::meant(verb.trim(), verbs.iter().copied()) {
                Some(meant) if policy.mode == MatchMode::Glob => {
                    let text = if path.is_empty() {
                        meant.to_owned()
                    } else {
                        format!("{meant}/{path}")
                    };
                    finding.risky(format!("write `{text}`"), vec![at.set_field(value, text)]);
                }
                _ => {
                    finding.help(format!("the actions are {}", verbs.join(", ")));
                }
            }
        }
    }
}
