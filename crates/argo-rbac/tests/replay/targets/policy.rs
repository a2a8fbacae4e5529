//! Any text as a policy: it loads or is refused at a place that exists, line by line and as a whole
//! alike, and what is explained of a decision holds: who inherits from whom, and by which line.

use argo_rbac::{
    Decision, Enforcer, Explanation, Line, LineId, MatchMode, PolicySet, PolicyText, Request,
    Verdict, lines,
};

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let key = "policy.csv".into();
    let first = lines(&key, text).find_map(|line| match line.line {
        Line::Invalid(error) => Some(error),
        _ => None,
    });
    let default_role = lines(&key, text).find_map(|line| match line.line {
        Line::Grouping(grouping) => Some(grouping.role.text.to_string()),
        _ => None,
    });
    for match_mode in [MatchMode::Glob, MatchMode::Regex] {
        let loaded = Enforcer::load(&PolicySet {
            texts: vec![PolicyText::new("policy.csv", text)],
            default_role: default_role.clone().unwrap_or_default(),
            match_mode,
            builtin: true,
            ..PolicySet::default()
        });
        let enforcer = match loaded {
            Ok(enforcer) => enforcer,
            Err(error) => {
                assert!(text.is_char_boundary(error.offset));
                assert!(!error.argocd_message().is_empty());
                assert_eq!(Some(error), first);
                return;
            }
        };
        assert_eq!(first, None);
        for line in lines(&key, text).take(50) {
            let (subject, resource, action, object) = match &line.line {
                Line::Policy(rule) => (
                    &rule.subject.text,
                    &*rule.resource.text,
                    &*rule.action.text,
                    &*rule.object.text,
                ),
                Line::Grouping(grouping) => (&grouping.subject.text, "applications", "get", "a/b"),
                _ => continue,
            };
            for (resource, action) in [(resource, action), ("applications", "get")] {
                let request = Request::new(subject, resource, action, object);
                is_explained(&enforcer, &request);
            }
        }
    }
}

fn is_explained(enforcer: &Enforcer, request: &Request<'_>) {
    let why: Explanation = enforcer.explain(request, 5);
    assert_eq!(why.decision, enforcer.decide(request));
    assert_eq!(why.subject, enforcer.evaluate(request));
    let mut at = match why.decision {
        Decision::ByDefaultRole(_) => enforcer.default_role(),
        Decision::BySubject(_) => request.subject,
    }
    .to_owned();
    // Each link begins where the one before it ended.
    for link in &why.chain {
        let line = enforcer.line(*link).expect("it stands in a text");
        let Line::Grouping(grouping) = line.line.line else {
            panic!("no link: {}", line.line.text)
        };
        assert_eq!(grouping.subject.text, at);
        at = grouping.role.text.to_string();
    }
    let rule_of = |line: LineId| -> Option<(String, String)> {
        let line = enforcer.line(line)?;
        let Line::Policy(rule) = line.line.line else {
            panic!("no rule: {}", line.line.text)
        };
        Some((rule.subject.text.to_string(), rule.effect.text.to_string()))
    };
    if let Some(line) = why.decision.line() {
        // With the built-in policy there is a rule that decides, and it stands in a text.
        let (subject, effect) = rule_of(line).expect("it stands in a text");
        assert_eq!(subject, at, "{request:?}");
        let is_yes = why.decision.allowed();
        let is_error = matches!(why.decision, Decision::BySubject(Verdict::Failed(_)));
        assert!(is_error || is_yes == (effect == "allow"), "{request:?}");
    }
    if let Some(line) = why.overruled {
        assert!(!why.decision.allowed());
        assert!(rule_of(line).is_none_or(|(_, effect)| effect == "allow"));
    }
    assert!(why.near.len() == why.near_count.min(5) && why.near.is_sorted());
    assert!(why.near.iter().all(|line| rule_of(*line).is_some()));
}
