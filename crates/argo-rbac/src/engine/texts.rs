//! The texts of a policy, kept once, and names in them.

use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;
use std::sync::Arc;

use crate::Text;

/// A piece of the kept text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) len: u32,
}

/// All sources one behind the other, and behind them what is not in any source as it is
/// meant: fields with doubled quotes. The longest source is not copied: it is shared with anyone who
/// read it.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// The sources before the longest.
    head: String,
    longest: Text,
    /// The sources behind it, and what was made.
    tail: String,
    /// Where the longest source ends.
    tail_start: usize,
}

impl Texts {
    /// The sources in their order, each with its place; none if offsets would no longer fit.
    pub(super) fn new(sources: &[&Text]) -> Option<(Self, Vec<Span>)> {
        let lengths = sources.iter().map(|text| text.len());
        let longest = lengths.enumerate().max_by_key(|(_, len)| *len);
        let longest = longest.map(|(index, _)| index);
        let (mut texts, mut spans) = (Self::default(), Vec::new());
        let mut end = 0_u32;
        for (index, text) in sources.iter().enumerate() {
            let len = u32::try_from(text.len()).ok()?;
            spans.push(Span { start: end, len });
            // Half of the offsets stay free for made text, which is never longer than its source.
            end = end.checked_add(len).filter(|end| *end <= u32::MAX / 2)?;
            if Some(index) == longest {
                texts.longest = Text::clone(text);
                texts.tail_start = end as usize;
            } else if texts.longest.is_empty() {
                texts.head.push_str(text);
            } else {
                texts.tail.push_str(text);
            }
        }
        Some((texts, spans))
    }

    /// Adds a text that is in no source.
    pub(super) fn push_made(&mut self, text: &str) -> Span {
        let start = self.tail_start + self.tail.len();
        self.tail.push_str(text);
        Span {
            start: to_u32(start),
            len: to_u32(text.len()),
        }
    }

    /// The text of a span.
    #[inline]
    pub(super) fn get(&self, span: Span) -> &str {
        let (text, start) = self.piece(span);
        &text[start..start + span.len as usize]
    }

    /// The bytes of a span.
    #[inline]
    pub(super) fn bytes(&self, span: Span) -> &[u8] {
        let (text, start) = self.piece(span);
        &text.as_bytes()[start..start + span.len as usize]
    }

    /// The text that a span lies in, and where it begins there.
    #[inline]
    fn piece(&self, span: Span) -> (&str, usize) {
        let start = span.start as usize;
        if start >= self.tail_start {
            (&self.tail, start - self.tail_start)
        } else if start >= self.head.len() {
            (&self.longest, start - self.head.len())
        } else {
            (&self.head, start)
        }
    }

    /// The pieces that the texts are kept in, one behind the other.
    pub(super) fn pieces(&self) -> [&str; 3] {
        [&self.head, &self.longest, &self.tail]
    }
}

/// A number that fits by construction: no text is longer than [`u32::MAX`] (see
/// [`Texts::push_source`]), and nothing is counted that takes no byte of one.
#[inline]
pub(super) fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A text's name and where it lies.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) key: Arc<str>,
    pub(super) span: Span,
}

/// Distinct names with dense numbers. They are kept together, apart from the long texts they came
/// from, so that looking one up touches little memory.
#[derive(Debug)]
pub(super) struct NameTable {
    text: String,
    /// Where each name ends in the text; it begins where the one before ends.
    ends: Vec<u32>,
    /// Open addressing; a slot is a piece of the hash and the name's number plus one.
    table: Vec<(u32, u32)>,
    hash: Keyed,
}

impl Default for NameTable {
    fn default() -> Self {
        Self {
            text: String::new(),
            ends: Vec::new(),
            table: vec![(0, 0); 16],
            hash: Keyed::new(),
        }
    }
}

impl NameTable {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The name of a number.
    #[inline]
    pub(super) fn get(&self, id: u32) -> &str {
        &self.text[self.range(id)]
    }

    #[inline]
    fn range(&self, id: u32) -> Range<usize> {
        let id = id as usize;
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[id] as usize
    }

    /// The number of a name.
    #[inline]
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.probe(name, self.hash.of(name)).ok()
    }

    /// The number of a name, a new one if it is new.
    pub(super) fn intern(&mut self, name: &str) -> u32 {
        let hash = self.hash.of(name);
        match self.probe(name, hash) {
            Ok(id) => id,
            Err(slot) => {
                let id = to_u32(self.ends.len());
                self.text.push_str(name);
                self.ends.push(to_u32(self.text.len()));
                self.table[slot] = (tag(hash), id + 1);
                if self.ends.len() * 3 > self.table.len() * 2 {
                    self.grow();
                }
                id
            }
        }
    }

    #[inline]
    fn probe(&self, name: &str, hash: u64) -> Result<u32, usize> {
        let mask = self.table.len() - 1;
        let mut slot = slot(hash, mask);
        loop {
            let (there, id) = self.table[slot];
            if id == 0 {
                return Err(slot);
            }
            if there == tag(hash) && self.text.as_bytes()[self.range(id - 1)] == *name.as_bytes() {
                return Ok(id - 1);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let mask = self.table.len() * 2 - 1;
        let mut table = vec![(0, 0); mask + 1];
        for id in 0..to_u32(self.ends.len()) {
            let hash = self.hash.of(self.get(id));
            let mut at = slot(hash, mask);
            while table[at].1 != 0 {
                at = (at + 1) & mask;
            }
            table[at] = (tag(hash), id + 1);
        }
        self.table = table;
    }

    /// Bytes on the heap.
    pub(super) fn heap(&self) -> usize {
        [
            self.text.len(),
            size_of_val(&*self.table),
            size_of_val(&*self.ends),
        ]
        .iter()
        .sum()
    }
}

/// A keyed hash of short texts: eight bytes at a time, each step a product of 128 bits folded. No one
/// who writes a policy knows the keys, and they are new in every process.
#[derive(Debug)]
struct Keyed {
    keys: [u64; 2],
}

impl Keyed {
    fn new() -> Self {
        let random = RandomState::new();
        Self {
            keys: [random.hash_one(0_u8), random.hash_one(1_u8) | 1],
        }
    }

    #[inline]
    fn of(&self, text: &str) -> u64 {
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        let mut state = self.keys[0] ^ text.len() as u64;
        for word in words {
            state = self.fold(state ^ u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            state = self.fold(state ^ u64::from_le_bytes(word));
        }
        self.fold(state)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "both halves are used")]
    fn fold(&self, word: u64) -> u64 {
        let product = u128::from(word) * u128::from(self.keys[1]);
        (product as u64) ^ (product >> 64) as u64
    }
}

#[inline]
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
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
    fn equal_names_have_one_number() {
        let mut names = NameTable::default();
        for n in 0..1000_u32 {
            assert_eq!(names.intern(&format!("n{}", n % 300)), n % 300);
        }
        assert_eq!(names.len(), 300);
        assert_eq!(names.find("n299"), Some(299));
        assert_eq!(names.find("n300"), None);
        assert_eq!(names.get(0), "n0");
        assert_eq!((names.intern(""), names.get(300)), (300, ""));
    }

    #[test]
    fn names_that_are_much_alike_spread_over_the_table() {
        let forms: [fn(u32) -> String; 4] = [
            |n| n.to_string(),
            |n| format!("{n:08}"),
            |n| format!("team-{n}/admins"),
            |n| format!("{n:012b}"),
        ];
        let hash = Keyed::new();
        let distinct = |piece: &dyn Fn(&str) -> usize, form: fn(u32) -> String| {
            let pieces: HashSet<usize> = (0..4096).map(|n| piece(&form(n))).collect();
            pieces.len()
        };
        for form in forms {
            let tags = distinct(&|name| tag(hash.of(name)) as usize, form);
            assert!(tags > 4090, "{tags} tags of {}", form(1));
            // Chance alone gives 2,589 of them, thirty more or less.
            let slots = distinct(&|name| slot(hash.of(name), 4095), form);
            assert!(slots > 2300, "{slots} slots of {}", form(1));
        }
    }
}
