//! What holds of every request that matches some patterns.

use std::collections::BTreeSet;

use super::automaton::{FieldCondition, FieldTexts};
use super::budget::Budget;
use super::column::{Place, groups};
use super::difference::{confine, likely_actions};
use super::excepted::{AskedObjects, Excepted, Wanted};
use super::requests::{Requests, is_pattern};
use super::sample::{FreshNames, samples};
use super::search::{Atom, Formula, Problem, SearchResult};
use super::verb::{Verb, verbs};
use super::view::{Cited, Views};
use crate::MatchMode;
use crate::claims::Claims;
use crate::glob::Glob;
use crate::server::{Answer, Server};
use crate::version::ArgoCdVersion;
use crate::vocabulary::counts_for_project;

/// The most texts that are tried of the rules.
const MOST_TRIED: usize = 24;

/// A request with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example<'s> {
    /// The resource.
    pub resource: &'static str,
    /// The action.
    pub action: String,
    /// The object.
    pub object: String,
    /// What the server says.
    pub answer: Answer<'s>,
}

/// What is known of all requests that match some globs, as far as the server makes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range<'s> {
    /// One that is allowed.
    pub allowed: Option<Example<'s>>,
    /// One that is refused.
    pub refused: Option<Example<'s>>,
    /// The resources and verbs of which neither could be excluded nor shown.
    pub undecided: Vec<(&'static str, Verb)>,
    /// Whether one of these may be allowed, and whether one may be refused.
    open: [bool; 2],
}

impl Range<'_> {
    /// Whether there is no such request at all.
    pub fn is_empty(&self) -> bool {
        self.allowed.is_none() && self.refused.is_none() && self.undecided.is_empty()
    }

    /// Whether all are proved to be refused.
    pub fn is_refused(&self) -> bool {
        self.allowed.is_none() && !self.open[0]
    }

    /// Whether all are proved to be allowed, and there is one.
    pub fn is_allowed(&self) -> bool {
        self.allowed.is_some() && self.refused.is_none() && !self.open[1]
    }
}

/// Whether the server of a version makes a request: its resource has the action, and the object is
/// one as Argo CD builds them.
pub fn is_request(version: ArgoCdVersion, resource: &str, action: &str, object: &str) -> bool {
    let mut columns = verbs(version);
    let is_known = columns.any(|(known, verb)| {
        let path = FieldTexts::paths(verb).map(|(verb, texts)| {
            let path = action.strip_prefix(verb);
            let path = path.and_then(|path| path.strip_prefix('/'));
            path.is_some_and(|path| texts.contains(path))
        });
        known == resource && path.unwrap_or_else(|| verb.contains(action))
    });
    is_known && FieldTexts::objects(resource).contains(object)
}

/// Finds out what a subject may of all requests that match, those left out that match one of
/// `except`. A pattern that does not compile matches nothing.
pub fn range<'s>(
    server: &'s Server,
    subject: &str,
    requests: Requests<'_>,
    except: &[Requests<'_>],
    budget: &Budget,
) -> Range<'s> {
    let names = FreshNames::on(server);
    range_with(server, subject, (requests, except), &names, budget)
}

pub(super) fn range_with<'s>(
    server: &'s Server,
    subject: &str,
    (requests, except): (Requests<'_>, &[Requests<'_>]),
    names: &FreshNames,
    budget: &Budget,
) -> Range<'s> {
    if let Some(range) = exact(server, subject, requests).filter(|_| except.is_empty()) {
        return range;
    }
    let views = Views::new(server, subject);
    let mut asked = RangeSearch {
        server,
        subject,
        views: &views,
        names,
        requests,
        except,
        budget,
        range: Range::default(),
    };
    let [Ok(resources), Ok(actions)] = [requests.resource, requests.action].map(Glob::compile)
    else {
        return asked.range;
    };
    for (resource, verb) in verbs(server.version()) {
        if resources.matches(resource) == Ok(true) && may_match(&actions, requests.action, verb) {
            asked.column(resource, verb);
        }
    }
    asked.range
}

/// Whether a glob may match some action of a verb; a no is certain.
fn may_match(glob: &Glob, text: &str, verb: Verb) -> bool {
    match verb {
        Verb::Action(action) => glob.matches(action) == Ok(true),
        Verb::Below(_) if !is_pattern(text) => verb.contains(text),
        Verb::Below(action) => {
            let (below, begin) = (format!("{action}/"), glob.literal_prefix());
            begin.starts_with(&below) || below.starts_with(begin)
        }
    }
}

/// The answer to requests that are only one.
fn exact<'s>(server: &'s Server, subject: &str, requests: Requests<'_>) -> Option<Range<'s>> {
    let Requests {
        action,
        resource,
        object,
    } = requests;
    if [action, resource, object]
        .iter()
        .any(|text| is_pattern(text))
    {
        return None;
    }
    let (resource, _) = verbs(server.version()).find(|(known, verb)| {
        let is_verb = match verb {
            Verb::Action(known) => *known == action,
            Verb::Below(_) => verb.contains(action),
        };
        *known == resource && is_verb
    })?;
    let answer = server.decide(&Claims::of(subject, [""; 0]), resource, action, object);
    let allowed = answer.allowed();
    let example = Some(Example {
        resource,
        action: action.to_owned(),
        object: object.to_owned(),
        answer,
    });
    Some(if allowed {
        Range {
            allowed: example,
            ..Range::default()
        }
    } else {
        Range {
            refused: example,
            ..Range::default()
        }
    })
}

struct RangeSearch<'a, 's> {
    server: &'s Server,
    subject: &'a str,
    views: &'a Views<'s>,
    names: &'a FreshNames,
    requests: Requests<'a>,
    except: &'a [Requests<'a>],
    budget: &'a Budget,
    range: Range<'s>,
}

impl<'s> RangeSearch<'_, 's> {
    fn column(&mut self, resource: &'static str, verb: Verb) {
        let mut projects: BTreeSet<&'s str> = BTreeSet::new();
        if counts_for_project(resource, self.server.version()) {
            projects.extend(self.views.all.iter().filter_map(|view| view.project));
            projects.extend(&self.views.elsewhere);
        }
        let outside: Vec<&str> = projects.iter().copied().collect();
        let places = projects.iter().map(|project| Place::Project(project));
        for place in [Place::Elsewhere].into_iter().chain(places) {
            let outside = match place {
                Place::Elsewhere => &outside[..],
                Place::Project(_) => &[],
            };
            if self.range.allowed.is_some() && self.range.refused.is_some() {
                return;
            }
            let (rules, known) = self.rules((resource, verb), place);
            let auth_disabled = self.server.settings().auth_disabled;
            let open = [true, false].map(|wanted| {
                let found = if wanted {
                    &self.range.allowed
                } else {
                    &self.range.refused
                };
                let is_out = match known {
                    Some(allowed) => allowed != wanted && !(wanted && auth_disabled),
                    None => false,
                };
                found.is_none() && !is_out
            });
            if open == [false, false] {
                continue;
            }
            let Some(problem) = self.problem((resource, verb), place, outside, rules) else {
                return;
            };
            for (wanted, open) in [true, false].into_iter().zip(open) {
                if open {
                    let found =
                        problem.solve(self.budget, |values| (values[0] || auth_disabled) == wanted);
                    self.take((resource, verb), found, wanted);
                }
            }
        }
    }

    fn take(&mut self, column: (&'static str, Verb), found: SearchResult, wanted: bool) {
        let (resource, _) = column;
        if found == SearchResult::Nothing {
            return;
        }
        if let SearchResult::Request(action, object) = found {
            let claims = Claims::of(self.subject, [""; 0]);
            let answer = self.server.decide(&claims, resource, &action, &object);
            if answer.allowed() == wanted {
                let example = Some(Example {
                    resource,
                    action,
                    object,
                    answer,
                });
                if wanted {
                    self.range.allowed = example;
                } else {
                    self.range.refused = example;
                }
                return;
            }
        }
        if !self.range.undecided.contains(&column) {
            self.range.undecided.push(column);
        }
        self.range.open[usize::from(!wanted)] = true;
    }

    /// The rules that may be about some request at a place, and the answer to all of them where that
    /// can be seen: refused where no rule allows, allowed where one that nothing contradicts is about
    /// all of them.
    fn rules(
        &self,
        (resource, verb): (&str, Verb),
        place: Place<'_>,
    ) -> (RangeRules<'s>, Option<bool>) {
        let mut rules = RangeRules::default();
        let excepted = Excepted::new(self.never(resource), verb);
        let objects = AskedObjects::new(self.requests.object);
        let asked = Wanted::new(self.requests, verb);
        let (mut allows, mut grants) = (false, false);
        for group in groups(self.server, self.views, place, (resource, verb)) {
            let (mut members, mut covers, mut denies) = (Vec::new(), false, false);
            for ruling in &group.rulings {
                self.budget.spend(1);
                if ruling.matches_nothing()
                    || !objects.may_meet(ruling.rule.object())
                    || excepted.contains(*ruling, self.budget)
                {
                    continue;
                }
                if rules.atoms.len() < MOST_TRIED {
                    rules.tried.push(group.cite(*ruling));
                }
                let atom = ruling.atom();
                members.push(rules.atoms.len());
                allows |= !atom.denies;
                covers |= !atom.denies && !atom.may_fail && asked.contains(*ruling, self.budget);
                denies |= atom.denies || atom.may_fail;
                rules.atoms.push(atom);
            }
            grants |= covers && !denies;
            rules.formula.push(members);
        }
        let known = match (allows, grants) {
            (false, _) => Some(false),
            (true, true) => Some(true),
            (true, false) => None,
        };
        (rules, known)
    }

    /// The exceptions that are about a resource.
    fn never(&self, resource: &str) -> impl Iterator<Item = &Requests<'_>> {
        self.except.iter().filter(move |except| {
            except.resource == resource
                || is_pattern(except.resource)
                    && Glob::compile(except.resource)
                        .is_ok_and(|glob| glob.matches(resource) == Ok(true))
        })
    }

    /// Returns the search for a request at a place.
    fn problem<'p>(
        &self,
        (resource, verb): (&'p str, Verb),
        place: Place<'_>,
        outside: &[&str],
        rules: RangeRules<'s>,
    ) -> Option<Problem<'p, 's>> {
        let condition = |requests: &Requests<'_>| {
            let action = FieldCondition::of_glob(requests.action)?;
            Some((action, FieldCondition::of_glob(requests.object)?))
        };
        let of_glob = |text: &str| samples(MatchMode::Glob, text, self.names);
        let mut actions = likely_actions(verb, self.names);
        actions.extend(of_glob(self.requests.action));
        let mut objects = of_glob(self.requests.object);
        objects.push(self.requests.object.to_owned());
        let project = match place {
            Place::Project(project) => Some(project),
            Place::Elsewhere => None,
        };
        objects.extend(self.names.objects(project));
        for cited in &rules.tried {
            let object = cited.enforcer.rule(cited.line).object.text;
            let texts = samples(cited.enforcer.match_mode(), &object, self.names);
            objects.extend(texts.into_iter().take(6));
        }
        let mut problem = Problem {
            resource,
            verb,
            atoms: rules.atoms,
            formulas: vec![rules.formula],
            must: vec![condition(&self.requests)?],
            never: self.never(resource).filter_map(condition).collect(),
            likely: (actions, objects),
        };
        confine(&mut problem, project, outside);
        Some(problem)
    }
}

/// The rules that decide about requests.
#[derive(Default)]
struct RangeRules<'s> {
    atoms: Vec<Atom<'s>>,
    formula: Formula,
    /// The first of them, whose objects are likely examples.
    tried: Vec<Cited<'s>>,
}

/// Every name that has rules or roles on a server, those of projects included, sorted; the empty
/// subject is everybody, and is not among them.
pub fn server_subjects(server: &Server) -> Vec<String> {
    let mut names: BTreeSet<String> = server
        .base()
        .names()
        .map(|(_, name)| name.to_owned())
        .collect();
    names.extend(server.names_in_projects());
    names.remove("");
    names.into_iter().collect()
}
