//! The rules of each name as one enforcer knows them, weighed once: which questions they are about.

use std::collections::HashMap;
use std::rc::Rc;

use super::questions::{Questions, Weight};
use crate::engine::{Effect, Enforcer, LineId, Reaching};
use crate::survey::lookup::Lookup;

/// A rule and the questions that it is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed<'s> {
    pub(super) rule: Reaching<'s>,
    pub(super) weight: Weight,
}

impl Weighed<'_> {
    /// The questions of another rule whose every request this one matches too.
    pub(super) fn covers(&self, other: &Weighed<'_>) -> u64 {
        if !self.rule.object().covers(other.rule.object()) {
            return 0;
        }
        let mine = self.weight;
        let some = mine.perhaps & other.weight.perhaps;
        let some = if some != 0 && self.rule.action().covers(other.rule.action()) {
            some
        } else {
            0
        };
        (mine.always & other.weight.any()) | some
    }

    /// The questions of another rule of which some request may match both; the others are certain.
    pub(super) fn meets(&self, other: &Weighed<'_>) -> u64 {
        let both = self.weight.any() & other.weight.any();
        if both == 0 || !self.rule.object().may_meet(other.rule.object()) {
            return 0;
        }
        let sure = both & (self.weight.always | other.weight.always);
        let open = both & !sure;
        if open != 0 && self.rule.action().may_meet(other.rule.action()) {
            both
        } else {
            sure
        }
    }
}

/// Rules of one name, to be found by their objects.
#[derive(Debug)]
pub(super) struct Indexed<'s> {
    pub(super) all: Vec<Weighed<'s>>,
    pub(super) lookup: Lookup,
}

impl<'s> Indexed<'s> {
    pub(super) fn new(all: Vec<Weighed<'s>>) -> Self {
        Self {
            lookup: Lookup::new(all.iter().map(|one| one.rule)),
            all,
        }
    }
}

/// The denies and failing rules that can revert an allow of the same subject.
#[derive(Debug)]
pub(super) struct Denies<'s> {
    pub(super) indexed: Indexed<'s>,
    /// The questions whose every evaluation ends in an error on a line.
    pub(super) fails: Vec<(LineId, u64)>,
}

impl Denies<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.indexed.all.is_empty() && self.fails.is_empty()
    }
}

/// What is known of the names of one enforcer.
#[derive(Debug)]
pub(super) struct NameIndex<'s> {
    pub(super) enforcer: &'s Enforcer,
    /// The project about whose objects alone it is asked.
    pub(super) project: Option<&'s str>,
    weights: HashMap<u32, Weight>,
    reached: HashMap<u32, Rc<[u32]>>,
    denies: HashMap<u32, Rc<Denies<'s>>>,
    allows: HashMap<u32, Rc<Indexed<'s>>>,
    /// The first deny of a name that meets an allow of another one.
    pub(super) meetings: HashMap<(u32, u32), Option<LineId>>,
}

impl<'s> NameIndex<'s> {
    pub(super) fn new(enforcer: &'s Enforcer, project: Option<&'s str>) -> Self {
        Self {
            enforcer,
            project,
            weights: HashMap::new(),
            reached: HashMap::new(),
            denies: HashMap::new(),
            allows: HashMap::new(),
            meetings: HashMap::new(),
        }
    }

    /// The names that a name acts as, itself first.
    pub(super) fn reached(&mut self, name: u32) -> Rc<[u32]> {
        let enforcer = self.enforcer;
        let reached = self.reached.entry(name).or_insert_with(|| {
            let mut names = Vec::new();
            enforcer.for_reached(enforcer.name_text(name), |reached| names.push(reached));
            names.into()
        });
        Rc::clone(reached)
    }

    /// A rule with the questions that it is about here.
    pub(super) fn weigh(&mut self, questions: &Questions, rule: Reaching<'s>) -> Weighed<'s> {
        let weight = *self
            .weights
            .entry(rule.pair())
            .or_insert_with(|| questions.weigh(rule));
        let weight = match self.project {
            Some(project) => weight & questions.in_project(rule, project),
            None => weight,
        };
        Weighed { rule, weight }
    }

    /// A name's own rules in the order of their lines.
    pub(super) fn own(&mut self, questions: &Questions, name: u32) -> Vec<Weighed<'s>> {
        let mut own: Vec<_> = self.enforcer.own_rules(name).collect();
        own.sort_unstable_by_key(|rule| rule.line());
        let own = own.into_iter();
        own.map(|rule| self.weigh(questions, rule)).collect()
    }

    /// A name's own denies, and its rules on which every evaluation fails. `idle` tells the questions
    /// of a deny that others grant anyway.
    pub(super) fn denies(
        &mut self,
        questions: &Questions,
        name: u32,
        idle: impl Fn(&Weighed<'s>) -> u64,
    ) -> Rc<Denies<'s>> {
        if let Some(found) = self.denies.get(&name) {
            return Rc::clone(found);
        }
        let (mut denies, mut fails) = (Vec::new(), Vec::new());
        for mut one in self.own(questions, name) {
            let broken = if one.rule.object().always_fails() {
                one.weight.always
            } else {
                0
            };
            let failing = one.weight.fails | broken;
            if failing != 0 {
                fails.push((one.rule.line(), failing));
            }
            let is_deny = one.rule.effect() == Effect::Deny && !one.rule.object().is_never();
            if is_deny || one.rule.object().always_fails() && one.weight.perhaps != 0 {
                one.weight = one.weight.without(idle(&one) | failing);
                if one.weight.any() != 0 {
                    denies.push(one);
                }
            }
        }
        let denies = Rc::new(Denies {
            indexed: Indexed::new(denies),
            fails,
        });
        self.denies.insert(name, Rc::clone(&denies));
        denies
    }

    /// A name's own rules that allow.
    pub(super) fn allows(&mut self, questions: &Questions, name: u32) -> Rc<Indexed<'s>> {
        if let Some(found) = self.allows.get(&name) {
            return Rc::clone(found);
        }
        let mut allows = self.own(questions, name);
        allows.retain(|one| {
            let is_allow = one.rule.effect() == Effect::Allow && !one.rule.object().is_never();
            is_allow && one.weight.any() != 0
        });
        let allows = Rc::new(Indexed::new(allows));
        self.allows.insert(name, Rc::clone(&allows));
        allows
    }
}
