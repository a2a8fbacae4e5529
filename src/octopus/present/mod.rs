//! Expectations that say what a server allows now, and nothing else.
//!
//! Of every group of subjects that the same rules reach: each rule's requests are allowed, those of a
//! deny refused, and all others refused as well. Each expectation is proved before it is written.

mod pattern;
mod written;

use std::collections::{BTreeMap, BTreeSet};

pub use written::to_yaml;

use super::Describe;
use super::expectations::{Except, Expectation, Globs, escaped, is_glob};
use super::quantified::{ProofKind, kind, may_meet};
use crate::rbac::survey::{
    Budget, GivenRule, Giver, Range, given, given_own, range, server_subjects,
};
use crate::rbac::{Effect, Server, project_role, vocabulary};
use pattern::{RequestPattern, expanded, glob_of, narrowed};
use written::joined;

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
        let own = given_own(server, &name);
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
        let shared_allows = expanded(self.server, &shared.allows);
        for deny in &denies {
            if own_allows.iter().any(|allow| allow.meets(deny)) {
                self.deny(&subject, first, deny, &shared_allows);
            }
        }
        let own_expanded = expanded(self.server, &own_allows);
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
        let allows: BTreeSet<RequestPattern> =
            expanded(self.server, &shared.allows).into_iter().collect();
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
        let wide = expanded(self.server, denies);
        for pattern in expanded(self.server, &[RequestPattern::of(rule)]) {
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
            self.examples(subject, first, &range);
            let line = self.describe.line(rule.line);
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
                self.examples(subject, first, &range);
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
    fn examples(&mut self, subject: &str, first: &str, range: &Range<'_>) {
        for (example, allowed) in [(&range.allowed, true), (&range.refused, false)] {
            let Some(example) = example else { continue };
            let pattern = RequestPattern {
                action: escaped(&example.action),
                resource: example.resource.to_owned(),
                object: escaped(&example.object),
            };
            let wanted = if is_glob(&pattern.object) || is_glob(&pattern.action) {
                // As a pattern it may be more than can be proved: one subject is asked about this request.
                expectation(&escaped(first), &pattern, allowed, Vec::new()).literally()
            } else {
                expectation(subject, &pattern, allowed, Vec::new())
            };
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
}

fn expectation(
    subject: &str,
    pattern: &RequestPattern,
    allowed: bool,
    except: Vec<Except>,
) -> Expectation {
    let wanted = Expectation {
        subject: subject.to_owned(),
        action: pattern.action.clone(),
        resource: pattern.resource.clone(),
        object: pattern.object.clone(),
        allowed,
        groups: Vec::new(),
        name: None,
        literal: false,
        except,
    };
    // What is proved is what will be read again.
    wanted.with_texts().with_globs()
}
