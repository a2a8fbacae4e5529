//! The part of a server on which the answers to some requests depend, small enough to be loaded
//! again without each of its lines.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::excepted::AskedObjects;
use super::requests::Requests;
use super::verb::{Applies, applies};
use super::who_can::columns;
use crate::engine::{BUILTIN_KEY, Effect, Enforcer, LineId, Reaching};
use crate::policy::PolicyError;
use crate::project::project_role;
use crate::server::Server;
use crate::set::{PolicySet, PolicyText};

/// A rule for a subject that no one is. A policy without any rule is evaluated in a way of its own.
const FILLER: &str = "p, \u{1}, \u{1}, \u{1}, \u{1}, allow";

/// What is asked of a server.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'q> {
    /// This very resource, action and object.
    One(&'q str, &'q str, &'q str),
    /// All requests that match.
    Matching(Requests<'q>),
}

/// Who is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Askers<'q> {
    /// Everybody.
    All,
    /// These subjects and groups.
    Some(&'q [&'q str]),
}

/// A line of a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceLine<'p> {
    /// Its key, or `AppProject <name>`.
    pub key: Arc<str>,
    /// Its number in the key's text, from 1.
    pub number: usize,
    text: &'p str,
    /// The name whose rule or role it is.
    subject: &'p str,
    project: Option<&'p str>,
    /// What a rule that cannot fail does; `None` for any other line.
    effect: Option<Effect>,
}

impl SliceLine<'_> {
    /// Whether an answer may be another one without it; a no is certain. Without a line that only allows, nothing is
    /// allowed that was not before, and without one that only denies nothing is refused.
    pub fn may_decide(&self, allowed: bool) -> bool {
        match self.effect {
            Some(Effect::Allow) => allowed,
            Some(Effect::Deny) => !allowed,
            Some(Effect::Other) => false,
            None => true,
        }
    }
}

/// The lines of a server on which the answers to some requests depend, in load order, with the
/// settings beside them. The built-in policy is part of it, and none of its lines.
#[derive(Clone, Debug)]
pub struct Slice<'p> {
    set: PolicySet,
    lines: Vec<SliceLine<'p>>,
    /// The places of lines by their subjects.
    by_subject: HashMap<&'p str, Vec<usize>>,
    /// Everybody who is asked for, with all roles; `None` for all there are.
    asked: Option<HashSet<&'p str>>,
    parts: &'p ServerParts<'p>,
}

impl<'p> Slice<'p> {
    /// Collects the lines. `is_role` chooses names whose members count, whatever these may do.
    pub fn new(
        parts: &'p ServerParts<'p>,
        askers: Askers<'_>,
        asked: &[Asked<'_>],
        is_role: impl Fn(&str) -> bool,
    ) -> Self {
        let concerns = Concerns::new(parts.server, asked);
        let down = parts.names_of(askers);
        let is_asked = |name: &str| down.as_ref().is_none_or(|down| down.contains(name));
        let is_direct = |name: &str| match askers {
            Askers::All => false,
            Askers::Some(names) => names.contains(&name),
        };
        let names_in = |enforcer: &'p Enforcer| match &down {
            None => enforcer.names().collect(),
            Some(down) => {
                let numbers = down.iter().filter_map(|name| enforcer.name(name));
                let named = numbers.map(|name| (name, enforcer.name_text(name)));
                named.collect::<Vec<_>>()
            }
        };
        let (mut givers, mut found) = (BTreeSet::new(), Vec::new());
        for (project, enforcer) in &parts.all {
            for (number, name) in names_in(enforcer) {
                if is_role(name) {
                    givers.insert(name);
                }
                for rule in enforcer.own_rules(number) {
                    if parts.is_own(*project, rule.line()) && concerns.rule(rule) {
                        givers.insert(name);
                        let effect = (!rule.may_fail()).then(|| rule.effect());
                        found.push((*project, *enforcer, rule.line(), (name, effect)));
                    }
                }
            }
        }
        let leads = reachable(&parts.bound, givers, is_asked);
        for (project, enforcer) in &parts.all {
            for (number, name) in names_in(enforcer) {
                for (role, line) in enforcer.own_links(number) {
                    // A group counts only where something binds it.
                    let counts = leads.contains(enforcer.name_text(role)) || is_direct(name);
                    if parts.is_own(*project, line) && counts {
                        found.push((*project, *enforcer, line, (name, None)));
                    }
                }
            }
        }
        found.sort_by_key(|(project, _, line, _)| (*project, *line));
        let mut slice = Self {
            set: parts.set.clone(),
            lines: Vec::new(),
            by_subject: HashMap::new(),
            asked: down,
            parts,
        };
        // Without it, a small part of a policy is loaded in a fraction of the time.
        slice.set.builtin &= found
            .iter()
            .any(|(_, enforcer, line, _)| enforcer.is_builtin(*line));
        for (project, enforcer, line, (subject, effect)) in found {
            let Some(found) = enforcer.line(line) else {
                continue;
            };
            if &*found.key != BUILTIN_KEY {
                let place = slice.lines.len();
                slice.by_subject.entry(subject).or_default().push(place);
                slice.lines.push(SliceLine {
                    key: found.key,
                    number: found.line.number,
                    text: found.line.text,
                    subject,
                    project,
                    effect,
                });
            }
        }
        slice
    }

    /// Its lines, in load order.
    pub fn lines(&self) -> &[SliceLine<'p>] {
        &self.lines
    }

    /// Loads what reaches some of those that are asked for, without one of the lines where that is said.
    ///
    /// # Errors
    /// A line that does not load without the others.
    pub fn server(
        &self,
        askers: Askers<'_>,
        without: Option<usize>,
    ) -> Result<Server, PolicyError> {
        let places = match self.parts.names_of(askers) {
            None => (0..self.lines.len()).collect(),
            Some(names) => {
                let own = names.iter().filter_map(|name| self.by_subject.get(name));
                let mut places: Vec<usize> = own.flatten().copied().collect();
                places.sort_unstable();
                places
            }
        };
        let mut own = String::new();
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        for place in places.into_iter().filter(|place| Some(*place) != without) {
            let line = &self.lines[place];
            let text = match line.project {
                Some(project) => texts.entry(project).or_default(),
                None => &mut own,
            };
            text.push_str(line.text);
            text.push('\n');
        }
        let server = self.parts.server;
        if server.base().has_rules() && !self.set.builtin {
            own.push_str(FILLER);
        }
        // A project's role may do nothing in other projects, whether these have lines or not.
        let is_role = |name: &&str| project_role(name).is_some();
        if !matches!(askers, Askers::Some(names) if !names.iter().any(is_role)) {
            for project in server.project_names() {
                texts.entry(project).or_default();
            }
        }
        let projects = texts.into_iter().map(|(project, text)| {
            let text = (!text.is_empty()).then_some(text);
            let text = text.map(|text| PolicyText::new(format!("AppProject {project}"), text));
            (project.to_owned(), text)
        });
        let mut set = self.set.clone();
        set.texts.push(PolicyText::new("policy.csv", own));
        Server::of_texts(set, projects, server.settings().clone())
    }

    /// Everybody who is asked for and has a line's rule or role, its subject included; none for everybody at all.
    pub fn holders(&self, line: &SliceLine<'p>) -> Option<HashSet<&'p str>> {
        let is_asked = |name: &str| {
            let asked = self.asked.as_ref();
            asked.is_none_or(|asked| asked.contains(name))
        };
        let found = reachable(&self.parts.bound, [line.subject], is_asked);
        let is_everybody = found.contains("") || found.contains(self.set.default_role.as_str());
        (!is_everybody).then_some(found)
    }
}

/// The enforcers of a server, and the bindings of all of them: what all slices of it begin with.
#[derive(Debug)]
pub struct ServerParts<'s> {
    server: &'s Server,
    /// The policy set without its texts.
    set: PolicySet,
    all: Vec<(Option<&'s str>, &'s Enforcer)>,
    names: HashSet<&'s str>,
    roles: HashMap<&'s str, Vec<&'s str>>,
    bound: HashMap<&'s str, Vec<&'s str>>,
}

impl<'s> ServerParts<'s> {
    /// Looks at every binding of a server.
    pub fn new(server: &'s Server) -> Self {
        let base = server.base();
        let projects = server.project_names();
        let projects = projects.map(|name| (Some(name), server.enforcer_of(name)));
        let own = projects.filter(|(_, enforcer)| !std::ptr::eq(*enforcer, base));
        let mut set = server.policy_set().clone();
        set.texts.clear();
        let mut parts = Self {
            server,
            set,
            all: std::iter::once((None, base)).chain(own).collect(),
            names: HashSet::new(),
            roles: HashMap::new(),
            bound: HashMap::new(),
        };
        for (project, enforcer) in parts.all.clone() {
            for (number, name) in enforcer.names() {
                parts.names.insert(name);
                for (role, line) in enforcer.own_links(number) {
                    if parts.is_own(project, line) {
                        let role = enforcer.name_text(role);
                        parts.roles.entry(name).or_default().push(role);
                        parts.bound.entry(role).or_default().push(name);
                    }
                }
            }
        }
        parts
    }

    /// All names that some have, these and everybody's included; `None` for all there are.
    fn names_of(&self, askers: Askers<'_>) -> Option<HashSet<&'s str>> {
        let Askers::Some(names) = askers else {
            return None;
        };
        let everybody = ["", self.server.base().default_role()];
        let names = names.iter().chain(&everybody);
        let known = names.filter_map(|name| self.names.get(*name).copied());
        Some(reachable(&self.roles, known, |_| true))
    }

    /// Whether a line is the policy's own, or that of the project and not one before it.
    fn is_own(&self, project: Option<&str>, line: LineId) -> bool {
        project.is_none() || self.server.base().is_behind(line)
    }
}

/// All names to which some names lead by way of such that count, these included.
fn reachable<'n>(
    edges: &HashMap<&'n str, Vec<&'n str>>,
    from: impl IntoIterator<Item = &'n str>,
    counts: impl Fn(&str) -> bool,
) -> HashSet<&'n str> {
    let mut found: HashSet<&str> = from.into_iter().collect();
    let mut front: Vec<&str> = found.iter().copied().collect();
    while let Some(name) = front.pop() {
        for name in edges.get(name).into_iter().flatten() {
            if counts(name) && found.insert(name) {
                front.push(name);
            }
        }
    }
    found
}

/// Which rules may match some request of those that are asked; a no is certain.
struct Concerns<'q> {
    all: Vec<(Asked<'q>, Vec<Column>, Option<AskedObjects<'q>>)>,
}

type Column = (&'static str, super::Verb);

impl<'q> Concerns<'q> {
    fn new(server: &Server, asked: &[Asked<'q>]) -> Self {
        let with_columns = |asked: &Asked<'q>| match asked {
            Asked::One(..) => (*asked, Vec::new(), None),
            Asked::Matching(requests) => (
                *asked,
                columns(server, *requests),
                Some(AskedObjects::new(requests.object)),
            ),
        };
        let mut all: Vec<_> = asked.iter().map(with_columns).collect();
        for asked in asked {
            if let Asked::One(resource, action, object) = *asked {
                let mut others = Vec::new();
                if (resource, action) == ("applications", "rollback") {
                    others.push(("applications", "sync"));
                }
                if (resource, action) == ("logs", "get") {
                    others.push(("applications", "get"));
                }
                if let Some((plain, _)) = action.split_once('/') {
                    others.push((resource, plain));
                }
                let one =
                    |(resource, action)| (Asked::One(resource, action, object), Vec::new(), None);
                all.extend(others.into_iter().map(one));
            }
        }
        Self { all }
    }

    fn rule(&self, rule: Reaching<'_>) -> bool {
        self.all
            .iter()
            .any(|(asked, columns, objects)| match asked {
                Asked::One(resource, action, object) => {
                    rule.resource().matches(resource) != Some(false)
                        && rule.action().matches(action) != Some(false)
                        && rule.object().matches(object) != Some(false)
                }
                Asked::Matching(_) => {
                    let meets = objects
                        .as_ref()
                        .is_none_or(|all| all.may_meet(rule.object()));
                    meets
                        && columns.iter().any(|(resource, verb)| {
                            applies(rule, resource, *verb) != Applies::Never
                        })
                }
            })
    }
}
