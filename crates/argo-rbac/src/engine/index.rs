//! Large groups of rules of one subject and pair, found by what an object begins or ends with.
//!
//! Each rule is under one key: a literal that every object it matches begins with, or one that
//! it ends with, whichever fewer rules of the group have. Rules without either, and rules whose
//! evaluation may fail, are always tried: leaving out one that fails would turn an error into an
//! answer. A question hashes the object's beginnings and ends of the lengths that keys have.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::pattern::PatternEnds;
use super::texts::to_u32;

/// Only so much of a literal is looked at.
const LONGEST_KEY: usize = 256;

/// A group's index, built when the group is asked a second time: one question alone is faster
/// without.
#[derive(Debug, Default)]
pub(super) struct LazyIndex {
    asked: AtomicBool,
    index: OnceLock<RuleIndex>,
}

impl LazyIndex {
    /// The index of a run, none at the first question.
    #[inline]
    pub(super) fn get(&self, build: impl FnOnce() -> RuleIndex) -> Option<&RuleIndex> {
        if let Some(index) = self.index.get() {
            return Some(index);
        }
        if !self.asked.swap(true, Ordering::Relaxed) {
            return None;
        }
        Some(self.index.get_or_init(build))
    }
}

/// Where the rules of a group are.
#[derive(Debug)]
pub(super) struct RuleIndex {
    hash: Rolling,
    beginnings: Keys,
    ends: Keys,
    /// Numbers of the rules that are always tried, ascending.
    always: Vec<u32>,
}

impl RuleIndex {
    /// Indexes the rules from number `first` on by what their patterns begin and end with.
    pub(super) fn new<'p>(
        first: usize,
        rules: impl ExactSizeIterator<Item = PatternEnds<'p>>,
    ) -> Self {
        let hash = Rolling::new();
        let mut keys = Vec::with_capacity(rules.len());
        let mut common: HashMap<(bool, u64), u32> = HashMap::new();
        let mut both = false;
        for literals in rules {
            let key = |literal: &[u8], end: bool| {
                let len = literal.len().min(LONGEST_KEY);
                let hash = if end {
                    hash.of(literal.iter().rev().take(len))
                } else {
                    hash.of(literal.iter().take(len))
                };
                (len > 0).then_some((hash, to_u32(len)))
            };
            let begin = key(literals.begin.as_bytes(), false);
            let end = key(literals.end.as_bytes(), true);
            both |= begin.is_some() && end.is_some();
            keys.push((begin, end));
        }
        if both {
            for (begin, end) in &keys {
                for (is_end, key) in [(false, begin), (true, end)] {
                    if let Some((hash, _)) = key {
                        *common.entry((is_end, *hash)).or_default() += 1;
                    }
                }
            }
        }
        let (mut beginnings, mut ends, mut always) = (Vec::new(), Vec::new(), Vec::new());
        for (number, (begin, end)) in (to_u32(first)..).zip(keys) {
            let count = |is_end, key: (u64, u32)| common.get(&(is_end, key.0)).copied();
            match (begin, end) {
                (None, None) => always.push(number),
                (Some(begin), None) => beginnings.push((begin, number)),
                (Some(begin), Some(end)) if count(false, begin) <= count(true, end) => {
                    beginnings.push((begin, number));
                }
                (_, Some(end)) => ends.push((end, number)),
            }
        }
        Self {
            hash,
            beginnings: Keys::new(beginnings),
            ends: Keys::new(ends),
            always,
        }
    }

    /// Calls back for every rule that may match an object or fail on it, by number.
    #[inline]
    pub(super) fn candidates(&self, object: &str, mut each: impl FnMut(u32)) {
        let object = object.as_bytes();
        self.beginnings.find(&self.hash, object.iter(), &mut each);
        self.ends.find(&self.hash, object.iter().rev(), &mut each);
        for number in &self.always {
            each(*number);
        }
    }
}

/// Rules under the hashes of their keys.
#[derive(Debug, Default)]
struct Keys {
    /// The lengths that keys have, a bit each.
    lengths: [u64; LONGEST_KEY / 64 + 1],
    longest: usize,
    /// Open addressing: a piece of the hash, and which rules (none in an empty slot).
    table: Vec<Slot>,
    /// Numbers of rules, a key's together.
    numbers: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    tag: u32,
    first: u32,
    count: u32,
}

impl Keys {
    fn new(mut keys: Vec<((u64, u32), u32)>) -> Self {
        if keys.is_empty() {
            return Self::default();
        }
        keys.sort_unstable();
        let distinct = keys.chunk_by(|(a, _), (b, _)| a.0 == b.0).count();
        let mut made = Self {
            table: vec![Slot::default(); (distinct * 3 / 2 + 1).next_power_of_two()],
            numbers: keys.iter().map(|(_, number)| *number).collect(),
            ..Self::default()
        };
        let mask = made.table.len() - 1;
        let mut first = 0;
        for same in keys.chunk_by(|(a, _), (b, _)| a.0 == b.0) {
            let (hash, _) = same[0].0;
            let mut at = slot(hash, mask);
            while made.table[at].count != 0 {
                at = (at + 1) & mask;
            }
            let count = to_u32(same.len());
            made.table[at] = Slot {
                tag: tag(hash),
                first,
                count,
            };
            first += count;
            for ((_, len), _) in same {
                let len = *len as usize;
                made.lengths[len / 64] |= 1 << (len % 64);
                made.longest = made.longest.max(len);
            }
        }
        made
    }

    #[inline]
    fn find<'o>(
        &self,
        hash: &Rolling,
        object: impl Iterator<Item = &'o u8>,
        each: &mut impl FnMut(u32),
    ) {
        let mut state = 0;
        for (len, byte) in (1..=self.longest).zip(object) {
            state = hash.push(state, *byte);
            if self.lengths[len / 64] >> (len % 64) & 1 != 0 {
                self.lookup(state, each);
            }
        }
    }

    #[inline]
    fn lookup(&self, hash: u64, each: &mut impl FnMut(u32)) {
        let mask = self.table.len() - 1;
        let mut at = slot(hash, mask);
        loop {
            let slot = self.table[at];
            if slot.count == 0 {
                return;
            }
            if slot.tag == tag(hash) {
                let (first, count) = (slot.first as usize, slot.count as usize);
                for number in &self.numbers[first..first + count] {
                    each(*number);
                }
            }
            at = (at + 1) & mask;
        }
    }
}

/// A keyed polynomial hash that grows byte by byte: policies are input, and no one who writes one
/// knows the key.
#[derive(Debug)]
struct Rolling {
    key: u64,
}

impl Rolling {
    /// A Mersenne prime.
    const PRIME: u64 = (1 << 61) - 1;

    fn new() -> Self {
        let random = RandomState::new().hash_one(0_u8);
        Self {
            key: random % (Self::PRIME - 2) + 2,
        }
    }

    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the product is split into two halves that fit"
    )]
    fn push(&self, state: u64, byte: u8) -> u64 {
        // Below 2^61 + 2^9, so the product stays below 2^123 and the sum below 2^63.
        let product = u128::from(state + u64::from(byte) + 1) * u128::from(self.key);
        let sum = (product as u64 & Self::PRIME) + (product >> 61) as u64;
        if sum >= Self::PRIME {
            sum - Self::PRIME
        } else {
            sum
        }
    }

    fn of<'b>(&self, bytes: impl Iterator<Item = &'b u8>) -> u64 {
        bytes.fold(0, |state, byte| self.push(state, *byte))
    }
}

#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "pieces of a hash are meant to be pieces"
)]
fn tag(hash: u64) -> u32 {
    (hash >> 29) as u32
}

#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "pieces of a hash are meant to be pieces"
)]
fn slot(hash: u64, mask: usize) -> usize {
    hash as usize & mask
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_that_are_much_alike_have_hashes_of_their_own() {
        let forms: [fn(u32) -> String; 4] = [
            |n| n.to_string(),
            |n| format!("{n:08}"),
            |n| format!("team-{n}/app-*"),
            |n| format!("{n:012b}"),
        ];
        let hash = Rolling::new();
        for form in forms {
            let keys = (0..4096).map(form);
            let hashes: HashSet<u64> = keys.map(|key| hash.of(key.as_bytes().iter())).collect();
            assert_eq!(hashes.len(), 4096, "{}", form(1));
            let tags: HashSet<u32> = hashes.iter().map(|hash| tag(*hash)).collect();
            assert!(tags.len() > 4000, "{} tags of {}", tags.len(), form(1));
            let slots: HashSet<usize> = hashes.iter().map(|hash| slot(*hash, 4095)).collect();
            assert!(slots.len() > 256, "{} slots of {}", slots.len(), form(1));
        }
    }
}
