//! What is asked of a resource, and whether a rule is about it.

use std::fmt;

use crate::engine::Reaching;
use crate::version::ArgoCdVersion;
use crate::vocabulary::{ACTIONS_WITH_PATH, RESOURCES, resource_actions};

/// What is asked of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// This very action.
    Action(&'static str),
    /// Every action that begins with this one and a slash: `action/apps/Deployment/restart`.
    Below(&'static str),
}

impl Verb {
    /// Whether an action belongs to it.
    pub fn contains(self, action: &str) -> bool {
        match self {
            Self::Action(own) => action == own,
            Self::Below(own) => action
                .strip_prefix(own)
                .is_some_and(|rest| rest.starts_with('/')),
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action(action) => f.write_str(action),
            Self::Below(action) => write!(f, "{action}/…"),
        }
    }
}

/// Every resource with every verb that the server of a version asks the enforcer for, paths below
/// actions where a resource has them. Of `action` it asks for paths alone.
pub fn verbs(version: ArgoCdVersion) -> impl Iterator<Item = (&'static str, Verb)> {
    RESOURCES.iter().flat_map(move |resource| {
        let single = resource_actions(resource, version).iter();
        let single = single.filter(|action| **action != "action");
        let single = single.map(|action| Verb::Action(action));
        let below = ACTIONS_WITH_PATH
            .iter()
            .filter(|_| *resource == "applications")
            .map(|action| Verb::Below(action));
        single.chain(below).map(|verb| (*resource, verb))
    })
}

/// Whether a rule's resource and action match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applies {
    /// For no action of the verb.
    Never,
    /// For some actions of the verb, perhaps.
    Perhaps,
    /// For every action of the verb.
    Always,
    /// The evaluation fails for every action of the verb.
    Fails,
}

pub(crate) fn applies(rule: Reaching<'_>, resource: &str, verb: Verb) -> Applies {
    match rule.resource().matches(resource) {
        None => return Applies::Fails,
        Some(false) => return Applies::Never,
        Some(true) => {}
    }
    let action = rule.action();
    match verb {
        Verb::Action(asked) => match action.matches(asked) {
            None => Applies::Fails,
            Some(false) => Applies::Never,
            Some(true) => Applies::Always,
        },
        Verb::Below(asked) => {
            let below = format!("{asked}/");
            if action.always_fails() {
                Applies::Fails
            } else if action.covers_all_under(&below) {
                Applies::Always
            } else if action.may_match_under(&below) {
                Applies::Perhaps
            } else {
                Applies::Never
            }
        }
    }
}
