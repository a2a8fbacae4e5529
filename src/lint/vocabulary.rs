//! Which resource has which action.

use super::pattern::{Pattern, objects};
use crate::rbac::vocabulary::{ACTIONS_WITH_PATH, RESOURCES, actions, resource_actions};
use crate::rbac::{ArgoCdVersion, MatchMode, Policy as Rule};
use crate::site::WholePolicy;

/// The actions of a resource.
pub(crate) fn actions_of(resource: &str, version: ArgoCdVersion) -> Vec<&'static str> {
    resource_actions(resource, version).to_vec()
}

/// The resources that a pattern matches.
pub(crate) fn resources(policy: &WholePolicy<'_>, pattern: &str) -> Vec<&'static str> {
    // Most lines name one, and compiling a glob for each line takes long.
    let named = RESOURCES.iter().find(|resource| **resource == pattern);
    if let (MatchMode::Glob, Some(resource)) = (policy.mode, named) {
        return vec![resource];
    }
    let pattern = Pattern::new(policy, pattern);
    let known = RESOURCES.iter().copied();
    known.filter(|resource| pattern.matches(resource)).collect()
}

/// Whether a pattern matches some action of some resource.
pub(crate) fn matches_some_action(
    policy: &WholePolicy<'_>,
    text: &str,
    pattern: &Pattern<'_>,
) -> bool {
    let verbs = actions(policy.version);
    verbs.iter().any(|verb| pattern.matches(verb)) || matches_path(policy, text)
        // A path where none may be: the verb is known anyway.
        || text
            .split_once('/')
            .is_some_and(|(verb, _)| verbs.contains(&verb))
}

/// Whether a pattern matches an action with a path.
fn matches_path(policy: &WholePolicy<'_>, text: &str) -> bool {
    let common = ["apps/Deployment/restart", "*/Pod/*/*"];
    let pattern = Pattern::new(policy, text);
    let starts_well = |sample: &str| {
        let (verb, path) = sample.split_once('/').unwrap_or_default();
        ACTIONS_WITH_PATH.contains(&verb) && !path.is_empty()
    };
    ACTIONS_WITH_PATH.iter().any(|verb| {
        common
            .iter()
            .any(|path| pattern.matches(&format!("{verb}/{path}")))
    }) || objects(policy, text)
        .iter()
        .any(|sample| starts_well(sample))
}

/// Whether a resource has an action that a pattern matches.
pub(crate) fn has_action(
    policy: &WholePolicy<'_>,
    resource: &str,
    text: &str,
    pattern: &Pattern<'_>,
) -> bool {
    let own = actions_of(resource, policy.version);
    own.iter().any(|action| pattern.matches(action))
        || resource == "applications" && matches_path(policy, text)
        // An extension's own resource and action are anyone's guess.
        || resource == "extensions" && pattern.matches("invoke")
}

/// A question that a rule of the policy answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) resource: &'static str,
    pub(crate) action: String,
    pub(crate) object: String,
}

/// Questions that match a rule's patterns, so that something can be shown to happen. None does not
/// prove that nothing does.
pub(crate) fn requests(policy: &WholePolicy<'_>, rule: &Rule<'_>) -> Vec<Sample> {
    let pattern = Pattern::new(policy, &rule.action.text);
    let objects = objects(policy, &rule.object.text);
    let mut found = Vec::new();
    for resource in resources(policy, &rule.resource.text) {
        let own = actions_of(resource, policy.version);
        let mut actions: Vec<String> = own.into_iter().map(str::to_owned).collect();
        if resource == "applications" {
            actions.retain(|action| action != "action");
            let paths = ACTIONS_WITH_PATH.iter();
            actions.extend(paths.map(|verb| format!("{verb}/apps/Deployment/restart")));
        }
        actions.retain(|action| pattern.matches(action));
        for action in actions {
            for object in &objects {
                found.push(Sample {
                    resource,
                    action: action.clone(),
                    object: object.clone(),
                });
            }
        }
    }
    found
}
