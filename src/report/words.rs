//! The words that differ within replaced lines.

use std::ops::Range;

use similar::{DiffOp, DiffTag, DiffableStr, diff_ratio};

use super::operations::operations;

/// A line in pieces, each with whether it is marked.
pub(super) type Pieces<'t> = Vec<(bool, &'t str)>;

/// Less than this in common, and marks would cover everything and help no one.
const LEAST_IN_COMMON: f32 = 0.5;

/// The old and the new lines of a replaced passage, with the words marked that differ; nothing if
/// too little is the same.
pub(super) fn marked<'t>(
    old: &[&'t str],
    new: &[&'t str],
) -> Option<(Vec<Pieces<'t>>, Vec<Pieces<'t>>)> {
    let lines = old.len() + new.len();
    // As many lines as there are on both sides, of all: the most that could be the same.
    if old.len().min(new.len()) * 4 < lines {
        return None;
    }
    let (old_words, new_words) = (words(old), words(new));
    let ops = operations(&texts(&old_words), &texts(&new_words));
    if diff_ratio(&ops, old_words.len(), new_words.len()) < LEAST_IN_COMMON {
        return None;
    }
    let old = pieces(old, &old_words, &ops, DiffOp::old_range);
    let new = pieces(new, &new_words, &ops, DiffOp::new_range);
    Some((old, new))
}

/// Lines without marks.
pub(super) fn unmarked<'t>(lines: &[&'t str]) -> Vec<Pieces<'t>> {
    lines.iter().map(|line| vec![(false, *line)]).collect()
}

/// The words of all lines, each with its line's number.
fn words<'t>(lines: &[&'t str]) -> Vec<(usize, &'t str)> {
    let mut words = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        words.extend(line.tokenize_words().into_iter().map(|word| (number, word)));
    }
    words
}

fn texts<'t>(words: &[(usize, &'t str)]) -> Vec<&'t str> {
    words.iter().map(|(_, word)| *word).collect()
}

/// The lines again, one side of the operations telling which words are marked. Neighbours become
/// one piece; a line's end is never marked.
fn pieces<'t>(
    lines: &[&'t str],
    words: &[(usize, &'t str)],
    ops: &[DiffOp],
    side: fn(&DiffOp) -> Range<usize>,
) -> Vec<Pieces<'t>> {
    let mut rest = lines.to_vec();
    let mut out = vec![Vec::new(); lines.len()];
    for op in ops {
        for words in words[side(op)].chunk_by(|one, other| one.0 == other.0) {
            let number = words[0].0;
            let length = words.iter().map(|(_, word)| word.len()).sum();
            let (piece, after) = rest[number].split_at(length);
            rest[number] = after;
            if op.tag() == DiffTag::Equal {
                out[number].push((false, piece));
            } else {
                let parts = piece.tokenize_lines_and_newlines().into_iter();
                out[number].extend(parts.map(|part| (!part.ends_with_newline(), part)));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_what_differs_and_no_line_end() {
        let (old, new) = marked(&["a b c\n", "d e\n"], &["a x c\n", "d e f\n"]).unwrap();
        assert_eq!(
            old,
            [
                vec![(false, "a "), (true, "b"), (false, " c\n")],
                vec![(false, "d e"), (false, "\n")]
            ]
        );
        assert_eq!(
            new,
            [
                vec![(false, "a "), (true, "x"), (false, " c\n")],
                vec![(false, "d e"), (true, " f"), (false, "\n")]
            ]
        );
    }

    #[test]
    fn marks_nothing_where_little_is_the_same() {
        assert_eq!(marked(&["a b"], &["x y"]), None);
        assert_eq!(marked(&["a\n"], &["a\n", "b\n", "c\n", "d\n"]), None);
    }
}
