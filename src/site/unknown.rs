//! Lines of a policy that a template fills in before Argo CD reads them: what they become is unknown.

use super::argocd::ArgoCd;
use super::template_lines::has_expression;
use crate::model::Location;
use crate::rbac::{Enforcer, Line, lines};

/// The lines of a policy that are unknown.
#[derive(Debug)]
pub struct UnknownLines {
    /// The place of the first.
    pub first: Location,
    /// How many there are.
    pub count: usize,
    /// The subjects that they may concern; none for everybody.
    subjects: Option<Vec<String>>,
}

impl UnknownLines {
    /// Whether the lines may give something to a subject, or take something from it.
    pub fn may_concern(&self, subject: &str, enforcer: &Enforcer) -> bool {
        // The empty subject is everybody.
        let has = |one: &String| {
            let mut names = [subject, enforcer.default_role()].into_iter();
            one.is_empty() || names.any(|name| enforcer.inherits(name, one))
        };
        self.subjects
            .as_ref()
            .is_none_or(|subjects| subjects.iter().any(has))
    }
}

impl ArgoCd<'_> {
    /// The lines of the policy that a template fills in, if there are some.
    pub fn unknown_lines(&self) -> Option<UnknownLines> {
        let mut found: Option<UnknownLines> = None;
        for text in &self.policy.texts {
            let places = text.template_lines();
            let numbered = places.map(|place| {
                let line = lines(&text.key, &text.text[place.clone()]).next();
                (place.start, line)
            });
            for (start, line) in numbered {
                let known = found.get_or_insert_with(|| UnknownLines {
                    first: text.spot.location(start),
                    count: 0,
                    subjects: Some(Vec::new()),
                });
                known.count += 1;
                let subject = match line.map(|line| line.line) {
                    Some(Line::Policy(rule)) => Some(rule.subject.text),
                    Some(Line::Grouping(binding)) => Some(binding.subject.text),
                    // What is around other lines decides whether they are there at all.
                    _ => None,
                };
                let subject = subject.filter(|text| !has_expression(text));
                match (subject, &mut known.subjects) {
                    (Some(subject), Some(subjects)) => subjects.push(subject.into_owned()),
                    _ => known.subjects = None,
                }
            }
        }
        found
    }
}

/// The most characters that are shown of a pattern.
const SHOWN: usize = 60;

/// Says that a glob takes too many steps to be decided.
pub fn too_costly(pattern: &str) -> String {
    let shown: String = pattern.chars().take(SHOWN).collect();
    let more = if shown.len() < pattern.len() {
        "…"
    } else {
        ""
    };
    format!("the pattern `{shown}{more}` takes too many steps to be decided")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_long_pattern_is_cut() {
        let (fits, long) = ("*".repeat(SHOWN), "*".repeat(SHOWN + 1));
        let shown = |text: &str| format!("the pattern `{text}` takes too many steps to be decided");
        assert_eq!(too_costly(&fits), shown(&fits));
        assert_eq!(too_costly(&long), shown(&format!("{fits}…")));
    }
}
