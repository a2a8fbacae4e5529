//! Subjects for which a change of policy may change anything at all.
//!
//! Two policies answer alike for a subject when it reaches the same rules in both: the order of lines
//! decides only which line is named. So anyone who reaches no name whose own rules or roles differ is
//! out of the question.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::engine::{Effect, Enforcer, LineId, MAX_HOPS};
use crate::policy::Policy;
use crate::server::Server;

/// A rule without its subject and its place: what it says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Said {
    pub(super) resource: String,
    pub(super) action: String,
    pub(super) object: String,
    effect: Effect,
}

impl Said {
    pub(super) fn new(rule: &Policy<'_>) -> Self {
        Self {
            resource: rule.resource.text.to_string(),
            action: rule.action.text.to_string(),
            object: rule.object.text.to_string(),
            effect: Effect::new(&rule.effect.text),
        }
    }
}

/// The names for which something may change, sorted: those that reach a name whose own rules or
/// roles differ, or all when patterns are compared in another way.
pub(super) fn concerned<'e>(
    before: &'e Enforcer,
    after: &'e Enforcer,
    same_mode: bool,
) -> BTreeSet<&'e str> {
    let mut differing: BTreeSet<&str> = BTreeSet::new();
    for (number, name) in before.names() {
        let same = same_mode
            && after.name(name).is_some_and(|other| {
                same_rules(before, number, after, other) && same_roles(before, number, after, other)
            });
        if !same {
            differing.insert(name);
        }
    }
    let new = after.names().map(|(_, name)| name);
    differing.extend(new.filter(|name| before.name(name).is_none()));
    let mut concerned = differing.clone();
    for enforcer in [before, after] {
        concerned.extend(who_reaches(enforcer, &differing));
    }
    concerned
}

/// Whether a name's own rules say the same, in any order.
fn same_rules(before: &Enforcer, old: u32, after: &Enforcer, new: u32) -> bool {
    let (old, new) = (before.own_lines(old), after.own_lines(new));
    // Mostly the very same lines. The rule that is in no text has an empty one.
    let equal = old.len() == new.len()
        && old
            .iter()
            .zip(&new)
            .all(|(old, new)| before.line_text(*old) == after.line_text(*new));
    let all = |enforcer: &Enforcer, lines: Vec<LineId>| -> HashSet<Said> {
        lines
            .into_iter()
            .map(|line| Said::new(&enforcer.rule(line)))
            .collect()
    };
    equal || all(before, old) == all(after, new)
}

/// Whether a name is bound to the same roles.
fn same_roles(before: &Enforcer, old: u32, after: &Enforcer, new: u32) -> bool {
    let old = || before.own_roles(old).map(|role| before.name_text(role));
    let new = || after.own_roles(new).map(|role| after.name_text(role));
    old().eq(new()) || old().collect::<HashSet<_>>() == new().collect::<HashSet<_>>()
}

/// The names that act as one of some names, within the hops that count.
pub(super) fn who_reaches<'e>(enforcer: &'e Enforcer, some: &BTreeSet<&str>) -> Vec<&'e str> {
    let mut bound_to: HashMap<u32, Vec<u32>> = HashMap::new();
    for (number, _) in enforcer.names() {
        for role in enforcer.own_roles(number) {
            bound_to.entry(role).or_default().push(number);
        }
    }
    let mut front: Vec<u32> = some.iter().filter_map(|name| enforcer.name(name)).collect();
    let mut seen: HashSet<u32> = front.iter().copied().collect();
    for _ in 0..MAX_HOPS {
        let mut next = Vec::new();
        for bound in front.iter().filter_map(|name| bound_to.get(name)).flatten() {
            if seen.insert(*bound) {
                next.push(*bound);
            }
        }
        front = next;
    }
    seen.into_iter()
        .map(|name| enforcer.name_text(name))
        .collect()
}

/// Whether a subject has a role that a test chooses.
pub fn acts_as(server: &Server, subject: &str, chosen: impl Fn(&str) -> bool) -> bool {
    let (base, mut found) = (server.base(), false);
    base.for_reached(subject, |name| {
        found = found || chosen(base.name_text(name));
    });
    found
}

/// The roles (`role:…`) of the subjects that the policy names, and the default role.
pub fn roles_with_members(server: &Server) -> BTreeSet<&str> {
    let base = server.base();
    let is_role = |name: &str| name.starts_with("role:");
    let mut front: Vec<u32> = base
        .names()
        .filter(|(_, name)| !is_role(name) || *name == base.default_role())
        .map(|(number, _)| number)
        .collect();
    let mut seen: HashSet<u32> = front.iter().copied().collect();
    for _ in 0..MAX_HOPS {
        let mut next = Vec::new();
        for role in front.iter().flat_map(|name| base.own_roles(*name)) {
            if seen.insert(role) {
                next.push(role);
            }
        }
        front = next;
    }
    let names = seen.into_iter().map(|name| base.name_text(name));
    names.filter(|name| is_role(name)).collect()
}
