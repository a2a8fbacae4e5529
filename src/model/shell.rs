//! Words for a shell.

use std::borrow::Cow;

/// A word as a POSIX shell would take it: in single quotes unless it is harmless. For the commands
/// that hints name.
pub fn quoted(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(harmless) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_harmless_is_quoted() {
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a-b/c:d"), "a-b/c:d");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("a b\n"), "'a b\n'");
    }
}
