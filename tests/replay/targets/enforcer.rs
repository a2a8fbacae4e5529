//! Any policy that loads, asked about names of its own, decides as the obvious enforcer does. Its
//! first byte chooses the match mode.

use kubectl_octopus_argo::rbac::{
    Enforcer, Line, MatchMode, PolicySet, PolicyText, Request, lines,
};

#[path = "../../conformance/obvious.rs"]
mod obvious;

use obvious::{Answer, Matchers, reference};

/// Enough to matter, few enough for many policies a second.
const LINES: usize = 12;

pub fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    if text.lines().count() > LINES {
        return;
    }
    let mode = if first % 2 == 0 {
        MatchMode::Glob
    } else {
        MatchMode::Regex
    };
    let Ok(enforcer) = Enforcer::load(&PolicySet {
        texts: vec![PolicyText::new("policy.csv", text)],
        match_mode: mode,
        ..PolicySet::default()
    }) else {
        return;
    };
    let (mut names, mut objects) = (vec![String::new()], vec!["a/b".to_owned()]);
    for line in lines(&"policy.csv".into(), text) {
        match line.line {
            Line::Policy(rule) => {
                names.push(rule.subject.text.to_string());
                objects.push(rule.object.text.replace('*', "x"));
                objects.push(rule.object.text.to_string());
            }
            Line::Grouping(grouping) => names.push(grouping.subject.text.to_string()),
            _ => {}
        }
    }
    let matchers = Matchers::default();
    for name in &names {
        for object in &objects {
            for (resource, action) in [("applications", "get"), ("logs", "action/x/y/z")] {
                let request = Request::new(name, resource, action, object);
                let verdict = enforcer.evaluate(&request);
                let number = |line| enforcer.line(line).map(|line| line.line.number);
                let ours: Answer = (
                    verdict.allowed(),
                    verdict.errored(),
                    verdict.line().and_then(number),
                );
                assert_eq!(
                    ours,
                    reference(&matchers, text, mode, &request),
                    "{request:?}"
                );
            }
        }
    }
}
