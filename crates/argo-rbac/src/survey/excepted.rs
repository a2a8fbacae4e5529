//! Rules that are about all requests that are asked about, about none of them, or about those alone
//! that are left out: what can be seen without a search.

use std::borrow::Cow;
use std::collections::HashMap;

use super::budget::Budget;
use super::column::Ruling;
use super::requests::{Requests, is_pattern};
use super::verb::Verb;
use crate::engine::Pattern;
use crate::glob::{self, Glob};
use crate::set::MatchMode;

/// The objects that are asked about, to find the rules that match none of them.
#[derive(Debug)]
pub(super) enum AskedObjects<'q> {
    One(&'q str),
    Matching(Option<Glob>),
}

impl<'q> AskedObjects<'q> {
    pub(super) fn new(object: &'q str) -> Self {
        if is_pattern(object) {
            Self::Matching(Glob::compile(object).ok())
        } else {
            Self::One(object)
        }
    }

    /// Whether a rule may match one of them; a no is certain.
    pub(super) fn may_meet(&self, pattern: Pattern<'_>) -> bool {
        match self {
            Self::One(object) => pattern.matches(object) != Some(false),
            Self::Matching(None) => true,
            Self::Matching(Some(glob)) => {
                let (mine, theirs) = (pattern.begin(), glob.literal_prefix());
                let begin = mine.starts_with(theirs) || theirs.starts_with(mine);
                let (mine, theirs) = (pattern.end(), glob.literal_suffix());
                let end = mine.ends_with(theirs) || theirs.ends_with(mine);
                pattern.may_fail() || begin && end
            }
        }
    }
}

/// The requests that are asked about, to find a rule that is about all of them.
pub(super) struct Wanted<'q> {
    verb: Verb,
    action: &'q str,
    object: &'q str,
}

impl<'q> Wanted<'q> {
    pub(super) fn new(requests: Requests<'q>, verb: Verb) -> Self {
        Self {
            verb,
            action: requests.action,
            object: requests.object,
        }
    }

    /// Whether a rule is about all of them; a yes is certain.
    pub(super) fn contains(&self, ruling: Ruling<'_>, budget: &Budget) -> bool {
        let rule = ruling.rule;
        let covers = |pattern: Pattern<'_>, asked: &str| {
            glob_of(pattern).is_some_and(|glob| glob::covers(&glob, asked))
        };
        budget.spend(1)
            && (ruling.always
                || matches!(self.verb, Verb::Below(_)) && covers(rule.action(), self.action))
            && covers(rule.object(), self.object)
    }
}

/// The exceptions that are about a column, to find the rules that decide about nothing else.
pub(super) struct Excepted<'q> {
    verb: Verb,
    /// Their globs of actions, by those of objects.
    by_object: HashMap<&'q str, Vec<&'q str>>,
    /// Those with a star among their objects.
    wide: Vec<(&'q str, &'q str)>,
}

impl<'q> Excepted<'q> {
    pub(super) fn new<'r: 'q>(except: impl Iterator<Item = &'q Requests<'r>>, verb: Verb) -> Self {
        let mut excepted = Self {
            verb,
            by_object: HashMap::new(),
            wide: Vec::new(),
        };
        for Requests { action, object, .. } in except {
            let is_about = match verb {
                Verb::Action(asked) if !is_pattern(action) => *action == asked,
                Verb::Action(asked) => {
                    Glob::compile(action).is_ok_and(|glob| glob.matches(asked) == Ok(true))
                }
                Verb::Below(_) => true,
            };
            if is_about {
                excepted.by_object.entry(object).or_default().push(action);
                if object.contains('*') {
                    excepted.wide.push((action, object));
                }
            }
        }
        excepted
    }

    /// Whether all that a rule is about is left out; a yes is certain.
    pub(super) fn contains(&self, ruling: Ruling<'_>, budget: &Budget) -> bool {
        let rule = ruling.rule;
        if self.by_object.is_empty() || rule.may_fail() {
            return false;
        }
        let plain = glob_of(rule.object());
        let object = plain.as_deref();
        let action = || match (self.verb, ruling.always) {
            (Verb::Below(own), true) => Some(Cow::Owned(format!("{own}/*"))),
            _ => glob_of(rule.action()),
        };
        let covers_action = |wide: &str| match self.verb {
            Verb::Action(_) => true,
            Verb::Below(_) => {
                wide == "*" || action().is_some_and(|action| glob::covers(wide, &action))
            }
        };
        let alike = object.and_then(|object| self.by_object.get(object));
        if alike
            .into_iter()
            .flatten()
            .any(|action| covers_action(action))
        {
            return true;
        }
        self.wide.iter().any(|(action, wide)| {
            let covers = *wide == "*" || object.is_some_and(|object| glob::covers(wide, object));
            budget.spend(1) && covers && covers_action(action)
        })
    }
}

/// A glob that matches what a rule's pattern does, if there is one.
fn glob_of(pattern: Pattern<'_>) -> Option<Cow<'_, str>> {
    match pattern.mode() {
        MatchMode::Glob => Some(pattern.glob_text()),
        MatchMode::Regex => pattern.as_plain_glob(),
    }
}
