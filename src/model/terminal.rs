//! Texts of unknown origin on someone's terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Shows the characters that a terminal would obey, or that reorder what is read, as escapes.
/// Line breaks and tabs stay. For texts from files, clusters and programs.
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_plain = |byte| matches!(byte, b' '..=b'~');
    if text.bytes().all(is_plain) || !text.chars().any(hides) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if !hides(c) || (c == '\r' && rest.peek() == Some(&'\n')) {
            shown.push(c);
        } else {
            let _ = write!(shown, "{}", c.escape_unicode());
        }
    }
    Cow::Owned(shown)
}

fn hides(c: char) -> bool {
    // Unicode's Bidi_Control.
    let reorders = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    reorders || (c.is_control() && c != '\n' && c != '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_escaped() {
        assert_eq!(printable("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(printable("\u{202e}evil\u{9b}"), "\\u{202e}evil\\u{9b}");
        assert_eq!(printable("a\u{61c}b"), "a\\u{61c}b");
        assert_eq!(printable("x\ry"), "x\\u{d}y");
        assert_eq!(printable("ü\tx\r\ny\n"), "ü\tx\r\ny\n");
    }
}
