//! What a subject has.

use crate::engine::Effect;
use crate::survey::view::Cited;

/// A role that a subject is bound to directly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding<'s> {
    /// The role.
    pub role: &'s str,
    /// The `g` line.
    pub line: Cited<'s>,
    /// The project for whose objects alone it counts, as its line is an `AppProject`'s.
    pub project: Option<&'s str>,
    /// What takes some of the role's rules back from this subject.
    pub limit: Option<Limit<'s>>,
}

/// Why a subject has less than its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit<'s> {
    /// This deny, which the role itself does not have.
    Deny(Cited<'s>),
    /// A project's role counts for objects of its own project.
    OtherProjects,
    /// Some roles of the role are too many `g` lines away.
    TooFar,
    /// The budget of the run is spent, so it is not known whether there is one.
    Undecided,
}

/// A subject's own rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'s> {
    /// Allow, deny or neither.
    pub effect: Effect,
    /// Its line.
    pub line: Cited<'s>,
    /// The project to whose objects it is confined, as its line is an `AppProject`'s.
    pub project: Option<&'s str>,
    /// The resources that it is about.
    pub resources: Vec<&'static str>,
    /// What is left of it.
    pub state: State<'s>,
}

/// What is left of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State<'s> {
    /// It counts for all that it matches.
    InForce,
    /// Of an allow: this deny, and perhaps others, may take part of it back. Of a deny: this line
    /// grants part of what it denies anyway.
    Limited(Cited<'s>),
    /// It is a project's role's and counts for objects of that project and of unknown ones alone.
    OtherProjects,
    /// Denies take all of it back; this is the first.
    Overruled(Cited<'s>),
    /// A deny of what this line grants anyway: the default role's yes is final, and so is that
    /// of everybody's rules and of an inherited verb.
    InVain(Cited<'s>),
    /// The evaluation always ends in an error on this line, so nothing is allowed.
    Fails(Cited<'s>),
    /// Its pattern does not compile, so it matches nothing.
    Never,
    /// The server asks no such question: its resource has no such action.
    NotAsked,
    /// Its effect is neither `allow` nor `deny`.
    NoEffect,
    /// The budget of the run is spent.
    Undecided,
}

impl State<'_> {
    /// Whether the rule does something, in part at least.
    pub fn is_in_force(self) -> bool {
        matches!(
            self,
            Self::InForce | Self::Limited(_) | Self::OtherProjects | Self::Undecided
        )
    }
}

/// A subject with its roles and rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding<'s> {
    /// Its roles, in the order of their lines.
    pub roles: Vec<Binding<'s>>,
    /// Its own rules, in the order of their lines; those that the default role gives too are left
    /// out.
    pub rules: Vec<Entry<'s>>,
}
