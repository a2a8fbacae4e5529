//! The evaluation of a policy for one subject.

use std::hint::black_box;

use super::pattern::Failed;
use super::reach::Reach;
use super::rules::{Effect, PairVerdicts, Rule, Rules};
use super::{Enforcer, LineId, Request, Verdict};

/// Subjects that act as more names than this are evaluated in passes.
const FEW_NAMES: usize = 4;

impl Enforcer {
    /// Evaluates the policy for the subject alone, without the default role.
    pub fn evaluate(&self, request: &Request<'_>) -> Verdict {
        let rules = &self.rules;
        let Some(subject) = rules.names.find(request.subject) else {
            return Verdict::Nothing;
        };
        let mut evaluation = Evaluation {
            rules,
            object: request.object,
            pairs: PairVerdicts::new(request.resource, request.action),
            findings: Findings::default(),
        };
        if rules.links_of(subject).is_empty() {
            evaluation.name(subject);
        } else {
            let reach = Reach::new(rules, subject);
            match reach.names() {
                few if few.len() <= FEW_NAMES => few.iter().for_each(|name| evaluation.name(*name)),
                many => evaluation.names(many),
            }
        }
        evaluation.findings.verdict()
    }

    /// Calls back for a subject and every role that it has, by number.
    pub(crate) fn for_reached(&self, subject: &str, each: impl FnMut(u32)) {
        let rules = &self.rules;
        if let Some(subject) = rules.names.find(subject) {
            Reach::new(rules, subject)
                .names()
                .iter()
                .copied()
                .for_each(each);
        }
    }
}

struct Evaluation<'q> {
    rules: &'q Rules,
    object: &'q str,
    pairs: PairVerdicts<'q>,
    findings: Findings,
}

impl Evaluation<'_> {
    /// Evaluates the rules of one name.
    #[inline]
    fn name(&mut self, name: u32) {
        for run in self.rules.runs_of(name) {
            if self.pair(run) {
                self.objects(run);
            }
        }
    }

    /// Evaluates the rules of many names. Each is elsewhere in memory, so the first of each is
    /// read before any is looked at: then the processor waits for all of them at once.
    fn names(&mut self, names: &[u32]) {
        let rules = self.rules;
        let firsts = |sum: u32, name: &u32| {
            let run = rules.runs_of(*name).start;
            sum.wrapping_add(rules.runs[run].pair)
        };
        black_box(names.iter().fold(0, firsts));
        let mut matched = Vec::with_capacity(names.len());
        for name in names {
            for run in rules.runs_of(*name) {
                if self.pair(run) {
                    matched.push(run);
                }
            }
        }
        let firsts = |sum: u32, run: &usize| {
            let rule = rules.rules_of(*run).start;
            sum.wrapping_add(rules.all[rule].line)
        };
        black_box(matched.iter().fold(0, firsts));
        for run in matched {
            self.objects(run);
        }
    }

    /// Whether a run's resource and action match.
    #[inline]
    fn pair(&mut self, run: usize) -> bool {
        match self.pairs.get(self.rules, self.rules.runs[run].pair) {
            Ok(matches) => matches,
            Err(failed) => {
                // Every rule of the run fails in the same way, so its first does.
                let first = &self.rules.all[self.rules.runs[run].first as usize];
                self.findings.add(first.line, first.effect(), Err(failed));
                false
            }
        }
    }

    /// Evaluates the objects of a run.
    #[inline]
    fn objects(&mut self, run: usize) {
        let (rules, object) = (self.rules, self.object);
        let mut rule = |rule: &Rule| {
            if self.findings.may_change(rule) {
                let matched = rules.object_matches(rule, object);
                self.findings.add(rule.line, rule.effect(), matched);
            }
        };
        if let Some(index) = rules.index_of(run) {
            index.candidates(object, |number| rule(&rules.all[number as usize]));
        } else {
            rules.all[rules.rules_of(run)].iter().for_each(rule);
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
