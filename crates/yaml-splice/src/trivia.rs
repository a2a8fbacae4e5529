//! What is between values: spaces, comments, line breaks, indicators, tags and anchors.

use std::ops::Range;

/// A part of the text; nothing where odd input makes the places disagree, which the comparison
/// after an edit then finds.
pub(super) fn part(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// The offset at which the line of `offset` begins; a byte order mark is not part of the line.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    if part(text, start..offset).starts_with('\u{feff}') {
        start + '\u{feff}'.len_utf8()
    } else {
        start
    }
}

/// The offset at which the next line begins, or the end of the text.
pub(super) fn next_line(text: &str, offset: usize) -> usize {
    text[offset..]
        .find('\n')
        .map_or(text.len(), |at| offset + at + 1)
}

/// The column of an offset in characters, from 0: YAML's indentation.
pub(super) fn column(text: &str, offset: usize) -> usize {
    text[line_start(text, offset)..offset].chars().count()
}

/// Whether only spaces are between the line's beginning and `offset`.
pub(super) fn begins_line(text: &str, offset: usize) -> bool {
    let before = text[..offset].trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with('\n') || before.ends_with('\u{feff}')
}

/// Whether a text is spaces and tabs only.
pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

/// A line without its line break.
pub(super) fn without_break(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// The line break of a text: that of the line of `offset`, of the line before, of the first line.
pub(super) fn line_break(text: &str, offset: usize) -> &'static str {
    let end = [
        text[offset..].find('\n').map(|at| offset + at),
        text[..offset].rfind('\n'),
    ];
    match end.into_iter().flatten().next() {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Something in a gap that is neither space nor a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// One of `- ? : , [ ] { } | >` and whatever else is alone.
    Indicator(u8),
    /// An anchor or a tag.
    Property,
}

/// The tokens of a gap: a part of the text that holds no content.
pub(super) fn tokens(text: &str, gap: Range<usize>) -> impl Iterator<Item = (Token, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut at = gap.start;
    std::iter::from_fn(move || {
        while at < gap.end {
            let start = at;
            at += 1;
            match bytes[start] {
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b'#' => at = next_line(text, start),
                b'&' | b'!' => {
                    at = property_end(bytes, start, gap.end);
                    return Some((Token::Property, start..at));
                }
                other => return Some((Token::Indicator(other), start..at)),
            }
        }
        None
    })
}

/// An anchor or tag ends at a space or at what ends a flow entry; `!<…>` at its bracket.
fn property_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let rest = &bytes[start..end];
    let length = if rest.starts_with(b"!<") {
        rest.iter().position(|byte| *byte == b'>').map(|at| at + 1)
    } else {
        let ends = b" \t\r\n,[]{}";
        rest.iter().position(|byte| ends.contains(byte))
    };
    start + length.unwrap_or(rest.len())
}

/// The first place of an indicator in a gap.
pub(super) fn find(text: &str, gap: Range<usize>, indicator: u8) -> Option<usize> {
    tokens(text, gap)
        .find(|(token, _)| *token == Token::Indicator(indicator))
        .map(|(_, at)| at.start)
}
