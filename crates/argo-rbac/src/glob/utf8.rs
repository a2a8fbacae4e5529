//! Text as Go sees it: bytes that are decoded on the way, one invalid byte at a time. Fixed-length
//! matching cuts texts inside characters, so that the pieces are not valid UTF-8 any more.

/// The character at the start and its width: width 1 and U+FFFD for a byte that starts no valid
/// sequence, width 0 for no bytes at all.
pub(super) fn decode(bytes: &[u8]) -> (char, usize) {
    const INVALID: (char, usize) = (char::REPLACEMENT_CHARACTER, 1);
    let Some(&first) = bytes.first() else {
        return (char::REPLACEMENT_CHARACTER, 0);
    };
    let width = match first {
        0..=0x7F => return (char::from(first), 1),
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return INVALID,
    };
    let Some(sequence) = bytes.get(..width) else {
        return INVALID;
    };
    std::str::from_utf8(sequence)
        .ok()
        .and_then(|text| text.chars().next())
        .map_or(INVALID, |c| (c, width))
}

/// The characters of the bytes with the offsets where they start.
pub(super) fn characters(bytes: &[u8]) -> impl Iterator<Item = (usize, char)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let (c, width) = decode(&bytes[at..]);
        at += width;
        (width > 0).then_some((start, c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_text_decodes_as_its_characters() {
        let text = "aß語😀\u{FFFD}";
        assert!(characters(text.as_bytes()).eq(text.char_indices()));
    }

    #[test]
    fn every_invalid_byte_counts_alone() {
        // A cut-off sequence, a lone continuation, a surrogate, an overlong form, a byte out of range.
        for (bytes, count) in [
            (&b"\xE8\xAA"[..], 2),
            (b"\x9F", 1),
            (b"\xED\xA0\x80", 3),
            (b"\xC0\x80", 2),
            (b"\xF8", 1),
        ] {
            let found: Vec<_> = characters(bytes).collect();
            let expected: Vec<_> = (0..count).map(|at| (at, '\u{FFFD}')).collect();
            assert_eq!(found, expected, "{bytes:x?}");
        }
    }
}
