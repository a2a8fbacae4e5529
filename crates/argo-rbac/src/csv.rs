//! One policy line as Argo CD reads it: Go's `encoding/csv` with `TrimLeadingSpace`, on a line that
//! was trimmed and holds no line feed.

use std::borrow::Cow;

/// A field of a line: where it is and how to read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CsvField {
    /// First byte of the value in the line; behind the quote of a quoted field.
    pub(super) start: usize,
    /// One past the last byte of the value; before the closing quote of a quoted field.
    pub(super) end: usize,
    /// Whether the value holds doubled quotes, each of which stands for one.
    pub(super) doubled: bool,
}

impl CsvField {
    /// The field's value.
    pub(super) fn value(self, line: &str) -> Cow<'_, str> {
        let raw = &line[self.start..self.end];
        if self.doubled {
            Cow::Owned(raw.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(raw)
        }
    }
}

/// What stops a line from being read as CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A quote inside a field that does not begin with one.
    BareQuote,
    /// A quoted field that does not end, or goes on behind its closing quote.
    Quote,
}

/// Reads one line and hands over its fields in order; at least one. An error comes with the byte
/// offset in the line at which Go's reader reports it (its column less one).
#[inline]
pub(super) fn read(line: &str, mut found: impl FnMut(CsvField)) -> Result<(), (Fault, usize)> {
    let bytes = line.as_bytes();
    let mut at = 0;
    loop {
        at = skip_space(line, at);
        if bytes.get(at) == Some(&b'"') {
            let (field, end) = quoted(bytes, at + 1)?;
            found(field);
            match end {
                Some(next) => at = next,
                None => return Ok(()),
            }
        } else {
            let rest = bytes.get(at..).unwrap_or_default();
            let stop = rest.iter().position(|byte| matches!(byte, b',' | b'"'));
            let end = at + stop.unwrap_or(rest.len());
            let field = CsvField {
                start: at,
                end,
                doubled: false,
            };
            match stop.and_then(|stop| rest.get(stop)) {
                Some(b'"') => return Err((Fault::BareQuote, end)),
                Some(_) => found(field),
                None => {
                    found(field);
                    return Ok(());
                }
            }
            at = end + 1;
        }
    }
}

/// The value of a quoted field that begins at `start`, and where the next field begins.
fn quoted(bytes: &[u8], start: usize) -> Result<(CsvField, Option<usize>), (Fault, usize)> {
    let (mut at, mut doubled) = (start, false);
    loop {
        let Some(quote) = bytes[at..].iter().position(|byte| *byte == b'"') else {
            return Err((Fault::Quote, bytes.len()));
        };
        let end = at + quote;
        let field = CsvField {
            start,
            end,
            doubled,
        };
        match bytes.get(end + 1) {
            Some(b'"') => {
                doubled = true;
                at = end + 2;
            }
            Some(b',') => return Ok((field, Some(end + 2))),
            None => return Ok((field, None)),
            Some(_) => return Err((Fault::Quote, end)),
        }
    }
}

/// The first byte at or behind `at` that is not a space in Go's sense, which is Unicode's `White_Space`.
#[inline]
fn skip_space(line: &str, at: usize) -> usize {
    match line.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() && !byte.is_ascii_whitespace() && *byte != 0x0b => at,
        Some(b' ') if matches!(line.as_bytes().get(at + 1), Some(b'!'..=b'~')) => at + 1,
        _ => line.len() - line[at..].trim_start().len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(line: &str) -> Result<Vec<String>, (Fault, usize)> {
        let mut all = Vec::new();
        read(line, |field| all.push(field.value(line).into_owned()))?;
        Ok(all)
    }

    #[test]
    fn leading_blanks_go_and_trailing_blanks_stay() {
        assert_eq!(
            fields("p,\u{a0} a ,b\t,,\u{b}c,\t \u{85}d").unwrap(),
            ["p", "a ", "b\t", "", "c", "d"]
        );
    }

    #[test]
    fn quotes_protect_commas_and_doubled_quotes() {
        assert_eq!(
            fields(r#"p, "{a,b}/*", "say ""hi""", """""#).unwrap(),
            ["p", "{a,b}/*", "say \"hi\"", "\""]
        );
    }

    #[test]
    fn faults_stand_where_go_reports_them() {
        assert_eq!(fields(r#"p, a", b"#), Err((Fault::BareQuote, 4)));
        assert_eq!(fields(r#"p, "a"b"#), Err((Fault::Quote, 5)));
        assert_eq!(fields(r#"p, "a" , b"#), Err((Fault::Quote, 5)));
        assert_eq!(fields(r#"g, alice, ""#), Err((Fault::Quote, 11)));
    }
}
