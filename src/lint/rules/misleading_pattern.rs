use super::prelude::*;

rule!(MisleadingPattern, "misleading-pattern", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies().filter(|policy| policy.mode == MatchMode::Glob) {
        for at in policy.all_rules() {
            let says = at.says;
            for value in [&says.resource, &says.action, &says.object] {
                let text = &*value.text;
                if pattern::is_plain(text) || is_placeholder(text) {
                    continue;
                }
                let Pattern::Glob(glob) = Pattern::new(policy, text) else {
                    continue;
                };
                let missed = pattern::meant(text)
                    .into_iter()
                    .find(|sample| glob.matches(sample) == Ok(false));
                let taken = || {
                    let not_meant = pattern::not_meant(text).into_iter();
                    not_meant.into_iter().find(|sample| glob.matches(sample) == Ok(true))
                };
                if let Some(sample) = missed {
                    report(at.field(value), &format!("does not match `{sample}`"), text, findings);
                } else if let Some(sample) = taken() {
                    report(at.field(value), &format!("matches `{sample}`"), text, findings);
                }
            }
        }
    }
}

fn report(place: Place, what: &str, text: &str, findings: &mut Findings<'_>) {
    let finding = findings.add(place, format!("the pattern `{text}` does not do what it says"));
    finding.label(what);
    if text.contains("[^") {
        finding.help("`[!…]` is what `[^…]` is elsewhere");
    } else if text.contains('{') && text.contains('*') {
        finding.help("alternatives without a star come first: {dev,prod-*}; better, write a line for each");
    } else {
        finding.help("Argo CD's matcher treats this pattern differently: write a line for each name");
    }
}
