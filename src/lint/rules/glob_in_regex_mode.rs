use super::prelude::*;

rule!(GlobInRegexMode, "glob-in-regex-mode", Error);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies().filter(|policy| policy.mode == MatchMode::Regex) {
        for at in policy.all_rules() {
            let says = at.says;
            for value in [&says.resource, &says.action, &says.object] {
                if !looks_like_glob(&value.text) || is_placeholder(&value.text) {
                    continue;
                }
                let compiles = !matches!(Pattern::new(policy, &value.text), Pattern::Broken(_));
                let finding = findings.add(
                    at.field(value),
                    format!("`{}` is a glob, and `policy.matchMode` is regex", value.text),
                );
                if compiles {
                    finding.label("a star repeats what is before it");
                } else {
                    finding.label("does not compile").help(
                        "every request that gets as far as this line is denied, whatever else allows it",
                    );
                }
                if pattern::is_plain(&value.text) {
                    let regex = as_regex(&value.text);
                    finding.risky(format!("write `{regex}`"), vec![at.set_field(value, regex)]);
                }
            }
        }
    }
}

/// A glob of literals and stars as an anchored regular expression.
fn as_regex(glob: &str) -> String {
    let mut regex = String::from("^");
    for c in glob.chars() {
        match c {
            '*' => regex.push_str(".*"),
            '.' | '+' | '(' | ')' | '|' | '^' | '$' => regex.extend(['\\', c]),
            c => regex.push(c),
        }
    }
    regex.push('$');
    if regex == "^.*$" { ".*".to_owned() } else { regex }
}
