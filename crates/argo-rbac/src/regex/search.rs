//! Program and text → does it match anywhere. Time and space are bounded by the product of both:
//! small ones are searched by backtracking that never goes the same way twice, others by following
//! all ways at once.

use std::cell::RefCell;

use super::program::{Instruction, InstructionIndex, Look, Program};

/// How many marks times positions are searched by backtracking: 32 kB of notes.
const MAX_NOTES: usize = 256 * 1024;

/// What a search writes on, kept from one to the next.
#[derive(Default)]
struct Scratch {
    /// One bit for each mark and position: was here.
    notes: Vec<u64>,
    /// Where to go on if this way fails.
    ways: Vec<(InstructionIndex, usize)>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Program {
    /// Whether the program matches from one of the given starts, which ascend.
    pub(super) fn matches(&self, text: &str, starts: impl Iterator<Item = usize>) -> bool {
        let notes = (text.len() + 1).saturating_mul(self.marks as usize);
        if notes > MAX_NOTES {
            return self.follow(text, starts);
        }
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.notes.clear();
            scratch.notes.resize(notes.div_ceil(64), 0);
            self.backtrack(text, starts, scratch)
        })
    }

    fn backtrack(
        &self,
        text: &str,
        starts: impl Iterator<Item = usize>,
        scratch: &mut Scratch,
    ) -> bool {
        let marks = self.marks as usize;
        let Scratch { notes, ways } = scratch;
        // Whether this mark is new at this position.
        let mut note = |mark: u32, at: usize| {
            let bit = at * marks + mark as usize;
            let word = &mut notes[bit / 64];
            let is_new = *word >> (bit % 64) & 1 == 0;
            *word |= 1 << (bit % 64);
            is_new
        };
        for start in starts {
            ways.clear();
            let (mut place, mut at) = (self.start, start);
            loop {
                let step = match self.instructions[place as usize] {
                    Instruction::Match => return true,
                    Instruction::Split(mark, first, second) if note(mark, at) => {
                        ways.push((second, at));
                        Some((first, 0))
                    }
                    Instruction::Join(mark, next) if note(mark, at) => Some((next, 0)),
                    Instruction::Split(..) | Instruction::Join(..) => None,
                    instruction => self.step(instruction, text, at),
                };
                if let Some((next, width)) = step {
                    (place, at) = (next, at + width);
                } else if let Some((next, back)) = ways.pop() {
                    (place, at) = (next, back);
                } else {
                    break;
                }
            }
        }
        false
    }

    /// Where an instruction leads from a position, and over how many bytes.
    #[inline]
    fn step(
        &self,
        instruction: Instruction,
        text: &str,
        at: usize,
    ) -> Option<(InstructionIndex, usize)> {
        let (c, width) = match instruction {
            Instruction::Look(look, place) => return look.is_true(text, at).then_some((place, 0)),
            _ => next(text, at)?,
        };
        let (is, place) = match instruction {
            Instruction::Character(own, place) => (c == own, place),
            Instruction::Class(class, place) => (self.classes[class as usize].contains(c), place),
            Instruction::Any(place) => (true, place),
            Instruction::AnyNotNewline(place) => (c != '\n', place),
            _ => return None,
        };
        is.then_some((place, width))
    }

    /// All ways at once, character by character.
    pub(super) fn follow(&self, text: &str, starts: impl Iterator<Item = usize>) -> bool {
        let count = self.instructions.len();
        // At which step a place was last reached; the places to go on at.
        let mut reached = vec![0u32; count];
        let (mut now, mut then) = (Vec::new(), Vec::new());
        let mut open = Vec::new();
        let mut starts = starts.peekable();
        let mut step = 0u32;
        let positions = text.char_indices().map(|(at, c)| (at, c.len_utf8()));
        for (at, width) in positions.chain(std::iter::once((text.len(), 0))) {
            step += 1;
            if starts.next_if_eq(&at).is_some() {
                now.push(self.start);
            }
            if now.is_empty() && starts.peek().is_none() {
                return false;
            }
            open.append(&mut now);
            while let Some(place) = open.pop() {
                if std::mem::replace(&mut reached[place as usize], step) == step {
                    continue;
                }
                match self.instructions[place as usize] {
                    Instruction::Match => return true,
                    Instruction::Split(_, first, second) => open.extend([first, second]),
                    Instruction::Join(_, next) => open.push(next),
                    instruction => match self.step(instruction, text, at) {
                        Some((next, 0)) => open.push(next),
                        Some((next, _)) => then.push(next),
                        None => {}
                    },
                }
            }
            debug_assert!(width > 0 || at == text.len());
            std::mem::swap(&mut now, &mut then);
        }
        false
    }
}

/// The character at a position, and its width.
#[inline]
fn next(text: &str, at: usize) -> Option<(char, usize)> {
    let byte = *text.as_bytes().get(at)?;
    if byte < 0x80 {
        return Some((char::from(byte), 1));
    }
    let c = text[at..].chars().next()?;
    Some((c, c.len_utf8()))
}

impl Look {
    fn is_true(self, text: &str, at: usize) -> bool {
        let bytes = text.as_bytes();
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let after = bytes.get(at).copied();
        // A word is ASCII, so bytes of other characters are none.
        let is_word =
            |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
        match self {
            Self::BeginText => before.is_none(),
            Self::EndText => after.is_none(),
            Self::BeginLine => before.is_none_or(|byte| byte == b'\n'),
            Self::EndLine => after.is_none_or(|byte| byte == b'\n'),
            Self::WordBoundary => is_word(before) != is_word(after),
            Self::NoWordBoundary => is_word(before) == is_word(after),
        }
    }
}
