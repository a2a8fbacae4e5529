//! Character classes: pairs of first and last rune. The order in which ranges are added and merged
//! shows in which expressions count as equal, so it is kept.

use super::rune::{MAX_RUNE, Rune, Runes};
use super::unicode::{folds, simple_fold};

/// The first and the last rune that folding concerns.
const MIN_FOLD: Rune = 0x41;
const MAX_FOLD: Rune = 0x1_E943;

/// Sorts and merges.
pub(super) fn clean(runes: &mut Runes) {
    let mut pairs: Vec<_> = runes
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1]))
        .collect();
    pairs.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    runes.clear();
    for (lo, hi) in pairs {
        match runes.last_mut() {
            Some(last) if lo <= *last + 1 => *last = hi.max(*last),
            _ => runes.extend([lo, hi]),
        }
    }
}

/// Adds a range, widening one of the last two where it can.
pub(super) fn append_range(runes: &mut Runes, lo: Rune, hi: Rune) {
    let count = runes.len();
    for back in [2, 4] {
        if count >= back {
            let (own_lo, own_hi) = (runes[count - back], runes[count - back + 1]);
            if lo <= own_hi + 1 && own_lo <= hi + 1 {
                runes[count - back] = lo.min(own_lo);
                runes[count - back + 1] = hi.max(own_hi);
                return;
            }
        }
    }
    runes.extend([lo, hi]);
}

/// Adds a range and everything its runes fold to.
pub(super) fn append_folded_range(runes: &mut Runes, mut lo: Rune, mut hi: Rune) {
    let full = lo <= MIN_FOLD && hi >= MAX_FOLD;
    if full || hi < MIN_FOLD || lo > MAX_FOLD {
        append_range(runes, lo, hi);
        return;
    }
    if lo < MIN_FOLD {
        append_range(runes, lo, MIN_FOLD - 1);
        lo = MIN_FOLD;
    }
    if hi > MAX_FOLD {
        append_range(runes, MAX_FOLD + 1, hi);
        hi = MAX_FOLD;
    }
    for rune in lo..=hi {
        append_range(runes, rune, rune);
        let mut folded = simple_fold(rune);
        while folded != rune {
            append_range(runes, folded, folded);
            folded = simple_fold(folded);
        }
    }
}

/// Adds a clean class.
pub(super) fn append_class(runes: &mut Runes, class: &[Rune]) {
    for pair in class.chunks_exact(2) {
        append_range(runes, pair[0], pair[1]);
    }
}

/// Adds everything that is not in a clean class.
pub(super) fn append_negated(runes: &mut Runes, class: &[Rune]) {
    let mut next = 0;
    for pair in class.chunks_exact(2) {
        if next < pair[0] {
            append_range(runes, next, pair[0] - 1);
        }
        next = pair[1] + 1;
    }
    if next <= MAX_RUNE {
        append_range(runes, next, MAX_RUNE);
    }
}

/// Up to so many runes are folded one by one, which is less work than to look at all that fold.
const SMALL: Rune = 500;

/// How long the list of a class may become before it is cleaned.
const LONG: usize = 1 << 16;

/// Adds a range and everything its runes fold to, to a class that is cleaned in the end.
pub(super) fn fold_range(runes: &mut Runes, lo: Rune, hi: Rune) {
    if hi - lo < SMALL {
        append_folded_range(runes, lo, hi);
        return;
    }
    append_range(runes, lo, hi);
    for (rune, next) in folds() {
        if (lo..=hi).contains(rune) {
            let mut folded = *next;
            while folded != *rune {
                runes.extend([folded, folded]);
                folded = simple_fold(folded);
            }
        }
    }
    if runes.len() > LONG {
        clean(runes);
    }
}

/// A clean class with all that its runes fold to, clean again.
pub(super) fn folded(class: &[Rune]) -> Runes {
    let mut runes = Runes::new();
    for pair in class.chunks_exact(2) {
        append_folded_range(&mut runes, pair[0], pair[1]);
    }
    clean(&mut runes);
    runes
}

/// Everything that is not in a clean class.
pub(super) fn negated(class: &[Rune]) -> Runes {
    let mut runes = Runes::new();
    append_negated(&mut runes, class);
    runes
}

/// The class behind `\d`, `\S` and the like, and whether it is turned round.
pub(super) fn perl(letter: u8) -> Option<(&'static [Rune], bool)> {
    let class: &[Rune] = match letter.to_ascii_lowercase() {
        b'd' => &[0x30, 0x39],
        b's' => &[0x09, 0x0A, 0x0C, 0x0D, 0x20, 0x20],
        b'w' => &[0x30, 0x39, 0x41, 0x5A, 0x5F, 0x5F, 0x61, 0x7A],
        _ => return None,
    };
    Some((class, letter.is_ascii_uppercase()))
}

/// The class behind the `alpha` of `[:alpha:]`.
pub(super) fn posix(name: &str) -> Option<&'static [Rune]> {
    Some(match name {
        "alnum" => &[0x30, 0x39, 0x41, 0x5A, 0x61, 0x7A],
        "alpha" => &[0x41, 0x5A, 0x61, 0x7A],
        "ascii" => &[0x00, 0x7F],
        "blank" => &[0x09, 0x09, 0x20, 0x20],
        "cntrl" => &[0x00, 0x1F, 0x7F, 0x7F],
        "digit" => &[0x30, 0x39],
        "graph" => &[0x21, 0x7E],
        "lower" => &[0x61, 0x7A],
        "print" => &[0x20, 0x7E],
        "punct" => &[0x21, 0x2F, 0x3A, 0x40, 0x5B, 0x60, 0x7B, 0x7E],
        "space" => &[0x09, 0x0D, 0x20, 0x20],
        "upper" => &[0x41, 0x5A],
        "word" => &[0x30, 0x39, 0x41, 0x5A, 0x5F, 0x5F, 0x61, 0x7A],
        "xdigit" => &[0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
        _ => return None,
    })
}
