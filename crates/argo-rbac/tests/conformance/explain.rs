//! Why a decision is what it is.

use argo_rbac::{Enforcer, LineId, MatchMode, PolicySet, PolicyText, Request};

fn load(policy: &str) -> Enforcer {
    Enforcer::load(&PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        match_mode: MatchMode::Glob,
        ..PolicySet::default()
    })
    .unwrap()
}

fn number(enforcer: &Enforcer, line: LineId) -> usize {
    enforcer.line(line).unwrap().line.number
}

#[test]
fn the_first_line_that_would_have_allowed_is_named_whoever_has_it() {
    let role = "p, role:x, logs, get, *, allow\n";
    let own = "p, alice, logs, get, *, allow\n";
    let rest = "g, alice, role:x\np, alice, logs, get, *, deny\n";
    for policy in [
        format!("{role}{own}{role}{own}{rest}"),
        format!("{own}{role}{own}{role}{rest}"),
    ] {
        let enforcer = load(&policy);
        let why = enforcer.explain(&Request::new("alice", "logs", "get", "a/b"), 9);
        assert!(!why.decision.allowed());
        let overruled = why.overruled.map(|line| number(&enforcer, line));
        assert_eq!(overruled, Some(1), "{policy}");
        assert_eq!(why.near_count, 0);
    }
}

#[test]
fn the_rule_that_stands_in_no_text_is_never_close() {
    // A policy without rules has one with all fields empty.
    let enforcer = load("g, alice, role:x\n");
    assert!(
        enforcer
            .explain(&Request::new("", "", "", ""), 9)
            .decision
            .allowed()
    );
    let why = enforcer.explain(&Request::new("", "", "", "a/b"), 9);
    assert!(!why.decision.allowed());
    assert_eq!((why.near.len(), why.near_count), (0, 0));
}
