//! Any text as a policy: it loads or is refused at a place that exists, line by line and as a whole
//! alike, and every question about it is answered and explained without a panic.

use kubectl_octopus_argo::rbac::{
    Enforcer, Line, MatchMode, PolicySet, PolicyText, Request, lines,
};

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let first = lines(&"policy.csv".into(), text).find_map(|line| match line.line {
        Line::Invalid(error) => Some(error),
        _ => None,
    });
    for match_mode in [MatchMode::Glob, MatchMode::Regex] {
        let loaded = Enforcer::load(&PolicySet {
            texts: vec![PolicyText::new("policy.csv", text)],
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
        for line in lines(&"policy.csv".into(), text).take(50) {
            let Line::Policy(rule) = line.line else {
                continue;
            };
            let object = &rule.object.text;
            let request = Request::new(&rule.subject.text, "applications", "get", object);
            for _ in 0..3 {
                let why = enforcer.explain(&request, 5);
                assert_eq!(why.decision, enforcer.decide(&request));
            }
        }
    }
}
