//! Expectations that say what a server allows now, and nothing else.
//!
//! Of every group of subjects that the same rules reach: each rule's requests are allowed, those of a
//! deny refused, and all others refused as well. Each expectation is proved before it is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Describe;
use super::expectations::{Except, Expectation, Globs};
use super::quantified::{ProofKind, kind, may_meet, only_texts};
use crate::rbac::glob::Glob;
use crate::rbac::survey::{
    Budget, GivenRule, Giver, Range, Requests, given, range, server_subjects,
};
use crate::rbac::{Effect, Server, project_role, vocabulary};
use crate::yaml;

/// The most actions that are joined to one glob.
const MOST_JOINED: usize = 24;

/// The first lines of a file of expectations.
const HEAD: &str = "\
# yaml-language-server: $schema=https://raw.githubusercontent.com/kubectl-octopus-argo/kubectl-octopus-argo/main/docs/expectations.schema.json
# What the policy allows, and nothing else. Edit it freely: `check --expect` reads it.
";

/// Expectations about a server.
#[derive(Clone, Debug, Default)]
pub struct PresentState {
    /// They hold of the server.
    pub expectations: Vec<Expectation>,
    /// How many subjects they are about, those left out that no rule of their own reaches.
    pub subjects: usize,
    /// What they do not say, for people.
    pub left_out: Vec<String>,
}

/// Requests by their globs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RequestPattern {
    action: String,
    resource: String,
    object: String,
}

impl RequestPattern {
    fn of(given: &GivenRule<'_>) -> Self {
        Self {
            action: given.action.clone(),
            resource: given.resource.clone(),
            object: given.object.clone(),
        }
    }

    fn requests(&self) -> Requests<'_> {
        Requests {
            action: &self.action,
            resource: &self.resource,
            object: &self.object,
        }
    }

    fn except(&self) -> Except {
        let one = |glob: &String| match glob.as_str() {
            "*" => Globs::default(),
            _ => Globs::One(glob.clone()),
        };
        let mut except = Except {
            action: one(&self.action),
            resource: one(&self.resource),
            object: one(&self.object),
            ..Except::default()
        };
        if [&except.action, &except.resource, &except.object]
            .iter()
            .all(|field| field.all().is_empty())
        {
            except.object = Globs::One("*".to_owned());
        }
        except
    }

    fn meets(&self, other: &Self) -> bool {
        may_meet(&self.resource, &other.resource)
            && may_meet(&self.action, &other.action)
            && may_meet(&self.object, &other.object)
    }
}

/// Writes down what a server allows.
pub fn present(server: &Server, describe: &Describe<'_>, budget: &Budget) -> PresentState {
    let mut writer = Writer {
        server,
        describe,
        budget,
        out: PresentState::default(),
    };
    if server.settings().auth_disabled {
        let all = RequestPattern {
            action: "*".into(),
            resource: "*".into(),
            object: "*".into(),
        };
        let wanted = expectation("*", &all, true, Vec::new());
        writer.out.expectations.push(wanted);
        return writer.out;
    }
    let shared = SharedRules::new(server);
    let mut classes: BTreeMap<(Option<String>, Vec<_>), Vec<String>> = BTreeMap::new();
    let mut order = Vec::new();
    for name in server_subjects(server) {
        let rules = given(server, &name);
        let own: Vec<_> = rules
            .iter()
            .filter(|rule| is_own(rule))
            .map(GivenRule::id)
            .collect();
        if own.is_empty() {
            continue;
        }
        let project = project_role(&name).map(|(project, _)| project.to_owned());
        let class = (project, own);
        let names = classes.entry(class.clone()).or_default();
        if names.is_empty() {
            order.push(class);
        }
        names.push(name);
    }
    for class in &order {
        if let Some(names) = classes.get(class) {
            writer.class(names, &shared);
        }
    }
    let named: Vec<String> = classes.into_values().flatten().collect();
    writer.out.subjects = named.len();
    writer.everybody(&named, &shared);
    let mut present = writer.out;
    present.expectations = joined(present.expectations);
    present
}

/// Whether a rule is not everybody's.
fn is_own(rule: &GivenRule<'_>) -> bool {
    rule.giver == Giver::Subject || rule.project.is_some()
}

/// What everybody has.
struct SharedRules {
    allows: Vec<RequestPattern>,
    denies: Vec<RequestPattern>,
}

impl SharedRules {
    fn new(server: &Server) -> Self {
        let rules = given(server, "");
        let of = |effect: Effect| {
            let rules = rules.iter().filter(|rule| rule.effect == effect);
            rules.map(RequestPattern::of).collect()
        };
        Self {
            allows: of(Effect::Allow),
            denies: of(Effect::Deny),
        }
    }
}

struct Writer<'a, 's> {
    server: &'s Server,
    describe: &'a Describe<'a>,
    budget: &'a Budget,
    out: PresentState,
}

impl Writer<'_, '_> {
    /// The expectations of subjects that the same rules reach.
    fn class(&mut self, names: &[String], shared: &SharedRules) {
        let Some(first) = names.first() else {
            return;
        };
        let subject = glob_of(names);
        let rules = given(self.server, first);
        let own: Vec<&GivenRule<'_>> = rules.iter().filter(|rule| is_own(rule)).collect();
        let of = |effect| own.iter().filter(move |rule| rule.effect == effect);
        let denies: Vec<RequestPattern> = of(Effect::Deny)
            .map(|rule| RequestPattern::of(rule))
            .collect();
        let mut allowed = Vec::new();
        for rule in of(Effect::Allow) {
            allowed.extend(self.allow(&subject, first, rule, &denies));
        }
        let own_allows: Vec<RequestPattern> = of(Effect::Allow)
            .map(|rule| RequestPattern::of(rule))
            .collect();
        let shared_allows = self.expanded(&shared.allows);
        for deny in &denies {
            if own_allows.iter().any(|allow| allow.meets(deny)) {
                self.deny(&subject, first, deny, &shared_allows);
            }
        }
        let own_expanded = self.expanded(&own_allows);
        for deny in &shared.denies {
            self.deny(&subject, first, deny, &own_expanded);
        }
        let of_everybody = shared_allows.iter().cloned();
        let narrow: BTreeSet<RequestPattern> =
            allowed.into_iter().chain(of_everybody.clone()).collect();
        let wide: BTreeSet<RequestPattern> = own_expanded.into_iter().chain(of_everybody).collect();
        self.nothing_else(&subject, first, [&narrow, &wide], &[]);
    }

    /// The expectations of everybody: what the default role and the empty subject give.
    fn everybody(&mut self, named: &[String], shared: &SharedRules) {
        let rules = given(self.server, "");
        for rule in rules.iter().filter(|rule| rule.effect == Effect::Allow) {
            // A project's lines give nothing to the roles of other projects.
            let whom = if rule.project.is_some() { "" } else { "*" };
            self.allow(whom, "", rule, &shared.denies);
        }
        for deny in &shared.denies {
            if shared.allows.iter().any(|allow| allow.meets(deny)) {
                self.deny("", "", deny, &[]);
            }
        }
        let named = Except {
            subject: Globs::Several(named.iter().map(|name| escaped(name)).collect()),
            inherited: false,
            ..Except::default()
        };
        let left_out: Vec<Except> = if named.subject.all().is_empty() {
            Vec::new()
        } else {
            vec![named]
        };
        let allows: BTreeSet<RequestPattern> = self.expanded(&shared.allows).into_iter().collect();
        self.nothing_else("*", "", [&allows, &allows], &left_out);
    }

    /// Expects what a rule allows; returns the patterns of which some request is allowed.
    fn allow(
        &mut self,
        subject: &str,
        first: &str,
        rule: &GivenRule<'_>,
        denies: &[RequestPattern],
    ) -> Vec<RequestPattern> {
        let mut found = Vec::new();
        let wide = self.expanded(denies);
        for pattern in self.expanded(&[RequestPattern::of(rule)]) {
            let mut is_made = false;
            let mut held = None;
            let project = rule.project.or_else(|| Some(project_role(first)?.0));
            'tried: for pattern in narrowed(&pattern, project) {
                for denies in [denies, &wide] {
                    if !rule.is_exact {
                        continue;
                    }
                    let meeting = denies.iter().filter(|deny| deny.meets(&pattern));
                    let except = meeting.map(RequestPattern::except).collect();
                    let wanted = expectation(subject, &pattern, true, except);
                    match self.kind(&wanted, first) {
                        ProofKind::Nothing => {}
                        ProofKind::Holds => {
                            held = Some(pattern);
                            self.write(wanted);
                            break 'tried;
                        }
                        ProofKind::Refuted | ProofKind::Open => is_made = true,
                    }
                }
            }
            if let Some(pattern) = held {
                found.push(pattern);
                continue;
            }
            if !is_made && rule.is_exact {
                continue;
            }
            let range = range(self.server, first, pattern.requests(), &[], self.budget);
            if range.is_refused() {
                continue;
            }
            self.examples(subject, &range);
            let line = (self.describe)(rule.line);
            self.leave_out(format!(
                "{line}: no pattern says what it allows, so examples are asked"
            ));
            found.push(pattern);
        }
        found
    }

    /// Expects that a deny's requests are refused, where nothing else allows them.
    fn deny(
        &mut self,
        subject: &str,
        first: &str,
        deny: &RequestPattern,
        others: &[RequestPattern],
    ) {
        let meeting = others.iter().filter(|allow| allow.meets(deny));
        let except = meeting.map(RequestPattern::except).collect();
        let wanted = expectation(subject, deny, false, except);
        match self.kind(&wanted, first) {
            ProofKind::Holds => self.write(wanted),
            ProofKind::Nothing => {}
            ProofKind::Refuted | ProofKind::Open => {
                let range = range(self.server, first, deny.requests(), &[], self.budget);
                self.examples(subject, &range);
            }
        }
    }

    /// Expects that everything but some patterns is refused.
    fn nothing_else(
        &mut self,
        subject: &str,
        first: &str,
        allowed: [&BTreeSet<RequestPattern>; 2],
        left_out: &[Except],
    ) {
        let except = |resource: &str, allowed: &BTreeSet<RequestPattern>| {
            let about = allowed
                .iter()
                .filter(|pattern| may_meet(resource, &pattern.resource));
            let about = about.map(RequestPattern::except);
            left_out.iter().cloned().chain(about).collect::<Vec<_>>()
        };
        let pattern = |resource: &str| RequestPattern {
            action: "*".to_owned(),
            resource: resource.to_owned(),
            object: "*".to_owned(),
        };
        for allowed in allowed {
            let wanted = expectation(subject, &pattern("*"), false, except("*", allowed));
            match self.kind(&wanted, first) {
                ProofKind::Holds => return self.write(wanted),
                ProofKind::Nothing => return,
                ProofKind::Refuted | ProofKind::Open => {}
            }
        }
        for resource in vocabulary::RESOURCES {
            let wanted = expectation(
                subject,
                &pattern(resource),
                false,
                except(resource, allowed[1]),
            );
            match self.kind(&wanted, first) {
                ProofKind::Holds => self.write(wanted),
                ProofKind::Nothing => {}
                ProofKind::Refuted | ProofKind::Open => {
                    let whom = if first.is_empty() {
                        "everybody else"
                    } else {
                        subject
                    };
                    self.leave_out(format!(
                        "{whom}: no proof that nothing else is allowed of {resource}"
                    ));
                }
            }
        }
    }

    /// Expects the examples that a search came to.
    fn examples(&mut self, subject: &str, range: &Range<'_>) {
        for (example, allowed) in [(&range.allowed, true), (&range.refused, false)] {
            let Some(example) = example else { continue };
            let pattern = RequestPattern {
                action: example.action.clone(),
                resource: example.resource.to_owned(),
                object: escaped(&example.object),
            };
            let wanted = expectation(subject, &pattern, allowed, Vec::new());
            // What everybody may is not an example of what the others may not.
            if subject != "*" || allowed {
                self.write(wanted);
            }
        }
    }

    fn write(&mut self, wanted: Expectation) {
        self.out.expectations.push(wanted);
    }

    fn leave_out(&mut self, what: String) {
        if !self.out.left_out.contains(&what) {
            self.out.left_out.push(what);
        }
    }

    /// What holds of an expectation, by the first of its subjects.
    fn kind(&self, wanted: &Expectation, first: &str) -> ProofKind {
        if !wanted.is_quantified() {
            let answer = wanted.answer(self.server, None);
            return if answer.allowed() == wanted.allowed {
                ProofKind::Holds
            } else {
                ProofKind::Refuted
            };
        }
        kind(wanted, first, self.server, self.budget)
    }

    /// The patterns, and what the server asks as them.
    fn expanded(&self, patterns: &[RequestPattern]) -> Vec<RequestPattern> {
        let server = self.server;
        let mut all = Vec::new();
        for pattern in patterns {
            let about = |resource: &str, action: &str| {
                matches(&pattern.resource, resource) && matches(&pattern.action, action)
            };
            let mut also = |resource: &str, action: &str| {
                all.push(RequestPattern {
                    action: action.to_owned(),
                    resource: resource.to_owned(),
                    object: pattern.object.clone(),
                });
            };
            let applications = "applications";
            if server.version().has_rollback()
                && server.rollback_is_sync()
                && about(applications, "sync")
                && !matches(&pattern.action, "rollback")
            {
                also(applications, "rollback");
            }
            if server.logs_are_open() && about(applications, "get") && !about("logs", "get") {
                also("logs", "get");
            }
            for plain in ["update", "delete"] {
                let is_whole = pattern.action == "*" || pattern.action == format!("{plain}*");
                if server.inherits_subresources() && about(applications, plain) && !is_whole {
                    also(applications, &format!("{plain}/*"));
                }
            }
            all.push(pattern.clone());
        }
        all
    }
}

/// A pattern, and before it what it matches of a project's objects.
fn narrowed(pattern: &RequestPattern, project: Option<&str>) -> Vec<RequestPattern> {
    let mut all = Vec::new();
    if let Some(project) = project {
        let name = match pattern.object.as_str() {
            "*" => Some("*"),
            object => object.strip_prefix("*/"),
        };
        if let Some(name) = name {
            all.push(RequestPattern {
                object: format!("{}/{name}", escaped(project)),
                ..pattern.clone()
            });
        }
    }
    all.insert(0, pattern.clone());
    all
}

fn matches(glob: &str, text: &str) -> bool {
    Glob::compile(glob).is_ok_and(|glob| glob.matches(text) == Ok(true))
}

fn expectation(
    subject: &str,
    pattern: &RequestPattern,
    allowed: bool,
    except: Vec<Except>,
) -> Expectation {
    Expectation {
        subject: subject.to_owned(),
        action: pattern.action.clone(),
        resource: pattern.resource.clone(),
        object: pattern.object.clone(),
        allowed,
        groups: Vec::new(),
        name: None,
        literal: false,
        except,
    }
}

/// A glob that matches these names and no others.
fn glob_of(names: &[String]) -> String {
    match names {
        [one] => escaped(one),
        many => {
            let names: Vec<String> = many.iter().map(|name| escaped(name)).collect();
            format!("{{{}}}", names.join(","))
        }
    }
}

/// A glob that matches this text alone: as it is where nothing in it means anything.
fn escaped(text: &str) -> String {
    if !text.contains(['*', '?', '[', '{']) && !text.contains([',', '}', ']']) {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if "*?[]{},\\".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Joins expectations that differ in their action alone.
fn joined(all: Vec<Expectation>) -> Vec<Expectation> {
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
    let mut out = format!("{HEAD}expectations:\n");
    for wanted in expectations {
        let _ = writeln!(out, "  - {{{}}}", line_of(wanted));
    }
    out
}

/// An expectation between braces.
fn line_of(wanted: &Expectation) -> String {
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
