//! Any policy that loads, asked about names of its own, decides as the obvious enforcer does. Its
//! first byte chooses the match mode, and whether there is a default role.

use argo_rbac::{Decision, Enforcer, Line, MatchMode, PolicySet, PolicyText, Request, lines};

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
    let key = "policy.csv".into();
    let default_role = lines(&key, text).find_map(|line| match line.line {
        Line::Policy(rule) if first & 2 != 0 => Some(rule.subject.text.to_string()),
        Line::Grouping(grouping) if first & 4 != 0 => Some(grouping.role.text.to_string()),
        _ => None,
    });
    let default_role = default_role.unwrap_or_default();
    let Ok(enforcer) = Enforcer::load(&PolicySet {
        texts: vec![PolicyText::new("policy.csv", text)],
        default_role: default_role.clone(),
        match_mode: mode,
        ..PolicySet::default()
    }) else {
        return;
    };
    let (mut names, mut objects) = (vec![String::new()], vec!["a/b".to_owned()]);
    for line in lines(&key, text) {
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
    let own = lines(&key, text).find_map(|line| match line.line {
        Line::Policy(rule) => Some((rule.resource.text, rule.action.text)),
        _ => None,
    });
    let mut words = vec![("applications", "get"), ("logs", "action/x/y/z")];
    words.extend(
        own.iter()
            .map(|(resource, action)| (&**resource, &**action)),
    );
    let matchers = Matchers::default();
    for name in &names {
        for object in &objects {
            for &(resource, action) in &words {
                let request = Request::new(name, resource, action, object);
                let verdict = enforcer.evaluate(&request);
                let number = |line| enforcer.line(line).map(|line| line.line.number);
                let ours: Answer = (
                    verdict.allowed(),
                    verdict.errored(),
                    verdict.line().and_then(number),
                );
                let wanted = reference(&matchers, text, mode, &request);
                assert_eq!(ours, wanted, "{request:?}");
                // A yes of the default role is final; what else it comes to counts for nothing.
                let decision = enforcer.decide(&request);
                let by_default = request.of(&default_role);
                let wanted = Some(reference(&matchers, text, mode, &by_default))
                    .filter(|answer| !default_role.is_empty() && answer.0)
                    .unwrap_or(wanted);
                let ours: Answer = (
                    decision.allowed(),
                    matches!(decision, Decision::BySubject(verdict) if verdict.errored()),
                    decision.line().and_then(number),
                );
                assert_eq!(ours, wanted, "{request:?} with {default_role:?}");
            }
        }
    }
}
