//! The compiled policy: rules grouped by subject and by (resource, action), and which subject inherits which role.

use super::index::{LazyIndex, RuleIndex};
use super::pattern::{Compact, Failed, LiteralShape, Patterns};
use super::texts::{NameTable, Source, Texts, to_u32};

/// Runs of more rules than this have an index.
pub(super) const SMALL_RUN: usize = 16;

/// The line of a rule that is in no text: see [`Rules::is_virtual`].
pub(super) const VIRTUAL: u32 = u32::MAX - 1;

/// What a rule does when it matches. Only the exact words count; any other effect does nothing, but
/// such a rule is evaluated anyway, and its evaluation may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// `allow`.
    Allow,
    /// `deny`.
    Deny,
    /// Any other word.
    Other,
}

impl Effect {
    #[inline]
    pub(crate) fn new(word: &str) -> Self {
        match word {
            "allow" => Self::Allow,
            "deny" => Self::Deny,
            _ => Self::Other,
        }
    }
}

/// One `p` line below its subject and its pair.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// Where the line begins in the texts, which is also its place in the evaluation's order.
    pub(super) line: u32,
    /// The object's pattern, marked with the effect.
    object: Compact,
    /// The last bytes of the pattern's literal: most rules that do not match are told by them,
    /// without a look at the text, which is seldom in a cache.
    tail: u32,
}

impl Rule {
    #[inline]
    pub(super) fn new(texts: &Texts, line: u32, object: Compact, effect: Effect) -> Self {
        let literal = match object.shape() {
            LiteralShape::Stars | LiteralShape::Compiled => None,
            _ => texts.bytes(object.literal()).last_chunk(),
        };
        Self {
            line,
            object: object.with_mark(effect as u32),
            tail: literal.map_or(0, |bytes| u32::from_le_bytes(*bytes)),
        }
    }

    /// Whether the object may match; a no is certain.
    #[inline]
    fn may_match(&self, object: &[u8]) -> bool {
        let len = self.object.literal().len as usize;
        let end = match self.object.shape() {
            LiteralShape::Literal if object.len() != len => return false,
            LiteralShape::Literal | LiteralShape::Suffix | LiteralShape::SuffixLine => object.len(),
            LiteralShape::Prefix | LiteralShape::PrefixLine => len,
            _ => return true,
        };
        let tail = object.get(..end).and_then(<[u8]>::last_chunk);
        len < size_of::<u32>() || tail.is_some_and(|bytes| u32::from_le_bytes(*bytes) == self.tail)
    }

    #[inline]
    pub(super) fn object(&self) -> Compact {
        self.object
    }

    #[inline]
    pub(super) fn effect(&self) -> Effect {
        match self.object.mark() {
            0 => Effect::Allow,
            1 => Effect::Deny,
            _ => Effect::Other,
        }
    }
}

impl Rule {
    /// Whether evaluating the object may end in an error.
    #[inline]
    pub(super) fn may_fail(&self) -> bool {
        self.object.shape() == LiteralShape::Compiled
    }
}

/// A subject's rules of one pair of resource and action, in the order of their lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct RuleRun {
    pub(super) pair: u32,
    /// Its first rule; its last is before the next run's first.
    pub(super) first: u32,
}

/// Where a name's runs and links begin; they end where the next name's begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    pub(super) runs: u32,
    pub(super) links: u32,
}

/// A `g` line below its subject.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// The role that is inherited.
    pub(super) role: u32,
    /// Where the line begins in the texts.
    pub(super) line: u32,
}

/// Everything that was loaded.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) texts: Texts,
    pub(super) sources: Vec<Source>,
    /// Subjects and roles.
    pub(super) names: NameTable,
    pub(super) patterns: Patterns,
    pub(super) resources: Vec<Compact>,
    pub(super) actions: Vec<Compact>,
    /// Distinct (resource, action).
    pub(super) pairs: Vec<(u32, u32)>,
    /// Every rule, by subject, pair and line.
    pub(super) all: Vec<Rule>,
    /// By subject; one more at the end that bounds the last.
    pub(super) runs: Vec<RuleRun>,
    pub(super) links: Vec<Link>,
    /// What each name has; one more at the end.
    pub(super) own: Vec<Own>,
    /// The larger runs' numbers, ascending, and their indexes.
    pub(super) indexes: Vec<(u32, LazyIndex)>,
}

impl Rules {
    /// The numbers of a name's runs.
    #[inline]
    pub(super) fn runs_of(&self, name: u32) -> std::ops::Range<usize> {
        let name = name as usize;
        self.own[name].runs as usize..self.own[name + 1].runs as usize
    }

    /// The numbers of a run's rules.
    #[inline]
    pub(super) fn rules_of(&self, run: usize) -> std::ops::Range<usize> {
        self.runs[run].first as usize..self.runs[run + 1].first as usize
    }

    /// The links that lead from a name to roles.
    #[inline]
    pub(super) fn links_of(&self, name: u32) -> &[Link] {
        let name = name as usize;
        &self.links[self.own[name].links as usize..self.own[name + 1].links as usize]
    }

    /// The index of a run, where it is large and was asked for before.
    #[inline]
    pub(super) fn index_of(&self, run: usize) -> Option<&RuleIndex> {
        if self.rules_of(run).len() <= SMALL_RUN {
            return None;
        }
        let at = self
            .indexes
            .binary_search_by_key(&to_u32(run), |(run, _)| *run)
            .ok()?;
        self.indexes[at].1.get(|| {
            let numbers = self.rules_of(run);
            let rules = self.all[numbers.clone()].iter();
            let ends = rules.map(|rule| self.patterns.literals(&self.texts, rule.object()));
            RuleIndex::new(numbers.start, ends)
        })
    }

    /// Whether a pair's patterns match; the resource is asked first, and the action only when the
    /// resource matches.
    #[inline]
    pub(super) fn pair_matches(
        &self,
        pair: u32,
        resource: &str,
        action: &str,
    ) -> Result<bool, Failed> {
        let (resources, actions) = self.pairs[pair as usize];
        let pattern = self.resources[resources as usize];
        if !self.patterns.matches(&self.texts, pattern, resource)? {
            return Ok(false);
        }
        let pattern = self.actions[actions as usize];
        self.patterns.matches(&self.texts, pattern, action)
    }

    /// Whether an object matches a rule.
    #[inline]
    pub(super) fn object_matches(&self, rule: &Rule, object: &str) -> Result<bool, Failed> {
        if !rule.may_match(object.as_bytes()) {
            return Ok(false);
        }
        self.patterns.matches(&self.texts, rule.object(), object)
    }

    /// A policy without any `p` line is evaluated once, with every field empty, and what matches
    /// then is allowed (the empty subject and what it inherits; in regex mode empty patterns match
    /// everything). That is kept as one rule without a line.
    pub(super) fn is_virtual(line: u32) -> bool {
        line == VIRTUAL
    }

    /// The source that a line is in.
    pub(super) fn source_of(&self, line: u32) -> Option<&Source> {
        if Self::is_virtual(line) {
            return None;
        }
        let at = self
            .sources
            .partition_point(|source| source.span.start <= line);
        self.sources.get(at.checked_sub(1)?)
    }

    /// Bytes on the heap, without the text itself, indexes and compiled patterns.
    pub(super) fn heap(&self) -> usize {
        [
            self.names.heap(),
            self.patterns.heap(),
            size_of_val(&*self.resources),
            size_of_val(&*self.actions),
            size_of_val(&*self.pairs),
            size_of_val(&*self.all),
            size_of_val(&*self.runs),
            size_of_val(&*self.own),
            size_of_val(&*self.indexes),
            size_of_val(&*self.links),
        ]
        .iter()
        .sum()
    }
}

/// So many times 64 pairs are remembered; a policy with more pairs asks again for the others.
const PAIR_WORDS: usize = 4;

/// Which pairs match a question's resource and action, each found out once.
pub(super) struct PairVerdicts<'r> {
    resource: &'r str,
    action: &'r str,
    known: [u64; PAIR_WORDS],
    matches: [u64; PAIR_WORDS],
}

impl<'r> PairVerdicts<'r> {
    #[inline]
    pub(super) fn new(resource: &'r str, action: &'r str) -> Self {
        Self {
            resource,
            action,
            known: [0; PAIR_WORDS],
            matches: [0; PAIR_WORDS],
        }
    }

    #[inline]
    pub(super) fn get(&mut self, rules: &Rules, pair: u32) -> Result<bool, Failed> {
        let (word, bit) = (pair as usize / 64, 1 << (pair % 64));
        if let Some(known) = self.known.get(word)
            && known & bit != 0
        {
            return Ok(self.matches[word] & bit != 0);
        }
        let matched = rules.pair_matches(pair, self.resource, self.action)?;
        if word < PAIR_WORDS {
            self.known[word] |= bit;
            if matched {
                self.matches[word] |= bit;
            }
        }
        Ok(matched)
    }
}
