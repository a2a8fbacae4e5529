//! What holds of every request that matches some patterns, and who may make one.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::automaton::{FieldCondition, FieldTexts};
use super::budget::Budget;
use super::change::Whom;
use super::column::{Place, Ruling, groups};
use super::concerned::who_reaches;
use super::difference::{confine, likely_actions};
use super::sample::{FreshNames, samples};
use super::search::{Problem, SearchResult};
use super::verb::{Applies, Verb, applies, verbs};
use super::view::{Cited, Giver, Views};
use crate::MatchMode;
use crate::claims::Claims;
use crate::engine::{Effect, LineId, Pattern};
use crate::glob::{self, Glob};
use crate::server::{Answer, Server};
use crate::version::ArgoCdVersion;
use crate::vocabulary::counts_for_project;

/// The most texts that are tried of the rules.
const MOST_TRIED: usize = 24;

/// Requests of one subject, by globs as Argo CD reads them; an exact text is a glob too.
#[derive(Clone, Copy, Debug)]
pub struct Requests<'q> {
    /// The glob of actions, paths included.
    pub action: &'q str,
    /// The glob of resources.
    pub resource: &'q str,
    /// The glob of objects.
    pub object: &'q str,
}

impl Default for Requests<'_> {
    /// All of them.
    fn default() -> Self {
        Self {
            action: "*",
            resource: "*",
            object: "*",
        }
    }
}

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
    let names = FreshNames::new(|word| server.mentions(word));
    range_with(server, subject, (requests, except), &names, budget)
}

fn range_with<'s>(
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
    let Ok(resources) = Glob::compile(requests.resource) else {
        return asked.range;
    };
    for (resource, verb) in verbs(server.version()) {
        if resources.matches(resource) == Ok(true) {
            asked.column(resource, verb);
        }
    }
    asked.range
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
        let Some(action) = FieldCondition::of_glob(self.requests.action) else {
            return;
        };
        if let Verb::Action(asked) = verb
            && action.matches(asked) != Some(true)
        {
            return;
        }
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
            let Some((problem, known)) = self.problem((resource, verb), place, outside) else {
                return;
            };
            for wanted in [true, false] {
                let found = if wanted {
                    &self.range.allowed
                } else {
                    &self.range.refused
                };
                let auth_disabled = self.server.settings().auth_disabled;
                let is_out = match known {
                    Some(allowed) => allowed != wanted && !(wanted && auth_disabled),
                    None => false,
                };
                if found.is_some() || is_out {
                    continue;
                }
                let found = problem.solve(self.budget, |values| {
                    (values[0] || self.server.settings().auth_disabled) == wanted
                });
                self.take((resource, verb), found, wanted);
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

    /// What is searched for at a place, and the answer to all of it where that can be seen: refused
    /// where no rule allows, allowed where one that nothing contradicts is about all of it.
    fn problem<'p>(
        &self,
        (resource, verb): (&'p str, Verb),
        place: Place<'_>,
        outside: &[&str],
    ) -> Option<(Problem<'p, 's>, Option<bool>)> {
        let condition = |requests: &Requests<'_>| {
            let action = FieldCondition::of_glob(requests.action)?;
            Some((action, FieldCondition::of_glob(requests.object)?))
        };
        let never = self.except.iter().filter(|except| {
            Glob::compile(except.resource).is_ok_and(|glob| glob.matches(resource) == Ok(true))
        });
        let excepted = Excepted::new(never.clone(), verb);
        let mut problem = Problem {
            resource,
            verb,
            atoms: Vec::new(),
            formulas: Vec::new(),
            must: vec![condition(&self.requests)?],
            never: never.filter_map(condition).collect(),
            likely: (likely_actions(verb, self.names), Vec::new()),
        };
        let (mut formula, mut allows, mut grants) = (Vec::new(), false, false);
        let asked = Wanted::new(self.requests, verb);
        let of_glob = |text: &str| samples(MatchMode::Glob, text, self.names);
        problem.likely.0.extend(of_glob(self.requests.action));
        problem.likely.1.extend(of_glob(self.requests.object));
        problem.likely.1.push(self.requests.object.to_owned());
        let project = match place {
            Place::Project(project) => Some(project),
            Place::Elsewhere => None,
        };
        problem.likely.1.extend(self.names.objects(project));
        for group in groups(self.server, self.views, place, (resource, verb)) {
            let (mut members, mut covers, mut denies) = (Vec::new(), false, false);
            for ruling in &group.rulings {
                if problem.atoms.len() < MOST_TRIED {
                    let cited = group.cite(*ruling);
                    let object = cited.enforcer.rule(cited.line).object.text;
                    let mode = group.view.enforcer.match_mode();
                    let texts = samples(mode, &object, self.names);
                    problem.likely.1.extend(texts.into_iter().take(6));
                }
                let atom = ruling.atom();
                if !self.may_concern(&atom.object) || excepted.contains(*ruling, self.budget) {
                    continue;
                }
                members.push(problem.atoms.len());
                allows |= !atom.denies;
                covers |= !atom.denies && !atom.may_fail && asked.contains(*ruling, self.budget);
                denies |= atom.denies || atom.may_fail;
                problem.atoms.push(atom);
            }
            grants |= covers && !denies;
            formula.push(members);
        }
        problem.formulas.push(formula);
        confine(&mut problem, project, outside);
        let known = match (allows, grants) {
            (false, _) => Some(false),
            (true, true) => Some(true),
            (true, false) => None,
        };
        Some((problem, known))
    }

    /// Whether a rule's objects may match what is asked; a no is certain.
    fn may_concern(&self, object: &FieldCondition<'_>) -> bool {
        self.budget.spend(1);
        !matches!(object, FieldCondition::Nothing)
            && (is_pattern(self.requests.object)
                || object.matches(self.requests.object) != Some(false))
    }
}

/// The requests that are asked about, to find a rule that is about all of them.
struct Wanted<'q> {
    verb: Verb,
    action: &'q str,
    object: &'q str,
}

impl<'q> Wanted<'q> {
    fn new(requests: Requests<'q>, verb: Verb) -> Self {
        Self {
            verb,
            action: requests.action,
            object: requests.object,
        }
    }

    /// Whether a rule is about all of them; a yes is certain.
    fn contains(&self, ruling: Ruling<'_>, budget: &Budget) -> bool {
        let rule = ruling.rule;
        let covers = |pattern: Pattern<'_>, asked: &str| {
            let glob = match pattern.mode() {
                MatchMode::Glob => Some(pattern.glob_text()),
                MatchMode::Regex => pattern.as_plain_glob(),
            };
            glob.is_some_and(|glob| glob::covers(&glob, asked))
        };
        budget.spend(1)
            && (ruling.always
                || matches!(self.verb, Verb::Below(_)) && covers(rule.action(), self.action))
            && covers(rule.object(), self.object)
    }
}

/// The exceptions that are about a column, to find the rules that decide about nothing else.
struct Excepted<'q> {
    verb: Verb,
    /// Their globs of actions, by those of objects.
    by_object: HashMap<&'q str, Vec<&'q str>>,
    /// Those with a star among their objects.
    wide: Vec<(&'q str, &'q str)>,
}

impl<'q> Excepted<'q> {
    fn new<'r: 'q>(except: impl Iterator<Item = &'q Requests<'r>>, verb: Verb) -> Self {
        let mut excepted = Self {
            verb,
            by_object: HashMap::new(),
            wide: Vec::new(),
        };
        for Requests { action, object, .. } in except {
            let is_about = match verb {
                Verb::Action(asked) => {
                    Glob::compile(action).is_ok_and(|glob| glob.matches(asked) == Ok(true))
                }
                Verb::Below(_) => true,
            };
            if is_about {
                excepted.by_object.entry(object).or_default().push(action);
                if object.contains('*') {
                    excepted.wide.push((action, object));
                }
            }
        }
        excepted
    }

    /// Whether all that a rule is about is left out; a yes is certain.
    fn contains(&self, ruling: Ruling<'_>, budget: &Budget) -> bool {
        let rule = ruling.rule;
        if self.by_object.is_empty() || rule.may_fail() {
            return false;
        }
        let plain = match rule.object().mode() {
            MatchMode::Glob => Some(rule.object().glob_text()),
            MatchMode::Regex => rule.object().as_plain_glob(),
        };
        let object = plain.as_deref();
        let action = || match (self.verb, ruling.always) {
            (Verb::Below(own), true) => Some(Cow::Owned(format!("{own}/*"))),
            _ => rule.action().as_plain_glob(),
        };
        let covers_action = |wide: &str| match self.verb {
            Verb::Action(_) => true,
            Verb::Below(_) => {
                wide == "*" || action().is_some_and(|action| glob::covers(wide, &action))
            }
        };
        let alike = object.and_then(|object| self.by_object.get(object));
        if alike
            .into_iter()
            .flatten()
            .any(|action| covers_action(action))
        {
            return true;
        }
        self.wide.iter().any(|(action, wide)| {
            let covers = *wide == "*" || object.is_some_and(|object| glob::covers(wide, object));
            budget.spend(1) && covers && covers_action(action)
        })
    }
}

/// Whether a glob has more in it than literals.
fn is_pattern(glob: &str) -> bool {
    glob.contains(['*', '?', '[', '{', '\\'])
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

/// Somebody who may make some request of those that were asked about, or might but for a deny.
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
    let made = FreshNames::new(|word| server.mentions(word));
    let names = candidates(server, requests);
    let mut holders = Vec::new();
    for name in std::iter::once(&nobody).chain(&names) {
        let whom = if *name == nobody {
            Whom::Everybody
        } else {
            Whom::Subject(name.clone())
        };
        let range = range_with(server, name, (requests, &[]), &made, budget);
        let but_for_deny = if range.is_refused() {
            but_for_deny(server, name, requests)
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

/// The names that reach a rule which may be about the requests.
fn candidates(server: &Server, requests: Requests<'_>) -> Vec<String> {
    let mut names: BTreeSet<String> = server.names_in_projects().collect();
    let base = server.base();
    let columns: Vec<_> = columns(server, requests);
    let concerned = |name: u32| {
        base.own_rules(name).any(|rule| {
            let object = rule.object();
            rule.effect() != Effect::Other
                && (is_pattern(requests.object) || object.matches(requests.object) != Some(false))
                && columns
                    .iter()
                    .any(|(resource, verb)| applies(rule, resource, *verb) != Applies::Never)
        })
    };
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
fn but_for_deny<'s>(server: &'s Server, name: &str, requests: Requests<'_>) -> Option<Cited<'s>> {
    let views = Views::new(server, name);
    let columns = columns(server, requests);
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
