//! Text as Go's `%q` shows it, for messages that are Argo CD's own words.

use std::fmt::Write as _;

/// `text` in double quotes, as Go's `strconv.Quote` writes it.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            ' '..='~' => out.push(c),
            '\0'..='\u{7f}' => push_code(&mut out, 'x', 2, c),
            _ if is_printable(c) => out.push(c),
            '\0'..='\u{ffff}' => push_code(&mut out, 'u', 4, c),
            _ => push_code(&mut out, 'U', 8, c),
        }
    }
    out.push('"');
    out
}

fn push_code(out: &mut String, letter: char, width: usize, c: char) {
    // Writing into a String cannot fail.
    let _ = write!(out, "\\{letter}{:0width$x}", u32::from(c));
}

/// Go's `unicode.IsPrint` for what is not ASCII: letters, marks, numbers, punctuation, symbols.
/// Rust's `escape_debug` leaves the same categories alone, save that it also escapes a combining
/// mark at the beginning of a text.
fn is_printable(c: char) -> bool {
    let mut text = String::from("a");
    text.push(c);
    text.escape_debug().eq(text.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(
            quote("p, \"größe\"\t\u{7f}\u{feff}\u{a0}e\u{301}\u{2028}\u{e0001}日\u{1}"),
            "\"p, \\\"größe\\\"\\t\\x7f\\ufeff\\u00a0e\u{301}\\u2028\\U000e0001日\\x01\""
        );
        assert_eq!(quote("\u{7}\u{8}\u{c}\n\r\u{b}\\"), r#""\a\b\f\n\r\v\\""#);
    }
}
