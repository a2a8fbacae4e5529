//! Who may do what, for every subject and role that a policy names.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::Filter;
use crate::rbac::survey::{Budget, Cited, Effective, Entry, Limit, State, Whom, named};
use crate::rbac::vocabulary::resolve_resource;
use crate::rbac::{Effect, Server};
use crate::site::ArgoCd;

/// Who may do what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The subjects, in the order of the policy.
    pub subjects: Vec<MatrixSubject>,
}

/// A subject, or a role, with what it has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MatrixSubject {
    /// Its name, or what everybody is called.
    pub subject: String,
    /// The roles that it is bound to directly.
    pub roles: Vec<Membership>,
    /// Its own rules; a role's are the role's.
    pub rules: Vec<RuleGroup>,
}

impl MatrixSubject {
    /// Whether it has nothing.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.rules.is_empty()
    }
}

/// A role that a subject has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Membership {
    /// The role.
    pub role: String,
    /// The line that binds it, with its place.
    pub decided_by: String,
    /// The deny or limit that keeps part of the role from this subject; empty where there is none.
    pub limited_by: String,
}

/// Rules of one subject that differ in their action alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleGroup {
    /// The resource, as written.
    pub resource: String,
    /// The pattern of objects, as written.
    pub object: String,
    /// The actions, as written: `*` is one of them.
    pub actions: Vec<String>,
    /// `allow`, `deny`, or `none` for any other word.
    pub effect: &'static str,
    /// Whether the rules do something, at least in part.
    pub in_force: bool,
    /// The limits of the rules, or why they do nothing; empty where all of them count.
    pub state: Vec<String>,
    /// The lines, with their places.
    pub decided_by: Vec<String>,
}

impl Matrix {
    /// Everything, for everybody: authorisation is switched off by a setting.
    fn of_everything(everybody: String, decided_by: String) -> Self {
        let everything = RuleGroup {
            resource: "*".to_owned(),
            object: "*".to_owned(),
            actions: vec!["*".to_owned()],
            effect: "allow",
            in_force: true,
            state: Vec::new(),
            decided_by: vec![decided_by],
        };
        Self {
            subjects: vec![MatrixSubject {
                subject: everybody,
                roles: Vec::new(),
                rules: vec![everything],
            }],
        }
    }

    /// Whether no one may do anything.
    pub fn is_empty(&self) -> bool {
        self.subjects.iter().all(MatrixSubject::is_empty)
    }
}

/// Returns the rules of everybody, of the subjects that are asked for or all that are named, and of
/// the roles that they have; `with_lines` names the lines too.
pub fn matrix<'a>(
    argocd: &'a ArgoCd<'a>,
    server: &Server,
    filter: &'a Filter,
    with_lines: bool,
    budget: &Budget,
) -> Matrix {
    if let Some(place) = argocd.disables_auth() {
        return Matrix::of_everything(
            Whom::Everybody.to_string(),
            format!("{place}: server.disable.auth"),
        );
    }
    Gatherer::new(argocd, server, filter, with_lines, budget).matrix()
}

/// Makes the rows of what the survey tells.
struct Gatherer<'a, 's, 'b> {
    argocd: &'a ArgoCd<'a>,
    server: &'s Server,
    effective: Effective<'s, 'b>,
    subjects: &'a [String],
    resources: Vec<&'a str>,
    /// Whether the lines are shown.
    with_lines: bool,
}

impl<'a, 's, 'b> Gatherer<'a, 's, 'b> {
    fn new(
        argocd: &'a ArgoCd<'a>,
        server: &'s Server,
        filter: &'a Filter,
        with_lines: bool,
        budget: &'b Budget,
    ) -> Self {
        Self {
            argocd,
            server,
            effective: Effective::new(server, budget),
            subjects: &filter.subjects,
            resources: filter
                .resources
                .iter()
                .map(|name| resolve_resource(name))
                .collect(),
            with_lines,
        }
    }

    /// The rows of everybody, of the subjects that were asked for or all that are named, and of the
    /// roles that they have.
    fn matrix(mut self) -> Matrix {
        let mut names = if self.subjects.is_empty() {
            named(self.server)
        } else {
            self.subjects.to_vec()
        };
        let everybody = self.everybody();
        names.extend(everybody.roles.iter().map(|one| one.role.clone()));
        let mut seen = HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        let mut subjects = vec![everybody];
        let mut at = 0;
        while let Some(name) = names.get(at) {
            let holder = self.holder(name.clone(), name);
            for one in &holder.roles {
                if seen.insert(one.role.clone()) {
                    names.push(one.role.clone());
                }
            }
            subjects.push(holder);
            at += 1;
        }
        self.narrow(&mut subjects);
        subjects.retain(|holder| !holder.is_empty());
        Matrix { subjects }
    }

    /// Returns the rules of the empty subject and the default role, which everybody has.
    fn everybody(&mut self) -> MatrixSubject {
        let mut holder = self.holder(Whom::Everybody.to_string(), "");
        let role = self.server.base().default_role();
        if !role.is_empty() {
            let decided_by = match self.argocd.default_role_place() {
                Some(place) => format!("{place}: policy.default: {role}"),
                None => format!("policy.default: {role} (assumed)"),
            };
            let limited_by = String::new();
            let role = role.to_owned();
            let membership = Membership {
                role,
                decided_by,
                limited_by,
            };
            holder.roles.insert(0, membership);
        }
        holder
    }

    fn holder(&mut self, subject: String, name: &str) -> MatrixSubject {
        let holding = self.effective.of(name);
        let mut rules: Vec<RuleGroup> = Vec::new();
        let (mut groups, mut known) = (HashMap::new(), HashSet::new());
        for entry in &holding.rules {
            let rule = entry.line.enforcer.rule(entry.line.line);
            if !self.is_wanted(entry, &rule.resource.text) {
                continue;
            }
            let effect = effect(entry.effect);
            let state = self.state(entry);
            let key = (
                rule.resource.text.clone(),
                rule.object.text.clone(),
                effect,
                entry.state.is_in_force(),
                state.is_empty(),
            );
            let place = *groups.entry(key).or_insert(rules.len());
            if place == rules.len() {
                rules.push(RuleGroup {
                    resource: rule.resource.text.to_string(),
                    object: rule.object.text.to_string(),
                    actions: Vec::new(),
                    effect,
                    in_force: entry.state.is_in_force(),
                    state: Vec::new(),
                    decided_by: Vec::new(),
                });
            }
            let group = &mut rules[place];
            if known.insert((place, rule.action.text.clone())) {
                group.actions.push(rule.action.text.to_string());
            }
            if !state.is_empty() && group.state.last() != Some(&state) {
                group.state.push(state);
            }
            if self.with_lines {
                group.decided_by.push(self.describe(entry.line));
            }
        }
        let memberships = holding.roles.iter().map(|binding| Membership {
            role: binding.role.to_owned(),
            decided_by: if self.with_lines {
                self.describe(binding.line)
            } else {
                String::new()
            },
            limited_by: match binding.limit {
                None => String::new(),
                Some(Limit::Deny(line)) => format!("limited by {}", self.describe(line)),
                Some(Limit::OtherProjects) => OWN_PROJECT.to_owned(),
                Some(Limit::TooFar) => {
                    "some of its roles are more than ten g lines away and do not count".to_owned()
                }
                Some(Limit::Undecided) => UNDECIDED.to_owned(),
            },
        });
        MatrixSubject {
            roles: memberships.collect(),
            subject,
            rules,
        }
    }

    fn describe(&self, cited: Cited<'_>) -> String {
        self.argocd.describe(cited.enforcer, cited.line)
    }

    /// Returns in words how much of a rule counts; empty where all of it does.
    fn state(&self, entry: &Entry<'_>) -> String {
        match entry.state {
            State::InForce => String::new(),
            State::Limited(line) if entry.effect == Effect::Deny => {
                format!("no effect on what is granted by {}", self.describe(line))
            }
            State::Limited(line) => format!("limited by {}", self.describe(line)),
            State::OtherProjects => OWN_PROJECT.to_owned(),
            State::Overruled(line) => format!("overruled by {}", self.describe(line)),
            State::InVain(line) => format!("no effect: granted by {}", self.describe(line)),
            State::Fails(line) => {
                format!("cannot be evaluated because of {}", self.describe(line))
            }
            State::Never => "its pattern does not compile".to_owned(),
            State::NotAsked => "no server asks for this action on this resource".to_owned(),
            State::NoEffect => "its effect is neither allow nor deny".to_owned(),
            State::Undecided => UNDECIDED.to_owned(),
        }
    }

    /// Whether a rule is about a resource that was asked for.
    fn is_wanted(&self, entry: &Entry<'_>, written: &str) -> bool {
        let is_asked = |resource: &&str| self.resources.contains(resource);
        self.resources.is_empty() || entry.resources.iter().any(is_asked) || is_asked(&written)
    }

    /// Leaves out roles that have nothing to do with the resources that were asked for.
    fn narrow(&self, subjects: &mut [MatrixSubject]) {
        if self.resources.is_empty() {
            return;
        }
        let mut members: HashMap<&str, Vec<&str>> = HashMap::new();
        for holder in &*subjects {
            for one in &holder.roles {
                members.entry(&one.role).or_default().push(&holder.subject);
            }
        }
        let with_rules = subjects.iter().filter(|holder| !holder.rules.is_empty());
        let mut open: Vec<&str> = with_rules.map(|holder| holder.subject.as_str()).collect();
        let mut useful: HashSet<String> = HashSet::new();
        while let Some(name) = open.pop() {
            if useful.insert(name.to_owned()) {
                open.extend(members.get(name).into_iter().flatten());
            }
        }
        for holder in subjects {
            holder.roles.retain(|one| useful.contains(&one.role));
        }
    }
}

const OWN_PROJECT: &str = "counts only for objects of its own project";
const UNDECIDED: &str = "undecided: the policy is too large";

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
        Effect::Other => "none",
    }
}
