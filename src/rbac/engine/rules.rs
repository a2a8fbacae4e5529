//! The compiled policy: rules grouped by subject and by (resource, action), and who inherits whom.

use super::index::LazyIndex;
use super::pattern::{Compact, Failed, Patterns, Shape};
use super::texts::{Names, Source, Texts};

/// The line of a rule that stands in no text: see [`Rules::is_virtual`].
pub(super) const VIRTUAL: u32 = u32::MAX - 1;

/// What a rule does when it matches. Only the exact words count; any other effect does nothing, but
/// such a rule is evaluated all the same, and its evaluation may fail.
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
    pub(super) fn new(word: &str) -> Self {
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
}

impl Rule {
    pub(super) fn new(line: u32, object: Compact, effect: Effect) -> Self {
        let object = object.with_mark(effect as u32);
        Self { line, object }
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
        self.object.shape() == Shape::Compiled
    }
}

/// A subject's rules of one pair of resource and action, in the order of their lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) pair: u32,
    /// Its first rule; its last stands before the next run's first.
    pub(super) first: u32,
    /// The number of its index, or [`Run::SMALL`].
    pub(super) index: u32,
}

impl Run {
    pub(super) const SMALL: u32 = u32::MAX;
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
    pub(super) names: Names,
    pub(super) patterns: Patterns,
    pub(super) resources: Vec<Compact>,
    pub(super) actions: Vec<Compact>,
    /// Distinct (resource, action).
    pub(super) pairs: Vec<(u32, u32)>,
    /// Every rule, by subject, pair and line.
    pub(super) all: Vec<Rule>,
    /// By subject; one more at the end that bounds the last.
    pub(super) runs: Vec<Run>,
    /// A name's first run; one more at the end.
    pub(super) runs_of: Vec<u32>,
    /// The indexes of the larger runs.
    pub(super) indexes: Vec<LazyIndex>,
    pub(super) links: Vec<Link>,
    /// A name's first link; one more at the end.
    pub(super) links_of: Vec<u32>,
}

impl Rules {
    /// The numbers of a name's runs.
    #[inline]
    pub(super) fn runs_of(&self, name: u32) -> std::ops::Range<usize> {
        let name = name as usize;
        self.runs_of[name] as usize..self.runs_of[name + 1] as usize
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
        &self.links[self.links_of[name] as usize..self.links_of[name + 1] as usize]
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
        self.patterns.matches(&self.texts, rule.object(), object)
    }

    /// A policy without any `p` line is evaluated once, with every field empty, and what matches
    /// then is allowed (the empty subject and what it inherits; in regex mode empty patterns match
    /// everything). That is kept as one rule without a line.
    pub(super) fn is_virtual(line: u32) -> bool {
        line == VIRTUAL
    }

    /// Bytes on the heap, without the text itself, indexes and compiled patterns.
    pub(super) fn heap(&self) -> usize {
        self.names.heap()
            + self.patterns.heap()
            + size_of_val(&*self.resources)
            + size_of_val(&*self.actions)
            + size_of_val(&*self.pairs)
            + size_of_val(&*self.all)
            + size_of_val(&*self.runs)
            + size_of_val(&*self.runs_of)
            + size_of_val(&*self.indexes)
            + size_of_val(&*self.links)
            + size_of_val(&*self.links_of)
    }
}
