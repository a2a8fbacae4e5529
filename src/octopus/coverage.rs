//! Which lines of a policy the expectations depend on.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::CheckAnswer;
use super::expectations::Expectation;
use super::quantified::{
    GlobNames, ProofKind, got, kind, leave_out, matching_subjects, only_texts,
};
use crate::error::Result;
use crate::rbac::survey::{Asked, Askers, Budget, Requests, ServerParts, Slice};
use crate::rbac::{Line, PolicySet, Project, Server, lines, project_role};
use crate::site::ArgoCd;
use crate::text::Note;

/// A line of a policy, and how many expectations would come out otherwise without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineCoverage {
    /// Its key, or `AppProject <name>`.
    pub key: Arc<str>,
    /// Its number in the key's text, from 1.
    pub number: usize,
    /// Its bytes' offset in the key's text.
    pub offset: usize,
    /// The key, or of an AppProject's line the role: `proj:web:ci`.
    pub part: String,
    /// The line.
    pub text: String,
    /// The expectations that depend on it.
    pub expectations: usize,
}

/// What was found out about the lines of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The lines, in load order.
    pub lines: Vec<LineCoverage>,
    /// How many expectations would have taken too long, so that more lines may be covered.
    pub unmeasured: usize,
}

/// How many steps a measurement, or a set of expectations, may take.
const STEPS: u64 = 200_000_000;

/// Returns the budget of a measurement, or of a set of expectations.
pub fn measuring_budget() -> Budget {
    Budget::of(STEPS)
}

/// Finds the lines of an Argo CD's policy, each with the number of expectations that depend on it.
///
/// # Errors
/// `scopes` that is not a list.
pub fn measure(
    expectations: &[Expectation],
    argocd: &ArgoCd<'_>,
    set: &PolicySet,
    server: &Server,
    notes: &mut Vec<Note>,
) -> Result<Coverage> {
    let projects: Vec<_> = argocd.loaded_projects().collect();
    let scopes = argocd.scopes()?;
    let decides = (set, &*projects);
    let budget = measuring_budget();
    let found = coverage(expectations, server, decides, scopes.as_deref(), &budget);
    if found.unmeasured > 0 {
        notes.push(Note::warning(format!(
            "coverage took too long: {} of {} expectations were left out, so more lines may be covered",
            found.unmeasured,
            expectations.len()
        )));
    }
    Ok(found)
}

/// Finds the lines on which expectations depend: of each the part of the policy that may decide about
/// it is loaded without one line after the other, and asked again. The built-in policy, and what
/// Argo CD itself adds to a project's role, are left out. `scopes` are the claims that count as
/// groups.
pub fn coverage(
    expectations: &[Expectation],
    server: &Server,
    (set, projects): (&PolicySet, &[Project]),
    scopes: Option<&[String]>,
    budget: &Budget,
) -> Coverage {
    let mut all = all_lines(set, projects);
    let mut unmeasured = 0;
    let mut places: HashMap<(Arc<str>, usize), usize> = HashMap::new();
    for (place, line) in all.iter().enumerate() {
        places.insert((Arc::clone(&line.key), line.number), place);
    }
    let parts = ServerParts::new(server);
    for wanted in expectations {
        let slice = slice(wanted, &parts);
        let mut depends = Depends::new(wanted, server, &slice, scopes, budget);
        for (number, line) in slice.lines().iter().enumerate() {
            // What Argo CD makes itself has no place.
            if let Some(place) = places.get(&(Arc::clone(&line.key), line.number))
                && depends.on(number)
            {
                all[*place].expectations += 1;
            }
        }
        unmeasured += usize::from(budget.is_spent());
    }
    Coverage {
        lines: all,
        unmeasured,
    }
}

/// The lines that may decide about an expectation.
fn slice<'p>(wanted: &Expectation, parts: &'p ServerParts<'p>) -> Slice<'p> {
    let groups = wanted.groups.iter().map(String::as_str);
    let plain = std::iter::once(wanted.subject.as_str()).chain(groups);
    let plain: Vec<&str> = plain.collect();
    let exact = (&*wanted.resource, &*wanted.action, &*wanted.object);
    if !wanted.is_quantified() {
        let asked = [Asked::One(exact.0, exact.1, exact.2)];
        return Slice::new(parts, Askers::Some(&plain), &asked, |_| false);
    }
    let asked = [Asked::Matching(Requests {
        action: &wanted.action,
        resource: &wanted.resource,
        object: &wanted.object,
    })];
    let left_out = wanted.except.iter().flat_map(|except| except.subject.all());
    let left_out = GlobNames::new(left_out);
    let roles = |name: &str| left_out.contains(name);
    match only_texts(&wanted.subject) {
        None => Slice::new(parts, Askers::All, &asked, roles),
        Some(texts) => {
            let named = texts.iter().chain(&wanted.groups).map(String::as_str);
            let named: Vec<&str> = named.collect();
            Slice::new(parts, Askers::Some(&named), &asked, roles)
        }
    }
}

/// Whether an expectation depends on lines of its slice.
struct Depends<'a> {
    wanted: &'a Expectation,
    slice: &'a Slice<'a>,
    scopes: Option<&'a [String]>,
    budget: &'a Budget,
    /// The subjects that match, and what holds of each; none of a single request.
    subjects: Vec<(String, ProofKind)>,
    got: Option<CheckAnswer>,
}

impl<'a> Depends<'a> {
    fn new(
        wanted: &'a Expectation,
        server: &Server,
        slice: &'a Slice<'a>,
        scopes: Option<&'a [String]>,
        budget: &'a Budget,
    ) -> Self {
        let mut depends = Self {
            wanted,
            slice,
            scopes,
            budget,
            subjects: Vec::new(),
            got: None,
        };
        if wanted.is_quantified() {
            let named = matching_subjects(wanted, server).into_iter();
            depends.subjects = named.map(|name| (name, ProofKind::Nothing)).collect();
        }
        if let Ok(server) = slice.server(None) {
            let kinds = depends.kinds(&server, |_| true);
            depends.got = Some(depends.got(&server, &kinds));
            for (subject, kind) in depends.subjects.iter_mut().zip(kinds) {
                subject.1 = kind;
            }
        }
        depends
    }

    /// Whether it comes out otherwise without a line.
    fn on(&mut self, line: usize) -> bool {
        if self.budget.is_spent() {
            return false;
        }
        let Ok(server) = self.slice.server(Some(line)) else {
            return false;
        };
        let holders = self.slice.holders(&self.slice.lines()[line]);
        let is_concerned = |subject: &str| {
            let groups = self.wanted.groups.iter().map(String::as_str);
            let mut names = std::iter::once(subject).chain(groups);
            holders
                .as_ref()
                .is_none_or(|holders| names.any(|name| holders.contains(name)))
        };
        let kinds = self.kinds(&server, is_concerned);
        Some(self.got(&server, &kinds)) != self.got
    }

    /// What holds of each subject; of those that are not concerned what is known.
    fn kinds(&self, server: &Server, is_concerned: impl Fn(&str) -> bool) -> Vec<ProofKind> {
        let kind = |(subject, known): &(String, ProofKind)| {
            if is_concerned(subject) {
                kind(self.wanted, subject, server, self.budget)
            } else {
                *known
            }
        };
        self.subjects.iter().map(kind).collect()
    }

    fn got(&self, server: &Server, kinds: &[ProofKind]) -> CheckAnswer {
        if !self.wanted.is_quantified() {
            let answer = self.wanted.answer(server, self.scopes);
            return answer.allowed().into();
        }
        let mut left: Vec<String> = self.subjects.iter().map(|(name, _)| name.clone()).collect();
        leave_out(self.wanted, server, &mut left);
        let left: HashSet<String> = left.into_iter().collect();
        let each = self.subjects.iter().zip(kinds);
        let each = each.filter(|((name, _), _)| left.contains(name));
        got(self.wanted.allowed, each.map(|(_, kind)| *kind))
    }
}

/// The lines that someone wrote, in load order.
fn all_lines(set: &PolicySet, projects: &[Project]) -> Vec<LineCoverage> {
    let mut all = Vec::new();
    for text in &set.texts {
        let found = lines(&text.key, &text.text).filter(|line| decides(&line.line));
        all.extend(found.map(|line| LineCoverage {
            key: Arc::clone(&text.key),
            number: line.number,
            offset: line.offset,
            part: text.key.to_string(),
            text: line.text.to_owned(),
            expectations: 0,
        }));
    }
    for project in projects {
        let Some(text) = project.policy() else {
            continue;
        };
        let made = made(project);
        for line in lines(&text.key, &text.text) {
            if !decides(&line.line) || made.contains_key(&line.number) {
                continue;
            }
            let role = role_of(&line.line);
            all.push(LineCoverage {
                key: Arc::clone(&text.key),
                number: line.number,
                offset: line.offset,
                part: role.unwrap_or_else(|| text.key.to_string()),
                text: line.text.to_owned(),
                expectations: 0,
            });
        }
    }
    all
}

fn decides(line: &Line<'_>) -> bool {
    matches!(line, Line::Policy(_) | Line::Grouping(_))
}

/// The project's role that a line is about.
fn role_of(line: &Line<'_>) -> Option<String> {
    let name = match line {
        Line::Policy(policy) => &policy.subject.text,
        Line::Grouping(grouping) => &grouping.role.text,
        _ => return None,
    };
    project_role(name).map(|_| name.to_string())
}

/// The numbers of the lines that Argo CD makes itself, with their roles.
fn made(project: &Project) -> HashMap<usize, &str> {
    let (mut made, mut number) = (HashMap::new(), 1);
    for role in &project.roles {
        made.insert(number, role.name.as_str());
        number += 1;
        let own = role.policies.iter().chain(&role.groups);
        number += own.map(|line| line.split('\n').count()).sum::<usize>();
    }
    made
}
