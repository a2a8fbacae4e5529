use super::prelude::*;
use crate::lint::Rule as _;

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

/// Reports the patterns that rules could not decide within what all of a policy's may cost.
pub(in crate::lint) fn undecided(site: &Site<'_>, all: &mut Vec<crate::lint::Finding>) {
    let mut findings = Findings::new(BrokenPattern.about(), all);
    for policy in site.policies() {
        let enforcer = policy.enforcer().and_then(Enforcer::undecided);
        let Some(pattern) = policy.effort.undecided().or(enforcer) else {
            continue;
        };
        let mut rules = policy.all_rules();
        let found = rules.find_map(|at| {
            let fields = [&at.says.resource, &at.says.action, &at.says.object];
            let field = fields.into_iter().find(|field| field.text == pattern)?;
            Some(at.field(field))
        });
        if let Some(place) = found {
            findings
                .add(place, "the pattern takes too many steps to be decided")
                .label("not decided")
                .help("other findings about this policy may be incomplete; Argo CD's matcher takes even longer");
        }
    }
}

fn field(policy: &WholePolicy<'_>, at: &Located<'_, '_, Rule<'_>>, value: &Value<'_>, findings: &mut Findings<'_>) {
    let is_plain = policy.mode == MatchMode::Glob && glob::quick_shape(&value.text).is_some();
    if is_plain || is_placeholder(&value.text) {
        return;
    }
    let denies = "every request that gets as far as this line is denied, whatever else allows it";
    match Pattern::new(policy, &value.text) {
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
                    .help("the line silently does nothing; a deny denies nothing"),
            };
        }
        Pattern::Glob(glob) => {
            if let Some(text) = panics_on(&glob, &value.text) {
                let finding = findings.add(
                    at.field(value),
                    "the pattern makes Argo CD's matcher panic",
                );
                let shown = if text.is_empty() {
                    "panics on an empty string".to_owned()
                } else {
                    format!("panics on `{text}`, for example")
                };
                finding.label(shown).help(denies);
            }
        }
        Pattern::Regex(_) => {}
    }
}

/// A text on which a glob panics; none where none was found.
fn panics_on(glob: &RuleGlob<'_>, pattern: &str) -> Option<String> {
    if !glob.may_panic() {
        return None;
    }
    let panics = |text: &String| matches!(glob.matches(text), Err(Panicked::SliceBounds { .. }));
    pattern::guesses(pattern).into_iter().find(panics)
}
