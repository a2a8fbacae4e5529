//! Why a decision is what it is.

use std::collections::HashMap;

use super::reach::MAX_HOPS;
use super::rules::{Effect, Rules};
use super::{Decision, Enforcer, LineId, Request, Verdict};

/// A decision with its reasons. Lines are resolved by [`Enforcer::line`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// What the default role's own evaluation came to; nothing when there is no default role.
    pub default_role: Option<Verdict>,
    /// What the subject's own evaluation came to, also where the default role decided.
    pub subject: Verdict,
    /// The `g` lines that lead from the subject (or from the default role, where that decided) to
    /// the subject of the deciding line, in this order; empty when that is the subject itself.
    pub chain: Vec<LineId>,
    /// Where the decision is a no: the first line that would have allowed it.
    pub overruled: Option<LineId>,
    /// Lines for the same resource and action, but another object, that reach the subject or the
    /// default role, in load order; as many as were asked for.
    pub near: Vec<LineId>,
    /// How many such lines there are.
    pub near_count: usize,
}

impl Enforcer {
    /// Decides and says why, with at most `near` lines that came close.
    pub fn explain(&self, request: &Request<'_>, near: usize) -> Explanation {
        let decision = self.decide(request);
        let default_request = request.of(&self.default_role);
        let default_role = (!self.default_role.is_empty()).then(|| self.evaluate(&default_request));
        let decider = match decision {
            Decision::ByDefaultRole(_) => self.default_role.as_str(),
            Decision::BySubject(_) => request.subject,
        };
        let chain = decision.line().and_then(|line| self.chain(decider, line));

        let mut overruled = None;
        let mut close = Vec::new();
        self.for_reached(request.subject, |name| {
            self.collect(name, request, &mut overruled, &mut close);
        });
        if default_role.is_some() {
            self.for_reached(&self.default_role, |name| {
                self.collect(name, request, &mut overruled, &mut close);
            });
        }
        close.sort_unstable();
        close.dedup();
        let near_count = close.len();
        close.truncate(near);
        Explanation {
            decision,
            default_role,
            subject: self.evaluate(request),
            chain: chain.unwrap_or_default(),
            overruled: overruled.filter(|_| !decision.allowed()),
            near: close,
            near_count,
        }
    }

    /// The `g` lines from a subject to the subject of a line, by the shortest way.
    pub fn chain(&self, subject: &str, line: LineId) -> Option<Vec<LineId>> {
        let rules = &self.rules;
        let start = rules.names.find(subject)?;
        let mut came_by: HashMap<u32, Option<(u32, u32)>> = HashMap::from([(start, None)]);
        let mut front = vec![start];
        for _ in 0..=MAX_HOPS {
            if let Some(end) = front.iter().find(|name| self.has_line(**name, line)) {
                let mut chain = Vec::new();
                let mut at = *end;
                while let Some((from, link)) = came_by[&at] {
                    chain.push(LineId(link));
                    at = from;
                }
                chain.reverse();
                return Some(chain);
            }
            let mut next = Vec::new();
            for name in front {
                for link in rules.links_of(name) {
                    came_by.entry(link.role).or_insert_with(|| {
                        next.push(link.role);
                        Some((name, link.line))
                    });
                }
            }
            front = next;
        }
        None
    }

    /// Whether a name has a line among its own rules.
    fn has_line(&self, name: u32, line: LineId) -> bool {
        let rules = &self.rules;
        rules.runs_of(name).any(|run| {
            let run = &rules.all[rules.rules_of(run)];
            run.binary_search_by_key(&line.0, |rule| rule.line).is_ok()
        })
    }

    /// Sorts a name's rules of the request's resource and action into those that match its object
    /// and allow, of which the first is kept, and those for another object.
    fn collect(
        &self,
        name: u32,
        request: &Request<'_>,
        allow: &mut Option<LineId>,
        close: &mut Vec<LineId>,
    ) {
        let rules = &self.rules;
        for run in rules.runs_of(name) {
            let pair = rules.runs[run].pair;
            if rules.pair_matches(pair, request.resource, request.action) != Ok(true) {
                continue;
            }
            for rule in &rules.all[rules.rules_of(run)] {
                let line = LineId(rule.line);
                match (rules.object_matches(rule, request.object), rule.effect()) {
                    (Ok(true), Effect::Allow) if allow.is_none_or(|first| line < first) => {
                        *allow = Some(line);
                    }
                    (Ok(false), Effect::Allow | Effect::Deny) if !Rules::is_virtual(rule.line) => {
                        close.push(line);
                    }
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::LineId;
    use crate::{Decision, Enforcer, Line, PolicySet, PolicyText, Request, Verdict};

    fn enforcer(policy: &str, default_role: &str) -> Enforcer {
        Enforcer::load(&PolicySet {
            texts: vec![
                PolicyText::new("policy.csv", policy),
                PolicyText::new("policy.x.csv", "\n\n  g, \"a\"\"b\", role:top # x"),
            ],
            default_role: default_role.to_owned(),
            ..PolicySet::default()
        })
        .unwrap()
    }

    const POLICY: &str = "# team\n\
        g, alice, role:a\n\
        g, role:a, role:b\r\n\
        p, role:b, applications, get, web/*, allow\n\
        p, role:b, applications, get, \"pay/*\", allow\n\
        p, role:a, applications, get, web/secret, deny\n\
        p, role:ro, logs, get, */*, allow\n";

    #[test]
    fn the_chain_leads_to_the_deciding_line() {
        let enforcer = enforcer(POLICY, "");
        let request = Request::new("alice", "applications", "get", "web/x");
        let why = enforcer.explain(&request, 10);
        let Decision::BySubject(Verdict::Allowed(line)) = why.decision else {
            panic!("{why:?}");
        };
        let number = |line| enforcer.line(line).unwrap().line.number;
        assert_eq!(number(line), 4);
        assert_eq!(
            why.chain.iter().map(|g| number(*g)).collect::<Vec<_>>(),
            [2, 3]
        );
        assert_eq!(
            why.near.iter().map(|p| number(*p)).collect::<Vec<_>>(),
            [5, 6]
        );
    }

    #[test]
    fn a_deny_names_what_it_overrules() {
        let enforcer = enforcer(POLICY, "role:ro");
        let request = Request::new("alice", "applications", "get", "web/secret");
        let why = enforcer.explain(&request, 0);
        assert!(matches!(
            why.decision,
            Decision::BySubject(Verdict::Denied(_))
        ));
        assert_eq!(why.default_role, Some(Verdict::Nothing));
        let overruled = enforcer.line(why.overruled.unwrap()).unwrap();
        assert_eq!((overruled.line.number, &*overruled.key), (4, "policy.csv"));
        assert_eq!((why.near.len(), why.near_count), (0, 1));
        let logs = Request::new("nobody", "logs", "get", "a/b");
        let why = enforcer.explain(&logs, 0);
        assert!(matches!(why.decision, Decision::ByDefaultRole(_)));
        assert_eq!(why.subject, Verdict::Nothing);
    }

    #[test]
    fn lines_are_found_in_every_text() {
        let enforcer = enforcer(POLICY, "");
        let top = &enforcer
            .rules
            .links_of(enforcer.rules.names.find("a\"b").unwrap())[0];
        let line = enforcer.line(LineId(top.line)).unwrap();
        assert_eq!(
            (&*line.key, line.line.number, line.line.offset),
            ("policy.x.csv", 3, 4)
        );
        let Line::Grouping(grouping) = line.line.line else {
            panic!("{line:?}")
        };
        assert_eq!(
            (&*grouping.subject.text, grouping.subject.offset),
            ("a\"b", 8)
        );
        assert_eq!(grouping.role.text, "role:top # x");
    }
}
