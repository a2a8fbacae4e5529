//! A policy, compiled, and the decisions it makes: Argo CD's `util/rbac` on Casbin's model
//! `g(r.sub, p.sub) && match(r.res, p.res) && match(r.act, p.act) && match(r.obj, p.obj)`, allowed
//! when some line allows and none denies.

mod evaluate;
mod explain;
mod index;
mod inspect;
mod lines;
mod load;
mod pattern;
mod reach;
mod rules;
mod texts;

use std::sync::{Arc, OnceLock};

pub use explain::Explanation;
pub(crate) use inspect::{Pattern, Reaching};
pub use lines::SourceLine;
pub use reach::MAX_HOPS;
pub use rules::Effect;

use self::reach::Reach;
use self::rules::Rules;
use super::builtin::builtin_policy;
use super::glob::Effort;
use super::policy::PolicyError;
use super::set::{PolicySet, PolicyText};
use crate::MatchMode;

/// The name under which lines of the built-in policy are shown.
pub const BUILTIN_KEY: &str = "built-in policy";

/// A question: may `subject` do `action` on `object` of kind `resource`?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Request<'r> {
    /// A user, a group or a role; compared literally.
    pub subject: &'r str,
    /// `applications`, `clusters`, …
    pub resource: &'r str,
    /// `get`, `sync`, `action/apps/Deployment/restart`, …
    pub action: &'r str,
    /// `project/application`, a server's URL, …
    pub object: &'r str,
}

impl<'r> Request<'r> {
    /// A question in the enforcer's order.
    pub fn new(subject: &'r str, resource: &'r str, action: &'r str, object: &'r str) -> Self {
        Self {
            subject,
            resource,
            action,
            object,
        }
    }

    /// Returns the request with another subject.
    #[must_use]
    pub fn of(self, subject: &'r str) -> Self {
        Self { subject, ..self }
    }
}

/// A line of the loaded policy; [`Enforcer::line`] says which. Lines compare in load order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(u32);

/// What the evaluation for one subject came to, the default role left out of account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No line allows it and none denies it.
    Nothing,
    /// This is the first line that allows it, and none denies it.
    Allowed(LineId),
    /// This is the first line that denies it.
    Denied(LineId),
    /// On this line the evaluation ended in an error, before any line denied it.
    Failed(LineId),
}

impl Verdict {
    /// Whether it is allowed.
    pub fn allowed(self) -> bool {
        matches!(self, Self::Allowed(_))
    }

    /// Whether the evaluation ended in an error.
    pub fn errored(self) -> bool {
        matches!(self, Self::Failed(_))
    }

    /// The line that decided.
    pub fn line(self) -> Option<LineId> {
        match self {
            Self::Nothing => None,
            Self::Allowed(line) | Self::Denied(line) | Self::Failed(line) => Some(line),
        }
    }
}

/// The enforcer's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The default role is allowed it: final, whatever is said of the subject.
    ByDefaultRole(LineId),
    /// The default role is not (or there is none), and this is the subject's own verdict.
    BySubject(Verdict),
}

impl Decision {
    /// Yes or no.
    pub fn allowed(self) -> bool {
        match self {
            Self::ByDefaultRole(_) => true,
            Self::BySubject(verdict) => verdict.allowed(),
        }
    }

    /// The line that decided.
    pub fn line(self) -> Option<LineId> {
        match self {
            Self::ByDefaultRole(line) => Some(line),
            Self::BySubject(verdict) => verdict.line(),
        }
    }
}

/// A compiled policy.
#[derive(Debug)]
pub struct Enforcer {
    rules: Rules,
    default_role: String,
    has_builtin: bool,
    /// Where lines begin, found when a line is first asked for.
    line_starts: OnceLock<Vec<u32>>,
}

impl Enforcer {
    /// Compiles a policy.
    ///
    /// # Errors
    /// The first bad line of any text. Argo CD fails with it in every call that needs a decision.
    pub fn load(set: &PolicySet) -> Result<Self, PolicyError> {
        Self::load_with(set, None, Arc::default())
    }

    /// Compiles a policy with an `AppProject`'s behind it, whose globs share an effort.
    pub(super) fn load_with(
        set: &PolicySet,
        project: Option<&PolicyText>,
        effort: Arc<Effort>,
    ) -> Result<Self, PolicyError> {
        let builtin = set
            .builtin
            .then(|| PolicyText::new(BUILTIN_KEY, builtin_policy(set.version)));
        let texts: Vec<&PolicyText> = builtin
            .iter()
            .chain(set.read_texts())
            .chain(project)
            .collect();
        Ok(Self {
            rules: load::load(&texts, set.match_mode, effort)?,
            default_role: set.default_role.clone(),
            has_builtin: set.builtin,
            line_starts: OnceLock::new(),
        })
    }

    /// What the globs may cost, shared with the enforcers of projects.
    pub(super) fn effort(&self) -> &Arc<Effort> {
        self.rules.patterns.effort()
    }

    /// The first glob that took too many steps to be decided, so that an answer may be wrong.
    pub fn undecided(&self) -> Option<&str> {
        self.effort().undecided()
    }

    /// The default role, empty for none.
    pub fn default_role(&self) -> &str {
        &self.default_role
    }

    /// How patterns are compared.
    pub fn match_mode(&self) -> MatchMode {
        self.rules.patterns.mode()
    }

    /// The roles that are bound and have no rule, neither of their own nor inherited, in the order in
    /// which they are first bound.
    pub fn roles_without_rules(&self) -> Vec<&str> {
        self.roles_without_rules_from(0)
    }

    /// The same, the built-in policy left out of account, as `argocd admin settings rbac` does it: a
    /// built-in role that is bound counts as one without rules.
    pub fn user_roles_without_rules(&self) -> Vec<&str> {
        let builtin = self.rules.sources.first().filter(|_| self.has_builtin);
        self.roles_without_rules_from(
            builtin.map_or(0, |source| source.span.start + source.span.len),
        )
    }

    /// The lines that begin before `first` left out of account.
    fn roles_without_rules_from(&self, first: u32) -> Vec<&str> {
        let rules = &self.rules;
        let mut links: Vec<_> = rules
            .links
            .iter()
            .filter(|link| link.line >= first)
            .collect();
        links.sort_unstable_by_key(|link| link.line);
        let mut seen = vec![false; rules.names.len()];
        let mut missing = Vec::new();
        for link in links {
            if std::mem::replace(&mut seen[link.role as usize], true) {
                continue;
            }
            let reach = Reach::through(rules, link.role, |link| link.line >= first);
            let has_rule = reach
                .names()
                .iter()
                .flat_map(|name| rules.runs_of(*name))
                .flat_map(|run| &rules.all[rules.rules_of(run)])
                .any(|rule| rule.line >= first && !Rules::is_virtual(rule.line));
            if !has_rule {
                missing.push(rules.names.get(link.role));
            }
        }
        missing
    }

    /// Bytes that the compiled policy takes beside its text, indexes and compiled patterns left out.
    pub fn heap(&self) -> usize {
        self.rules.heap()
    }

    /// Whether any `g` line binds this very name to a role. The server asks for a user's group only
    /// when this is so.
    pub fn is_bound(&self, name: &str) -> bool {
        let rules = &self.rules;
        rules
            .names
            .find(name)
            .is_some_and(|name| !rules.links_of(name).is_empty())
    }

    /// Whether a subject has a role, or is it.
    pub fn inherits(&self, subject: &str, role: &str) -> bool {
        let mut found = subject == role;
        self.for_reached(subject, |name| found |= self.name_text(name) == role);
        found
    }

    /// Answers as Argo CD's enforcer does: the default role first, whose yes is final, then the
    /// subject and all that it inherits.
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        if !self.default_role.is_empty()
            && let Verdict::Allowed(line) = self.evaluate(&request.of(&self.default_role))
        {
            return Decision::ByDefaultRole(line);
        }
        Decision::BySubject(self.evaluate(request))
    }
}
