//! Expectations as the lines of a file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::expectations::{Except, Expectation, Globs};
use super::super::quantified::only_texts;
use crate::yaml;

/// The most actions that are joined to one glob.
const MOST_JOINED: usize = 24;

/// The first lines of a file of expectations.
const HEAD: &str = "\
# yaml-language-server: $schema=https://raw.githubusercontent.com/kubectl-octopus-argo/kubectl-octopus-argo/main/docs/expectations.schema.json
# What the policy allows, and nothing else. Edit it freely: `check --expect` reads it.
";

/// Joins expectations that differ in their action alone.
pub(super) fn joined(all: Vec<Expectation>) -> Vec<Expectation> {
    let mut out: Vec<Expectation> = Vec::new();
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for wanted in all {
        if !seen.insert(line_of(&wanted)) {
            continue;
        }
        let is_plain = only_texts(&wanted.action).is_some_and(|texts| texts.len() == 1)
            && !wanted.action.contains(['\\', ',', '}']);
        // A single request is asked in a way of its own.
        if !is_plain || !wanted.is_quantified() {
            out.push(wanted);
            continue;
        }
        let mut key = wanted.clone();
        key.action = String::new();
        let places = places.entry(line_of(&key)).or_default();
        match places.last() {
            Some(place) if !places.len().is_multiple_of(MOST_JOINED) => {
                let place = *place;
                places.push(place);
                let action = &mut out[place].action;
                let inside = action.trim_matches(['{', '}']);
                *action = format!("{{{inside},{}}}", wanted.action);
            }
            _ => {
                places.push(out.len());
                out.push(wanted);
            }
        }
    }
    out
}

/// The file of some expectations.
pub fn to_yaml(expectations: &[Expectation]) -> String {
    if expectations.is_empty() {
        return format!("{HEAD}expectations: []\n");
    }
    let mut out = format!("{HEAD}expectations:\n");
    for wanted in expectations {
        let _ = writeln!(out, "  - {{{}}}", line_of(wanted));
    }
    out
}

/// An expectation between braces.
fn line_of(wanted: &Expectation) -> String {
    let wanted = wanted.shown();
    let mut out = String::new();
    if let Some(name) = &wanted.name {
        let _ = write!(out, "name: {}, ", yaml::write::value(name));
    }
    let fields = [
        ("subject", &wanted.subject),
        ("action", &wanted.action),
        ("resource", &wanted.resource),
        ("object", &wanted.object),
    ];
    for (key, value) in fields {
        let _ = write!(out, "{key}: {}, ", yaml::write::value(value));
    }
    let _ = write!(out, "allowed: {}", wanted.allowed);
    if wanted.literal {
        out.push_str(", literal: true");
    }
    if wanted.except.is_empty() {
        return out;
    }
    out.push_str(", except: [");
    for (place, except) in wanted.except.iter().enumerate() {
        let separator = if place == 0 { "" } else { "," };
        let _ = write!(out, "{separator}\n      {{{}}}", except_of(except));
    }
    out.push(']');
    out
}

fn except_of(except: &Except) -> String {
    let fields = [
        ("subject", &except.subject),
        ("action", &except.action),
        ("resource", &except.resource),
        ("object", &except.object),
    ];
    let mut said = Vec::new();
    for (key, globs) in fields {
        match globs {
            Globs::One(glob) => said.push(format!("{key}: {}", yaml::write::value(glob))),
            Globs::Several(globs) if globs.is_empty() => {}
            Globs::Several(globs) => {
                let globs: Vec<String> =
                    globs.iter().map(|glob| yaml::write::value(glob)).collect();
                said.push(format!("{key}: [{}]", globs.join(", ")));
            }
        }
    }
    if !except.inherited {
        said.push("inherited: false".to_owned());
    }
    said.join(", ")
}
