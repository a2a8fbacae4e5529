//! The compiled pattern: the kinds of matchers, their lengths, and what each says of a whole text.

use std::collections::HashMap;

use memchr::memmem;

use super::error::Panicked;
use super::utf8::{characters, decode};

/// How many steps of some 16 bytes one match may take before it is given up: a tenth of a second.
pub(super) const MAX_WORK: usize = 1_000_000;

/// How many steps a match takes at most if the pattern is not made to cost. From here on the answers
/// of subtrees are remembered.
pub(super) const ORDINARY_WORK: usize = 2_000;

/// How many answers are remembered at most.
const MAX_KNOWN: usize = 500_000;

/// One node of a compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Matcher {
    /// Matches everything: `*` and `**`.
    Super,
    /// One character: `?`. Matches the empty text too.
    Single,
    /// Only the empty text.
    Nothing,
    Text(Text),
    List {
        not: bool,
        chars: Box<[char]>,
    },
    Range {
        not: bool,
        lo: char,
        hi: char,
    },
    /// At least so many characters.
    Min(usize),
    /// At most so many characters.
    Max(usize),
    Contains {
        not: bool,
        needle: Box<str>,
    },
    Prefix(Box<str>),
    Suffix(Box<str>),
    /// Starts with one and ends with the other; the two may overlap.
    PrefixSuffix(Box<str>, Box<str>),
    AnyOf(AnyOf),
    EveryOf(Box<[Matcher]>),
    Row(Row),
    Tree(Box<TreeMatcher>),
}

/// A literal text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: Box<str>,
    pub(super) runes: usize,
}

/// Alternatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AnyOf {
    pub(super) matchers: Box<[Matcher]>,
    len: Option<usize>,
    pub(super) height: usize,
}

/// Matchers of fixed length, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Each with its length in characters.
    pub(super) matchers: Box<[(usize, Matcher)]>,
    pub(super) runes: usize,
    pub(super) height: usize,
}

/// A matcher that is looked for in the text, with what must match before and after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TreeMatcher {
    pub(super) value: Matcher,
    pub(super) left: Option<Matcher>,
    pub(super) right: Option<Matcher>,
    /// The lengths as they were before the two sides were optimised.
    pub(super) left_len: Option<usize>,
    pub(super) right_len: Option<usize>,
    pub(super) height: usize,
}

/// What one match has cost so far, and what it has found out of a tree and a part of the text,
/// which is known by its place in memory.
pub(super) struct MatchRun {
    pub(super) work: usize,
    limit: usize,
    known: HashMap<(usize, usize, usize), bool>,
}

impl MatchRun {
    /// A match that may take so many steps.
    pub(super) fn of(limit: usize) -> Self {
        Self {
            work: 0,
            limit,
            known: HashMap::new(),
        }
    }

    /// Accounts for reading so many bytes.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), Panicked> {
        self.work += bytes / 16 + 1;
        if self.work > self.limit {
            return Err(Panicked::GaveUp);
        }
        Ok(())
    }
}

pub(super) fn find(text: &[u8], needle: &str) -> Option<usize> {
    memmem::find(text, needle.as_bytes())
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        Self {
            runes: text.chars().count(),
            text: text.into(),
        }
    }
}

impl AnyOf {
    pub(super) fn new(matchers: Vec<Matcher>) -> Self {
        // A first alternative of no fixed length leaves the length to the second: so the order of
        // alternatives decides how they are glued to their neighbours.
        let mut len: Option<usize> = None;
        for matcher in &matchers {
            match (len, matcher.len()) {
                (None, other) => len = other,
                (Some(known), Some(other)) if known == other => {}
                _ => {
                    len = None;
                    break;
                }
            }
        }
        Self {
            height: 1 + matchers.iter().map(Matcher::height).max().unwrap_or(0),
            matchers: matchers.into(),
            len,
        }
    }
}

impl Row {
    pub(super) fn new(matchers: Vec<(usize, Matcher)>) -> Self {
        Self {
            runes: matchers.iter().map(|(len, _)| len).sum(),
            height: 1 + matchers.iter().map(|(_, m)| m.height()).max().unwrap_or(0),
            matchers: matchers.into(),
        }
    }

    /// Cuts the text by characters, but ends each piece one *byte* after its last character starts:
    /// this is why multi-byte texts fail, and why an empty alternative at the end panics.
    pub(super) fn match_all(&self, text: &[u8], run: &mut MatchRun) -> Result<bool, Panicked> {
        let mut at = 0;
        for (len, matcher) in &self.matchers {
            let (mut next, mut count) = (0, 0);
            for (start, _) in characters(&text[at..]) {
                next = start;
                count += 1;
                if count == *len {
                    break;
                }
            }
            if count < *len {
                return Ok(false);
            }
            let end = at + next + 1;
            let piece = text.get(at..end).ok_or(Panicked::SliceBounds {
                end,
                length: text.len(),
            })?;
            if !matcher.matches(piece, run)? {
                return Ok(false);
            }
            at = end;
        }
        Ok(true)
    }
}

impl TreeMatcher {
    pub(super) fn new(value: Matcher, left: Option<Matcher>, right: Option<Matcher>) -> Self {
        let side = |side: &Option<Matcher>| side.as_ref().map_or(Some(0), Matcher::len);
        let (left_len, right_len) = (side(&left), side(&right));
        let height = |side: &Option<Matcher>| side.as_ref().map_or(0, Matcher::height);
        Self {
            height: 1 + value.height().max(height(&left)).max(height(&right)),
            value,
            left,
            right,
            left_len,
            right_len,
        }
    }

    fn matches(&self, text: &[u8], run: &mut MatchRun) -> Result<bool, Panicked> {
        if run.work < ORDINARY_WORK {
            return self.search(text, run);
        }
        let key = (
            std::ptr::from_ref(self).addr(),
            text.as_ptr().addr(),
            text.len(),
        );
        if let Some(known) = run.known.get(&key) {
            return Ok(*known);
        }
        let answer = self.search(text, run)?;
        if run.known.len() < MAX_KNOWN {
            run.known.insert(key, answer);
        }
        Ok(answer)
    }

    /// Lengths are characters and offsets are bytes, and they are added up anyway.
    fn search(&self, text: &[u8], run: &mut MatchRun) -> Result<bool, Panicked> {
        let mut offset = self.left_len.unwrap_or(0);
        let limit = text.len().saturating_sub(self.right_len.unwrap_or(0));
        while offset < limit {
            run.spend(limit - offset)?;
            let Some((index, segments)) = self.value.index(&text[offset..limit], run)? else {
                return Ok(false);
            };
            let at = offset + index;
            run.spend(at)?;
            let left = match &self.left {
                Some(left) => left.matches(&text[..at], run)?,
                None => at == 0,
            };
            if self.left.is_none() && at > 0 && !self.value.can_panic() {
                // From here on something always is before it.
                return Ok(false);
            }
            if left {
                for length in segments.as_slice().iter().rev() {
                    let end = (at + length).min(text.len());
                    run.spend(text.len() - end)?;
                    let right = match &self.right {
                        Some(right) => right.matches(&text[end..], run)?,
                        None => end == text.len(),
                    };
                    if right {
                        return Ok(true);
                    }
                }
            }
            offset = at + decode(&text[at..]).1;
        }
        Ok(false)
    }
}

impl Matcher {
    /// The length in characters, where it is believed to be fixed.
    pub(super) fn len(&self) -> Option<usize> {
        match self {
            Self::Single | Self::List { .. } | Self::Range { .. } => Some(1),
            Self::Nothing => Some(0),
            Self::Text(text) => Some(text.runes),
            Self::AnyOf(any) => any.len,
            Self::Row(row) => Some(row.runes),
            // Something in it has no length: what all has one is made a row.
            Self::Tree(_)
            | Self::Super
            | Self::Min(_)
            | Self::Max(_)
            | Self::Contains { .. }
            | Self::Prefix(_)
            | Self::Suffix(_)
            | Self::PrefixSuffix(..)
            | Self::EveryOf(_) => None,
        }
    }

    /// Whether looking for it may panic.
    fn can_panic(&self) -> bool {
        matches!(self, Self::Row(_) | Self::AnyOf(_))
    }

    /// How many levels of matchers that hold others there are.
    fn height(&self) -> usize {
        match self {
            Self::AnyOf(any) => any.height,
            Self::Row(row) => row.height,
            Self::Tree(tree) => tree.height,
            _ => 0,
        }
    }

    /// Whether this matches the whole text.
    pub(super) fn matches(&self, text: &[u8], run: &mut MatchRun) -> Result<bool, Panicked> {
        Ok(match self {
            Self::Super => true,
            Self::Single => decode(text).1 == text.len(),
            Self::Nothing => text.is_empty(),
            Self::Text(own) => own.text.as_bytes() == text,
            Self::List { not, chars } => {
                let (c, width) = decode(text);
                width == text.len() && chars.contains(&c) != *not
            }
            Self::Range { not, lo, hi } => {
                let (c, width) = decode(text);
                width == text.len() && (*lo..=*hi).contains(&c) != *not
            }
            Self::Min(limit) => characters(text).take(*limit).count() == *limit,
            Self::Max(limit) => characters(text).take(limit + 1).count() <= *limit,
            Self::Contains { not, needle } => find(text, needle).is_some() != *not,
            Self::Prefix(prefix) => text.starts_with(prefix.as_bytes()),
            Self::Suffix(suffix) => text.ends_with(suffix.as_bytes()),
            Self::PrefixSuffix(prefix, suffix) => {
                text.starts_with(prefix.as_bytes()) && text.ends_with(suffix.as_bytes())
            }
            Self::AnyOf(any) => {
                for matcher in &any.matchers {
                    run.spend(0)?;
                    if matcher.matches(text, run)? {
                        return Ok(true);
                    }
                }
                false
            }
            Self::EveryOf(every) => {
                for matcher in every {
                    if !matcher.matches(text, run)? {
                        return Ok(false);
                    }
                }
                true
            }
            Self::Row(row) => {
                characters(text).take(row.runes + 1).count() == row.runes
                    && row.match_all(text, run)?
            }
            Self::Tree(tree) => tree.matches(text, run)?,
        })
    }
}
