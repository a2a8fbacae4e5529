//! Tree → program: a list of small instructions over characters, whose size is that of the
//! expression, with the classes kept once each.

use std::collections::HashMap;

use super::class::{clean, folded};
use super::rune::Rune;
use super::tree::{Id, Op, Tree, flag};
use super::unicode::simple_fold;

/// The place of an instruction.
pub(super) type InstructionIndex = u32;

/// How many instructions a program may have. What Go accepts stays below this, but for literals of
/// thousands of characters that are repeated a thousand times.
const MAX_INSTRUCTIONS: usize = 4_000_000;

/// One instruction; all but the last two kinds go on at the place they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instruction {
    Character(char, InstructionIndex),
    /// Any character of a class.
    Class(u32, InstructionIndex),
    Any(InstructionIndex),
    AnyNotNewline(InstructionIndex),
    Look(Look, InstructionIndex),
    /// Goes on at both places. Splits and joins have a number of their own, by which a search
    /// knows that it was there.
    Split(u32, InstructionIndex, InstructionIndex),
    /// Several ways come together here.
    Join(u32, InstructionIndex),
    Match,
    Fail,
}

/// What must be true of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    BeginText,
    EndText,
    BeginLine,
    EndLine,
    WordBoundary,
    NoWordBoundary,
}

/// A set of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Class {
    ascii: [u64; 2],
    /// The ranges above ASCII, sorted.
    rest: Box<[(char, char)]>,
}

/// A program.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) instructions: Box<[Instruction]>,
    pub(super) classes: Box<[Class]>,
    pub(super) start: InstructionIndex,
    /// How many splits and joins there are.
    pub(super) marks: u32,
}

/// The program would be too large.
pub(super) struct TooLarge;

type Result<T> = std::result::Result<T, TooLarge>;

impl Class {
    /// From the pairs of a clean class. Surrogates are in no text.
    fn new(runes: &[Rune]) -> Self {
        let mut class = Self {
            ascii: [0; 2],
            rest: Box::default(),
        };
        let mut rest = Vec::new();
        for pair in runes.chunks_exact(2) {
            let (lo, hi) = (pair[0], pair[1]);
            for rune in lo..=hi.min(0x7F) {
                class.ascii[usize::from(rune >= 64)] |= 1 << (rune % 64);
            }
            for (from, to) in [(0x80, 0xD7FF), (0xE000, 0x10_FFFF)] {
                let range = character(lo.max(from)).zip(character(hi.min(to)));
                rest.extend(range.filter(|(lo, hi)| lo <= hi));
            }
        }
        class.rest = rest.into();
        class
    }

    pub(super) fn contains(&self, c: char) -> bool {
        if let Ok(byte) = u8::try_from(c)
            && byte < 0x80
        {
            return self.ascii[usize::from(byte >= 64)] >> (byte % 64) & 1 == 1;
        }
        let at = self.rest.partition_point(|(_, hi)| *hi < c);
        self.rest.get(at).is_some_and(|(lo, _)| *lo <= c)
    }
}

/// The character of a rune, unless it is a surrogate.
pub(super) fn character(rune: Rune) -> Option<char> {
    char::from_u32(u32::try_from(rune).ok()?)
}

/// What a class belongs to, so that copies share it.
#[derive(PartialEq, Eq, Hash)]
enum Owner {
    Node(Id),
    Folded(Rune),
}

struct Compiler<'t> {
    tree: &'t Tree,
    instructions: Vec<Instruction>,
    classes: Vec<Class>,
    known: HashMap<Owner, u32>,
    marks: u32,
}

/// Compiles a tree, from its end to its start: every part is told where to go on.
pub(super) fn compile(tree: &Tree, root: Id) -> Result<Program> {
    let mut compiler = Compiler {
        tree,
        instructions: Vec::new(),
        classes: Vec::new(),
        known: HashMap::new(),
        marks: 0,
    };
    let end = compiler.add(Instruction::Match)?;
    let start = compiler.node(root, end)?;
    Ok(Program {
        instructions: compiler.instructions.into(),
        classes: compiler.classes.into(),
        start,
        marks: compiler.marks,
    })
}

impl Compiler<'_> {
    fn add(&mut self, instruction: Instruction) -> Result<InstructionIndex> {
        let place = InstructionIndex::try_from(self.instructions.len()).map_err(|_| TooLarge)?;
        if self.instructions.len() >= MAX_INSTRUCTIONS {
            return Err(TooLarge);
        }
        self.instructions.push(instruction);
        Ok(place)
    }

    fn mark(&mut self) -> u32 {
        self.marks += 1;
        self.marks - 1
    }

    fn split(
        &mut self,
        first: InstructionIndex,
        second: InstructionIndex,
    ) -> Result<InstructionIndex> {
        let mark = self.mark();
        self.add(Instruction::Split(mark, first, second))
    }

    /// A place that several ways may go on at, so that what follows is not tried for each of them.
    fn join(&mut self, next: InstructionIndex) -> Result<InstructionIndex> {
        match self.instructions[next as usize] {
            Instruction::Character(..)
            | Instruction::Class(..)
            | Instruction::Any(_)
            | Instruction::AnyNotNewline(_)
            | Instruction::Look(..) => {
                let mark = self.mark();
                self.add(Instruction::Join(mark, next))
            }
            _ => Ok(next),
        }
    }

    fn node(&mut self, id: Id, next: InstructionIndex) -> Result<InstructionIndex> {
        let tree = self.tree;
        let node = &tree.nodes[id];
        match node.op {
            Op::Empty => Ok(next),
            Op::Literal => {
                let fold = node.flags & flag::FOLD != 0;
                let runes = node.runes.iter().rev();
                runes
                    .copied()
                    .try_fold(next, |next, rune| self.rune(rune, fold, next))
            }
            Op::Class => {
                let class = self.class(Owner::Node(id), || {
                    let mut runes = node.runes.clone();
                    clean(&mut runes);
                    Class::new(&runes)
                })?;
                self.add(Instruction::Class(class, next))
            }
            Op::AnyNotNewline => self.add(Instruction::AnyNotNewline(next)),
            Op::Any => self.add(Instruction::Any(next)),
            Op::BeginLine => self.add(Instruction::Look(Look::BeginLine, next)),
            Op::EndLine => self.add(Instruction::Look(Look::EndLine, next)),
            Op::BeginText => self.add(Instruction::Look(Look::BeginText, next)),
            Op::EndText => self.add(Instruction::Look(Look::EndText, next)),
            Op::WordBoundary => self.add(Instruction::Look(Look::WordBoundary, next)),
            Op::NoWordBoundary => self.add(Instruction::Look(Look::NoWordBoundary, next)),
            Op::Capture => self.node(node.subs[0], next),
            Op::Star => self.star(node.subs[0], next),
            Op::Plus => self.plus(node.subs[0], next),
            Op::Quest => self.optional(node.subs[0], 1, next),
            Op::Repeat => self.repeat(node.subs[0], (node.min, node.max), next),
            Op::Concat => {
                let subs = node.subs.iter().rev();
                subs.copied()
                    .try_fold(next, |next, sub| self.node(sub, next))
            }
            Op::Alternate => {
                let next = self.join(next)?;
                let mut entries = Vec::with_capacity(node.subs.len());
                for sub in &node.subs {
                    entries.push(self.node(*sub, next)?);
                }
                let last = entries.pop();
                let last = last.map_or_else(|| self.add(Instruction::Fail), Ok)?;
                let mut entries = entries.into_iter().rev();
                entries.try_fold(last, |rest, entry| self.split(entry, rest))
            }
            Op::NoMatch | Op::LeftParen | Op::VerticalBar => self.add(Instruction::Fail),
        }
    }

    fn rune(&mut self, rune: Rune, fold: bool, next: InstructionIndex) -> Result<InstructionIndex> {
        if fold && simple_fold(rune) != rune {
            let class = self.class(Owner::Folded(rune), || Class::new(&folded(&[rune, rune])))?;
            return self.add(Instruction::Class(class, next));
        }
        self.add(match character(rune) {
            Some(c) => Instruction::Character(c, next),
            None => Instruction::Fail,
        })
    }

    fn class(&mut self, owner: Owner, make: impl FnOnce() -> Class) -> Result<u32> {
        if let Some(known) = self.known.get(&owner) {
            return Ok(*known);
        }
        let place = u32::try_from(self.classes.len()).map_err(|_| TooLarge)?;
        self.classes.push(make());
        self.known.insert(owner, place);
        Ok(place)
    }

    /// A loop: leaves first, so that a search that only wants to know finds out soonest.
    fn star(&mut self, sub: Id, next: InstructionIndex) -> Result<InstructionIndex> {
        let place = self.split(next, next)?;
        let body = self.node(sub, place)?;
        if let Instruction::Split(_, _, second) = &mut self.instructions[place as usize] {
            *second = body;
        }
        Ok(place)
    }

    fn plus(&mut self, sub: Id, next: InstructionIndex) -> Result<InstructionIndex> {
        let place = self.star(sub, next)?;
        match self.instructions[place as usize] {
            Instruction::Split(_, _, body) => Ok(body),
            _ => Ok(place),
        }
    }

    /// Up to so many copies, each inside the one before: `x{0,2}` is `(?:x(?:x)?)?`.
    fn optional(
        &mut self,
        sub: Id,
        count: i32,
        next: InstructionIndex,
    ) -> Result<InstructionIndex> {
        let next = self.join(next)?;
        let mut place = next;
        for _ in 0..count {
            let body = self.node(sub, place)?;
            place = self.split(next, body)?;
        }
        Ok(place)
    }

    fn repeat(
        &mut self,
        sub: Id,
        (min, max): (i32, i32),
        next: InstructionIndex,
    ) -> Result<InstructionIndex> {
        let (copies, mut place) = match (min, max) {
            (0, -1) => (0, self.star(sub, next)?),
            (_, -1) => (min - 1, self.plus(sub, next)?),
            _ if max > min => (min, self.optional(sub, max - min, next)?),
            _ => (min, next),
        };
        for _ in 0..copies {
            place = self.node(sub, place)?;
        }
        Ok(place)
    }
}
