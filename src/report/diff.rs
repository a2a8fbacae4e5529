//! Unified diffs of texts, with the words that differ marked on a terminal.

use std::fmt::Write as _;
use std::ops::Range;

use similar::{Algorithm, ChangeTag, DiffOp, TextDiff};

use super::Style;

/// A replaced passage longer than this is shown without marked words: comparing them would take
/// longer than reading them.
const MAX_MARKED: usize = 200;
/// More lines of context than any text has; larger numbers would overflow where they are added.
const MOST_CONTEXT: usize = 1 << 28;

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
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .diff_lines(live, desired);
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
    for hunk in diff.unified_diff().context_radius(context).iter_hunks() {
        let _ = writeln!(out, "{}", style.place(&place(hunk.ops(), skipped)));
        for op in hunk.ops() {
            if style.is_colored() {
                colored(&mut out, &diff, op, style);
            } else {
                plain(&mut out, &diff, op);
            }
        }
    }
    out
}

/// What is left of two texts without the lines that both begin and end with, but for `context` of
/// them, and how many lines were left out at the beginning. A change of two lines in a megabyte is
/// found without looking at the megabyte twice.
fn middle<'t>(live: &'t str, desired: &'t str, context: usize) -> (usize, &'t str, &'t str) {
    let same = |pair: &(u8, u8)| pair.0 == pair.1;
    let (one, other) = (live.as_bytes(), desired.as_bytes());
    let common = one.iter().copied().zip(other.iter().copied());
    let common = common.take_while(same).count();
    // The context's lines stay, and the line in which the difference is.
    let ends = memchr::memrchr_iter(b'\n', &one[..common]);
    let start = ends.skip(context).map(|at| at + 1).next().unwrap_or(0);
    let skipped = memchr::memchr_iter(b'\n', &one[..start]).count();
    let (one, other) = (&one[start..], &other[start..]);
    let common_end = one.iter().rev().copied().zip(other.iter().rev().copied());
    let longest = one.len().min(other.len());
    let common_end = common_end.take_while(same).take(longest).count();
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

fn plain(out: &mut String, diff: &TextDiff<'_, '_, str>, op: &DiffOp) {
    for change in diff.iter_changes(op) {
        out.push(sign(change.tag()));
        out.push_str(change.value());
        end_line(out, change.missing_newline());
    }
}

fn colored(out: &mut String, diff: &TextDiff<'_, '_, str>, op: &DiffOp, style: Style) {
    let long = op.old_range().len() + op.new_range().len() > MAX_MARKED;
    for change in diff
        .iter_inline_changes_deadline(op, None)
        .filter(|_| !long)
    {
        let words = change.iter_strings_lossy();
        let line: Vec<(bool, String)> = words.map(|(marked, word)| (marked, word.into())).collect();
        paint(out, change.tag(), &line, style);
        end_line(out, change.missing_newline());
    }
    for change in diff.iter_changes(op).filter(|_| long) {
        paint(
            out,
            change.tag(),
            &[(false, change.value().to_owned())],
            style,
        );
        end_line(out, change.missing_newline());
    }
}

fn paint(out: &mut String, tag: ChangeTag, words: &[(bool, String)], style: Style) {
    let color = |text: &str| match tag {
        ChangeTag::Equal => text.to_owned(),
        ChangeTag::Delete => style.bad(text),
        ChangeTag::Insert => style.good(text),
    };
    out.push_str(&color(&sign(tag).to_string()));
    for (marked, word) in words {
        let text = word.trim_end_matches(['\n', '\r']);
        let shown = super::printable(text);
        if *marked && tag != ChangeTag::Equal {
            out.push_str(&style.differing(&shown, tag == ChangeTag::Insert));
        } else if !text.is_empty() {
            out.push_str(&color(&shown));
        }
        out.push_str(&word[text.len()..]);
    }
}

fn sign(tag: ChangeTag) -> char {
    match tag {
        ChangeTag::Equal => ' ',
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
    }
}

fn end_line(out: &mut String, missing_newline: bool) {
    if missing_newline {
        out.push_str("\n\\ No newline at end of file\n");
    }
}

#[cfg(test)]
mod tests {
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
