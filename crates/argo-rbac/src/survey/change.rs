//! What differs between two servers, and the test of a single request on both.

use std::fmt;

use super::budget::Budget;
use super::sample::FreshNames;
use super::verb::Verb;
use super::view::Cited;
use crate::claims::Claims;
use crate::server::{Answer, Grounds, Server};

/// Who a change is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// Anyone who has no token, where anonymous access is on.
    Anonymous,
    /// Everybody, through the default role and the empty subject.
    Everybody,
    /// A subject that one of the servers names.
    Subject(String),
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "(without a token)",
            Self::Everybody => "(everybody)",
            Self::Subject(name) => name,
        })
    }
}

/// One thing that someone gains or loses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'s> {
    /// Whether it was a no and is a yes, or the other way round.
    pub gained: bool,
    /// The resource.
    pub resource: &'static str,
    /// The verb.
    pub verb: Verb,
    /// The pattern of objects of the rule that makes the difference; `*` where a setting does.
    pub objects: String,
    /// The action of a request for which the answers differ: both servers were asked.
    pub action: String,
    /// Its object.
    pub object: String,
    /// The grounds before and after, with their lines.
    pub grounds: [(Grounds, Option<Cited<'s>>); 2],
    /// The rule that makes the difference, and whether it was added (or went).
    pub rule: Option<(Cited<'s>, bool)>,
}

/// A rule of which neither a difference was found nor shown that there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided<'s> {
    /// Whether it could be gained (or lost).
    pub gained: bool,
    /// The resource.
    pub resource: &'static str,
    /// The verb.
    pub verb: Verb,
    /// The rule; none where a setting makes the difference.
    pub rule: Option<(Cited<'s>, bool)>,
}

/// The requests of one subject that the servers answer differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectChange<'s> {
    /// Who.
    pub whom: Whom,
    /// Each gain and each loss, with a request that shows it.
    pub changes: Vec<Change<'s>>,
    /// The rules for which no difference was found or excluded; each counts as a difference.
    pub undecided: Vec<Undecided<'s>>,
}

/// The difference between two servers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison<'s> {
    /// The subjects for which something changes or may change, by name; no one else is concerned.
    pub subjects: Vec<SubjectChange<'s>>,
    /// Denies that were added (or went) and change nothing for anyone.
    pub idle_denies: Vec<(Cited<'s>, bool)>,
    /// The names that were to be left out and that other rules reach, by name.
    pub left_out: Vec<String>,
}

impl Comparison<'_> {
    /// Whether the two decide alike for everybody.
    pub fn is_alike(&self) -> bool {
        self.subjects.is_empty()
    }
}

pub(super) struct Comparer<'s, 'b> {
    pub(super) sides: [&'s Server; 2],
    pub(super) names: FreshNames,
    pub(super) columns: Vec<(&'static str, Verb)>,
    pub(super) same_mode: bool,
    pub(super) budget: &'b Budget,
}

impl<'s> Comparer<'s, '_> {
    /// A change, if both servers say that it is one.
    pub(super) fn change(
        &self,
        subject: &str,
        (resource, verb): (&'static str, Verb),
        (action, object): (&str, &str),
        gained: bool,
        rule: Option<(Cited<'s>, bool)>,
    ) -> Option<Change<'s>> {
        let claims = Claims::of(subject, [""; 0]);
        let answers = self
            .sides
            .map(|server| server.decide(&claims, resource, action, object));
        let [before, after] = answers.each_ref().map(Answer::allowed);
        (before != after && after == gained).then(|| Change {
            gained,
            resource,
            verb,
            objects: rule.map_or_else(
                || "*".to_owned(),
                |(cited, _)| cited.enforcer.rule(cited.line).object.text.into_owned(),
            ),
            action: action.to_owned(),
            object: object.to_owned(),
            grounds: answers.each_ref().map(|answer| {
                let enforcer = answer.enforcer;
                let line = answer.grounds.line();
                (answer.grounds, line.map(|line| Cited { enforcer, line }))
            }),
            rule,
        })
    }
}
