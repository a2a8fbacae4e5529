//! Where a matcher finds itself in a text. Not all of this agrees with what the matcher says of a
//! whole text, and some is plainly wrong; it is kept as the original has it.

use std::cmp::Ordering;

use memchr::memmem;

use super::error::Panicked;
use super::matcher::{AnyOf, MatchRun, Matcher, Row, find};
use super::utf8::characters;

/// Where matches that start at one place may end, counted from there: ascending as a rule.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Segments {
    One(usize),
    Many(Vec<usize>),
}

impl Segments {
    pub(super) fn as_slice(&self) -> &[usize] {
        match self {
            Self::One(length) => std::slice::from_ref(length),
            Self::Many(lengths) => lengths,
        }
    }
}

pub(super) type FoundSegments = Result<Option<(usize, Segments)>, Panicked>;

impl AnyOf {
    fn index(&self, text: &[u8], run: &mut MatchRun) -> FoundSegments {
        let mut best: Option<(usize, Segments)> = None;
        for matcher in &self.matchers {
            run.spend(text.len())?;
            let Some((at, segments)) = matcher.index(text, run)? else {
                continue;
            };
            best = Some(match best {
                None => (at, segments),
                Some((first, merged)) => match at.cmp(&first) {
                    Ordering::Less => (at, segments),
                    Ordering::Equal => (at, merge(merged.as_slice(), segments.as_slice())),
                    Ordering::Greater => (first, merged),
                },
            });
        }
        Ok(best)
    }
}

/// Merges two lists that should be sorted and unique, and are not always.
fn merge(left: &[usize], right: &[usize]) -> Segments {
    let mut out = Vec::with_capacity(left.len() + right.len());
    let (mut x, mut y) = (0, 0);
    while x < left.len() && y < right.len() {
        let (a, b) = (left[x], right[y]);
        out.push(a.min(b));
        x += usize::from(a <= b);
        y += usize::from(b <= a);
    }
    out.extend_from_slice(&left[x..]);
    out.extend_from_slice(&right[y..]);
    Segments::Many(out)
}

impl Row {
    fn index(&self, text: &[u8], run: &mut MatchRun) -> FoundSegments {
        for (at, _) in characters(text) {
            let rest = &text[at..];
            if rest.len() < self.runes {
                break;
            }
            run.spend(self.runes)?;
            if self.match_all(rest, run)? {
                return Ok(Some((at, Segments::One(self.runes))));
            }
        }
        Ok(None)
    }
}

impl Matcher {
    /// The first place where this is found, with the lengths it may have there.
    pub(super) fn index(&self, text: &[u8], run: &mut MatchRun) -> FoundSegments {
        let found = match self {
            Self::Super => Some((0, boundaries(text, 0))),
            Self::Single => one_character(text, |_| true),
            Self::Nothing => Some((0, Segments::One(0))),
            Self::Text(own) => find(text, &own.text).map(|at| (at, Segments::One(own.text.len()))),
            Self::List { not, chars } => one_character(text, |c| chars.contains(&c) != *not),
            Self::Range { not, lo, hi } => {
                one_character(text, |c| (*lo..=*hi).contains(&c) != *not)
            }
            Self::Min(limit) => index_min(text, *limit),
            Self::Max(limit) => {
                let ends = characters(text)
                    .take(*limit)
                    .map(|(at, c)| at + c.len_utf8());
                Some((0, Segments::Many(std::iter::once(0).chain(ends).collect())))
            }
            Self::Contains { not: false, needle } => find(text, needle).map(|at| {
                let end = at + needle.len();
                (0, boundaries(&text[end..], end))
            }),
            Self::Contains { not: true, needle } => {
                let end = find(text, needle).unwrap_or(text.len());
                Some((0, boundaries(&text[..end], 0)))
            }
            Self::Prefix(prefix) => find(text, prefix).map(|at| {
                let length = prefix.len();
                let ends = characters(&text[at + length..])
                    .map(|(start, c)| length + start + c.len_utf8());
                let ends = std::iter::once(length).chain(ends).collect();
                (at, Segments::Many(ends))
            }),
            Self::Suffix(suffix) => {
                find(text, suffix).map(|at| (0, Segments::One(at + suffix.len())))
            }
            Self::PrefixSuffix(prefix, suffix) => index_prefix_suffix(text, prefix, suffix),
            Self::AnyOf(any) => return any.index(text, run),
            Self::EveryOf(every) => return index_every(every, text, run),
            Self::Row(row) => return row.index(text, run),
            // Never found: a group of no fixed length that is looked for matches nothing.
            Self::Tree(_) => None,
        };
        Ok(found)
    }
}

/// Where the characters of a text start, and its end, all moved by `by`.
fn boundaries(text: &[u8], by: usize) -> Segments {
    let starts = characters(text).map(|(at, _)| by + at);
    Segments::Many(starts.chain(std::iter::once(by + text.len())).collect())
}

/// An invalid byte counts as the three bytes of U+FFFD.
fn one_character(text: &[u8], is: impl Fn(char) -> bool) -> Option<(usize, Segments)> {
    characters(text)
        .find(|(_, c)| is(*c))
        .map(|(at, c)| (at, Segments::One(c.len_utf8())))
}

fn index_min(text: &[u8], limit: usize) -> Option<(usize, Segments)> {
    if text.len() < limit {
        return None;
    }
    let ends: Vec<_> = characters(text)
        .skip(limit.saturating_sub(1))
        .map(|(at, c)| at + c.len_utf8())
        .collect();
    (!ends.is_empty()).then_some((0, Segments::Many(ends)))
}

fn index_prefix_suffix(text: &[u8], prefix: &str, suffix: &str) -> Option<(usize, Segments)> {
    let at = find(text, prefix)?;
    let mut rest = &text[at..];
    let mut ends = Vec::new();
    // Occurrences that do not overlap, from the end, as ascending ends.
    while let Some(last) = memmem::rfind(rest, suffix.as_bytes()) {
        ends.push(last + suffix.len());
        rest = &rest[..last];
    }
    ends.reverse();
    (!ends.is_empty()).then_some((at, Segments::Many(ends)))
}

/// The ends that all matchers agree on; they are all found at the start or not at all.
fn index_every(every: &[Matcher], text: &[u8], run: &mut MatchRun) -> FoundSegments {
    let mut common: Option<Vec<usize>> = None;
    for matcher in every {
        let Some((_, segments)) = matcher.index(text, run)? else {
            return Ok(None);
        };
        let ends = segments.as_slice();
        common = Some(match common {
            None => ends.to_vec(),
            Some(known) => {
                run.spend(known.len() * ends.len())?;
                let mut both = Vec::new();
                for end in known {
                    both.extend(ends.iter().filter(|other| **other == end));
                }
                if both.is_empty() {
                    return Ok(None);
                }
                both
            }
        });
    }
    Ok(common.map(|ends| (0, Segments::Many(ends))))
}
