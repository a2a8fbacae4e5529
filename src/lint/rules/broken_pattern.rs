use super::prelude::*;

rule!(BrokenPattern, "broken-pattern", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies() {
        for at in policy.all_rules() {
            let says = at.says;
            for value in [&says.resource, &says.action, &says.object] {
                field(policy, &at, value, findings);
            }
        }
    }
}

fn field(policy: &Policy<'_>, at: &At<'_, '_, Rule<'_>>, value: &Value<'_>, findings: &mut Findings<'_>) {
    if is_placeholder(&value.text) {
        return;
    }
    let denies = "every request that gets as far as this line is denied, whatever else allows it";
    match Pattern::new(policy.mode, &value.text) {
        // A glob among regular expressions has a rule of its own.
        Pattern::Broken(_) if policy.mode == MatchMode::Regex && looks_like_glob(&value.text) => {}
        Pattern::Broken(why) => {
            let finding = findings.add(
                at.field(value),
                format!("the pattern does not compile: {why}"),
            );
            match policy.mode {
                MatchMode::Regex => finding.label("cannot be evaluated").help(denies),
                MatchMode::Glob => finding
                    .label("matches nothing")
                    .help("the line does nothing, and nobody is told; a deny denies nothing"),
            };
        }
        Pattern::Glob(glob) => {
            if let Some(text) = panics_on(&glob, &value.text) {
                let finding = findings.add(
                    at.field(value),
                    "the pattern makes Argo CD's matcher panic",
                );
                let shown = if text.is_empty() {
                    "panics on an empty text".to_owned()
                } else {
                    format!("panics on `{text}`, for one")
                };
                finding.label(shown).help(denies);
            }
        }
        Pattern::Regex(_) => {}
    }
}

/// A text on which a glob panics; none where none was found.
fn panics_on(glob: &Glob, pattern: &str) -> Option<String> {
    if !glob.may_panic() {
        return None;
    }
    let mut texts = pattern::guesses(pattern);
    texts.extend(["", "x", "xy", "default/guestbook"].map(str::to_owned));
    texts.into_iter().find(|text| glob.matches(text).is_err())
}
