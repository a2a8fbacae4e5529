//! A program with what spares running it: where matches can start, and what a text must hold.

use memchr::memmem;

use super::error::{RegexError, Result, TOO_LARGE};
use super::program::{self, Program};
use super::shape::literal_text;
use super::tree::{Id, Op, Tree};

/// A literal that leads every match is looked for from this length on, even if a longer one is
/// elsewhere.
const LONG_ENOUGH: usize = 3;

/// A program and what spares running it.
#[derive(Clone, Debug)]
pub(super) struct Searcher {
    program: Program,
    /// Matches start at the start of the text alone.
    anchored: bool,
    /// Every text that matches holds this.
    needle: Box<str>,
    /// Every match starts with the needle.
    leads: bool,
}

impl Searcher {
    pub(super) fn new(tree: &Tree, root: Id, pattern: &str) -> Result<Self> {
        let program = program::compile(tree, root)
            .map_err(|program::TooLarge| RegexError::new(TOO_LARGE, pattern))?;
        let mut literals = Literals::default();
        literals.read(tree, root, true);
        let Literals { leading, longest } = literals;
        let leads = leading.len() >= LONG_ENOUGH.min(longest.len().max(1));
        Ok(Self {
            program,
            anchored: is_anchored(tree, root),
            needle: if leads { leading } else { longest }.into(),
            leads,
        })
    }

    pub(super) fn literal_prefix(&self) -> &str {
        if self.anchored && self.leads {
            &self.needle
        } else {
            ""
        }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let first = match (self.anchored, self.leads) {
            (true, true) => text.starts_with(&*self.needle).then_some(0),
            (_, false) if self.needle.is_empty() => Some(0),
            _ => memmem::find(text.as_bytes(), self.needle.as_bytes()),
        };
        let Some(first) = first else {
            return false;
        };
        if self.anchored {
            return self.program.matches(text, std::iter::once(0));
        }
        if self.leads {
            let next = |from: &usize| {
                let rest = text.as_bytes().get(from + 1..)?;
                Some(from + 1 + memmem::find(rest, self.needle.as_bytes())?)
            };
            return self
                .program
                .matches(text, std::iter::successors(Some(first), next));
        }
        let starts = text.char_indices().map(|(at, _)| at);
        self.program.matches(text, starts.chain([text.len()]))
    }
}

/// Whether every match starts at the start of the text.
fn is_anchored(tree: &Tree, id: Id) -> bool {
    let node = &tree.nodes[id];
    match node.op {
        Op::BeginText => true,
        Op::Capture | Op::Plus => is_anchored(tree, node.subs[0]),
        Op::Repeat => node.min > 0 && is_anchored(tree, node.subs[0]),
        Op::Concat => node.subs.first().is_some_and(|sub| is_anchored(tree, *sub)),
        Op::Alternate => node.subs.iter().all(|sub| is_anchored(tree, *sub)),
        _ => false,
    }
}

/// Literals that every match holds.
#[derive(Default)]
struct Literals {
    /// The one that every match starts with.
    leading: String,
    longest: String,
}

impl Literals {
    /// Reads what a match of this node must hold. `leads`: nothing is before the node.
    fn read(&mut self, tree: &Tree, id: Id, leads: bool) {
        let node = &tree.nodes[id];
        match node.op {
            Op::Literal => {
                let Some(text) = literal_text(node) else {
                    return;
                };
                if leads {
                    self.leading.clone_from(&text);
                }
                if text.len() > self.longest.len() {
                    self.longest = text;
                }
            }
            Op::Capture | Op::Plus => self.read(tree, node.subs[0], leads),
            Op::Repeat if node.min > 0 => self.read(tree, node.subs[0], leads),
            Op::Concat => {
                let mut leads = leads;
                for sub in &node.subs {
                    self.read(tree, *sub, leads);
                    leads &= matches!(tree.op(*sub), Op::BeginText | Op::Empty);
                }
            }
            _ => {}
        }
    }
}
