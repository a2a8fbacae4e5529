use super::prelude::*;

rule!(UnanchoredRegex, "unanchored-regex", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies().filter(|policy| policy.mode == MatchMode::Regex) {
        for at in policy.all_rules() {
            let says = at.says;
            for value in [&says.resource, &says.action, &says.object] {
                let text = &*value.text;
                let bounded = (text.starts_with('^') || text.starts_with(".*"))
                    && (text.ends_with('$') || text.ends_with(".*"));
                if bounded || looks_like_glob(text) || is_placeholder(text) {
                    continue;
                }
                let pattern = Pattern::new(policy, text);
                if matches!(pattern, Pattern::Broken(_)) {
                    continue;
                }
                let verbs = actions(policy.version);
                let known = RESOURCES.iter().chain(verbs).filter(|name| **name != text);
                let wider = known
                    .map(|name| (*name).to_owned())
                    .chain([format!("my-{text}"), format!("{text}-2")])
                    .find(|name| pattern.matches(name));
                let finding = findings.add(
                    at.field(value),
                    format!("the regular expression `{text}` matches parts of names too"),
                );
                if let Some(wider) = wider {
                    finding.label(format!("matches `{wider}`, for example"));
                }
                let anchored = if text.contains('|') {
                    format!("^({text})$")
                } else {
                    format!("^{}$", text.trim_start_matches('^').trim_end_matches('$'))
                };
                finding.risky(
                    format!("write `{anchored}`"),
                    vec![at.set_field(value, anchored)],
                );
            }
        }
    }
}
