//! The parser's stack: what was read and not yet put together, and how it is put together.

use super::class::{append_class, append_folded_range, append_range, clean};
use super::error::Result;
use super::rune::{MAX_RUNE, Rune};
use super::tree::{Id, Op, RegexNode, Tree, flag};
use super::unicode::simple_fold;

/// What the parser has read so far.
pub(super) struct Stack<'p> {
    /// The whole expression, for messages.
    pub(super) whole: &'p str,
    pub(super) flags: u8,
    pub(super) tree: Tree,
    pub(super) items: Vec<Id>,
    /// How deep factoring is inside itself.
    pub(super) factored: usize,
}

impl<'p> Stack<'p> {
    pub(super) fn new(whole: &'p str) -> Self {
        Self {
            whole,
            flags: flag::ONE_LINE,
            tree: Tree::new(),
            items: Vec::new(),
            factored: 0,
        }
    }

    pub(super) fn node(&mut self, id: Id) -> &mut RegexNode {
        &mut self.tree.nodes[id]
    }

    /// Counts from the top: 1 is the topmost item.
    pub(super) fn nth_top(&self, count: usize) -> Option<Id> {
        let at = self.items.len().checked_sub(count)?;
        Some(self.items[at])
    }

    pub(super) fn check(&mut self, id: Id) -> Result<()> {
        self.tree.check(id, &self.items, self.whole)
    }

    /// Pushes a node. Classes of one rune, or of one letter in both cases, become literals.
    pub(super) fn push(&mut self, id: Id) -> Result<()> {
        let node = &self.tree.nodes[id];
        let is_class = node.op == Op::Class;
        let runes = node.runes.as_slice();
        self.tree.runes += runes.len();
        let folds = |a: Rune, b: Rune| simple_fold(a) == b && simple_fold(b) == a;
        let (first, flags) = match runes {
            [a, b] if is_class && a == b => (Some(*a), self.flags & !flag::FOLD),
            [a, b, c, d] if is_class && a == b && c == d && folds(*a, *c) => {
                (Some(*a), self.flags | flag::FOLD)
            }
            [a, b] if is_class && *a + 1 == *b && folds(*a, *b) => {
                (Some(*a), self.flags | flag::FOLD)
            }
            _ => (None, 0),
        };
        if self.join_literals(first.map(|rune| (rune, flags))) {
            return Ok(());
        }
        if let Some(rune) = first {
            let node = self.node(id);
            node.op = Op::Literal;
            node.runes = vec![rune];
            node.flags = flags;
        }
        self.items.push(id);
        self.check(id)
    }

    /// Joins the two literals on top into one. If that frees a node, `next` is put into it and
    /// the answer is true: it was pushed.
    fn join_literals(&mut self, next: Option<(Rune, u8)>) -> bool {
        let (Some(upper), Some(lower)) = (self.nth_top(1), self.nth_top(2)) else {
            return false;
        };
        let (one, two) = (&self.tree.nodes[upper], &self.tree.nodes[lower]);
        let literals = one.op == Op::Literal && two.op == Op::Literal;
        if !literals || (one.flags ^ two.flags) & flag::FOLD != 0 {
            return false;
        }
        let runes = std::mem::take(&mut self.node(upper).runes);
        self.node(lower).runes.extend(runes);
        if let Some((rune, flags)) = next {
            let node = self.node(upper);
            node.runes = vec![rune];
            node.flags = flags;
            return true;
        }
        self.items.pop();
        self.tree.reuse(upper);
        false
    }

    /// Pushes a literal rune.
    pub(super) fn literal(&mut self, rune: Rune) -> Result<()> {
        let flags = self.flags;
        let rune = if flags & flag::FOLD == 0 {
            rune
        } else {
            least_folded(rune)
        };
        let id = self.tree.add(Op::Literal);
        let node = self.node(id);
        node.flags = flags;
        node.runes = vec![rune];
        self.push(id)
    }

    /// Pushes a node of this kind.
    pub(super) fn op(&mut self, op: Op) -> Result<Id> {
        let id = self.tree.add(op);
        self.node(id).flags = self.flags;
        self.push(id)?;
        Ok(id)
    }

    /// Takes everything above the topmost bar or parenthesis.
    fn take_group(&mut self) -> Vec<Id> {
        let group = self.items.iter().rev();
        let count = group
            .take_while(|id| !self.tree.op(**id).is_pseudo())
            .count();
        self.items.split_off(self.items.len() - count)
    }

    /// Replaces what is above the topmost bar or parenthesis by its concatenation.
    pub(super) fn concat(&mut self) -> Result<()> {
        self.join_literals(None);
        let subs = self.take_group();
        let id = if subs.is_empty() {
            self.tree.add(Op::Empty)
        } else {
            self.collapse(subs, Op::Concat)?
        };
        self.push(id)
    }

    /// Replaces what is above the topmost parenthesis by its alternation.
    pub(super) fn alternate(&mut self) -> Result<()> {
        let subs = self.take_group();
        let id = match subs.last() {
            None => self.tree.add(Op::NoMatch),
            Some(last) => {
                clean_alternative(self.node(*last));
                self.collapse(subs, Op::Alternate)?
            }
        };
        self.push(id)
    }

    /// One node for several; those of the same kind are taken apart into it.
    pub(super) fn collapse(&mut self, subs: Vec<Id>, op: Op) -> Result<Id> {
        if let [only] = subs.as_slice() {
            return Ok(*only);
        }
        let id = self.tree.add(op);
        let mut flat = Vec::with_capacity(subs.len());
        for sub in subs {
            if self.tree.op(sub) == op {
                flat.extend_from_slice(&self.tree.nodes[sub].subs);
                self.tree.reuse(sub);
            } else {
                flat.push(sub);
            }
        }
        if op == Op::Alternate {
            flat = self.factor(flat)?;
            if let [only] = flat.as_slice() {
                self.tree.reuse(id);
                return Ok(*only);
            }
        }
        self.node(id).subs = flat;
        Ok(id)
    }

    /// A bar: what was read since the last one goes below it.
    pub(super) fn vertical_bar(&mut self) -> Result<()> {
        self.concat()?;
        if !self.swap_vertical_bar() {
            self.op(Op::VerticalBar)?;
        }
        Ok(())
    }

    /// Moves a bar just below the top to the top; merges the classes on both sides of it.
    pub(super) fn swap_vertical_bar(&mut self) -> bool {
        let bar = self
            .nth_top(2)
            .filter(|id| self.tree.op(*id) == Op::VerticalBar);
        let (Some(mut upper), Some(bar)) = (self.nth_top(1), bar) else {
            return false;
        };
        let count = self.items.len();
        if let Some(mut below) = self.nth_top(3) {
            let nodes = &self.tree.nodes;
            if nodes[upper].is_class() && nodes[below].is_class() {
                if nodes[upper].op > nodes[below].op {
                    std::mem::swap(&mut upper, &mut below);
                    self.items[count - 3] = below;
                }
                self.merge_class(below, upper);
                self.tree.reuse(upper);
                self.items.pop();
                return true;
            }
            clean_alternative(self.node(below));
        }
        self.items[count - 2] = upper;
        self.items[count - 1] = bar;
        true
    }

    /// Adds one class to another that is at least as complex.
    pub(super) fn merge_class(&mut self, into: Id, from: Id) {
        let [target, source] = [into, from].map(|id| &self.tree.nodes[id]);
        match target.op {
            Op::AnyNotNewline if matches_newline(source) => self.node(into).op = Op::Any,
            Op::Class => {
                let mut runes = std::mem::take(&mut self.node(into).runes);
                let source = &self.tree.nodes[from];
                if source.op == Op::Literal {
                    append_literal(&mut runes, source);
                } else {
                    append_class(&mut runes, &source.runes);
                }
                self.node(into).runes = runes;
            }
            Op::Literal if target.runes != source.runes || target.flags != source.flags => {
                let mut runes = Vec::new();
                append_literal(&mut runes, target);
                append_literal(&mut runes, source);
                let node = self.node(into);
                node.op = Op::Class;
                node.runes = runes;
            }
            _ => {}
        }
    }
}

/// The least rune that is the same when case is ignored.
fn least_folded(rune: Rune) -> Rune {
    let mut least = rune;
    let mut other = simple_fold(rune);
    while other != rune {
        least = least.min(other);
        other = simple_fold(other);
    }
    least
}

fn append_literal(runes: &mut Vec<Rune>, literal: &RegexNode) {
    for rune in &literal.runes {
        if literal.flags & flag::FOLD == 0 {
            append_range(runes, *rune, *rune);
        } else {
            append_folded_range(runes, *rune, *rune);
        }
    }
}

fn matches_newline(node: &RegexNode) -> bool {
    const NEWLINE: Rune = 0x0A;
    match node.op {
        Op::Literal => node.runes == [NEWLINE],
        Op::Class => node
            .runes
            .chunks_exact(2)
            .any(|pair| (pair[0]..=pair[1]).contains(&NEWLINE)),
        op => op == Op::Any,
    }
}

/// Cleans a class that nothing is added to any more, and calls the two dots by their names.
pub(super) fn clean_alternative(node: &mut RegexNode) {
    if node.op != Op::Class {
        return;
    }
    clean(&mut node.runes);
    let op = match node.runes.as_slice() {
        [0, MAX_RUNE] => Op::Any,
        [0, 0x09, 0x0B, MAX_RUNE] => Op::AnyNotNewline,
        _ => return,
    };
    node.op = op;
    node.runes = Vec::new();
}
