//! The part of a server on which the answers to some requests depend, small enough to be loaded
//! again without each of its lines.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::excepted::AskedObjects;
use super::requests::Requests;
use super::verb::{Applies, applies};
use super::who_can::columns;
use crate::engine::{BUILTIN_KEY, Enforcer, LineId, Reaching};
use crate::policy::PolicyError;
use crate::project::project_role;
use crate::server::{Server, ServerSettings};
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
pub struct SliceLine {
    /// Its key, or `AppProject <name>`.
    pub key: Arc<str>,
    /// Its number in the key's text, from 1.
    pub number: usize,
    text: String,
    /// The name whose rule or role it is.
    subject: String,
    project: Option<String>,
}

/// The lines of a server on which the answers to some requests depend, in load order, with the
/// settings beside them. The built-in policy is part of it, and none of its lines.
#[derive(Clone, Debug)]
pub struct Slice<'p> {
    set: PolicySet,
    settings: ServerSettings,
    lines: Vec<SliceLine>,
    projects: BTreeSet<String>,
    has_rules: bool,
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
        let server = parts.server;
        let concerns = Concerns::new(server, asked);
        let (mut down, mut direct): (Option<HashSet<&str>>, HashSet<&str>) = Default::default();
        if let Askers::Some(names) = askers {
            direct.extend(names);
            let everybody = ["", server.base().default_role()];
            down = Some(reachable(
                &parts.roles,
                names.iter().copied().chain(everybody),
            ));
        }
        let is_asked = |name: &str| down.as_ref().is_none_or(|down| down.contains(name));
        let (mut givers, mut found) = (BTreeSet::new(), Vec::new());
        for (project, enforcer) in &parts.all {
            for (number, name) in enforcer.names().filter(|(_, name)| is_asked(name)) {
                if is_role(name) {
                    givers.insert(name);
                }
                for rule in enforcer.own_rules(number) {
                    if parts.is_own(*project, rule.line()) && concerns.rule(rule) {
                        givers.insert(name);
                        found.push((*project, *enforcer, rule.line(), name));
                    }
                }
            }
        }
        let leads = reachable(&parts.bound, givers);
        for (project, enforcer) in &parts.all {
            for (number, name) in enforcer.names().filter(|(_, name)| is_asked(name)) {
                for (role, line) in enforcer.own_links(number) {
                    // A group counts only where something binds it.
                    let counts = leads.contains(enforcer.name_text(role)) || direct.contains(name);
                    if parts.is_own(*project, line) && counts {
                        found.push((*project, *enforcer, line, name));
                    }
                }
            }
        }
        found.sort_by_key(|(project, _, line, _)| (*project, *line));
        let is_role = |name: &&str| project_role(name).is_some();
        let projects: BTreeSet<String> = match askers {
            Askers::Some(names) if !names.iter().any(is_role) => {
                let concerned = found.iter().filter_map(|(project, ..)| *project);
                concerned.map(str::to_owned).collect()
            }
            _ => server.project_names().map(str::to_owned).collect(),
        };
        let lines = found
            .into_iter()
            .filter_map(|(project, enforcer, line, name)| {
                let found = enforcer.line(line)?;
                (&*found.key != BUILTIN_KEY).then(|| SliceLine {
                    number: found.line.number,
                    text: found.line.text.to_owned(),
                    key: found.key,
                    subject: name.to_owned(),
                    project: project.map(str::to_owned),
                })
            });
        Self {
            lines: lines.collect(),
            set: PolicySet {
                texts: Vec::new(),
                ..server.policy_set().clone()
            },
            settings: server.settings().clone(),
            projects,
            has_rules: server.base().has_rules(),
            parts,
        }
    }

    /// Its lines, in load order.
    pub fn lines(&self) -> &[SliceLine] {
        &self.lines
    }

    /// Loads it, without one of its lines where that is said.
    ///
    /// # Errors
    /// A line that does not load without the others.
    pub fn server(&self, without: Option<usize>) -> Result<Server, PolicyError> {
        let mut own = String::new();
        let mut projects: BTreeMap<String, Option<PolicyText>> = BTreeMap::new();
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        for (place, line) in self.lines.iter().enumerate() {
            if Some(place) == without {
                continue;
            }
            let text = match &line.project {
                Some(project) => texts.entry(project).or_default(),
                None => &mut own,
            };
            text.push_str(&line.text);
            text.push('\n');
        }
        if self.has_rules && !self.set.builtin {
            own.push_str(FILLER);
        }
        for project in &self.projects {
            let text = texts.remove(project.as_str());
            let text = text.map(|text| PolicyText::new(format!("AppProject {project}"), text));
            projects.insert(project.clone(), text);
        }
        let mut set = self.set.clone();
        set.texts.push(PolicyText::new("policy.csv", own));
        Server::of_texts(set, projects, self.settings.clone())
    }

    /// Everybody who has a line's rule or role, its subject included; none for everybody at all.
    pub fn holders<'n>(&'n self, line: &'n SliceLine) -> Option<HashSet<&'n str>> {
        let found = reachable(&self.parts.bound, [line.subject.as_str()]);
        let is_everybody = found.contains("") || found.contains(self.set.default_role.as_str());
        (!is_everybody).then_some(found)
    }
}

/// The enforcers of a server, and the bindings of all of them: what all slices of it begin with.
#[derive(Debug)]
pub struct ServerParts<'s> {
    server: &'s Server,
    all: Vec<(Option<&'s str>, &'s Enforcer)>,
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
        let mut parts = Self {
            server,
            all: std::iter::once((None, base)).chain(own).collect(),
            roles: HashMap::new(),
            bound: HashMap::new(),
        };
        for (project, enforcer) in parts.all.clone() {
            for (number, name) in enforcer.names() {
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

    /// Whether a line is the policy's own, or that of the project and not one before it.
    fn is_own(&self, project: Option<&str>, line: LineId) -> bool {
        project.is_none() || self.server.base().is_behind(line)
    }
}

/// All names to which some names lead, these included.
fn reachable<'n>(
    edges: &HashMap<&'n str, Vec<&'n str>>,
    from: impl IntoIterator<Item = &'n str>,
) -> HashSet<&'n str> {
    let mut found: HashSet<&str> = from.into_iter().collect();
    let mut front: Vec<&str> = found.iter().copied().collect();
    while let Some(name) = front.pop() {
        for name in edges.get(name).into_iter().flatten() {
            if found.insert(name) {
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
