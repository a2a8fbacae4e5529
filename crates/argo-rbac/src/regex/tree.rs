//! The tree of an expression, as Go's parser builds it: the nodes live in one list, and nodes that
//! are not needed any more are used again, because Go counts how many it has made.

use super::error::{RegexError, Result, TOO_DEEP, TOO_LARGE};
use super::rune::Runes;

/// A node, by its place in the list.
pub(super) type Id = usize;

/// What a node is. The order from `Literal` to `Any` is from simple to complex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Op {
    NoMatch,
    Empty,
    Literal,
    Class,
    AnyNotNewline,
    Any,
    BeginLine,
    EndLine,
    BeginText,
    EndText,
    WordBoundary,
    NoWordBoundary,
    Capture,
    Star,
    Plus,
    Quest,
    Repeat,
    Concat,
    Alternate,
    /// Is on the stack where a group was opened.
    LeftParen,
    /// Is on the stack above the alternatives read so far.
    VerticalBar,
}

impl Op {
    /// Whether it only is on the parser's stack.
    pub(super) fn is_pseudo(self) -> bool {
        self >= Self::LeftParen
    }
}

/// The flags that can be set inside an expression.
pub(super) mod flag {
    /// `i`: case is ignored.
    pub(in crate::regex) const FOLD: u8 = 1;
    /// `s`: `.` matches a newline.
    pub(in crate::regex) const DOT_NEWLINE: u8 = 2;
    /// Not `m`: `^` and `$` match at the ends of the text alone.
    pub(in crate::regex) const ONE_LINE: u8 = 4;
    /// `U`: repetitions are lazy.
    pub(in crate::regex) const LAZY: u8 = 8;
}

/// A node of the tree.
#[derive(Clone, Debug)]
pub(super) struct RegexNode {
    pub(super) op: Op,
    pub(super) flags: u8,
    pub(super) subs: Vec<Id>,
    /// The runes of a literal, or the ranges of a class.
    pub(super) runes: Runes,
    /// The bounds of a repetition; a maximum of -1 is none.
    pub(super) min: i32,
    pub(super) max: i32,
    /// Whether an open parenthesis captures.
    pub(super) captures: bool,
}

impl RegexNode {
    fn new(op: Op) -> Self {
        Self {
            op,
            flags: 0,
            subs: Vec::new(),
            runes: Runes::new(),
            min: 0,
            max: 0,
            captures: false,
        }
    }

    /// Whether it can become part of a class: a literal of one rune, a class, a dot.
    pub(super) fn is_class(&self) -> bool {
        match self.op {
            Op::Literal => self.runes.len() == 1,
            op => matches!(op, Op::Class | Op::AnyNotNewline | Op::Any),
        }
    }
}

/// How high a tree may be.
const MAX_HEIGHT: u32 = 1000;

/// How many instructions of Go's an expression may compile to, in its estimate.
const MAX_SIZE: i64 = (128 << 20) / 40;

/// How many runes all nodes together may hold.
const MAX_RUNES: usize = (128 << 20) / 4;

/// The nodes, and what is counted to keep them few.
pub(super) struct Tree {
    pub(super) nodes: Vec<RegexNode>,
    free: Vec<Id>,
    /// How many runes were pushed.
    pub(super) runes: usize,
    /// The product of all repetitions.
    repeats: i64,
    /// Heights and sizes of nodes, 0 where not known; empty before there are so many nodes that
    /// they are looked at. The size of a node that is used again stays until it is pushed again.
    heights: Vec<u32>,
    sizes: Vec<i64>,
}

impl Tree {
    pub(super) fn new() -> Self {
        Self {
            nodes: Vec::new(),
            free: Vec::new(),
            runes: 0,
            repeats: 1,
            heights: Vec::new(),
            sizes: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, op: Op) -> Id {
        if let Some(id) = self.free.pop() {
            self.nodes[id] = RegexNode::new(op);
            return id;
        }
        self.nodes.push(RegexNode::new(op));
        self.nodes.len() - 1
    }

    /// Takes a node out of use. What it holds stays readable until it is used again.
    pub(super) fn reuse(&mut self, id: Id) {
        if let Some(height) = self.heights.get_mut(id) {
            *height = 0;
        }
        self.free.push(id);
    }

    pub(super) fn op(&self, id: Id) -> Op {
        self.nodes[id].op
    }

    /// Fails where the tree has become too large or too high. `stack` is what was parsed so far.
    pub(super) fn check(&mut self, id: Id, stack: &[Id], whole: &str) -> Result<()> {
        if self.runes > MAX_RUNES || !self.size_is_fine(id, stack) {
            return Err(RegexError::new(TOO_LARGE, whole));
        }
        if !self.height_is_fine(id, stack) {
            return Err(RegexError::new(TOO_DEEP, whole));
        }
        Ok(())
    }

    fn size_is_fine(&mut self, id: Id, stack: &[Id]) -> bool {
        if self.sizes.is_empty() {
            let node = &self.nodes[id];
            if node.op == Op::Repeat {
                let count = if node.max == -1 { node.min } else { node.max };
                let count = i64::from(count.max(1));
                if count > MAX_SIZE / self.repeats {
                    self.repeats = MAX_SIZE;
                } else {
                    self.repeats *= count;
                }
            }
            let nodes = i64::try_from(self.nodes.len()).unwrap_or(i64::MAX);
            if nodes < MAX_SIZE / self.repeats {
                return true;
            }
            self.sizes = vec![0; self.nodes.len()];
            for id in stack {
                if self.size(*id, true) > MAX_SIZE {
                    return false;
                }
            }
        }
        self.size(id, true) <= MAX_SIZE
    }

    fn size(&mut self, id: Id, anew: bool) -> i64 {
        if self.sizes.len() <= id {
            self.sizes.resize(self.nodes.len(), 0);
        }
        if self.sizes[id] != 0 && !anew {
            return self.sizes[id];
        }
        let count = self.nodes[id].subs.len();
        let sum = |tree: &mut Self| {
            let sizes = (0..count).map(|at| tree.size(tree.nodes[id].subs[at], false));
            sizes.sum::<i64>()
        };
        let size = match self.nodes[id].op {
            Op::Literal => i64::try_from(self.nodes[id].runes.len()).unwrap_or(i64::MAX),
            Op::Capture | Op::Star => 2 + sum(self),
            Op::Plus | Op::Quest => 1 + sum(self),
            Op::Concat => sum(self),
            Op::Alternate => {
                let splits = i64::try_from(count).unwrap_or(i64::MAX) - 1;
                sum(self) + splits.max(0)
            }
            Op::Repeat => {
                let (min, max) = (self.nodes[id].min, self.nodes[id].max);
                match (min, max) {
                    (0, -1) => 2 + sum(self),
                    (_, -1) => 1 + i64::from(min) * sum(self),
                    _ => i64::from(max) * sum(self) + i64::from(max - min),
                }
            }
            _ => 0,
        };
        let size = size.max(1);
        self.sizes[id] = size;
        size
    }

    fn height_is_fine(&mut self, id: Id, stack: &[Id]) -> bool {
        if self.nodes.len() < MAX_HEIGHT as usize {
            return true;
        }
        if self.heights.is_empty() {
            self.heights = vec![0; self.nodes.len()];
            for id in stack {
                if self.height(*id, true) > MAX_HEIGHT {
                    return false;
                }
            }
        }
        self.height(id, true) <= MAX_HEIGHT
    }

    fn height(&mut self, id: Id, anew: bool) -> u32 {
        if self.heights.len() <= id {
            self.heights.resize(self.nodes.len(), 0);
        }
        if self.heights[id] != 0 && !anew {
            return self.heights[id];
        }
        let mut height = 1;
        for at in 0..self.nodes[id].subs.len() {
            height = height.max(1 + self.height(self.nodes[id].subs[at], false));
        }
        self.heights[id] = height;
        height
    }

    /// Whether the repetitions at and below a node make at most so many copies of anything.
    pub(super) fn repeats_at_most(&self, id: Id, mut most: i32) -> bool {
        let node = &self.nodes[id];
        if node.op == Op::Repeat {
            let count = match node.max {
                0 => return true,
                -1 => node.min,
                max => max,
            };
            if count > most {
                return false;
            }
            if count > 0 {
                most /= count;
            }
        }
        node.subs.iter().all(|sub| self.repeats_at_most(*sub, most))
    }

    /// Whether two nodes are the same that stand for a class, or for one so many times.
    pub(super) fn equal(&self, left: Id, right: Id) -> bool {
        let (x, y) = (&self.nodes[left], &self.nodes[right]);
        let same = |bit| x.flags & bit == y.flags & bit;
        x.op == y.op
            && match x.op {
                Op::Literal | Op::Class => same(flag::FOLD) && x.runes == y.runes,
                Op::Repeat => {
                    let bounds = (x.min, x.max) == (y.min, y.max);
                    same(flag::LAZY) && bounds && self.equal(x.subs[0], y.subs[0])
                }
                _ => true,
            }
    }
}
