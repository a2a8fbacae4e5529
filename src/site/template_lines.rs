//! Which lines of a policy a template fills in.

/// What opens and closes a template's expressions: Helm and Jinja, Jinja's and Terraform's
/// statements, and variables.
const MARKS: [(&str, &str); 4] = [("{{", "}}"), ("{%", "%}"), ("%{", "}"), ("${", "}")];

/// Whether a text holds an expression of a template. A comma between two braces makes alternatives
/// of a glob of them.
pub(super) fn has_expression(text: &str) -> bool {
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
