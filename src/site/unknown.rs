//! Lines of a policy that a template fills in before Argo CD reads them: what they become is unknown.

use super::argocd::ArgoCd;
use crate::model::Location;
use crate::rbac::{Enforcer, Line};

/// What opens and closes a template's expressions: Helm and Jinja, Jinja's and Terraform's
/// statements, and variables.
const MARKS: [(&str, &str); 4] = [("{{", "}}"), ("{%", "%}"), ("%{", "}"), ("${", "}")];

/// Whether a text holds an expression of a template. A comma between two braces makes alternatives
/// of a glob of them.
fn has_expression(text: &str) -> bool {
    MARKS.iter().any(|(open, close)| {
        text.match_indices(open).any(|(at, _)| {
            let inside = text[at + open.len()..].split_once(close);
            inside.is_some_and(|(inside, _)| *open != "{{" || !inside.contains(','))
        })
    })
}

/// Whether a line of a policy is a template's, in whole or in part.
pub(crate) fn is_template_line(line: &str) -> bool {
    let line = line.trim();
    let opens = || ["{{", "{%", "%{"].iter().any(|open| line.starts_with(open));
    !line.starts_with('#') && (opens() || has_expression(line))
}

/// A text with its template's lines blanked, so that everything else stays where it is.
pub(super) fn without_template_lines(text: &str) -> Option<String> {
    let lines = || text.split_inclusive('\n');
    if !lines().any(is_template_line) {
        return None;
    }
    let blank = |line: &str| -> String {
        let end = line.trim_end_matches(['\n', '\r']).len();
        " ".repeat(end) + &line[end..]
    };
    let kept = lines().map(|line| {
        if is_template_line(line) {
            blank(line)
        } else {
            line.to_owned()
        }
    });
    Some(kept.collect())
}

/// The lines of a policy that are unknown.
#[derive(Debug)]
pub struct UnknownLines {
    /// The place of the first.
    pub first: Location,
    /// How many there are.
    pub count: usize,
    /// Whom they may concern; none for everybody.
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
        for text in self.policy.texts.iter().filter(|text| !text.is_live) {
            for line in text
                .lines()
                .iter()
                .filter(|line| is_template_line(line.text))
            {
                let known = found.get_or_insert_with(|| UnknownLines {
                    first: text.spot.location(line.offset),
                    count: 0,
                    subjects: Some(Vec::new()),
                });
                known.count += 1;
                let subject = match &line.line {
                    Line::Policy(rule) => Some(&rule.subject),
                    Line::Grouping(binding) => Some(&binding.subject),
                    // What stands around other lines decides whether they are there at all.
                    _ => None,
                };
                let subject = subject.filter(|value| !has_expression(&value.text));
                match (subject, &mut known.subjects) {
                    (Some(subject), Some(subjects)) => subjects.push(subject.text.to_string()),
                    _ => known.subjects = None,
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_not_alternatives() {
        for line in [
            "{{- range .Values.groups }}",
            "{% if prod %}",
            "%{ if prod }",
            "p, role:a, applications, get, ${PROJECT}/*, allow",
            "g, $${GROUP}, role:a",
            "p, {{ .name }}, logs, get, */*, allow",
        ] {
            assert!(is_template_line(line), "{line}");
        }
        for line in [
            "p, a, logs, get, \"{{a,b},c}/*\", allow",
            "p, a, logs, get, \"{a,{b,c}}/*\", allow",
            "# {{ a comment }}",
            "g, a, role:b",
        ] {
            assert!(!is_template_line(line), "{line}");
        }
    }

    #[test]
    fn what_is_plain_stays_where_it_is() {
        let text = "g, a, b\r\n  {{- if x }}\r\np, a, logs, get, x/*, allow";
        let plain = without_template_lines(text).unwrap();
        assert_eq!(
            plain,
            "g, a, b\r\n             \r\np, a, logs, get, x/*, allow"
        );
        assert_eq!(without_template_lines("g, a, b\n"), None);
    }
}
