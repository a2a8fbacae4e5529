use std::collections::BTreeSet;

use super::prelude::*;

rule!(SubsumedLine, "subsumed-line", Note);

/// More lines of one subject than this are compared only with those that are for all objects.
const MANY: usize = 300;

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    for policy in site.policies().filter(|policy| policy.mode == MatchMode::Glob) {
        let mut groups: HashMap<(&str, &str), Vec<Located<'_, '_, Rule<'_>>>> = HashMap::new();
        for at in policy.rules() {
            let effect = &*at.says.effect.text;
            if ["allow", "deny"].contains(&effect) {
                groups.entry((&at.says.subject.text, effect)).or_default().push(at);
            }
        }
        let mut found = Vec::new();
        for lines in groups.values().filter(|lines| lines.len() > 1) {
            let mut seen = HashSet::new();
            let wide: Vec<_> = lines
                .iter()
                .filter(|at| {
                    let all = ["*", "*/*"].contains(&&*at.says.object.text);
                    let star = fields(at.says).iter().any(|field| field.contains('*'));
                    // Of lines that say the same the first stays.
                    (all || star && lines.len() <= MANY) && seen.insert(fields(at.says))
                })
                .take(MANY)
                .collect();
            let mut by_begin: HashMap<&str, Vec<usize>> = HashMap::new();
            for (place, wide) in wide.iter().enumerate() {
                by_begin.entry(begin(&wide.says.object.text)).or_default().push(place);
            }
            let lengths: BTreeSet<usize> = by_begin.keys().map(|begin| begin.len()).collect();
            for narrow in lines {
                let object = &*narrow.says.object.text;
                let begins = lengths.iter().filter_map(|length| object.get(..*length));
                let mut near: Vec<usize> = begins.filter_map(|begin| by_begin.get(begin)).flatten().copied().collect();
                near.sort_unstable();
                let wider = near.into_iter().map(|place| wide[place]).find(|wide| {
                    is_wider(wide.says, narrow.says)
                        // Of two that say the same the first one stays.
                        && (!is_wider(narrow.says, wide.says) || wide.before(narrow))
                });
                if let Some(wider) = wider {
                    found.push((*narrow, *wider));
                }
            }
        }
        for (narrow, wider) in found {
            findings
                .add(narrow.place(), "another line says this and more")
                .label("adds nothing")
                .related(wider.place(), "covers all of that")
                .safe("remove the line", vec![narrow.remove()]);
        }
    }
}

/// What all begins with that a glob covers.
fn begin(glob: &str) -> &str {
    glob.split_once('*').map_or(glob, |(begin, _)| begin)
}

/// The fields, that in which most lines differ first.
fn fields<'r>(rule: &'r Rule<'_>) -> [&'r str; 3] {
    [&rule.object.text, &rule.action.text, &rule.resource.text]
}

/// Whether a line matches all that another one matches, and is not the same.
fn is_wider(wide: &Rule<'_>, narrow: &Rule<'_>) -> bool {
    let (wide, narrow) = (fields(wide), fields(narrow));
    let mut pairs = wide.iter().zip(narrow);
    pairs.all(|(wide, narrow)| glob::covers(wide, narrow)) && wide != narrow
}
