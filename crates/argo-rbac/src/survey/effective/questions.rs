//! The kinds of questions that a server asks its enforcer, and sets of them.

use std::ops::BitAnd;

use crate::engine::Reaching;
use crate::server::Server;
use crate::survey::verb::{Applies, Verb, applies, verbs};
use crate::survey::view::asked;
use crate::vocabulary::counts_for_project;

/// The kinds of questions; a set of them is a number with a bit for each.
#[derive(Debug)]
pub(super) struct Questions {
    all: Vec<(&'static str, Verb)>,
    /// Those for which the roles of the object's project count.
    scoped: u64,
    /// Those about projects themselves.
    projects: u64,
    /// Plain verbs and the verbs below them that a yes covers too.
    inherited: Vec<(u64, u64)>,
}

/// The questions that a rule is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// With every action of the verb.
    pub(super) always: u64,
    /// With some of them, perhaps.
    pub(super) perhaps: u64,
    /// Those whose evaluation ends in an error.
    pub(super) fails: u64,
}

impl Weight {
    /// Those that the rule may decide.
    pub(super) fn any(self) -> u64 {
        self.always | self.perhaps
    }

    /// The weight less some questions.
    pub(super) fn without(self, questions: u64) -> Self {
        self & !questions
    }
}

impl BitAnd<u64> for Weight {
    type Output = Self;

    fn bitand(self, questions: u64) -> Self {
        Self {
            always: self.always & questions,
            perhaps: self.perhaps & questions,
            fails: self.fails & questions,
        }
    }
}

impl Questions {
    /// Those of a server with its settings.
    pub(super) fn new(server: &Server) -> Self {
        let mut all: Vec<(&'static str, Verb)> = Vec::new();
        for (resource, verb) in verbs(server.version()) {
            for question in asked(server, resource, verb) {
                if !all.contains(&question) {
                    all.push(question);
                }
            }
        }
        let bits = |fits: &dyn Fn(&'static str, Verb) -> bool| {
            let numbered = all.iter().enumerate();
            let fitting = numbered.filter(|(_, (resource, verb))| fits(resource, *verb));
            fitting.fold(0, |set, (bit, _)| set | 1_u64 << bit)
        };
        let inherited = ["update", "delete"].map(|verb| {
            let of = |wanted| bits(&|resource, verb| resource == "applications" && verb == wanted);
            (of(Verb::Action(verb)), of(Verb::Below(verb)))
        });
        let inherits = server.inherits_subresources();
        Self {
            scoped: bits(&|resource, _| counts_for_project(resource, server.version())),
            projects: bits(&|resource, _| resource == "projects"),
            inherited: inherited.into_iter().filter(|_| inherits).collect(),
            all,
        }
    }

    /// The questions that a rule is about, by its resource and action.
    pub(super) fn weigh(&self, rule: Reaching<'_>) -> Weight {
        let mut weight = Weight::default();
        for (bit, (resource, verb)) in self.all.iter().enumerate() {
            let bit = 1 << bit;
            match applies(rule, resource, *verb) {
                Applies::Never => {}
                Applies::Perhaps => weight.perhaps |= bit,
                Applies::Always => weight.always |= bit,
                Applies::Fails => weight.fails |= bit,
            }
        }
        weight
    }

    /// The questions about objects of a project for which a rule may count.
    pub(super) fn in_project(&self, rule: Reaching<'_>, project: &str) -> u64 {
        let object = rule.object();
        let beginning = format!("{project}/");
        let within = if object.may_match_under(&beginning) {
            self.scoped & !self.projects
        } else {
            0
        };
        let itself = if object.matches(project) == Some(false) {
            0
        } else {
            self.projects
        };
        within | itself
    }

    /// Those for which the roles of the object's project count.
    pub(super) fn scoped(&self) -> u64 {
        self.scoped
    }

    /// Those about projects themselves.
    pub(super) fn about_projects(&self) -> u64 {
        self.projects
    }

    /// What a yes to these questions answers: the verbs below a plain one that it covers too.
    pub(super) fn answered(&self, questions: u64) -> u64 {
        let inherited = self.inherited.iter();
        inherited.fold(questions, |all, (plain, below)| {
            if questions & plain == 0 {
                all
            } else {
                all | below
            }
        })
    }

    /// The plain verbs of which a yes answers one of these questions too.
    pub(super) fn plain_of(&self, questions: u64) -> u64 {
        let inherited = self.inherited.iter();
        inherited.fold(0, |all, (plain, below)| {
            if questions & below == 0 {
                all
            } else {
                all | plain
            }
        })
    }

    /// The resources that some questions are about.
    pub(super) fn resources(&self, questions: u64) -> Vec<&'static str> {
        let numbered = self.all.iter().enumerate();
        let mut resources: Vec<_> = numbered
            .filter(|(bit, _)| questions >> bit & 1 != 0)
            .map(|(_, (resource, _))| *resource)
            .collect();
        resources.dedup();
        resources
    }
}
