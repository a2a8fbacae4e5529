//! Expectations about every request that matches patterns: proved, refuted by a request, or neither.

use std::collections::HashSet;

use super::checker::reason;
use super::expectations::{Except, Expectation};
use super::{Check, CheckAnswer, Describe};
use crate::rbac::glob::Glob;
use crate::rbac::survey::{Budget, Example, Range, Requests, acts_as, range, server_subjects};
use crate::rbac::{Claims, Server};

/// The most globs that one with braces becomes.
const MOST_ALTERNATIVES: usize = 64;

/// What was found for one subject.
enum SubjectProof<'s> {
    /// No request matches.
    Nothing,
    /// It holds for all that match.
    Holds,
    /// It does not hold for this one.
    Refuted(Example<'s>),
    /// Neither was shown for these resources and actions.
    Open(String),
}

/// What was found for one subject, without the details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProofKind {
    Nothing,
    Holds,
    Refuted,
    Open,
}

impl SubjectProof<'_> {
    fn kind(&self) -> ProofKind {
        match self {
            Self::Nothing => ProofKind::Nothing,
            Self::Holds => ProofKind::Holds,
            Self::Refuted(_) => ProofKind::Refuted,
            Self::Open(_) => ProofKind::Open,
        }
    }
}

/// Finds out what holds for one subject.
pub(super) fn kind(
    wanted: &Expectation,
    subject: &str,
    server: &Server,
    budget: &Budget,
) -> ProofKind {
    of_subject(wanted, subject, server, budget).kind()
}

/// How many subjects there are of each kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KindCounts {
    holds: usize,
    refuted: usize,
    open: usize,
}

impl KindCounts {
    fn of(&mut self, kind: ProofKind) -> Option<&mut usize> {
        match kind {
            ProofKind::Nothing => None,
            ProofKind::Holds => Some(&mut self.holds),
            ProofKind::Refuted => Some(&mut self.refuted),
            ProofKind::Open => Some(&mut self.open),
        }
    }

    pub(super) fn add(&mut self, kind: ProofKind) {
        if let Some(count) = self.of(kind) {
            *count += 1;
        }
    }

    pub(super) fn remove(&mut self, kind: ProofKind) {
        if let Some(count) = self.of(kind) {
            *count -= 1;
        }
    }

    /// Joins what was found for all subjects: `yes`, `no` or `not proved`.
    pub(super) fn got(self, wanted: bool) -> CheckAnswer {
        if self.refuted > 0 {
            (!wanted).into()
        } else if self.holds > 0 && self.open == 0 {
            wanted.into()
        } else {
            CheckAnswer::NotProved
        }
    }
}

/// Proves an expectation for all subjects and requests that match it.
pub(super) fn prove(
    wanted: &Expectation,
    server: &Server,
    describe: &Describe<'_>,
    budget: &Budget,
) -> Check {
    let subjects = subjects(wanted, server);
    let mut kinds = KindCounts::default();
    let mut failure = None;
    for subject in &subjects {
        let found = of_subject(wanted, subject, server, budget);
        kinds.add(found.kind());
        match found {
            SubjectProof::Nothing | SubjectProof::Holds => {}
            SubjectProof::Refuted(example) => {
                let (action, resource) = (&example.action, example.resource);
                let why = reason(&example.answer, (resource, action), describe);
                let can = if wanted.allowed { "may not" } else { "may" };
                let (subject, object) = (shown(subject), &example.object);
                failure = Some(format!(
                    "{subject} {can} {action} {resource} {object}: {why}"
                ));
                break;
            }
            SubjectProof::Open(what) => {
                let subject = shown(subject);
                let text = format!("neither proved nor refuted for {subject}: {what}");
                failure.get_or_insert(text);
            }
        }
    }
    let decided_by = failure.unwrap_or_else(|| match kinds.holds {
        0 if subjects.is_empty() => "no subject matches".to_owned(),
        0 => "no request that Argo CD makes matches".to_owned(),
        1 => "proved for every request that matches".to_owned(),
        many => format!("proved for every request that matches, of {many} subjects"),
    });
    wanted.check(kinds.got(wanted.allowed), decided_by)
}

/// A subject as a report names it.
fn shown(subject: &str) -> &str {
    if subject.is_empty() {
        "a subject that no line names"
    } else {
        subject
    }
}

/// Every subject that is meant; the empty one stands for all that no one names.
fn subjects(wanted: &Expectation, server: &Server) -> Vec<String> {
    let left_out = LeftOut::new(wanted);
    let mut all = matching_subjects(wanted, server);
    all.retain(|name| !left_out.contains(name, server));
    all
}

/// Every subject that matches, those included that are left out.
pub(super) fn matching_subjects(wanted: &Expectation, server: &Server) -> Vec<String> {
    if let Some(texts) = only_texts(&wanted.subject) {
        return texts;
    }
    let chosen = GlobNames::new([&wanted.subject]);
    let mut all = server_subjects(server);
    all.retain(|name| chosen.contains(name));
    all.push(String::new());
    all
}

/// The exceptions of an expectation, with their subjects.
pub(super) struct LeftOut<'e>(Vec<(&'e Except, GlobNames)>);

impl<'e> LeftOut<'e> {
    pub(super) fn new(wanted: &'e Expectation) -> Self {
        let excepted = wanted.except.iter();
        let named = excepted.map(|except| (except, GlobNames::new(except.subject.all())));
        Self(named.collect())
    }

    /// Whether some exception names this subject.
    pub(super) fn names(&self, subject: &str) -> bool {
        self.0.iter().any(|(_, names)| names.contains(subject))
    }

    /// Whether all that a subject may do on a server is left out.
    pub(super) fn contains(&self, subject: &str, server: &Server) -> bool {
        let mut whole = self.0.iter().filter(|(except, _)| !has_request(except));
        whole.any(|(except, names)| is_meant(except, names, subject, server))
    }
}

/// Whether an exception is about a subject.
fn is_meant(except: &Except, names: &GlobNames, subject: &str, server: &Server) -> bool {
    names.contains(subject)
        || except.inherited && acts_as(server, subject, |name| names.contains(name))
}

pub(super) fn has_request(except: &Except) -> bool {
    let fields = [&except.action, &except.resource, &except.object];
    fields.iter().any(|field| !field.all().is_empty())
}

/// Names that some globs match.
pub(super) struct GlobNames {
    exact: HashSet<String>,
    globs: Vec<Glob>,
}

impl GlobNames {
    pub(super) fn new<'g>(globs: impl IntoIterator<Item = &'g String>) -> Self {
        let mut names = Self {
            exact: HashSet::new(),
            globs: Vec::new(),
        };
        for glob in globs {
            match only_texts(glob) {
                Some(texts) => names.exact.extend(texts),
                None => names.globs.extend(Glob::compile(glob).ok()),
            }
        }
        names
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        let mut globs = self.globs.iter();
        self.exact.contains(name) || globs.any(|glob| glob.matches(name) == Ok(true))
    }
}

/// Whether a text may match both globs; a no is certain.
pub(super) fn may_meet(one: &str, other: &str) -> bool {
    let compiled = (Glob::compile(one), Glob::compile(other));
    let (Ok(mine), Ok(theirs)) = compiled else {
        return false;
    };
    let any = |texts: Vec<String>, glob: &Glob| {
        let mut texts = texts.iter();
        texts.any(|text| glob.matches(text) != Ok(false))
    };
    if let Some(texts) = only_texts(one) {
        return any(texts, &theirs);
    }
    if let Some(texts) = only_texts(other) {
        return any(texts, &mine);
    }
    let (begin, end) = (mine.literal_prefix(), mine.literal_suffix());
    let (their_begin, their_end) = (theirs.literal_prefix(), theirs.literal_suffix());
    (begin.starts_with(their_begin) || their_begin.starts_with(begin))
        && (end.ends_with(their_end) || their_end.ends_with(end))
}

/// The texts that a glob without wildcards matches, one for each of its alternatives; none for
/// another glob, and where braces are nested or there are too many.
pub(super) fn only_texts(glob: &str) -> Option<Vec<String>> {
    let mut all = vec![String::new()];
    let mut arms: Option<Vec<String>> = None;
    let mut chars = glob.chars();
    while let Some(c) = chars.next() {
        let literal = match (c, &mut arms) {
            ('*' | '?' | '[', _) | ('{', Some(_)) => return None,
            ('{', None) => {
                arms = Some(vec![String::new()]);
                continue;
            }
            (',', Some(arms)) => {
                arms.push(String::new());
                continue;
            }
            ('}', Some(_)) => {
                let arms = arms.take()?;
                if all.len() > 1 && all.len() * arms.len() > MOST_ALTERNATIVES {
                    return None;
                }
                let joined = |start: &String| {
                    let arms = arms.iter().map(|arm| format!("{start}{arm}"));
                    arms.collect::<Vec<_>>()
                };
                all = all.iter().flat_map(joined).collect();
                continue;
            }
            ('\\', _) => chars.next()?,
            (literal, _) => literal,
        };
        match arms.as_mut().and_then(|arms| arms.last_mut()) {
            Some(arm) => arm.push(literal),
            None => all.iter_mut().for_each(|text| text.push(literal)),
        }
    }
    arms.is_none().then_some(all)
}

/// What holds for one subject with the groups of the expectation.
fn of_subject<'s>(
    wanted: &Expectation,
    subject: &str,
    server: &'s Server,
    budget: &Budget,
) -> SubjectProof<'s> {
    // A rule of the very same braces is about all of it.
    let whole = Requests {
        action: &wanted.action,
        resource: &wanted.resource,
        object: &wanted.object,
    };
    if wanted.action.contains('{') || wanted.object.contains('{') {
        match of_requests(wanted, subject, whole, server, budget) {
            SubjectProof::Open(_) => {}
            found => return found,
        }
    }
    let mut found = SubjectProof::Nothing;
    for action in alternatives(&wanted.action) {
        for object in alternatives(&wanted.object) {
            let requests = Requests {
                action: &action,
                resource: &wanted.resource,
                object: &object,
            };
            match of_requests(wanted, subject, requests, server, budget) {
                SubjectProof::Holds if matches!(found, SubjectProof::Nothing) => {
                    found = SubjectProof::Holds;
                }
                SubjectProof::Nothing | SubjectProof::Holds => {}
                refuted @ SubjectProof::Refuted(_) => return refuted,
                open @ SubjectProof::Open(_) => found = open,
            }
        }
    }
    found
}

/// A glob with one alternative of each of its braces, because what each allows is found out exactly;
/// as it is where braces are nested, escaped or too many.
fn alternatives(glob: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut rest = glob;
    while let Some(open) = rest.find('{') {
        let inner = rest[open + 1..].split_once('}');
        let Some((inside, behind)) = inner.filter(|_| all.len() < MOST_ALTERNATIVES) else {
            return vec![glob.to_owned()];
        };
        if glob.contains(['\\', '[']) || inside.contains('{') {
            return vec![glob.to_owned()];
        }
        let one = |start: &String, arm: &str| format!("{start}{}{arm}", &rest[..open]);
        all = all
            .iter()
            .flat_map(|start| inside.split(',').map(move |arm| one(start, arm)))
            .collect();
        rest = behind;
    }
    all.iter().map(|start| format!("{start}{rest}")).collect()
}

/// What holds for one subject with the groups of the expectation, of some requests.
fn of_requests<'s>(
    wanted: &Expectation,
    subject: &str,
    requests: Requests<'_>,
    server: &'s Server,
    budget: &Budget,
) -> SubjectProof<'s> {
    let except = exceptions(wanted, subject, server);
    let except: Vec<Requests<'_>> = except
        .iter()
        .map(|[action, resource, object]| Requests {
            action,
            resource,
            object,
        })
        .collect();
    // A request is allowed when the subject may make it, or one of the groups that something binds.
    let bound = wanted
        .groups
        .iter()
        .filter(|group| server.base().is_bound(group));
    let asked: Vec<&str> = std::iter::once(subject)
        .chain(bound.map(String::as_str))
        .collect();
    let ranges: Vec<Range<'s>> = asked
        .iter()
        .map(|name| range(server, name, requests, &except, budget))
        .collect();
    if ranges.iter().all(Range::is_empty) {
        return SubjectProof::Nothing;
    }
    if wanted.allowed {
        if ranges.iter().any(Range::is_allowed) {
            return SubjectProof::Holds;
        }
        let refused = ranges.iter().filter_map(|range| range.refused.clone());
        let mut refuting = refused.filter_map(|example| {
            let claims = Claims::of(subject, wanted.groups.iter());
            let (resource, action) = (example.resource, &example.action);
            let answer = server.decide(&claims, resource, action, &example.object);
            (!answer.allowed()).then_some(Example { answer, ..example })
        });
        if let Some(example) = refuting.next() {
            return SubjectProof::Refuted(example);
        }
    } else {
        if ranges.iter().all(Range::is_refused) {
            return SubjectProof::Holds;
        }
        if let Some(example) = ranges.iter().find_map(|range| range.allowed.clone()) {
            return SubjectProof::Refuted(example);
        }
    }
    let open = ranges.iter().flat_map(|range| &range.undecided);
    let open: Vec<String> = open
        .map(|(resource, verb)| format!("{verb} {resource}"))
        .collect();
    SubjectProof::Open(if open.is_empty() {
        "each request by another of the groups".to_owned()
    } else {
        open.join(", ")
    })
}

/// The globs of action, resource and object that are left out for a subject.
fn exceptions(wanted: &Expectation, subject: &str, server: &Server) -> Vec<[String; 3]> {
    let mut all = Vec::new();
    for except in wanted.except.iter().filter(|except| has_request(except)) {
        let subjects = except.subject.all();
        let names = GlobNames::new(subjects);
        if !subjects.is_empty() && !is_meant(except, &names, subject, server) {
            continue;
        }
        let any = |globs: &[String]| match globs {
            [] => vec!["*".to_owned()],
            some => some.to_vec(),
        };
        for action in any(except.action.all()) {
            for resource in any(except.resource.all()) {
                for object in any(except.object.all()) {
                    all.push([action.clone(), resource.clone(), object]);
                }
            }
        }
    }
    all
}
