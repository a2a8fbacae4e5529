//! Unified diffs of texts, with the words that differ marked on a terminal.

use std::fmt::Write as _;
use std::ops::Range;

use similar::{ChangeTag, DiffOp, DiffTag, DiffableStr, group_diff_ops};

use super::Style;
use super::operations::operations;
use super::words::{self, Pieces};

/// A replaced passage longer than this is shown without marked words: comparing them would take
/// longer than reading them.
const MAX_MARKED: usize = 200;
/// Lines of context around a change, where nothing else is asked for.
pub const CONTEXT_LINES: usize = 3;
/// More lines of context than any text has; larger numbers would overflow where they are added.
const MOST_CONTEXT: usize = 1 << 28;

/// Equal texts are compared so many bytes at a time, which is faster than single ones.
const BLOCK: usize = 256;

/// One text before and after.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// What the object is called in the header: `v1.ConfigMap.argocd.argocd-cm`.
    pub name: &'a str,
    /// The text that was read.
    pub live: &'a str,
    /// The text that would be.
    pub desired: &'a str,
}

/// The unified diff of a pair, with `context` lines around each change; empty where both are the
/// same. Without colour it is what `diff -u` prints.
pub fn unified(pair: Pair<'_>, context: usize, style: Style) -> String {
    let mut out = String::new();
    if pair.live == pair.desired {
        return out;
    }
    let context = context.min(MOST_CONTEXT);
    let (skipped, live, desired) = middle(pair.live, pair.desired, context);
    let old = live.tokenize_lines();
    let new = desired.tokenize_lines();
    let header = [("---", "live", pair.live), ("+++", "desired", pair.desired)];
    for (mark, side, text) in header {
        // As `diff -u` and kubectl have it for an object that is not there.
        let path = if text.is_empty() {
            "/dev/null".to_owned()
        } else {
            format!("{side}/{}", pair.name)
        };
        let named = format!("{mark} {path}");
        if style.is_colored() {
            let _ = writeln!(out, "{}", style.strong(&super::printable(&named)));
        } else {
            let _ = writeln!(out, "{named}");
        }
    }
    for hunk in group_diff_ops(operations(&old, &new), context) {
        let _ = writeln!(out, "{}", style.place(&place(&hunk, skipped)));
        for op in &hunk {
            let (old, new) = (&old[op.old_range()], &new[op.new_range()]);
            if style.is_colored() {
                colored(&mut out, op.tag(), old, new, style);
            } else {
                plain(&mut out, op.tag(), old, new);
            }
        }
    }
    out
}

/// What is left of two texts without the lines that both begin and end with, but for `context` of
/// them, and how many lines were left out at the beginning. A change of two lines in a megabyte is
/// found without looking at the megabyte twice.
fn middle<'t>(live: &'t str, desired: &'t str, context: usize) -> (usize, &'t str, &'t str) {
    let (one, other) = (live.as_bytes(), desired.as_bytes());
    let common = equal(one.chunks(BLOCK).zip(other.chunks(BLOCK)));
    let common = common + equal(one[common..].chunks(1).zip(other[common..].chunks(1)));
    // The context's lines stay, and the line in which the difference is.
    let ends = memchr::memrchr_iter(b'\n', &one[..common]);
    let start = ends.skip(context).map(|at| at + 1).next().unwrap_or(0);
    let skipped = memchr::memchr_iter(b'\n', &one[..start]).count();
    let (one, other) = (&one[start..], &other[start..]);
    let common_end = equal(one.rchunks(BLOCK).zip(other.rchunks(BLOCK)));
    let (one_rest, other_rest) = (
        &one[..one.len() - common_end],
        &other[..other.len() - common_end],
    );
    let common_end = common_end + equal(one_rest.rchunks(1).zip(other_rest.rchunks(1)));
    let tail = &one[one.len() - common_end..];
    let ends = memchr::memchr_iter(b'\n', tail);
    // A line that is common from its first byte on begins behind a line break.
    let kept = ends.skip(context + 1).map(|at| at + 1).next();
    let cut = kept.map_or(0, |kept| tail.len() - kept);
    (
        skipped,
        &live[start..live.len() - cut],
        &desired[start..desired.len() - cut],
    )
}

/// How many bytes the first pairs have, up to one that differs.
fn equal<'t>(pairs: impl Iterator<Item = (&'t [u8], &'t [u8])>) -> usize {
    pairs
        .take_while(|(one, other)| one == other)
        .map(|(one, _)| one.len())
        .sum()
}

/// The place of a hunk: `@@ -1,4 +1,6 @@`.
fn place(ops: &[DiffOp], skipped: usize) -> String {
    let range = |of: fn(&DiffOp) -> Range<usize>| {
        let start = ops.first().map_or(0, |op| of(op).start);
        let end = ops.last().map_or(0, |op| of(op).end);
        let first = start + skipped + 1;
        match end - start {
            1 => first.to_string(),
            0 => format!("{},0", first - 1),
            lines => format!("{first},{lines}"),
        }
    };
    format!(
        "@@ -{} +{} @@",
        range(DiffOp::old_range),
        range(DiffOp::new_range)
    )
}

/// The lines of an operation in the order in which they are shown, each with what became of it.
fn changes<'l, L>(
    tag: DiffTag,
    old: &'l [L],
    new: &'l [L],
) -> impl Iterator<Item = (ChangeTag, &'l L)> {
    let (gone, new) = match tag {
        DiffTag::Equal => (ChangeTag::Equal, &[][..]),
        _ => (ChangeTag::Delete, new),
    };
    let old = old.iter().map(move |line| (gone, line));
    old.chain(new.iter().map(|line| (ChangeTag::Insert, line)))
}

fn plain(out: &mut String, tag: DiffTag, old: &[&str], new: &[&str]) {
    for (tag, line) in changes(tag, old, new) {
        out.push(sign(tag));
        out.push_str(line);
        end_line(out, line);
    }
}

fn colored(out: &mut String, tag: DiffTag, old: &[&str], new: &[&str], style: Style) {
    let short = old.len() + new.len() <= MAX_MARKED;
    let marked = (tag == DiffTag::Replace && short).then(|| words::marked(old, new));
    let (old, new) = marked
        .flatten()
        .unwrap_or_else(|| (words::unmarked(old), words::unmarked(new)));
    for (tag, line) in changes(tag, &old, &new) {
        paint(out, tag, line, style);
        end_line(out, line.last().map_or("", |(_, piece)| piece));
    }
}

fn paint(out: &mut String, tag: ChangeTag, line: &Pieces<'_>, style: Style) {
    let color = |text: &str| match tag {
        ChangeTag::Equal => text.to_owned(),
        ChangeTag::Delete => style.bad(text),
        ChangeTag::Insert => style.good(text),
    };
    out.push_str(&color(&sign(tag).to_string()));
    for (marked, piece) in line {
        let text = piece.trim_end_matches(['\n', '\r']);
        let shown = super::printable(text);
        if *marked && tag != ChangeTag::Equal {
            out.push_str(&style.differing(&shown, tag == ChangeTag::Insert));
        } else if !text.is_empty() {
            out.push_str(&color(&shown));
        }
        out.push_str(&piece[text.len()..]);
    }
}

fn sign(tag: ChangeTag) -> char {
    match tag {
        ChangeTag::Equal => ' ',
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
    }
}

fn end_line(out: &mut String, line: &str) {
    if !line.ends_with_newline() {
        out.push_str("\n\\ No newline at end of file\n");
    }
}

#[cfg(test)]
mod tests {
    use similar::TextDiff;

    use super::*;

    fn diff(live: &str, desired: &str, context: usize, colored: bool) -> String {
        unified(
            Pair {
                name: "x",
                live,
                desired,
            },
            context,
            Style::new(colored),
        )
    }

    #[test]
    fn is_what_diff_u_prints() {
        let live = "1\n2\n3\n4\n5\n6\n7\n8\n9";
        let desired = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
        assert_eq!(
            diff(live, desired, 1, false),
            "--- live/x\n+++ desired/x\n@@ -4,3 +4,3 @@\n 4\n-5\n+five\n 6\n@@ -8,2 +8,2 @@\n 8\n-9\n\
             \\ No newline at end of file\n+9\n"
        );
    }

    #[test]
    fn any_number_of_lines_of_context_will_do() {
        for context in [usize::MAX, usize::MAX - 1, usize::MAX / 2] {
            let text = diff("1\n2\n3\n", "1\n2\nthree\n", context, false);
            assert!(
                text.ends_with("@@ -1,3 +1,3 @@\n 1\n 2\n-3\n+three\n"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_both_begin_and_end_with_makes_no_difference() {
        let long = |from: usize, to: usize| -> String {
            (from..to)
                .flat_map(|n| [["0", "1", "2", "3", "4", "5", "6"][n % 7], "\n"])
                .collect()
        };
        for (one, other) in [
            ("x\n", "y\n"),
            ("", "new\n"),
            ("old\n", ""),
            ("1\n", "1\n1\n"),
            ("a", "a\n"),
        ] {
            for context in 0..5 {
                let (head, tail) = (long(0, 40), long(3, 50));
                let tail = if one.ends_with('\n') || one.is_empty() {
                    tail
                } else {
                    String::new()
                };
                let (live, desired) =
                    (format!("{head}{one}{tail}"), format!("{head}{other}{tail}"));
                let whole = TextDiff::from_lines(&live, &desired);
                let whole = whole
                    .unified_diff()
                    .context_radius(context)
                    .header("live/x", "desired/x")
                    .to_string();
                let shown = diff(&live, &desired, context, false);
                let lines = |text: &str| {
                    let changed = text.lines().filter(|line| line.starts_with(['+', '-']));
                    changed.map(str::to_owned).collect::<Vec<_>>()
                };
                assert_eq!(lines(&shown), lines(&whole), "{context} {one:?} {other:?}");
                let head = |text: &str| {
                    text.lines()
                        .find(|line| line.starts_with("@@"))
                        .unwrap()
                        .to_owned()
                };
                if one == "x\n" {
                    assert_eq!(head(&shown), head(&whole), "{context}");
                }
            }
        }
    }

    #[test]
    fn the_same_text_has_no_diff() {
        assert_eq!(diff("a\n", "a\n", 3, true), "");
    }

    #[test]
    fn what_is_not_there_is_dev_null() {
        assert!(diff("", "a\n", 3, false).starts_with("--- /dev/null\n+++ desired/x\n"));
    }

    #[test]
    fn words_that_differ_are_marked_and_nothing_is_lost() {
        let painted = diff("key: login\n", "key: login,apiKey\n", 3, true);
        assert!(painted.contains("\u{1b}[7m"), "{painted:?}");
        let bare = anstream::adapter::strip_str(&painted).to_string();
        assert_eq!(bare, diff("key: login\n", "key: login,apiKey\n", 3, false));
    }
}
