//! A slow and obvious enforcer: Casbin's loop over all lines, with nothing indexed.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use argo_rbac::glob::Glob;
use argo_rbac::regex::GoRegex;
use argo_rbac::{Line, MatchMode, Policy, Request, lines};

/// What a policy says of a request: allowed, errored, the deciding line's number.
pub(crate) type Answer = (bool, bool, Option<usize>);

/// The two matchers; a regular expression is compiled once, or the test takes minutes.
#[derive(Default)]
pub(crate) struct Matchers(RefCell<HashMap<String, Option<GoRegex>>>);

impl Matchers {
    fn matches(&self, mode: MatchMode, text: &str, pattern: &str) -> Result<bool, ()> {
        match mode {
            MatchMode::Glob => match Glob::compile(pattern) {
                Ok(glob) => glob.matches(text).map_err(|_| ()),
                Err(_) => Ok(false),
            },
            MatchMode::Regex => {
                let mut all = self.0.borrow_mut();
                let regex = all
                    .entry(pattern.to_owned())
                    .or_insert_with(|| GoRegex::compile(pattern).ok());
                regex.as_ref().map(|regex| regex.is_match(text)).ok_or(())
            }
        }
    }
}

/// Casbin's loop over all lines in their order.
pub(crate) fn reference(
    matchers: &Matchers,
    policy: &str,
    mode: MatchMode,
    request: &Request<'_>,
) -> Answer {
    let ask = |text: &str, pattern: &str| matchers.matches(mode, text, pattern);
    let all: Vec<_> = lines(&"policy.csv".into(), policy).collect();
    let mut subjects = BTreeSet::from([request.subject.to_owned()]);
    for _ in 0..10 {
        // One hop a round: what is added now must not count before the next round.
        let mut reached = subjects.clone();
        for line in &all {
            if let Line::Grouping(grouping) = &line.line
                && subjects.contains(&*grouping.subject.text)
            {
                reached.insert(grouping.role.text.to_string());
            }
        }
        subjects = reached;
    }
    let evaluate = |rule: &Policy<'_>| -> Result<bool, ()> {
        Ok(subjects.contains(&*rule.subject.text)
            && ask(request.resource, &rule.resource.text)?
            && ask(request.action, &rule.action.text)?
            && ask(request.object, &rule.object.text)?)
    };
    let mut allowed_by = None;
    let mut empty = true;
    for line in &all {
        let Line::Policy(rule) = &line.line else {
            continue;
        };
        empty = false;
        match (evaluate(rule), &*rule.effect.text) {
            (Err(()), _) => return (false, true, Some(line.number)),
            (Ok(true), "deny") => return (false, false, Some(line.number)),
            (Ok(true), "allow") if allowed_by.is_none() => allowed_by = Some(line.number),
            _ => {}
        }
    }
    if empty {
        let all_match = [request.resource, request.action, request.object]
            .iter()
            .all(|text| ask(text, "") == Ok(true));
        return (subjects.contains("") && all_match, false, None);
    }
    (allowed_by.is_some(), false, allowed_by)
}
