//! What each subject may do, effectively: its own rules and its roles, each with what is left of it.
//!
//! A role's rules are not repeated for those who have it. What takes part of them back from one
//! subject alone is told of the binding; so the whole answer is about as long as the policy.

mod holding;
mod index;
mod own;
mod questions;

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

pub use self::holding::{Binding, Entry, Holding, Limit, State};
use self::index::{Denies, Indexed, NameIndex, Weighed};
use self::questions::Questions;
use super::budget::Budget;
use super::view::Cited;
use crate::engine::{Enforcer, LineId, Reaching};
use crate::project::project_role;
use crate::server::Server;

/// Tells what each subject of a server has. It agrees with [`Server::decide`] for a token without
/// groups, but where authorisation is switched off: ask [`Server::settings`] first.
#[derive(Debug)]
pub struct Effective<'s, 'b> {
    server: &'s Server,
    budget: &'b Budget,
    questions: Questions,
    base: NameIndex<'s>,
    projects: BTreeMap<&'s str, NameIndex<'s>>,
    /// What the default role's members are.
    defaults: HashSet<u32>,
    /// The grants of the default role, then those of the empty subject's rules; both count for everyone.
    grants: [Rc<Grants<'s>>; 2],
}

/// Rules that nothing reverts, with the questions for which that is so.
#[derive(Debug, Default)]
struct Grants<'s>(Option<Indexed<'s>>);

impl<'s> Grants<'s> {
    /// The questions of a rule that are granted anyway, and the first line that does so.
    fn cover(&self, questions: &Questions, rule: &Weighed<'s>) -> (u64, Option<LineId>) {
        let (mut covered, mut first) = (0, None);
        let Some(indexed) = &self.0 else {
            return (covered, first);
        };
        let open = rule.weight.any();
        for place in indexed.lookup.covering(rule.rule.object()) {
            let grant = &indexed.all[place];
            let mut found = grant.covers(rule);
            if grant.rule.object().covers(rule.rule.object()) {
                found |= questions.answered(grant.weight.always) & open;
            }
            if found != 0 {
                covered |= found;
                first.get_or_insert(grant.rule.line());
            }
            if covered & open == open {
                break;
            }
        }
        (covered, first)
    }
}

impl<'s, 'b> Effective<'s, 'b> {
    /// Prepares to tell about a server.
    pub fn new(server: &'s Server, budget: &'b Budget) -> Self {
        let base = server.base();
        let mut made = Self {
            server,
            budget,
            questions: Questions::new(server),
            base: NameIndex::new(base, None),
            projects: BTreeMap::new(),
            defaults: HashSet::new(),
            grants: Default::default(),
        };
        let default_role = base.default_role();
        let default_role = base.name(default_role).filter(|_| !default_role.is_empty());
        if let Some(name) = default_role {
            made.grants[0] = Rc::new(made.granted_by(name));
            made.defaults.extend(&*made.base.reached(name));
        }
        if let Some(name) = base.name("") {
            made.grants[1] = Rc::new(made.granted_by(name));
        }
        // Denies were looked at as if nothing were granted.
        made.base = NameIndex::new(base, None);
        made
    }

    /// What a name of the policy grants in whole.
    fn granted_by(&mut self, name: u32) -> Grants<'s> {
        let reached = self.base.reached(name);
        let mut whole = Vec::new();
        for one in &*reached {
            let allows = self.base.allows(&self.questions, *one);
            for allow in &allows.all {
                let left = self.left(None, &reached, allow);
                let mut allow = *allow;
                allow.weight = allow.weight & left.whole;
                if allow.weight.any() != 0 {
                    whole.push(allow);
                }
            }
        }
        whole.sort_unstable_by_key(|allow| allow.rule.line());
        Grants((!whole.is_empty()).then(|| Indexed::new(whole)))
    }

    /// The index of a project, or of the policy alone.
    fn index(&mut self, project: Option<&str>) -> &mut NameIndex<'s> {
        let found = project.and_then(|project| self.projects.get_mut(project));
        found.unwrap_or(&mut self.base)
    }

    fn denies(&mut self, project: Option<&str>, name: u32) -> Rc<Denies<'s>> {
        let grants = self.grants.clone();
        let found = project.and_then(|project| self.projects.get_mut(project));
        let index = found.unwrap_or(&mut self.base);
        let questions = &self.questions;
        index.denies(questions, name, |deny| {
            let covered = grants.iter().map(|grants| grants.cover(questions, deny).0);
            covered.fold(0, |all, covered| all | covered)
        })
    }

    /// What the denies of some names leave of an allow.
    fn left(&mut self, project: Option<&str>, names: &[u32], allow: &Weighed<'s>) -> Left {
        let asked = allow.weight.any();
        let mut left = Left::default();
        let (mut taken, mut limited) = (0, 0);
        for name in names {
            let denies = self.denies(project, *name);
            for (line, failing) in &denies.fails {
                if failing & asked != 0 {
                    left.failing.get_or_insert((*line, *failing));
                    taken |= failing & asked;
                }
            }
            let lookup = &denies.indexed.lookup;
            for place in lookup.meeting(allow.rule.object()) {
                if taken == asked {
                    break;
                }
                if !self.budget.spend(1) {
                    left.is_undecided = true;
                    return left;
                }
                let deny = &denies.indexed.all[place];
                // What covers it meets it too, and most do not meet it.
                let meets = deny.meets(allow);
                if meets == 0 {
                    continue;
                }
                taken |= deny.covers(allow);
                limited |= meets;
                let line = deny.rule.line();
                left.deny = Some(left.deny.map_or(line, |first| first.min(line)));
            }
        }
        left.whole = self.questions.answered(asked & !(taken | limited)) & asked;
        left.nothing = taken == asked && left.whole == 0;
        left
    }

    /// Returns the roles and rules of a subject; none for a subject that no line names.
    pub fn of(&mut self, subject: &str) -> Holding<'s> {
        let mut holding = Holding::default();
        let own = project_role(subject).map(|(project, _)| project);
        let concerned: Vec<(&'s str, &'s Enforcer)> = self
            .server
            .projects_that_concern(subject)
            .filter(|(project, _)| own.is_none_or(|own| own == *project))
            .collect();
        for (project, enforcer) in &concerned {
            let index = || NameIndex::new(enforcer, Some(project));
            self.projects.entry(project).or_insert_with(index);
        }
        let projects: Vec<&'s str> = concerned.iter().map(|(project, _)| *project).collect();
        if let Some(name) = self.base.enforcer.name(subject) {
            self.roles(None, name, &projects, subject, &mut holding);
            self.rules(None, name, &projects, subject, &mut holding);
        }
        for project in projects {
            if let Some(name) = self.index(Some(project)).enforcer.name(subject) {
                self.roles(Some(project), name, &[], subject, &mut holding);
                self.rules(Some(project), name, &[], subject, &mut holding);
            }
        }
        holding
    }

    fn cite(&mut self, project: Option<&str>, line: LineId) -> Cited<'s> {
        let enforcer = self.index(project).enforcer;
        Cited { enforcer, line }
    }

    fn roles(
        &mut self,
        project: Option<&'s str>,
        name: u32,
        projects: &[&'s str],
        subject: &str,
        holding: &mut Holding<'s>,
    ) {
        let enforcer = self.index(project).enforcer;
        let base = self.server.base();
        let mut seen = HashSet::new();
        for (role, line) in enforcer.own_links(name) {
            let is_other = project.is_some() && !base.is_behind(line);
            if is_other || !seen.insert(role) {
                continue;
            }
            let role = enforcer.name_text(role);
            let mut limit = self.limit(project, subject, role);
            for project in projects {
                limit = limit.or_else(|| self.limit(Some(project), subject, role));
            }
            let line = Cited { enforcer, line };
            holding.roles.push(Binding {
                role,
                line,
                project,
                limit,
            });
        }
    }

    /// What takes rules of a role back from a subject that has it.
    fn limit(&mut self, project: Option<&str>, subject: &str, role: &str) -> Option<Limit<'s>> {
        let index = self.index(project);
        let (subject, role) = (
            (index.enforcer.name(subject)?, subject),
            index.enforcer.name(role)?,
        );
        let (reached, of_role) = (index.reached(subject.0), index.reached(role));
        let known: HashSet<u32> = reached.iter().copied().collect();
        if !of_role.iter().all(|name| known.contains(name)) {
            return Some(Limit::TooFar);
        }
        let known: HashSet<u32> = of_role.iter().copied().collect();
        let others: Vec<u32> = reached
            .iter()
            .copied()
            .filter(|name| !known.contains(name))
            .collect();
        for name in others {
            if self.denies(project, name).is_empty() {
                continue;
            }
            for allowed in &*of_role {
                match self.meeting(project, name, *allowed) {
                    Ok(None) => {}
                    Ok(Some(line)) => return Some(Limit::Deny(self.cite(project, line))),
                    Err(()) => return Some(Limit::Undecided),
                }
            }
        }
        let own = project_role(subject.1).map(|(project, _)| project);
        own.is_some_and(|own| project.is_none() && self.has_others(own))
            .then_some(Limit::OtherProjects)
    }

    fn has_others(&self, own: &str) -> bool {
        self.server.project_names().any(|name| name != own)
    }

    /// The first deny of a name that meets an allow of another one; an error when the budget is
    /// spent.
    fn meeting(
        &mut self,
        project: Option<&str>,
        name: u32,
        other: u32,
    ) -> Result<Option<LineId>, ()> {
        let key = (name, other);
        if let Some(found) = self.index(project).meetings.get(&key) {
            return Ok(*found);
        }
        let denies = self.denies(project, name);
        let found = project.and_then(|project| self.projects.get_mut(project));
        let index = found.unwrap_or(&mut self.base);
        let allows = index.allows(&self.questions, other);
        let asked = allows.all.iter().map(|allow| allow.weight.any());
        let asked = asked.fold(0, |all, asked| all | asked);
        let mut failing = denies.fails.iter();
        let failing = failing.find(|(_, failing)| failing & asked != 0);
        let mut first = failing.map(|(line, _)| *line);
        for deny in &denies.indexed.all {
            if first.is_some() || deny.weight.any() & asked == 0 {
                continue;
            }
            for place in allows.lookup.meeting(deny.rule.object()) {
                if !self.budget.spend(1) {
                    return Err(());
                }
                if deny.meets(&allows.all[place]) != 0 {
                    first = Some(deny.rule.line());
                    break;
                }
            }
        }
        index.meetings.insert(key, first);
        Ok(first)
    }
}

/// What denies leave of an allow.
#[derive(Debug, Default)]
struct Left {
    /// The questions of which nothing is reverted.
    whole: u64,
    /// Whether all of it is reverted.
    nothing: bool,
    /// The first deny that takes something, or may.
    deny: Option<LineId>,
    /// The first line on which questions fail, and which.
    failing: Option<(LineId, u64)>,
    is_undecided: bool,
}

/// The names of a server that its own texts name, in the order of first appearance: those of the
/// policy, those of projects, and the built-in roles that are used.
pub fn named(server: &Server) -> Vec<String> {
    let base = server.base();
    let mut is_own: Vec<bool> = Vec::new();
    let mut mark = |name: u32| {
        let at = name as usize;
        if is_own.len() <= at {
            is_own.resize(at + 1, false);
        }
        is_own[at] = true;
    };
    for (number, name) in base.names() {
        let mut own = base.own_rules(number).map(Reaching::line);
        let is_own = own.any(|line| !base.is_builtin(line) && !base.line_text(line).is_empty());
        if is_own || name == base.default_role() {
            mark(number);
        }
        for (role, line) in base.own_links(number) {
            if !base.is_builtin(line) {
                mark(number);
                mark(role);
            }
        }
    }
    let is_own = |name: u32| is_own.get(name as usize) == Some(&true);
    let own = base.names().filter(|(number, _)| is_own(*number));
    let mut names: Vec<String> = own.map(|(_, name)| name.to_owned()).collect();
    let mut of_projects: Vec<String> = server.names_in_projects().collect();
    of_projects.sort_unstable();
    of_projects.retain(|name| base.name(name).is_none_or(|number| !is_own(number)));
    names.extend(of_projects);
    names.retain(|name| !name.is_empty());
    let is_builtin = |name: &String| {
        let mut rules = base
            .name(name)
            .into_iter()
            .flat_map(|number| base.own_rules(number));
        rules.any(|rule| base.is_builtin(rule.line()))
    };
    let (builtin, mut names): (Vec<_>, Vec<_>) = names.into_iter().partition(is_builtin);
    names.extend(builtin);
    names
}
