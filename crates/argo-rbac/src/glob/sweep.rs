//! Matching in one pass over the pattern, with sets of offsets: from everywhere a part may start, to
//! everywhere it may end. Its cost is the pattern's length times the text's, where the search that the
//! original makes (`matcher`) grows with a power of the pattern.
//!
//! It gives the original's answers for ASCII texts and for patterns that cannot panic and whose parts
//! have the lengths that they are believed to have; [`is_sound`] says for which.

use memchr::memmem;

use super::error::Panicked;
use super::matcher::{MatchRun, Matcher, Row, TreeMatcher};

/// Offsets into a text, its end included.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offsets {
    bits: Vec<u64>,
    /// The length of the text.
    length: usize,
}

impl Offsets {
    fn none(length: usize) -> Self {
        let bits = vec![0; length / 64 + 1];
        Self { bits, length }
    }

    fn insert(&mut self, at: usize) {
        if at <= self.length {
            self.bits[at / 64] |= 1 << (at % 64);
        }
    }

    /// Inserts this offset and all behind it.
    fn insert_from(&mut self, from: usize) {
        if from > self.length {
            return;
        }
        self.bits[from / 64] |= u64::MAX << (from % 64);
        self.bits[from / 64 + 1..].fill(u64::MAX);
        let last = self.bits.len() - 1;
        self.bits[last] &= u64::MAX >> (63 - self.length % 64);
    }

    fn add(&mut self, other: &Self) {
        for (own, other) in self.bits.iter_mut().zip(&other.bits) {
            *own |= other;
        }
    }

    fn contains(&self, at: usize) -> bool {
        self.bits[at / 64] >> (at % 64) & 1 != 0
    }

    fn first(&self) -> Option<usize> {
        self.iter().next()
    }

    fn is_empty(&self) -> bool {
        self.bits.iter().all(|word| *word == 0)
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.bits.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(at * 64 + bit)
            })
        })
    }
}

/// Whether a pattern has the original's answers on every ASCII text when it is swept.
pub(super) fn is_sound(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Super
        | Matcher::Single
        | Matcher::Nothing
        | Matcher::List { .. }
        | Matcher::Range { .. }
        | Matcher::Min(_) => true,
        Matcher::Text(own) => !own.text.is_empty(),
        Matcher::Contains { not, needle } => !not && !needle.is_empty(),
        Matcher::Prefix(literal) | Matcher::Suffix(literal) => !literal.is_empty(),
        Matcher::PrefixSuffix(prefix, suffix) => !prefix.is_empty() && !suffix.is_empty(),
        Matcher::EveryOf(every) => exactly(every).is_some(),
        Matcher::AnyOf(any) => any.matchers.iter().all(is_sound),
        Matcher::Row(row) => row_length(row).is_some(),
        Matcher::Tree(tree) => {
            // Alternatives without a fixed length are found at the start or not at all, and what is
            // before or behind them has none either.
            let value = match length(&tree.value) {
                Some(length) => length > 0,
                None => {
                    tree.value.len().is_none()
                        && tree.left.is_none()
                        && matches!(tree.right_len, None | Some(0))
                        && is_found_by_start(&tree.value)
                }
            };
            let side = |side: &Option<Matcher>, believed: Option<usize>| match side {
                None => true,
                Some(side) => {
                    is_sound(side)
                        && believed.is_none_or(|len| len == 0 || length(side) == Some(len))
                }
            };
            value && side(&tree.left, tree.left_len) && side(&tree.right, tree.right_len)
        }
        Matcher::Max(_) => false,
    }
}

/// How many characters everything has that this matches, the empty text left out of account.
fn length(matcher: &Matcher) -> Option<usize> {
    match matcher {
        Matcher::Single | Matcher::List { .. } | Matcher::Range { .. } => Some(1),
        Matcher::Text(own) => (own.runes > 0).then_some(own.runes),
        Matcher::Row(row) => row_length(row),
        Matcher::AnyOf(any) => {
            let mut lengths = any.matchers.iter().map(length);
            let first = lengths.next()??;
            lengths.all(|other| other == Some(first)).then_some(first)
        }
        _ => None,
    }
}

fn row_length(row: &Row) -> Option<usize> {
    let as_believed = |(believed, part): &(usize, Matcher)| length(part) == Some(*believed);
    row.matchers.iter().all(as_believed).then_some(row.runes)
}

/// Whether where a match of this ends, when it is looked for, follows from where it starts: not from
/// where the text is cut off.
fn is_found_by_start(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::PrefixSuffix(..) => false,
        Matcher::EveryOf(every) => {
            exactly(every).is_some_and(|(_, without)| without.is_none_or(|text| text.len() == 1))
        }
        Matcher::AnyOf(any) => any.matchers.iter().all(is_found_by_start),
        // Never found.
        Matcher::Tree(_) => true,
        _ => is_sound(matcher),
    }
}

/// So many characters without a text in them, as `?` and `[!…]` are glued.
fn exactly(every: &[Matcher]) -> Option<(usize, Option<&str>)> {
    match every {
        [Matcher::Min(min), Matcher::Max(max)] if min == max => Some((*min, None)),
        [
            Matcher::Min(min),
            Matcher::Max(max),
            Matcher::Contains { not: true, needle },
        ] if min == max && !needle.is_empty() => Some((*min, Some(needle))),
        _ => None,
    }
}

/// Whether a pattern for which [`is_sound`] holds matches a whole ASCII text.
pub(super) fn matches(matcher: &Matcher, text: &str, run: &mut MatchRun) -> Result<bool, Panicked> {
    let mut starts = Offsets::none(text.len());
    starts.insert(0);
    let mut sweep = Sweep {
        text: text.as_bytes(),
        run,
    };
    let ends = sweep.ends(matcher, &starts, false)?;
    Ok(ends.contains(text.len()))
}

struct Sweep<'t, 'r> {
    text: &'t [u8],
    run: &'r mut MatchRun,
}

impl Sweep<'_, '_> {
    fn none(&self) -> Offsets {
        Offsets::none(self.text.len())
    }

    fn from(&self, first: Option<usize>) -> Offsets {
        let mut offsets = self.none();
        if let Some(first) = first {
            offsets.insert_from(first);
        }
        offsets
    }

    /// Where the first of a literal ends that starts here or later.
    fn first_end(&self, from: usize, literal: &str) -> Option<usize> {
        let found = memmem::find(self.text.get(from..)?, literal.as_bytes())?;
        Some(from + found + literal.len())
    }

    fn starts_with(&self, at: usize, literal: &str) -> bool {
        let rest = self.text.get(at..);
        rest.is_some_and(|rest| rest.starts_with(literal.as_bytes()))
    }

    /// Where what a matcher takes for a whole text may end, wherever it starts; `filled` leaves out
    /// the empty text.
    fn ends(
        &mut self,
        matcher: &Matcher,
        starts: &Offsets,
        filled: bool,
    ) -> Result<Offsets, Panicked> {
        self.run.spend(self.text.len())?;
        let Some(first) = starts.first() else {
            return Ok(self.none());
        };
        let nothing_less = usize::from(filled);
        Ok(match matcher {
            Matcher::Super => self.from(Some(first + nothing_less)),
            Matcher::Single => self.character(starts, !filled, |_| true)?,
            Matcher::Nothing if filled => self.none(),
            Matcher::Nothing => starts.clone(),
            Matcher::List { not, chars } => {
                let is = |c| chars.contains(&c) != *not;
                self.character(starts, !filled && is(char::REPLACEMENT_CHARACTER), is)?
            }
            Matcher::Range { not, lo, hi } => {
                let is = |c| (*lo..=*hi).contains(&c) != *not;
                self.character(starts, !filled && is(char::REPLACEMENT_CHARACTER), is)?
            }
            Matcher::Text(own) => self.literal(starts, &own.text)?,
            Matcher::Min(count) => self.from(Some(first + count)),
            Matcher::Contains { needle, .. } => self.from(self.first_end(first, needle)),
            Matcher::Prefix(prefix) => {
                let first = self.literal(starts, prefix)?.first();
                self.from(first)
            }
            Matcher::Suffix(suffix) => self.suffix(first + suffix.len(), suffix),
            Matcher::PrefixSuffix(prefix, suffix) => match self.literal(starts, prefix)?.first() {
                Some(end) => {
                    let shortest = end + suffix.len().saturating_sub(prefix.len());
                    self.suffix(shortest, suffix)
                }
                None => self.none(),
            },
            Matcher::EveryOf(every) => self.exactly(starts, every),
            Matcher::AnyOf(any) => {
                let mut ends = self.none();
                for alternative in &any.matchers {
                    ends.add(&self.ends(alternative, starts, filled)?);
                }
                ends
            }
            Matcher::Row(row) => {
                let mut ends = starts.clone();
                for (_, part) in &row.matchers {
                    ends = self.ends(part, &ends, true)?;
                }
                ends
            }
            Matcher::Tree(tree) => self.tree(tree, starts)?,
            Matcher::Max(_) => self.none(),
        })
    }

    /// A tree never matches the empty text.
    fn tree(&mut self, tree: &TreeMatcher, starts: &Offsets) -> Result<Offsets, Panicked> {
        let is_filled = |believed: Option<usize>| believed.is_some_and(|len| len > 0);
        let (filled, empty) = if tree.value.len().is_some() {
            let starts = match &tree.left {
                Some(left) => self.ends(left, starts, is_filled(tree.left_len))?,
                None => starts.clone(),
            };
            (self.ends(&tree.value, &starts, true)?, self.none())
        } else {
            self.found(&tree.value, starts)?
        };
        let Some(right) = &tree.right else {
            return Ok(filled);
        };
        let mut ends = self.ends(right, &filled, is_filled(tree.right_len))?;
        if !empty.is_empty() {
            ends.add(&self.ends(right, &empty, true)?);
        }
        Ok(ends)
    }

    /// Where a matcher that is found at one of the starts may end: with some text taken, and with
    /// none.
    fn found(
        &mut self,
        matcher: &Matcher,
        starts: &Offsets,
    ) -> Result<(Offsets, Offsets), Panicked> {
        self.run.spend(self.text.len())?;
        let nothing = self.none();
        let Some(first) = starts.first() else {
            return Ok((nothing.clone(), nothing));
        };
        Ok(match matcher {
            Matcher::Super => (self.from(Some(first + 1)), starts.clone()),
            Matcher::Nothing => (nothing, starts.clone()),
            Matcher::Suffix(suffix) => {
                let mut ends = nothing.clone();
                let mut next = None;
                for at in starts.iter() {
                    if next.is_none_or(|end| end < at + suffix.len()) {
                        next = self.first_end(at, suffix);
                    }
                    let Some(end) = next else {
                        break;
                    };
                    ends.insert(end);
                }
                (ends, nothing)
            }
            Matcher::AnyOf(any) => {
                let (mut filled, mut empty) = (nothing.clone(), nothing);
                for alternative in &any.matchers {
                    let found = self.found(alternative, starts)?;
                    filled.add(&found.0);
                    empty.add(&found.1);
                }
                (filled, empty)
            }
            Matcher::Tree(_) => (nothing.clone(), nothing),
            other => (self.ends(other, starts, true)?, nothing),
        })
    }

    fn character(
        &mut self,
        starts: &Offsets,
        or_nothing: bool,
        is: impl Fn(char) -> bool,
    ) -> Result<Offsets, Panicked> {
        let mut ends = if or_nothing {
            starts.clone()
        } else {
            self.none()
        };
        for at in starts.iter() {
            if self.text.get(at).is_some_and(|byte| is(char::from(*byte))) {
                ends.insert(at + 1);
            }
        }
        self.run.spend(self.text.len())?;
        Ok(ends)
    }

    fn literal(&mut self, starts: &Offsets, literal: &str) -> Result<Offsets, Panicked> {
        let (mut ends, mut read) = (self.none(), 0);
        for at in starts.iter() {
            if self.starts_with(at, literal) {
                read += literal.len();
                ends.insert(at + literal.len());
            }
        }
        self.run.spend(read)?;
        Ok(ends)
    }

    /// Where a literal ends, from an offset on.
    fn suffix(&self, shortest: usize, literal: &str) -> Offsets {
        let mut ends = self.none();
        let mut from = shortest.saturating_sub(literal.len());
        while let Some(end) = self.first_end(from, literal) {
            if end >= shortest {
                ends.insert(end);
            }
            from = end - literal.len() + 1;
        }
        ends
    }

    fn exactly(&self, starts: &Offsets, every: &[Matcher]) -> Offsets {
        let mut ends = self.none();
        let Some((count, without)) = exactly(every) else {
            return ends;
        };
        // Where the text that is kept out ends next.
        let mut next = None;
        for at in starts.iter() {
            if let Some(literal) = without
                && next.is_none_or(|end| end < at + literal.len())
            {
                next = Some(self.first_end(at, literal).unwrap_or(usize::MAX));
            }
            if next.is_none_or(|end| end > at + count) {
                ends.insert(at + count);
            }
        }
        ends
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Glob, GlobForm};
    use super::*;

    /// What the search and the sweep say; none where the sweep does not apply.
    fn both(pattern: &str, text: &str) -> Option<(bool, bool)> {
        let GlobForm::General(general) = Glob::compile(pattern).ok()?.0 else {
            return None;
        };
        if !general.sweeps || !text.is_ascii() {
            return None;
        }
        let searched = general
            .matcher
            .matches(text.as_bytes(), &mut MatchRun::of(500_000));
        let swept = matches(&general.matcher, text, &mut MatchRun::of(500_000));
        Some((searched.ok()?, swept.unwrap()))
    }

    #[test]
    fn the_oracles_pairs() {
        let recorded = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/conformance/argocd-rbac/glob.json"
        );
        let recorded = std::fs::read_to_string(recorded).unwrap();
        let recorded: serde_json::Value = serde_json::from_str(&recorded).unwrap();
        let pairs = recorded.as_array().unwrap().iter().filter_map(|pair| {
            let text = |key| pair[key].as_str();
            Some((text("pattern")?, text("text")?, pair["match"].as_bool()?))
        });
        let mut swept = 0;
        for (pattern, text, recorded) in pairs {
            if let Some((_, sweep)) = both(pattern, text) {
                assert_eq!(sweep, recorded, "{pattern} {text}");
                swept += 1;
            }
        }
        assert!(swept > 100, "{swept}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

        #[test]
        fn says_what_the_search_says(
            pattern in r"([ab*?{},]|\*|\{a,b\}|\{,a\*\}|\[!a\]|\[ab\]|\[!a-b\]|\{\*a,b\*\}|é){1,12}",
            texts in prop::collection::vec("[abc]{0,9}", 12),
        ) {
            for text in texts {
                if let Some((searched, swept)) = both(&pattern, &text) {
                    prop_assert_eq!(searched, swept, "{} {:?}", pattern, text);
                }
            }
        }
    }
}
