//! The rules that reach a subject, as globs: in regex mode too, as far as a regular expression is one.

use super::verb::{Applies, Verb, applies, verbs};
use super::view::{Cited, Giver, View, Views};
use crate::engine::{Effect, LineId, Reaching};
use crate::server::Server;
use crate::set::MatchMode;
use crate::version::ArgoCdVersion;
use crate::vocabulary::RESOURCES;

/// A rule that reaches a subject.
#[derive(Clone, Debug)]
pub struct GivenRule<'s> {
    /// Where it comes from.
    pub giver: Giver,
    /// The project whose objects alone it is about.
    pub project: Option<&'s str>,
    /// Whether it allows, denies or neither.
    pub effect: Effect,
    /// Its line.
    pub line: Cited<'s>,
    /// The glob of its actions.
    pub action: String,
    /// The glob of its resources.
    pub resource: String,
    /// The glob of its objects.
    pub object: String,
    /// Whether the globs match what it matches, and no more.
    pub is_exact: bool,
}

/// A rule that reaches a subject: where it comes from, its project, and its line.
pub type GivenLine<'s> = (Giver, Option<&'s str>, LineId);

/// Returns the rules that reach a subject, those of the default role and of everybody included.
pub fn given<'s>(server: &'s Server, subject: &str) -> Vec<GivenRule<'s>> {
    let views = Views::new(server, subject);
    let rules = reaching(server, &views).map(|(view, giver, rule)| {
        let ([action, resource, object], is_exact) = globs(rule, server.version());
        GivenRule {
            giver,
            project: view.project,
            effect: rule.effect(),
            line: view.cite(rule.line()),
            action,
            resource,
            object,
            is_exact,
        }
    });
    rules.collect()
}

/// Returns the rules that reach a subject and not everybody.
pub fn given_own<'s>(server: &'s Server, subject: &str) -> Vec<GivenLine<'s>> {
    let views = Views::new(server, subject);
    let own = reaching(server, &views)
        .filter(|(view, giver, _)| *giver == Giver::Subject || view.project.is_some());
    own.map(|(view, giver, rule)| (giver, view.project, rule.line()))
        .collect()
}

fn reaching<'v, 's>(
    server: &'s Server,
    views: &'v Views<'s>,
) -> impl Iterator<Item = (&'v View<'s>, Giver, Reaching<'s>)> {
    let sides = views
        .all
        .iter()
        .flat_map(|view| view.sides.iter().map(move |side| (view, side)));
    let all = sides.flat_map(|(view, side)| {
        let rules = side.rules.iter();
        rules.map(move |rule| (view, side.giver, *rule))
    });
    let base = server.base();
    // A project's view repeats the policy's rules.
    let all = all.filter(|(view, _, rule)| view.project.is_none() || base.is_behind(rule.line()));
    all.filter(|(_, _, rule)| !rule.is_virtual())
}

/// The globs of a rule's action, resource and object, and whether they say the same.
fn globs(rule: Reaching<'_>, version: ArgoCdVersion) -> ([String; 3], bool) {
    if rule.action().mode() == MatchMode::Glob {
        let fields = [rule.action(), rule.resource(), rule.object()];
        return (fields.map(|field| field.glob_text().into_owned()), true);
    }
    let (mut resources, mut actions): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let (mut missing, mut is_exact) = (false, !rule.may_fail());
    for (resource, verb) in verbs(version) {
        if rule.resource().matches(resource) != Some(true) {
            continue;
        }
        if resources.last().is_none_or(|last| last != resource) {
            resources.push(resource.to_owned());
        }
        let action = match (applies(rule, resource, verb), verb) {
            (Applies::Always, Verb::Action(action)) => action.to_owned(),
            (Applies::Always | Applies::Perhaps, Verb::Below(action)) => format!("{action}/*"),
            _ => {
                missing = true;
                continue;
            }
        };
        is_exact &= applies(rule, resource, verb) == Applies::Always;
        if !actions.contains(&action) {
            actions.push(action);
        }
    }
    if !missing {
        actions = vec!["*".to_owned()];
    }
    if resources.len() == RESOURCES.len() {
        resources = vec!["*".to_owned()];
    }
    let plain = rule.object().as_plain_glob();
    let plain = plain.filter(|glob| !glob.contains(['?', '[', '{', '\\']));
    is_exact &= plain.is_some();
    let object = plain.map_or_else(|| "*".to_owned(), std::borrow::Cow::into_owned);
    let joined = |texts: Vec<String>| match &texts[..] {
        [one] => one.clone(),
        many => format!("{{{}}}", many.join(",")),
    };
    ([joined(actions), joined(resources), object], is_exact)
}
