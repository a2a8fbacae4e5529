//! What a change of policy changes, for everybody.
//!
//! A subject's answers follow from the set of rules that reaches it, from the default role's, and
//! from the match mode; the order of lines decides only which line is named. So a subject that
//! reaches the same rules before and after has the same answers, and only the others are looked at:
//! for each rule that one side has and the other has not, questions are made of its patterns and of
//! those it may meet, and asked of both.

use std::collections::HashSet;

use super::concerned::{Reached, Said, concerned, reached};
use super::prove::{Verb, verbs};
use super::sample::{Names, samples};
use crate::rbac::engine::{Effect, Enforcer, LineId, Reaching, Request};
use crate::rbac::version::ArgoCdVersion;
use crate::rbac::vocabulary::RESOURCES;

/// The most objects that are asked for one resource and action.
const MOST_OBJECTS: usize = 96;

/// The most rules whose objects are tried on another rule.
const MOST_NEIGHBOURS: usize = 64;

/// Who a change is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// Everybody, through the default role.
    Everybody,
    /// A subject that one of the policies names.
    Subject(String),
}

/// One thing that somebody gains or loses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether it was a no and is a yes, or the other way round.
    pub gained: bool,
    /// The resource.
    pub resource: String,
    /// The action.
    pub action: String,
    /// The pattern of objects of the rule that makes the difference.
    pub objects: String,
    /// An object for which the answers differ: both enforcers were asked.
    pub example: String,
    /// The line that makes the difference, of the policy after if it was added, else before.
    pub line: LineId,
    /// Whether that line is one of the policy after.
    pub added: bool,
}

/// What changes for one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectChange {
    /// Who.
    pub whom: Whom,
    /// What it gains and loses, as far as examples were found.
    pub changes: Vec<Change>,
    /// Rules that were added (true) or went (false) of which neither a difference was found nor
    /// shown that there is none.
    pub undecided: Vec<(LineId, bool)>,
}

/// The difference between two policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Everybody for whom something changes or may change, by name; nobody else is concerned.
    pub subjects: Vec<SubjectChange>,
}

/// Compares two policies for every subject.
pub fn compare(before: &Enforcer, after: &Enforcer, version: ArgoCdVersion) -> Comparison {
    let names = Names::new(|word| before.mentions(word) || after.mentions(word));
    let comparer = Comparer {
        version,
        names,
        before: Side::new(before),
        after: Side::new(after),
        same_mode: before.match_mode() == after.match_mode(),
    };
    let mut subjects: Vec<_> = comparer.everybody().into_iter().collect();
    let concerned = concerned(before, after, comparer.same_mode);
    subjects.extend(
        concerned
            .into_iter()
            .filter_map(|name| comparer.subject(name)),
    );
    Comparison { subjects }
}

/// One of the two policies.
struct Side<'e> {
    enforcer: &'e Enforcer,
    /// What reaches the default role, and so everybody.
    default_role: Reached<'e>,
}

impl<'e> Side<'e> {
    fn new(enforcer: &'e Enforcer) -> Self {
        let default_role = match enforcer.default_role() {
            "" => Reached::new(),
            role => reached(enforcer, role),
        };
        Self {
            enforcer,
            default_role,
        }
    }

    fn allows(&self, request: &Request<'_>) -> bool {
        self.enforcer.decide(request).allowed()
    }

    /// Whether the default role is known to allow everything that a rule matches.
    fn gives_everybody(&self, rule: Reaching<'_>) -> bool {
        let all = || self.default_role.values();
        all().any(|allow| allow.effect() == Effect::Allow && allow.covers(rule))
            && !all().any(|other| {
                other.may_fail() || other.effect() == Effect::Deny && other.may_meet(rule)
            })
    }
}

struct Comparer<'e> {
    version: ArgoCdVersion,
    names: Names,
    before: Side<'e>,
    after: Side<'e>,
    same_mode: bool,
}

/// What reaches one subject before and after.
struct Both<'b, 'e> {
    before: &'b Reached<'e>,
    after: &'b Reached<'e>,
}

impl<'e> Both<'_, 'e> {
    fn all(&self) -> impl Iterator<Item = (&Said, &Reaching<'e>)> {
        self.before.iter().chain(self.after)
    }
}

impl<'e> Comparer<'e> {
    /// What changes for somebody whom no policy names.
    fn everybody(&self) -> Option<SubjectChange> {
        let mut nobody = "nobody".to_owned();
        while self.before.enforcer.mentions(&nobody) || self.after.enforcer.mentions(&nobody) {
            nobody.push('x');
        }
        let both = Both {
            before: &self.before.default_role,
            after: &self.after.default_role,
        };
        self.difference(Whom::Everybody, &nobody, &both)
    }

    /// What changes for a subject by its own rules and its roles'.
    fn subject(&self, name: &str) -> Option<SubjectChange> {
        let both = Both {
            before: &reached(self.before.enforcer, name),
            after: &reached(self.after.enforcer, name),
        };
        self.difference(Whom::Subject(name.to_owned()), name, &both)
    }

    fn difference(&self, whom: Whom, subject: &str, both: &Both<'_, 'e>) -> Option<SubjectChange> {
        let unlike =
            |said: &Said, other: &Reached<'_>| !self.same_mode || !other.contains_key(said);
        let gone = both
            .before
            .iter()
            .filter(|(said, _)| unlike(said, both.after));
        let new = both
            .after
            .iter()
            .filter(|(said, _)| unlike(said, both.before));
        let rules: Vec<_> = gone
            .map(|(said, rule)| (said, *rule, false))
            .chain(new.map(|(said, rule)| (said, *rule, true)))
            .collect();
        let mut changes: Vec<Change> = Vec::new();
        let mut undecided = Vec::new();
        let mut known = HashSet::new();
        for (said, rule, added) in rules {
            let found = self.examples(subject, (said, rule, added), both);
            if found.is_empty() && !self.is_idle((rule, added), both) {
                undecided.push((rule.line(), added));
            }
            for change in found {
                let what = (
                    change.gained,
                    change.resource.clone(),
                    change.action.clone(),
                    change.objects.clone(),
                );
                if known.insert(what) {
                    changes.push(change);
                }
            }
        }
        (!changes.is_empty() || !undecided.is_empty()).then_some(SubjectChange {
            whom,
            changes,
            undecided,
        })
    }

    /// Questions about one rule on which the two policies differ: for each resource and action one
    /// that is gained and one that is lost.
    fn examples(
        &self,
        subject: &str,
        (said, rule, added): (&Said, Reaching<'_>, bool),
        both: &Both<'_, 'e>,
    ) -> Vec<Change> {
        let side = if added { &self.after } else { &self.before };
        let mode = side.enforcer.match_mode();
        let known = RESOURCES.iter().map(|resource| (*resource).to_owned());
        let resources = fitting(known, samples(mode, &said.resource, &self.names), |text| {
            rule.resource().matches(text) != Some(false)
        });
        let known = verbs(self.version)
            .filter(|(resource, _)| *resource == "applications")
            .map(|(_, verb)| match verb {
                Verb::Action(action) => action.to_owned(),
                Verb::Below(action) => format!("{action}/apps/Deployment/restart"),
            });
        let actions = fitting(known, samples(mode, &said.action, &self.names), |text| {
            rule.action().matches(text) != Some(false)
        });
        let mut objects = samples(mode, &said.object, &self.names);
        objects.extend(self.names.objects(None));
        objects.push(said.object.clone());
        // And what it may meet: the objects of the rules around it.
        for (other, _) in both.all().take(MOST_NEIGHBOURS) {
            objects.extend(
                samples(mode, &other.object, &self.names)
                    .into_iter()
                    .take(2),
            );
        }
        let mut seen = HashSet::new();
        objects.retain(|object| {
            rule.object().matches(object) != Some(false) && seen.insert(object.clone())
        });
        objects.truncate(MOST_OBJECTS);
        let mut found = Vec::new();
        for (resource, action) in pairs(&resources, &actions) {
            let mut shown = [false, false];
            for example in &objects {
                let request = Request::new(subject, resource, action, example);
                let gained = self.after.allows(&request);
                if self.before.allows(&request) == gained
                    || std::mem::replace(&mut shown[usize::from(gained)], true)
                {
                    continue;
                }
                found.push(Change {
                    gained,
                    resource: resource.to_owned(),
                    action: action.to_owned(),
                    objects: said.object.clone(),
                    example: example.clone(),
                    line: rule.line(),
                    added,
                });
            }
        }
        found
    }

    /// Whether a rule that was added or went is known to make no difference. When all of a subject's
    /// are, nothing changes for it: each does nothing, or matches only what the default role gives
    /// before and after, or something that stays says the same, or it denies where nothing allows.
    fn is_idle(&self, (rule, added): (Reaching<'_>, bool), both: &Both<'_, 'e>) -> bool {
        if !self.same_mode || rule.may_fail() {
            return false;
        }
        if rule.effect() == Effect::Other || rule.object().is_never() {
            return true;
        }
        if self.before.gives_everybody(rule) && self.after.gives_everybody(rule) {
            return true;
        }
        let covered = both
            .before
            .iter()
            .filter(|(said, _)| both.after.contains_key(*said))
            .any(|(_, stays)| stays.effect() == rule.effect() && stays.covers(rule));
        let side = if added { both.after } else { both.before };
        let in_vain = rule.effect() == Effect::Deny
            && !side
                .values()
                .any(|allow| allow.effect() == Effect::Allow && rule.may_meet(*allow));
        covered || in_vain
    }
}

fn pairs<'t>(some: &'t [String], others: &'t [String]) -> impl Iterator<Item = (&'t str, &'t str)> {
    some.iter().flat_map(|one| {
        others
            .iter()
            .map(move |other| (one.as_str(), other.as_str()))
    })
}

/// Those of the known texts that fit, or else some of the samples.
fn fitting(
    known: impl Iterator<Item = String>,
    samples: Vec<String>,
    fits: impl Fn(&str) -> bool,
) -> Vec<String> {
    let known: Vec<String> = known.filter(|text| fits(text)).collect();
    if !known.is_empty() {
        return known;
    }
    samples
        .into_iter()
        .filter(|text| fits(text))
        .take(3)
        .collect()
}
