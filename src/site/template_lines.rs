//! Which lines of a policy a template fills in.

use std::ops::Range;

/// The brackets of a template's expressions beside `{{ }}`: Jinja's and Terraform's
/// statements, and variables.
const MARKS: [(&str, &str); 3] = [("{%", "%}"), ("%{", "}"), ("${", "}")];

/// Whether a text holds an expression of a template. A comma between two braces makes alternatives
/// of a glob of them.
pub(super) fn has_expression(text: &str) -> bool {
    let closed = text.rsplit_once("}}").map(|(closed, _)| closed);
    let mut inside = closed.into_iter().flat_map(|closed| closed.split("}}"));
    inside.any(|inside| {
        let behind_comma = inside.rsplit(',').next();
        behind_comma.is_some_and(|text| text.contains("{{"))
    }) || MARKS.iter().any(|(open, close)| {
        let behind = text.split_once(open);
        behind.is_some_and(|(_, behind)| behind.contains(close))
    })
}

/// Whether a line of a policy is a template's, in whole or in part.
pub(super) fn is_template_line(line: &str) -> bool {
    // Every mark has a brace, and few lines have one.
    if !line.contains('{') {
        return false;
    }
    let line = line.trim();
    let opens = || ["{{", "{%", "%{"].iter().any(|open| line.starts_with(open));
    !line.starts_with('#') && (opens() || has_expression(line))
}

/// Returns the places of a template's lines in a text, without the spaces around them.
pub(super) fn template_lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = 0;
    let with_brace = std::iter::from_fn(move || {
        let brace = from + memchr::memchr(b'{', &bytes[from..])?;
        let start = memchr::memrchr(b'\n', &bytes[from..brace]).map_or(from, |at| from + at + 1);
        from = memchr::memchr(b'\n', &bytes[brace..]).map_or(bytes.len(), |at| brace + at);
        Some((start, &text[start..from]))
    });
    let found = with_brace.filter(|(_, line)| is_template_line(line));
    found.map(|(start, line)| {
        let start = start + line.len() - line.trim_start().len();
        start..start + line.trim().len()
    })
}

/// A text with pieces of it blanked, so that everything else stays where it is; `None` where there
/// are no pieces.
pub(super) fn blanked(text: &str, pieces: impl Iterator<Item = Range<usize>>) -> Option<String> {
    let mut out = String::new();
    let mut kept = 0;
    for piece in pieces {
        out.push_str(&text[kept..piece.start]);
        out.extend(piece.clone().map(|_| ' '));
        kept = piece.end;
    }
    (kept > 0).then(|| out + &text[kept..])
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
            "p, {{a,b}}, logs, get, {{{c}}}, allow",
        ] {
            assert!(is_template_line(line), "{line}");
        }
        for line in [
            "p, a, logs, get, \"{{a,b},c}/*\", allow",
            "p, a, logs, get, \"{a,{b,c}}/*\", allow",
            "# {{ a comment }}",
            "p, a, logs, get, {a}}/*, allow",
            "p, a, logs, get, \"{{a,b}}/{{c\", allow",
            "p, a, logs, get, }${, allow",
            "g, a, role:b",
        ] {
            assert!(!is_template_line(line), "{line}");
        }
    }

    #[test]
    fn what_is_plain_stays_where_it_is() {
        let text = "g, a, b\r\n  {{- if x }}\r\np, a, logs, get, x/*, allow";
        let plain = blanked(text, template_lines(text)).unwrap();
        assert_eq!(
            plain,
            "g, a, b\r\n             \r\np, a, logs, get, x/*, allow"
        );
        let text = "{% if x %}\ng, \"{a}\", b\n{% end %}";
        let plain = blanked(text, template_lines(text)).unwrap();
        assert_eq!(plain, "          \ng, \"{a}\", b\n         ");
        assert_eq!(blanked("g, a, b\n", template_lines("g, a, b\n")), None);
    }

    #[test]
    fn open_braces_without_end_take_linear_time() {
        assert!(!has_expression(&"{{".repeat(500_000)));
        assert!(!has_expression(&"{{,".repeat(300_000)));
        assert!(!has_expression(&format!("{}}}}}", "{{,".repeat(300_000))));
        assert!(!has_expression(&"%{".repeat(500_000)));
    }
}
