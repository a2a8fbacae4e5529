//! What differs between two texts, line by line.

use std::collections::HashMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// With more lines than this that have no equal on the other side, all between the first and the
/// last difference is taken as one change: looking for the least one would take too long.
const MANY_LINES: usize = 2_000;

/// Lines of the old text that become other lines.
pub(super) struct Hunk {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// What differs between two lists of lines.
pub(super) fn hunks(old: &[&str], new: &[&str]) -> Vec<Hunk> {
    let front = old
        .iter()
        .zip(new)
        .take_while(|(old, new)| old == new)
        .count();
    let back = old[front..]
        .iter()
        .rev()
        .zip(new[front..].iter().rev())
        .take_while(|(old, new)| old == new)
        .count();
    let (old_end, new_end) = (old.len() - back, new.len() - back);
    let (left, right) = (&old[front..old_end], &new[front..new_end]);
    if left.is_empty() && right.is_empty() {
        return Vec::new();
    }
    if left.is_empty() || right.is_empty() || unmatched(left, right) > MANY_LINES {
        return vec![Hunk {
            old: front..old_end,
            new: front..new_end,
        }];
    }
    capture_diff_slices(Algorithm::Myers, left, right)
        .into_iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| {
            let (old, new) = (op.old_range(), op.new_range());
            Hunk {
                old: front + old.start..front + old.end,
                new: front + new.start..front + new.end,
            }
        })
        .collect()
}

/// How many lines have no equal on the other side.
fn unmatched(left: &[&str], right: &[&str]) -> usize {
    let mut counts = HashMap::new();
    for line in left {
        *counts.entry(line).or_insert(0_i64) += 1;
    }
    for line in right {
        *counts.entry(line).or_insert(0) -= 1;
    }
    let unmatched: u64 = counts.values().map(|count| count.unsigned_abs()).sum();
    usize::try_from(unmatched).unwrap_or(usize::MAX)
}
