//! Patterns as automata of at most 127 steps, and what the objects and actions of real requests look
//! like: the pieces of an exact search over all requests.

use std::rc::Rc;

use super::verb::Verb;
use crate::engine::Pattern;
use crate::glob::{Glob, plain_variants};

/// A pattern of literals and stars, run on one character after another. A state is a set of places.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    /// The characters, and none for a star.
    tokens: Vec<Option<char>>,
    stars: u128,
}

impl Steps {
    /// None for a pattern that is too long.
    fn new(pattern: &str) -> Option<Self> {
        let mut tokens: Vec<Option<char>> =
            pattern.chars().map(|c| (c != '*').then_some(c)).collect();
        tokens.dedup_by(|one, other| one.is_none() && other.is_none());
        if tokens.len() > 126 {
            return None;
        }
        let stars = tokens.iter().enumerate();
        let stars = stars.filter(|(_, token)| token.is_none());
        let stars = stars.fold(0, |stars, (at, _)| stars | 1 << at);
        Some(Self { tokens, stars })
    }

    fn past_stars(&self, state: u128) -> u128 {
        state | (state & self.stars) << 1
    }

    pub(super) fn start(&self) -> u128 {
        self.past_stars(1)
    }

    pub(super) fn step(&self, state: u128, c: char) -> u128 {
        let mut next = state & self.stars;
        let mut rest = state & !self.stars;
        while rest != 0 {
            let at = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            if self.tokens.get(at) == Some(&Some(c)) {
                next |= 1 << (at + 1);
            }
        }
        self.past_stars(next)
    }

    pub(super) fn accepts(&self, state: u128) -> bool {
        state >> self.tokens.len() & 1 != 0
    }

    pub(super) fn chars(&self) -> impl Iterator<Item = char> {
        self.tokens.iter().flatten().copied()
    }
}

/// What a rule or a condition says of one field.
#[derive(Clone, Debug)]
pub(super) enum FieldCondition<'e> {
    /// It matches everything.
    All,
    /// It matches nothing.
    Nothing,
    /// It matches what one of these does.
    Steps(Vec<Steps>),
    /// It has to be tried.
    Tried(Pattern<'e>),
    /// So has a glob of the user's own.
    Glob(Rc<Glob>),
}

impl<'e> FieldCondition<'e> {
    /// A field of a rule.
    pub(super) fn new(pattern: Pattern<'e>) -> Self {
        if pattern.is_never() {
            return Self::Nothing;
        }
        match pattern.as_plain_glob() {
            Some(text) if text == "*" => Self::All,
            Some(text) => {
                let variants = match plain_variants(&text) {
                    Some(variants) if pattern.may_overlap() => variants,
                    _ => vec![text.into_owned()],
                };
                let steps: Option<Vec<Steps>> =
                    variants.iter().map(|text| Steps::new(text)).collect();
                steps.map_or(Self::Tried(pattern), Self::Steps)
            }
            None => Self::Tried(pattern),
        }
    }

    /// A glob that is not a rule's; none if it does not compile.
    pub(super) fn of_glob(pattern: &str) -> Option<Self> {
        let glob = Glob::compile(pattern).ok()?;
        let steps: Option<Vec<Steps>> = plain_variants(pattern)
            .map(|variants| variants.iter().map(|text| Steps::new(text)).collect())
            .unwrap_or_default();
        Some(match steps {
            Some(steps) => Self::Steps(steps),
            None => Self::Glob(Rc::new(glob)),
        })
    }

    /// Whether it matches a text; none where its evaluation fails.
    pub(super) fn matches(&self, text: &str) -> Option<bool> {
        match self {
            Self::All => Some(true),
            Self::Nothing => Some(false),
            Self::Steps(all) => Some(all.iter().any(|steps| {
                let state = text
                    .chars()
                    .fold(steps.start(), |state, c| steps.step(state, c));
                steps.accepts(state)
            })),
            Self::Tried(pattern) => pattern.matches(text),
            Self::Glob(glob) => glob.matches(text).ok(),
        }
    }

    pub(super) fn steps(&self) -> &[Steps] {
        match self {
            Self::Steps(all) => all,
            Self::All | Self::Nothing | Self::Tried(_) | Self::Glob(_) => &[],
        }
    }

    pub(super) fn is_tried(&self) -> bool {
        matches!(self, Self::Tried(_) | Self::Glob(_))
    }
}

/// What texts of a field real requests have, read character by character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldTexts {
    /// `project/name` or `project/namespace/name`.
    InProject,
    /// A URL, or a project and a URL: any text that is not empty.
    Url,
    /// A name without a slash.
    Name,
    /// A name without a slash, or nothing: for what is asked of all of them.
    NameOrNothing,
    /// As many parts between slashes; a bit for each that may be empty.
    Parts(u8, u8),
}

impl FieldTexts {
    /// The objects of a resource.
    pub(super) fn objects(resource: &str) -> Self {
        match resource {
            "applications" | "applicationsets" | "logs" | "exec" => Self::InProject,
            "clusters" | "repositories" | "write-repositories" => Self::Url,
            "certificates" | "gpgkeys" => Self::NameOrNothing,
            _ => Self::Name,
        }
    }

    /// The paths below an action: group, kind, namespace and name of a resource, or group, kind and
    /// the action's own name. The core group is empty, and so is the namespace of what has none.
    pub(super) fn paths(verb: Verb) -> Option<(&'static str, Self)> {
        match verb {
            Verb::Action(_) => None,
            Verb::Below("action") => Some(("action", Self::Parts(3, 0b001))),
            Verb::Below(action) => Some((action, Self::Parts(4, 0b101))),
        }
    }

    /// The state before the first character. States are small numbers.
    pub(super) fn start() -> u8 {
        0
    }

    /// The state after a character, none where no text goes on so: twice the number of slashes, and
    /// one more within a part.
    pub(super) fn step(self, state: u8, c: char) -> Option<u8> {
        if c.is_control() {
            return None;
        }
        let parts = match self {
            Self::Url => return Some(1),
            Self::Name | Self::NameOrNothing => 1,
            Self::InProject => 3,
            Self::Parts(parts, _) => parts,
        };
        if c != '/' {
            return Some(state | 1);
        }
        let (part, is_empty) = (state / 2, state.is_multiple_of(2));
        (part + 1 < parts && (!is_empty || self.may_be_empty(part))).then_some((part + 1) * 2)
    }

    fn may_be_empty(self, part: u8) -> bool {
        match self {
            Self::Parts(_, empty) => empty >> part & 1 != 0,
            Self::NameOrNothing => true,
            Self::Url | Self::Name | Self::InProject => false,
        }
    }

    /// Whether a text may end in a state.
    pub(super) fn accepts(self, state: u8) -> bool {
        let (part, is_empty) = (state / 2, state.is_multiple_of(2));
        let is_last = match self {
            Self::InProject => part >= 1,
            Self::Url | Self::Name | Self::NameOrNothing => true,
            Self::Parts(parts, _) => part + 1 == parts,
        };
        is_last && (!is_empty || self.may_be_empty(part))
    }

    /// Whether a whole text is one of them.
    pub(super) fn contains(self, text: &str) -> bool {
        let end = text
            .chars()
            .try_fold(Self::start(), |state, c| self.step(state, c));
        end.is_some_and(|state| self.accepts(state))
    }
}
