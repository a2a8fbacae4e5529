//! Who may make some of the requests that match, and who might but for a deny.

use std::collections::{BTreeSet, HashMap};

use super::automaton::FieldCondition;
use super::budget::Budget;
use super::change::Whom;
use super::concerned::who_reaches;
use super::excepted::AskedObjects;
use super::range::{Example, Range, range_with};
use super::requests::{Requests, is_pattern};
use super::sample::FreshNames;
use super::verb::{Applies, Verb, applies, verbs};
use super::view::{Cited, Giver, Views};
use crate::claims::Claims;
use crate::engine::{Effect, LineId, Reaching};
use crate::glob::Glob;
use crate::server::Server;

/// A subject with more rules than this is first asked for the examples that were found for others.
const FEW_RULES: usize = 64;

/// The most requests that are kept as examples for others.
const MOST_EXAMPLES: usize = 16;

/// Someone who may make some request of those that were asked about, or might but for a deny.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder<'s> {
    /// Who.
    pub whom: Whom,
    /// What holds of the requests for it.
    pub range: Range<'s>,
    /// The line that would allow one, where none is allowed because of a deny.
    pub but_for_deny: Option<Cited<'s>>,
    /// The `g` lines from the subject to the one that is named by the deciding line.
    pub chain: Vec<LineId>,
}

/// Everybody who may make some of the requests, and those who might but for a deny: first everybody
/// through the default role, the empty subject or authorisation switched off, then by name.
pub fn who_can<'s>(server: &'s Server, requests: Requests<'_>, budget: &Budget) -> Vec<Holder<'s>> {
    let mut nobody = "nobody".to_owned();
    while server.mentions(&nobody) {
        nobody.push('x');
    }
    let made = FreshNames::on(server);
    let mut relevant = Relevant::new(server, requests);
    let names = candidates(server, &relevant);
    let mut known: HashMap<Reached<'s>, (String, Range<'s>)> = HashMap::new();
    let mut examples = Examples::default();
    let mut holders = Vec::new();
    for name in std::iter::once(&nobody).chain(&names) {
        let whom = if *name == nobody {
            Whom::Everybody
        } else {
            Whom::Subject(name.clone())
        };
        let views = Views::new(server, name);
        let key = relevant.key(&views);
        let range = match known.get(&key) {
            Some((other, range)) => as_of(range, other, name),
            None => key
                .is_large()
                .then(|| examples.range(server, name))
                .flatten()
                .unwrap_or_else(|| {
                    let range = range_with(server, name, (requests, &[]), &made, budget);
                    examples.keep(&range, requests);
                    range
                }),
        };
        known
            .entry(key)
            .or_insert_with(|| (name.clone(), range.clone()));
        let but_for_deny = if range.is_refused() {
            but_for_deny(&views, &relevant.columns, requests)
        } else {
            None
        };
        if range.is_refused() && but_for_deny.is_none() {
            continue;
        }
        let chain = range.allowed.as_ref().and_then(|example| {
            let answer = &example.answer;
            let subject = if answer.grounds.line().is_some() && whom == Whom::Everybody {
                answer.enforcer.default_role()
            } else {
                &answer.subject
            };
            answer.enforcer.chain(subject, answer.grounds.line()?)
        });
        holders.push(Holder {
            whom,
            range,
            but_for_deny,
            chain: chain.unwrap_or_default(),
        });
    }
    holders
}

/// Returns the same range for another subject with the same rules.
fn as_of<'s>(range: &Range<'s>, other: &str, name: &str) -> Range<'s> {
    let mut range = range.clone();
    for example in [&mut range.allowed, &mut range.refused] {
        if let Some(example) = example
            && example.answer.subject == other
        {
            name.clone_into(&mut example.answer.subject);
        }
    }
    range
}

/// Requests that were examples for one subject, to be tried on others: the members of a large role may
/// all make the same one of its requests.
#[derive(Default)]
struct Examples(Vec<(&'static str, String, String)>);

impl Examples {
    fn keep(&mut self, range: &Range<'_>, requests: Requests<'_>) {
        let asked = [requests.resource, requests.action, requests.object];
        if !asked.iter().any(|text| is_pattern(text)) {
            return;
        }
        for example in [&range.allowed, &range.refused].into_iter().flatten() {
            let request = (
                example.resource,
                example.action.clone(),
                example.object.clone(),
            );
            if self.0.len() < MOST_EXAMPLES && !self.0.contains(&request) {
                self.0.push(request);
            }
        }
    }

    /// The range of a subject, if the examples show that some requests are allowed and others refused.
    fn range<'s>(&self, server: &'s Server, name: &str) -> Option<Range<'s>> {
        let mut range = Range::default();
        for (resource, action, object) in &self.0 {
            let answer = server.decide(&Claims::of(name, [""; 0]), resource, action, object);
            let found = if answer.allowed() {
                &mut range.allowed
            } else {
                &mut range.refused
            };
            found.get_or_insert_with(|| Example {
                resource,
                action: action.clone(),
                object: object.clone(),
                answer,
            });
            if range.allowed.is_some() && range.refused.is_some() {
                return Some(range);
            }
        }
        None
    }
}

/// The rules that reach a subject and may be about the requests, and the projects of which the policy
/// says nothing to it.
#[derive(PartialEq, Eq, Hash)]
struct Reached<'s> {
    sides: Vec<(Option<&'s str>, Giver, Vec<LineId>)>,
    elsewhere: Vec<&'s str>,
}

impl Reached<'_> {
    fn is_large(&self) -> bool {
        self.sides
            .iter()
            .any(|(_, _, lines)| lines.len() > FEW_RULES)
    }
}

/// Which rules may be about the requests.
struct Relevant<'q> {
    columns: Vec<(&'static str, Verb)>,
    objects: AskedObjects<'q>,
    /// Whether each line is relevant, for the policy alone and for each project whose lines follow it.
    known: HashMap<Option<String>, HashMap<LineId, bool>>,
}

impl<'q> Relevant<'q> {
    fn new(server: &Server, requests: Requests<'q>) -> Self {
        Self {
            columns: columns(server, requests),
            objects: AskedObjects::new(requests.object),
            known: HashMap::new(),
        }
    }

    fn contains(&self, rule: Reaching<'_>) -> bool {
        let is_asked =
            |(resource, verb): &(&str, Verb)| applies(rule, resource, *verb) != Applies::Never;
        (rule.effect() != Effect::Other || rule.may_fail())
            && self.objects.may_meet(rule.object())
            && self.columns.iter().any(is_asked)
    }

    fn key<'s>(&mut self, views: &Views<'s>) -> Reached<'s> {
        let mut sides = Vec::new();
        for view in &views.all {
            let mut known = self
                .known
                .remove(&view.project.map(str::to_owned))
                .unwrap_or_default();
            for side in &view.sides {
                let relevant = side.rules.iter().filter(|rule| {
                    *known
                        .entry(rule.line())
                        .or_insert_with(|| self.contains(**rule))
                });
                let lines: Vec<LineId> = relevant.map(|rule| rule.line()).collect();
                if !lines.is_empty() {
                    sides.push((view.project, side.giver, lines));
                }
            }
            self.known.insert(view.project.map(str::to_owned), known);
        }
        Reached {
            sides,
            elsewhere: views.elsewhere.clone(),
        }
    }
}

/// The names that reach a rule which may be about the requests.
fn candidates(server: &Server, relevant: &Relevant<'_>) -> Vec<String> {
    let mut names: BTreeSet<String> = server.names_in_projects().collect();
    let base = server.base();
    let concerned = |name: u32| base.own_rules(name).any(|rule| relevant.contains(rule));
    let found: BTreeSet<&str> = base
        .names()
        .filter(|(number, _)| concerned(*number))
        .map(|(_, name)| name)
        .collect();
    let through_projects: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let mut all: BTreeSet<String> = who_reaches(base, &found)
        .into_iter()
        .chain(who_reaches(base, &through_projects))
        .map(str::to_owned)
        .collect();
    all.append(&mut names);
    all.remove("");
    all.into_iter().collect()
}

/// What the requests are asked of the enforcer as.
pub(super) fn columns(server: &Server, requests: Requests<'_>) -> Vec<(&'static str, Verb)> {
    let (Ok(resources), Some(actions)) = (
        Glob::compile(requests.resource),
        FieldCondition::of_glob(requests.action),
    ) else {
        return Vec::new();
    };
    verbs(server.version())
        .filter(|(resource, verb)| {
            resources.matches(resource) == Ok(true)
                && match verb {
                    Verb::Action(action) => actions.matches(action) == Some(true),
                    Verb::Below(_) => true,
                }
        })
        .flat_map(|(resource, verb)| super::view::asked(server, resource, verb))
        .collect()
}

/// The first line that would allow one of the requests.
fn but_for_deny<'s>(
    views: &Views<'s>,
    columns: &[(&'static str, Verb)],
    requests: Requests<'_>,
) -> Option<Cited<'s>> {
    views.all.iter().find_map(|view| {
        let own = view
            .sides
            .iter()
            .filter(|side| side.giver == Giver::Subject);
        let mut rules = own.flat_map(|side| &side.rules);
        let allow = rules.find(|rule| {
            let is_asked = |(resource, verb): &(&str, Verb)| match applies(**rule, resource, *verb)
            {
                Applies::Always => true,
                Applies::Perhaps => rule.action().matches(requests.action) == Some(true),
                Applies::Never | Applies::Fails => false,
            };
            rule.effect() == Effect::Allow
                && rule.object().matches(requests.object) == Some(true)
                && columns.iter().any(is_asked)
        })?;
        Some(view.cite(allow.line()))
    })
}
