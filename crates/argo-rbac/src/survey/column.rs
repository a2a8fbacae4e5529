//! The rules that decide about one verb of one resource for one subject, in groups, as a search
//! takes them.

use std::cell::OnceCell;

use super::automaton::FieldCondition;
use super::lookup::Lookup;
use super::search::Atom;
use super::verb::{Applies, Verb, applies};
use super::view::{Cited, Giver, View, Views, asked};
use crate::engine::{Effect, Reaching};
use crate::server::Server;
use crate::vocabulary::counts_for_project;

/// The objects that the rules of a column decide about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place<'s> {
    /// Those of which no project's view is.
    Elsewhere,
    /// One project's.
    Project(&'s str),
}

/// A rule in a column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ruling<'s> {
    pub(super) rule: Reaching<'s>,
    /// Whether it is about every action of the verb.
    pub(super) always: bool,
    /// Whether it denies; what always fails does so.
    pub(super) denies: bool,
    /// Whether it fails on every object.
    fails: bool,
}

impl<'s> Ruling<'s> {
    /// The rule as a search takes it.
    pub(super) fn atom(self) -> Atom<'s> {
        Atom {
            action: if self.always {
                FieldCondition::All
            } else {
                FieldCondition::new(self.rule.action())
            },
            object: if self.fails {
                FieldCondition::All
            } else {
                FieldCondition::new(self.rule.object())
            },
            denies: self.denies,
            may_fail: !self.fails && self.rule.may_fail(),
        }
    }

    /// Whether it matches no object.
    pub(super) fn matches_nothing(self) -> bool {
        !self.fails && self.rule.object().is_never()
    }

    /// Whether it is known to match all that another one does.
    pub(super) fn covers(self, other: Self) -> bool {
        (self.fails || self.rule.object().covers(other.rule.object()))
            && (self.always || self.rule.action().covers(other.rule.action()))
    }

    /// Whether some request may match both; a no is certain.
    pub(super) fn may_meet(self, other: Self) -> bool {
        (self.fails || other.fails || self.rule.object().may_meet(other.rule.object()))
            && (self.always || other.always || self.rule.action().may_meet(other.rule.action()))
    }
}

/// Rules of one giver: together they allow what one of them allows and none denies.
#[derive(Debug)]
pub(super) struct Group<'s> {
    pub(super) giver: Giver,
    pub(super) view: View<'s>,
    pub(super) rulings: Vec<Ruling<'s>>,
    /// Made when it is first asked for.
    lookup: OnceCell<Lookup>,
}

impl<'s> Group<'s> {
    fn lookup(&self) -> &Lookup {
        self.lookup
            .get_or_init(|| Lookup::new(self.rulings.iter().map(|ruling| ruling.rule)))
    }

    pub(super) fn cite(&self, ruling: Ruling<'_>) -> Cited<'s> {
        self.view.cite(ruling.rule.line())
    }

    /// The rules that may meet one, and perhaps others.
    pub(super) fn near<'g>(
        &'g self,
        ruling: Ruling<'g>,
    ) -> impl Iterator<Item = Ruling<'s>> + use<'g, 's> {
        let near: Box<dyn Iterator<Item = usize>> = if ruling.fails {
            Box::new(0..self.rulings.len())
        } else {
            Box::new(self.lookup().meeting(ruling.rule.object()))
        };
        near.map(|place| self.rulings[place])
    }

    /// The rules that may cover one, and perhaps others.
    pub(super) fn above<'g>(
        &'g self,
        ruling: Ruling<'g>,
    ) -> impl Iterator<Item = Ruling<'s>> + use<'g, 's> {
        self.lookup()
            .covering(ruling.rule.object())
            .map(|place| self.rulings[place])
    }
}

/// The groups of rules by which a server decides about a verb at a place, in the order in which it
/// asks them.
pub(super) fn groups<'s>(
    server: &Server,
    views: &Views<'s>,
    place: Place<'_>,
    (resource, verb): (&str, Verb),
) -> Vec<Group<'s>> {
    let mut groups = Vec::new();
    for (resource, verb) in asked(server, resource, verb) {
        let (mut view, mut is_own) = (&views.all[0], true);
        if let Place::Project(project) = place
            && counts_for_project(resource, server.version())
        {
            let found = views.all.iter().find(|view| view.project == Some(project));
            is_own = found.is_some() || !views.elsewhere.contains(&project);
            view = found.unwrap_or(view);
        }
        for side in &view.sides {
            if side.giver == Giver::Subject && !is_own {
                continue;
            }
            let rulings = rulings(&side.rules, resource, verb);
            groups.push(Group {
                giver: side.giver,
                view: View {
                    sides: Vec::new(),
                    ..*view
                },
                lookup: OnceCell::new(),
                rulings,
            });
        }
    }
    groups
}

fn rulings<'s>(rules: &[Reaching<'s>], resource: &str, verb: Verb) -> Vec<Ruling<'s>> {
    let mut rulings = Vec::new();
    for rule in rules {
        let how = applies(*rule, resource, verb);
        if how == Applies::Never {
            continue;
        }
        let fails = how == Applies::Fails || rule.object().always_fails();
        // A rule without effect may fail anyway, and then it refuses.
        if rule.effect() == Effect::Other && !rule.may_fail() {
            continue;
        }
        rulings.push(Ruling {
            rule: *rule,
            always: how != Applies::Perhaps,
            denies: fails || rule.effect() != Effect::Allow,
            fails,
        });
    }
    rulings
}
