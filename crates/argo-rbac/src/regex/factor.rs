//! Common beginnings removed of alternatives. This changes no answer by intent, but it decides
//! how high the tree becomes, and so what is refused as nested too deeply.

use super::error::{RegexError, Result, TOO_DEEP};
use super::rune::Rune;
use super::stack::{Stack, clean_alternative};
use super::tree::{Id, Op, flag};

/// How often factoring may find more to factor in what it has factored. Each time makes the tree
/// two levels higher, so that it is refused for its height well before.
const MAX_FACTORED: usize = 600;

impl Stack<'_> {
    /// Factors a list of alternatives, in four rounds.
    pub(super) fn factor(&mut self, subs: Vec<Id>) -> Result<Vec<Id>> {
        if subs.len() < 2 {
            return Ok(subs);
        }
        if self.factored >= MAX_FACTORED {
            return Err(RegexError::new(TOO_DEEP, self.whole));
        }
        self.factored += 1;
        let subs = self.factor_strings(subs)?;
        let subs = self.factor_classes(subs)?;
        self.factored -= 1;
        let subs = self.merge_classes(subs);
        Ok(self.merge_empty(&subs))
    }

    /// Common literal beginnings: `ab|ac` is `a(?:b|c)`.
    fn factor_strings(&mut self, mut subs: Vec<Id>) -> Result<Vec<Id>> {
        let mut out = Vec::new();
        let mut start = 0;
        let mut common: (Vec<Rune>, u8) = (Vec::new(), 0);
        for at in 0..=subs.len() {
            let mut own = (Vec::new(), 0);
            if let Some(sub) = subs.get(at) {
                own = self.leading_string(*sub);
                if own.1 == common.1 {
                    let pairs = common.0.iter().zip(&own.0);
                    let same = pairs.take_while(|(a, b)| a == b).count();
                    if same > 0 {
                        common.0.truncate(same);
                        continue;
                    }
                }
            }
            if at == start + 1 {
                out.push(subs[start]);
            } else if at > start {
                let prefix = self.tree.add(Op::Literal);
                let length = common.0.len();
                let node = self.node(prefix);
                node.flags = common.1;
                node.runes = std::mem::take(&mut common.0);
                for sub in &mut subs[start..at] {
                    *sub = self.remove_leading_string(*sub, length);
                    self.check(*sub)?;
                }
                let suffix = self.collapse(subs[start..at].to_vec(), Op::Alternate)?;
                out.push(self.concatenation(prefix, suffix));
            }
            start = at;
            common = own;
        }
        Ok(out)
    }

    /// Common first classes: `.a|.b` is `.(?:a|b)`.
    fn factor_classes(&mut self, mut subs: Vec<Id>) -> Result<Vec<Id>> {
        let mut out = Vec::new();
        let mut start = 0;
        let mut first: Option<Id> = None;
        for at in 0..=subs.len() {
            let own = subs.get(at).map(|sub| self.leading_node(*sub));
            if let (Some(first), Some(own)) = (first, own)
                && self.is_fixed_class(first)
                && self.tree.equal(first, own)
            {
                continue;
            }
            if at == start + 1 {
                out.push(subs[start]);
            } else if let Some(prefix) = first {
                for (place, sub) in subs[start..at].iter_mut().enumerate() {
                    // The first one's beginning is the one that is kept.
                    *sub = self.remove_leading_node(*sub, place > 0);
                    self.check(*sub)?;
                }
                let suffix = self.collapse(subs[start..at].to_vec(), Op::Alternate)?;
                out.push(self.concatenation(prefix, suffix));
            }
            start = at;
            first = own;
        }
        Ok(out)
    }

    fn is_fixed_class(&self, id: Id) -> bool {
        let node = &self.tree.nodes[id];
        let repeated = || self.tree.nodes[node.subs[0]].is_class();
        node.is_class() || (node.op == Op::Repeat && node.min == node.max && repeated())
    }

    /// Neighbouring runes and classes become one class: `a|b` is `[ab]`.
    fn merge_classes(&mut self, mut subs: Vec<Id>) -> Vec<Id> {
        let mut out = Vec::new();
        let mut start = 0;
        for at in 0..=subs.len() {
            if subs
                .get(at)
                .is_some_and(|sub| self.tree.nodes[*sub].is_class())
            {
                continue;
            }
            if at == start + 1 {
                out.push(subs[start]);
            } else if at > start {
                let mut most = start;
                for other in start + 1..at {
                    let [a, b] = [most, other].map(|place| &self.tree.nodes[subs[place]]);
                    if (a.op, a.runes.len()) < (b.op, b.runes.len()) {
                        most = other;
                    }
                }
                subs.swap(start, most);
                for other in start + 1..at {
                    self.merge_class(subs[start], subs[other]);
                    self.tree.reuse(subs[other]);
                }
                clean_alternative(self.node(subs[start]));
                out.push(subs[start]);
            }
            out.extend(subs.get(at));
            start = at + 1;
        }
        out
    }

    /// Of neighbouring empty alternatives one stays.
    fn merge_empty(&self, subs: &[Id]) -> Vec<Id> {
        let is_empty = |at: usize| {
            subs.get(at)
                .is_some_and(|id| self.tree.op(*id) == Op::Empty)
        };
        let kept = (0..subs.len()).filter(|at| !(is_empty(*at) && is_empty(at + 1)));
        kept.map(|at| subs[at]).collect()
    }

    fn concatenation(&mut self, prefix: Id, suffix: Id) -> Id {
        let id = self.tree.add(Op::Concat);
        self.node(id).subs = vec![prefix, suffix];
        id
    }

    /// The literal that a node begins with, and whether case is ignored in it.
    fn leading_string(&self, id: Id) -> (Vec<Rune>, u8) {
        let mut node = &self.tree.nodes[id];
        if let (Op::Concat, Some(first)) = (node.op, node.subs.first()) {
            node = &self.tree.nodes[*first];
        }
        match node.op {
            Op::Literal => (node.runes.clone(), node.flags & flag::FOLD),
            _ => (Vec::new(), 0),
        }
    }

    /// A node without the first so many runes.
    fn remove_leading_string(&mut self, id: Id, count: usize) -> Id {
        let node = &self.tree.nodes[id];
        if let (Op::Concat, Some(&first)) = (node.op, node.subs.first()) {
            let first = self.remove_leading_string(first, count);
            self.node(id).subs[0] = first;
            if self.tree.op(first) != Op::Empty {
                return id;
            }
            self.tree.reuse(first);
            let node = self.node(id);
            if node.subs.len() == 2 {
                let rest = node.subs[1];
                self.tree.reuse(id);
                return rest;
            }
            node.subs.remove(0);
            return id;
        }
        let node = self.node(id);
        if node.op == Op::Literal {
            node.runes.drain(..count);
            if node.runes.is_empty() {
                node.op = Op::Empty;
            }
        }
        id
    }

    /// The node that a node begins with.
    fn leading_node(&self, id: Id) -> Id {
        let node = &self.tree.nodes[id];
        match (node.op, node.subs.first()) {
            (Op::Concat, Some(first)) => *first,
            _ => id,
        }
    }

    /// A node without the node that it begins with, which is used again if no one needs it.
    fn remove_leading_node(&mut self, id: Id, reuse: bool) -> Id {
        let node = &self.tree.nodes[id];
        if let (Op::Concat, Some(&first)) = (node.op, node.subs.first()) {
            if reuse {
                self.tree.reuse(first);
            }
            let node = self.node(id);
            node.subs.remove(0);
            if let [only] = node.subs[..] {
                self.tree.reuse(id);
                return only;
            }
            return id;
        }
        if reuse {
            self.tree.reuse(id);
        }
        self.tree.add(Op::Empty)
    }
}
