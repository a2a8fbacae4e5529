//! A policy, compiled, and the decisions it makes: Argo CD's `util/rbac` on Casbin's model
//! `g(r.sub, p.sub) && match(r.res, p.res) && match(r.act, p.act) && match(r.obj, p.obj)`, allowed
//! when some line allows and none denies.

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
pub(in crate::rbac) use inspect::Reaching;
pub use lines::SourceLine;
pub(in crate::rbac) use reach::MAX_HOPS;
pub use rules::Effect;

use self::pattern::Failed;
use self::reach::Reach;
use self::rules::{PairVerdicts, Rule, Rules};
use super::builtin::builtin_policy;
use super::policy::PolicyError;
use super::set::{MatchMode, PolicySet, PolicyText};

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

    /// The same question for somebody else.
    #[must_use]
    pub fn of(self, subject: &'r str) -> Self {
        Self { subject, ..self }
    }
}

/// A line of the loaded policy; [`Enforcer::line`] says which. Lines compare in load order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(u32);

impl LineId {
    /// Whether it is the one rule that stands in no text: see [`Enforcer::line`].
    pub fn is_virtual(self) -> bool {
        Rules::is_virtual(self.0)
    }
}

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

    /// Whether it is a no because the evaluation ended in an error.
    pub fn errored(self) -> bool {
        matches!(self, Self::BySubject(verdict) if verdict.errored())
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
    /// Where lines begin, found when a line is first asked for.
    line_starts: OnceLock<Vec<u32>>,
}

impl Enforcer {
    /// Compiles a policy. One bad line anywhere is an error, as in Argo CD, where no call that needs
    /// a decision works then.
    pub fn load(set: &PolicySet) -> Result<Self, PolicyError> {
        Self::load_with(set, None)
    }

    /// Compiles a policy with an `AppProject`'s behind it.
    pub(super) fn load_with(
        set: &PolicySet,
        project: Option<&PolicyText>,
    ) -> Result<Self, PolicyError> {
        let builtin = set
            .builtin
            .then(|| PolicyText::new(BUILTIN_KEY, builtin_policy(set.version)));
        let texts: Vec<(&Arc<str>, &str)> = builtin
            .iter()
            .chain(&set.texts)
            .chain(project)
            .map(|text| (&text.key, &*text.text))
            .collect();
        Ok(Self {
            rules: load::load(texts, set.match_mode)?,
            default_role: set.default_role.clone(),
            line_starts: OnceLock::new(),
        })
    }

    /// The default role, empty for none.
    pub fn default_role(&self) -> &str {
        &self.default_role
    }

    /// How patterns are compared.
    pub fn match_mode(&self) -> MatchMode {
        self.rules.patterns.mode()
    }

    /// The roles that are bound and have no rule, neither of their own nor inherited, in the order
    /// in which they are first bound. (`argocd admin settings rbac` warns about those of the user's
    /// policy alone; a built-in role that is bound there then counts as one without rules.)
    pub fn roles_without_rules(&self) -> Vec<&str> {
        let rules = &self.rules;
        let mut links: Vec<_> = rules.links.iter().collect();
        links.sort_by_key(|link| link.line);
        let mut seen = vec![false; rules.names.len()];
        let mut missing = Vec::new();
        for link in links {
            if std::mem::replace(&mut seen[link.role as usize], true) {
                continue;
            }
            let reach = Reach::new(rules, link.role);
            let has_rule = (0..reach.len())
                .flat_map(|at| rules.runs_of(reach.get(at)))
                .any(|run| !Rules::is_virtual(rules.all[rules.runs[run].first as usize].line));
            if !has_rule {
                missing.push(rules.texts.get(rules.names.span(link.role)));
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
            .find(&rules.texts, name)
            .is_some_and(|name| !rules.links_of(name).is_empty())
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

    /// Evaluates the policy for the subject alone, without the default role.
    pub fn evaluate(&self, request: &Request<'_>) -> Verdict {
        let mut findings = Findings::default();
        let mut pairs = PairVerdicts::new(request.resource, request.action);
        self.for_reached(request.subject, |name| {
            self.scan(name, request.object, &mut pairs, &mut findings);
        });
        findings.verdict()
    }

    /// Calls back for a subject and every role that it has, by number.
    #[inline]
    fn for_reached(&self, subject: &str, mut each: impl FnMut(u32)) {
        let rules = &self.rules;
        let Some(subject) = rules.names.find(&rules.texts, subject) else {
            return;
        };
        if rules.links_of(subject).is_empty() {
            each(subject);
        } else {
            let reach = Reach::new(rules, subject);
            for at in 0..reach.len() {
                each(reach.get(at));
            }
        }
    }

    /// Evaluates the rules of one name.
    #[inline]
    fn scan(&self, name: u32, object: &str, pairs: &mut PairVerdicts<'_>, findings: &mut Findings) {
        let rules = &self.rules;
        for run in rules.runs_of(name) {
            match pairs.get(rules, rules.runs[run].pair) {
                Ok(false) => {}
                Ok(true) => self.scan_run(run, object, findings),
                Err(failed) => {
                    // Every rule of the run fails in the same way, so its first does.
                    let first = &rules.all[rules.runs[run].first as usize];
                    findings.add(first.line, first.effect(), Err(failed));
                }
            }
        }
    }
}

impl Enforcer {
    /// Evaluates the objects of a run whose pair matches.
    #[inline]
    fn scan_run(&self, run: usize, object: &str, findings: &mut Findings) {
        let rules = &self.rules;
        if let Some(index) = rules.index_of(run) {
            index.candidates(object, |number| {
                let rule = &rules.all[number as usize];
                if findings.may_change(rule) {
                    let matched = rules.object_matches(rule, object);
                    findings.add(rule.line, rule.effect(), matched);
                }
            });
        } else {
            for rule in &rules.all[rules.rules_of(run)] {
                if findings.may_change(rule) {
                    let matched = rules.object_matches(rule, object);
                    findings.add(rule.line, rule.effect(), matched);
                }
            }
        }
    }
}

/// What was found so far. The evaluation goes through the lines in order and ends at the first that
/// denies or fails; so of those the first one counts, and what allows counts when there is none.
#[derive(Debug)]
struct Findings {
    allow: u32,
    stop: u32,
    failed: bool,
}

impl Default for Findings {
    fn default() -> Self {
        Self {
            allow: Self::NONE,
            stop: Self::NONE,
            failed: false,
        }
    }
}

impl Findings {
    /// No line begins there: no text is that long.
    const NONE: u32 = u32::MAX;

    /// Whether what becomes of a rule can matter still.
    #[inline]
    fn may_change(&self, rule: &Rule) -> bool {
        match rule.effect() {
            _ if rule.line > self.stop => false,
            Effect::Deny => true,
            Effect::Allow if rule.line < self.allow => true,
            Effect::Allow | Effect::Other => rule.may_fail(),
        }
    }

    #[inline]
    fn add(&mut self, line: u32, effect: Effect, matched: Result<bool, Failed>) {
        match (matched, effect) {
            (Ok(true), Effect::Allow) if line < self.allow => self.allow = line,
            (Ok(true), Effect::Deny) if line < self.stop => {
                self.stop = line;
                self.failed = false;
            }
            (Err(Failed), _) if line < self.stop => {
                self.stop = line;
                self.failed = true;
            }
            _ => {}
        }
    }

    fn verdict(&self) -> Verdict {
        match (self.stop, self.allow) {
            (Self::NONE, Self::NONE) => Verdict::Nothing,
            (Self::NONE, allow) => Verdict::Allowed(LineId(allow)),
            (stop, _) if self.failed => Verdict::Failed(LineId(stop)),
            (stop, _) => Verdict::Denied(LineId(stop)),
        }
    }
}
