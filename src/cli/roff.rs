//! Texts in the language of man pages.

use std::fmt::Write as _;

/// A text that roff prints as it is.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::new();
    // A line that begins with one of these is a request.
    if text.starts_with(['.', '\'']) {
        out.push_str("\\&");
    }
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\e"),
            // roff makes other characters of these.
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '`' => out.push_str("\\(ga"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            c if c.is_ascii() => out.push(c),
            // Not every roff reads UTF-8.
            c => {
                let _ = write!(out, "\\[u{:04X}]", u32::from(c));
            }
        }
    }
    out
}

/// A sentence in which backticks make what they enclose bold.
pub(super) fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(index, part)| match index % 2 {
        0 => literal(part),
        _ => format!("\\fB{}\\fR", literal(part)),
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roff_prints_a_text_as_it_is() {
        assert_eq!(
            literal(".git 'a' ~/b-c\\"),
            "\\&.git \\(aqa\\(aq \\(ti/b\\-c\\e"
        );
        assert_eq!(prose("runs `a -b`…"), "runs \\fBa \\-b\\fR\\[u2026]");
    }
}
