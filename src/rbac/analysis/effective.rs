//! What each subject may do, effectively: its own rules, its roles' and the default role's.

use crate::rbac::engine::{Effect, Enforcer, LineId, Reaching};
use crate::rbac::survey::{Applies, Verb, applies, verbs};
use crate::rbac::version::ArgoCdVersion;

/// Every name that a policy gives rules to, binds, or binds to, in the order of first appearance.
pub fn subjects(enforcer: &Enforcer) -> impl Iterator<Item = &str> {
    enforcer.names().map(|(_, name)| name)
}

/// The rules about one action of one resource that reach a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// A resource that Argo CD knows, or the text of a rule that matches none.
    pub resource: String,
    /// A verb that Argo CD knows, or the text of a rule that matches none.
    pub action: String,
    /// The rules in load order, the default role's first.
    pub entries: Vec<Entry>,
}

impl Cell {
    /// Whether some entry is in force that allows.
    pub fn grants(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.effect == Effect::Allow && entry.state.is_in_force())
    }
}

/// A rule in a [`Cell`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The rule's pattern of objects, as written.
    pub object: String,
    /// Allow or deny.
    pub effect: Effect,
    /// The rule's line.
    pub line: LineId,
    /// Whether it reaches the subject as the default role's.
    pub by_default_role: bool,
    /// What becomes of it.
    pub state: State,
}

/// What becomes of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing stands against it.
    InForce,
    /// There are denies that may take part of it back.
    Limited,
    /// A deny takes all of it back.
    Overruled(LineId),
    /// The evaluation always ends in an error on this line, so nothing is allowed.
    Fails(LineId),
    /// Its pattern does not compile, so it matches nothing.
    Never,
}

impl State {
    /// Whether the rule does something, in part at least.
    pub fn is_in_force(self) -> bool {
        matches!(self, Self::InForce | Self::Limited)
    }
}

/// What a subject may do: one cell for every resource and verb that some rule is about. An allow of
/// the default role is final, so no deny of the subject's own is held against it.
pub fn effective(enforcer: &Enforcer, subject: &str, version: ArgoCdVersion) -> Vec<Cell> {
    let default_role = match enforcer.default_role() {
        "" => Vec::new(),
        role => enforcer.reaching(role),
    };
    let own = enforcer.reaching(subject);
    let sides = [(&default_role, true), (&own, false)];
    let mut used = std::collections::HashSet::new();
    let mut cells = Vec::new();
    for (resource, verb) in verbs(version) {
        let mut entries = Vec::new();
        for (side, by_default_role) in sides {
            side_entries(
                enforcer,
                side,
                (resource, verb),
                by_default_role,
                &mut entries,
            );
        }
        used.extend(entries.iter().map(|entry: &Entry| entry.line));
        if !entries.is_empty() {
            cells.push(Cell {
                resource: resource.to_owned(),
                action: verb.to_string(),
                entries,
            });
        }
    }
    for (side, by_default_role) in sides {
        for rule in side {
            if rule.effect() == Effect::Other || used.contains(&rule.line()) {
                continue;
            }
            let text = enforcer.rule(rule.line());
            let entry = Entry {
                object: text.object.text.into_owned(),
                effect: rule.effect(),
                line: rule.line(),
                by_default_role,
                state: beside_the_cells(*rule, side),
            };
            let (resource, action) = (text.resource.text, text.action.text);
            let same = cells
                .iter_mut()
                .find(|cell| cell.resource == resource && cell.action == action);
            if let Some(cell) = same {
                cell.entries.push(entry);
            } else {
                cells.push(Cell {
                    resource: resource.into_owned(),
                    action: action.into_owned(),
                    entries: vec![entry],
                });
            }
        }
    }
    cells
}

/// What becomes of a rule that is about no known action of a known resource: its patterns are all
/// that is known of its questions.
fn beside_the_cells(rule: Reaching<'_>, side: &[Reaching<'_>]) -> State {
    if [rule.resource(), rule.action(), rule.object()]
        .iter()
        .any(|pattern| pattern.is_never())
    {
        return State::Never;
    }
    if rule.effect() == Effect::Deny {
        return State::InForce;
    }
    let mut denies = side
        .iter()
        .filter(|deny| deny.effect() == Effect::Deny && deny.may_meet(rule))
        .peekable();
    if denies.peek().is_none() {
        return State::InForce;
    }
    denies
        .find(|deny| deny.covers(rule))
        .map_or(State::Limited, |deny| State::Overruled(deny.line()))
}

/// Adds the entries of one side to a cell.
fn side_entries(
    enforcer: &Enforcer,
    side: &[Reaching<'_>],
    (resource, verb): (&str, Verb),
    by_default_role: bool,
    entries: &mut Vec<Entry>,
) {
    let mut relevant = Vec::new();
    let mut failing = None;
    for rule in side {
        let how = applies(*rule, resource, verb);
        let fails = how == Applies::Fails || how == Applies::Always && rule.object().always_fails();
        if fails && failing.is_none() {
            failing = Some(rule.line());
        }
        if how != Applies::Never && rule.effect() != Effect::Other {
            relevant.push((*rule, how));
        }
    }
    for (rule, _) in &relevant {
        let denies = || {
            relevant
                .iter()
                .filter(|(deny, _)| deny.effect() == Effect::Deny && !deny.object().is_never())
        };
        let state = if let Some(line) = failing {
            State::Fails(line)
        } else if rule.object().is_never() {
            State::Never
        } else if rule.effect() == Effect::Deny {
            State::InForce
        } else if let Some((deny, _)) = denies().find(|(deny, how)| {
            deny.object().covers(rule.object())
                && (*how == Applies::Always || deny.action().covers(rule.action()))
        }) {
            State::Overruled(deny.line())
        } else if denies().next().is_some() {
            State::Limited
        } else {
            State::InForce
        };
        entries.push(Entry {
            object: enforcer.rule(rule.line()).object.text.into_owned(),
            effect: rule.effect(),
            line: rule.line(),
            by_default_role,
            state,
        });
    }
}
