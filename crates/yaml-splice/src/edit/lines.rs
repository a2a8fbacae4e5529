//! What differs between two texts, line by line.

use std::ops::Range;

use similar::DiffTag;
use similar::algorithms::{Capture, Compact, IdentifyDistinct, Replace, myers};

/// Up to this many lines the least difference is looked for, whose time grows with its size
/// squared; in longer texts the next equal line nearby ends a difference.
const FEW_LINES: usize = 4_000;

/// How far away the next equal line is looked for.
const NEARBY: usize = 40;

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
    let found = if left.len() + right.len() <= FEW_LINES {
        least(left, right)
    } else {
        nearby(left, right)
    };
    let shift = |range: Range<usize>| range.start + front..range.end + front;
    let shifted = found.into_iter().map(|hunk| Hunk {
        old: shift(hunk.old),
        new: shift(hunk.new),
    });
    shifted.collect()
}

/// The lines are numbered first: for numbers the algorithm is compiled anyway, because other diffs
/// (`report::diff`) use it.
fn least(left: &[&str], right: &[&str]) -> Vec<Hunk> {
    let numbers = IdentifyDistinct::<u32>::new(left, 0..left.len(), right, 0..right.len());
    let (old, new) = (numbers.old_lookup(), numbers.new_lookup());
    let mut found = Compact::new(Replace::new(Capture::new()), old, new);
    let Ok(()) = myers::diff(
        &mut found,
        old,
        numbers.old_range(),
        new,
        numbers.new_range(),
    );
    found
        .into_inner()
        .into_inner()
        .into_ops()
        .into_iter()
        .filter(|op| op.tag() != DiffTag::Equal)
        .map(|op| Hunk {
            old: op.old_range(),
            new: op.new_range(),
        })
        .collect()
}

fn nearby(left: &[&str], right: &[&str]) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let (mut at, mut to) = (0, 0);
    while at < left.len() || to < right.len() {
        if left.get(at) == right.get(to) {
            at += 1;
            to += 1;
            continue;
        }
        let mut next =
            (1..=NEARBY).flat_map(|far| (0..=far).map(move |skip| (at + skip, to + far - skip)));
        // Both ends are equal too.
        let equal = |(old, new): &(usize, usize)| left.get(*old) == right.get(*new);
        let (old, new) = next.find(equal).unwrap_or((left.len(), right.len()));
        hunks.push(Hunk {
            old: at..old,
            new: to..new,
        });
        (at, to) = (old, new);
    }
    hunks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(old: &[&str], new: &[&str], hunks: Vec<Hunk>) -> Vec<String> {
        let mut out = Vec::new();
        let mut at = 0;
        for hunk in hunks {
            out.extend(old[at..hunk.old.start].iter().map(ToString::to_string));
            out.extend(new[hunk.new].iter().map(ToString::to_string));
            at = hunk.old.end;
        }
        out.extend(old[at..].iter().map(ToString::to_string));
        out
    }

    #[test]
    fn a_short_text_gets_the_least_difference_however_far_apart_equal_lines_are() {
        let old: Vec<String> = (0..100).map(|line| format!("line {line}")).collect();
        let mut new = old.clone();
        new[0] = "first".into();
        new[99] = "last".into();
        for line in 0..2 * NEARBY {
            new.insert(50, format!("new {line}"));
        }
        let old: Vec<&str> = old.iter().map(String::as_str).collect();
        let new: Vec<&str> = new.iter().map(String::as_str).collect();
        let found = hunks(&old, &new);
        let lengths: Vec<_> = found
            .iter()
            .map(|hunk| (hunk.old.len(), hunk.new.len()))
            .collect();
        assert_eq!(lengths, [(1, 1), (0, 2 * NEARBY), (1, 1)]);
        assert_eq!(applied(&old, &new, found), new);
        assert!(hunks(&old, &old).is_empty());
    }

    #[test]
    fn short_and_long_texts_get_the_same_lines() {
        let old: Vec<String> = (0..9_000)
            .map(|line| format!("line {}", line % 700))
            .collect();
        let mut new = old.clone();
        new.insert(5, "new".into());
        new.drain(300..320);
        new[8_000] = "other".into();
        new.push("last".into());
        for (old, new) in [(&old, &new), (&new, &old)] {
            let old: Vec<&str> = old.iter().map(String::as_str).collect();
            let new: Vec<&str> = new.iter().map(String::as_str).collect();
            let found = hunks(&old, &new);
            assert!(found.len() <= 4, "{}", found.len());
            let touched: usize = found
                .iter()
                .map(|hunk| hunk.old.len() + hunk.new.len())
                .sum();
            assert!(touched <= 24, "{touched}");
            assert_eq!(applied(&old, &new, found), new);
            let (old, new) = (&old[..400], &new[..400]);
            assert_eq!(applied(old, new, hunks(old, new)), new);
        }
        let far: Vec<&str> = vec!["x"; 5_000];
        let old: Vec<&str> = old.iter().map(String::as_str).collect();
        assert_eq!(applied(&old, &far, hunks(&old, &far)), far);
    }
}
