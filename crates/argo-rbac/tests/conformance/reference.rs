//! The engine against a slow and obvious enforcer, on random policies.

use argo_rbac::{
    Enforcer, Line, LineId, MatchMode, PolicySet, PolicyText, Request, Verdict, lines,
};
use proptest::prelude::*;

use crate::obvious::{Answer, Matchers, reference};
use crate::strategies::{ACTIONS, NAMES, OBJECTS, RESOURCES, chain, policy};

fn engine(enforcer: &Enforcer, request: &Request<'_>) -> Answer {
    let verdict = enforcer.evaluate(request);
    let number = |line: LineId| enforcer.line(line).map(|line| line.line.number);
    let line = verdict.line().and_then(number);
    (verdict.allowed(), verdict.errored(), line)
}

fn agree(mode: MatchMode, policy: &str) -> Result<(), TestCaseError> {
    let enforcer = Enforcer::load(&PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        match_mode: mode,
        ..PolicySet::default()
    })
    .unwrap();
    let matchers = Matchers::default();
    for subject in NAMES {
        for resource in RESOURCES {
            for action in ACTIONS {
                for object in OBJECTS {
                    let request = Request::new(subject, resource, action, object);
                    let want = reference(&matchers, policy, mode, &request);
                    prop_assert_eq!(engine(&enforcer, &request), want, "{:?}", request);
                    if let Verdict::Nothing = enforcer.evaluate(&request) {
                        continue;
                    }
                    let why = enforcer.explain(&request, 3);
                    prop_assert_eq!(why.decision.allowed(), want.0);
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_agrees_with_the_obvious_enforcer((mode, policy) in policy()) {
        agree(mode, &policy)?;
    }

    #[test]
    fn ten_links_count_and_no_more((mode, policy) in chain()) {
        agree(mode, &policy)?;
    }

    #[test]
    fn any_text_loads_or_is_refused(text in "(\\PC|[pg,\"\n#* ]){0,80}") {
        let set = PolicySet {
            texts: vec![PolicyText::new("policy.csv", text.clone())],
            ..PolicySet::default()
        };
        let bad = lines(&"policy.csv".into(), &text)
            .any(|line| matches!(line.line, Line::Invalid(_)));
        match Enforcer::load(&set) {
            Ok(_) => prop_assert!(!bad),
            Err(error) => {
                prop_assert!(bad);
                prop_assert!(text.is_char_boundary(error.offset));
                prop_assert!(!error.argocd_message().is_empty());
            }
        }
    }
}
