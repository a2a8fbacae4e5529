//! Which roles a subject has: up to ten `g` lines away, and no further.

use super::rules::{Link, Rules};

/// How many `g` lines away a role still counts.
pub const MAX_HOPS: usize = 10;

/// How many names are kept without an allocation, and searched one by one.
const FEW: usize = 24;

/// The names that a subject acts as, itself first, nearer ones before farther ones.
pub(super) struct Reach {
    few: [u32; FEW],
    len: usize,
    /// All of them, once they are more than a few.
    many: Vec<u32>,
    /// A bit for each name of the policy, once they are more than a few.
    seen: Vec<u64>,
}

impl Reach {
    /// The names that `start` acts as.
    #[inline]
    pub(super) fn new(rules: &Rules, start: u32) -> Self {
        Self::through(rules, start, |_| true)
    }

    /// The names that `start` acts as by some of the links.
    #[inline]
    pub(super) fn through(rules: &Rules, start: u32, counts: impl Fn(&Link) -> bool) -> Self {
        let mut reach = Self {
            few: [0; FEW],
            len: 0,
            many: Vec::new(),
            seen: Vec::new(),
        };
        reach.push(rules, start);
        let (mut from, mut hops) = (0, 0);
        while from < reach.len && hops < MAX_HOPS {
            let to = reach.len;
            for at in from..to {
                for link in rules.links_of(reach.names()[at]) {
                    if counts(link) && !reach.contains(link.role) {
                        reach.push(rules, link.role);
                    }
                }
            }
            (from, hops) = (to, hops + 1);
        }
        reach
    }

    /// Their numbers.
    #[inline]
    pub(super) fn names(&self) -> &[u32] {
        if self.many.is_empty() {
            &self.few[..self.len]
        } else {
            &self.many
        }
    }

    #[inline]
    fn contains(&self, name: u32) -> bool {
        if self.seen.is_empty() {
            self.few[..self.len].contains(&name)
        } else {
            self.seen[name as usize / 64] >> (name % 64) & 1 != 0
        }
    }

    #[inline]
    fn push(&mut self, rules: &Rules, name: u32) {
        if self.len < FEW {
            self.few[self.len] = name;
        } else {
            self.push_many(rules, name);
        }
        self.len += 1;
    }

    #[cold]
    fn push_many(&mut self, rules: &Rules, name: u32) {
        if self.many.is_empty() {
            self.many.extend_from_slice(&self.few);
            self.seen = vec![0; rules.names.len() / 64 + 1];
            for name in self.few {
                self.seen[name as usize / 64] |= 1 << (name % 64);
            }
        }
        self.many.push(name);
        self.seen[name as usize / 64] |= 1 << (name % 64);
    }
}
