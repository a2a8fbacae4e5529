//! Expectations about every request that matches patterns: proved, refuted by a request, or neither.

use super::checker::reason;
use super::expectations::{Except, Expectation};
use super::{Check, Describe, Purpose};
use crate::rbac::glob::Glob;
use crate::rbac::survey::{Budget, Example, Range, Requests, holders_of, range, server_subjects};
use crate::rbac::{Claims, Server};

/// The most globs that one with braces becomes.
const MOST_ALTERNATIVES: usize = 64;

/// What was found for one subject.
enum Found<'s> {
    /// No request matches.
    Nothing,
    /// It holds for all that match.
    Holds,
    /// It does not hold for this one.
    Refuted(Example<'s>),
    /// Neither was shown for these resources and actions.
    Open(String),
}

/// Proves an expectation for all subjects and requests that match it.
pub(super) fn prove(
    wanted: &Expectation,
    server: &Server,
    describe: &Describe<'_>,
    budget: &Budget,
) -> Check {
    let mut proved = 0;
    let mut failure = None;
    let subjects = subjects(wanted, server);
    for subject in &subjects {
        match of_subject(wanted, subject, server, budget) {
            Found::Nothing => {}
            Found::Holds => proved += 1,
            Found::Refuted(example) => {
                let (action, resource) = (&example.action, example.resource);
                let why = reason(&example.answer, (resource, action), describe);
                let can = if wanted.allowed { "may not" } else { "may" };
                let subject = shown(subject);
                let text = format!(
                    "{subject} {can} {action} {resource} {}: {why}",
                    example.object
                );
                let got = if wanted.allowed { "no" } else { "yes" };
                failure = Some((got, text));
                break;
            }
            Found::Open(what) => {
                let subject = shown(subject);
                let text = format!("neither proved nor refuted for {subject}: {what}");
                failure.get_or_insert(("not proved", text));
            }
        }
    }
    let want = if wanted.allowed { "yes" } else { "no" };
    let (got, decided_by) = failure.unwrap_or_else(|| match proved {
        0 if subjects.is_empty() => ("not proved", "no subject matches".to_owned()),
        0 => (
            "not proved",
            "no request that Argo CD makes matches".to_owned(),
        ),
        1 => (want, "proved for every request that matches".to_owned()),
        many => (
            want,
            format!("proved for every request that matches, of {many} subjects"),
        ),
    });
    Check {
        subject: wanted.subject.clone(),
        action: wanted.action.clone(),
        resource: wanted.resource.clone(),
        object: wanted.object.clone(),
        want,
        got,
        decided_by,
        purpose: Purpose::Expected,
        ok: got == want,
        name: wanted.name.clone(),
    }
}

/// A subject as a report names it.
fn shown(subject: &str) -> &str {
    if subject.is_empty() {
        "a subject that nobody names"
    } else {
        subject
    }
}

/// Every subject that is meant; the empty one stands for all that nobody names.
fn subjects(wanted: &Expectation, server: &Server) -> Vec<String> {
    let is_glob = wanted.subject.contains(['*', '?', '[', '{']);
    if !is_glob {
        return vec![wanted.subject.clone()];
    }
    let mut all = server_subjects(server);
    all.retain(|name| matches(&wanted.subject, name));
    all.push(String::new());
    let only_subjects = wanted.except.iter().filter(|except| !has_request(except));
    for glob in only_subjects.flat_map(|except| except.subject.all()) {
        let gone = holders_of(server, |name| matches(glob, name));
        all.retain(|name| !gone.contains(name.as_str()));
    }
    all
}

fn has_request(except: &Except) -> bool {
    let fields = [&except.action, &except.resource, &except.object];
    fields.iter().any(|field| !field.all().is_empty())
}

fn matches(glob: &str, text: &str) -> bool {
    Glob::compile(glob).is_ok_and(|glob| glob.matches(text) == Ok(true))
}

/// What holds for one subject with the groups of the expectation.
fn of_subject<'s>(
    wanted: &Expectation,
    subject: &str,
    server: &'s Server,
    budget: &Budget,
) -> Found<'s> {
    let mut found = Found::Nothing;
    for action in alternatives(&wanted.action) {
        for object in alternatives(&wanted.object) {
            let requests = Requests {
                action: &action,
                resource: &wanted.resource,
                object: &object,
            };
            match of_requests(wanted, subject, requests, server, budget) {
                Found::Holds if matches!(found, Found::Nothing) => found = Found::Holds,
                Found::Nothing | Found::Holds => {}
                refuted @ Found::Refuted(_) => return refuted,
                open @ Found::Open(_) => found = open,
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
) -> Found<'s> {
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
        return Found::Nothing;
    }
    if wanted.allowed {
        if ranges.iter().any(Range::is_allowed) {
            return Found::Holds;
        }
        let refused = ranges.iter().filter_map(|range| range.refused.clone());
        let mut refuting = refused.filter_map(|example| {
            let claims = Claims::of(subject, wanted.groups.iter());
            let (resource, action) = (example.resource, &example.action);
            let answer = server.decide(&claims, resource, action, &example.object);
            (!answer.allowed()).then_some(Example { answer, ..example })
        });
        if let Some(example) = refuting.next() {
            return Found::Refuted(example);
        }
    } else {
        if ranges.iter().all(Range::is_refused) {
            return Found::Holds;
        }
        if let Some(example) = ranges.iter().find_map(|range| range.allowed.clone()) {
            return Found::Refuted(example);
        }
    }
    let open = ranges.iter().flat_map(|range| &range.undecided);
    let open: Vec<String> = open
        .map(|(resource, verb)| format!("{verb} {resource}"))
        .collect();
    Found::Open(if open.is_empty() {
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
        let is_meant = subjects.is_empty()
            || subjects.iter().any(|glob| {
                holders_of(server, |name| matches(glob, name)).contains(subject)
                    || matches(glob, subject)
            });
        if !is_meant {
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
