//! Which lines of a policy the expectations depend on.

use std::collections::HashMap;
use std::sync::Arc;

use super::CheckAnswer;
use super::expectations::Expectation;
use super::quantified::{KindCounts, LeftOut, ProofKind, kind, matching_subjects, only_texts};
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
        let left_out = LeftOut::new(wanted);
        let slice = slice(wanted, &left_out, &parts);
        // What Argo CD makes itself has no place.
        let found = slice.lines().iter().enumerate().filter_map(|(at, line)| {
            let place = places.get(&(Arc::clone(&line.key), line.number))?;
            Some((at, *place))
        });
        let mut depends = None;
        for (at, place) in found {
            let depends = depends.get_or_insert_with(|| {
                Depends::new(wanted, &left_out, server, &slice, scopes, budget)
            });
            all[place].expectations += usize::from(depends.on(at));
        }
        unmeasured += usize::from(budget.is_spent());
    }
    Coverage {
        lines: all,
        unmeasured,
    }
}

/// The lines that may decide about an expectation.
fn slice<'p>(
    wanted: &Expectation,
    left_out: &LeftOut<'_>,
    parts: &'p ServerParts<'p>,
) -> Slice<'p> {
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
    let roles = |name: &str| left_out.names(name);
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
    left_out: &'a LeftOut<'a>,
    slice: &'a Slice<'a>,
    scopes: Option<&'a [String]>,
    budget: &'a Budget,
    /// The subjects that match, and what holds of each; none of a single request.
    subjects: HashMap<String, ProofKind>,
    counts: KindCounts,
    got: CheckAnswer,
}

impl<'a> Depends<'a> {
    fn new(
        wanted: &'a Expectation,
        left_out: &'a LeftOut<'a>,
        server: &Server,
        slice: &'a Slice<'a>,
        scopes: Option<&'a [String]>,
        budget: &'a Budget,
    ) -> Self {
        let mut depends = Self {
            wanted,
            left_out,
            slice,
            scopes,
            budget,
            subjects: HashMap::new(),
            counts: KindCounts::default(),
            got: CheckAnswer::NotProved,
        };
        if wanted.is_quantified() {
            for subject in matching_subjects(wanted, server) {
                let kind = depends.kind(&subject, server);
                depends.counts.add(kind);
                depends.subjects.insert(subject, kind);
            }
            depends.got = depends.counts.got(wanted.allowed);
        } else {
            depends.got = wanted.answer(server, scopes).allowed().into();
        }
        depends
    }

    /// Whether it comes out otherwise without a line.
    fn on(&self, at: usize) -> bool {
        let line = &self.slice.lines()[at];
        let may_depend = match self.got {
            CheckAnswer::Yes => line.may_decide(true),
            CheckAnswer::No => line.may_decide(false),
            CheckAnswer::NotProved => true,
        };
        may_depend && !self.budget.is_spent() && self.got_without(at) != Some(self.got)
    }

    /// What comes out without a line: only its holders are asked again, on what reaches them. `None` where the rest
    /// does not load.
    fn got_without(&self, at: usize) -> Option<CheckAnswer> {
        let holders = self.slice.holders(&self.slice.lines()[at]);
        let is_holder = |name: &str| {
            holders
                .as_ref()
                .is_none_or(|holders| holders.contains(name))
        };
        let groups = || self.wanted.groups.iter().map(String::as_str);
        if !self.wanted.is_quantified() {
            let names: Vec<&str> = std::iter::once(&*self.wanted.subject)
                .chain(groups())
                .collect();
            let server = self.slice.server(Askers::Some(&names), Some(at)).ok()?;
            let answer = self.wanted.answer(&server, self.scopes);
            return Some(answer.allowed().into());
        }
        let of_group = groups().any(is_holder);
        let concerned: Vec<(&str, ProofKind)> = match &holders {
            Some(holders) if !of_group => holders
                .iter()
                .filter_map(|name| Some((*name, *self.subjects.get(*name)?)))
                .collect(),
            _ => self
                .subjects
                .iter()
                .map(|(name, kind)| (&**name, *kind))
                .collect(),
        };
        let names: Vec<&str> = concerned
            .iter()
            .map(|(name, _)| *name)
            .chain(groups())
            .collect();
        let server = self.slice.server(Askers::Some(&names), Some(at)).ok()?;
        let mut counts = self.counts;
        for (subject, known) in concerned {
            counts.remove(known);
            counts.add(self.kind(subject, &server));
        }
        Some(counts.got(self.wanted.allowed))
    }

    /// What holds of a subject on a server; nothing of one that is left out.
    fn kind(&self, subject: &str, server: &Server) -> ProofKind {
        if self.left_out.contains(subject, server) {
            ProofKind::Nothing
        } else {
            kind(self.wanted, subject, server, self.budget)
        }
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
