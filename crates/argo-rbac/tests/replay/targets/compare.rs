//! Two policies, with a NUL between them: whatever `compare` reports is a request on which the servers
//! differ, what it does not report is none that either policy names, and both directions agree. The
//! first byte chooses match mode, default role and version.

use argo_rbac::survey::{Budget, Comparison, Whom, compare, is_request, server_subjects, verbs};
use argo_rbac::{
    ArgoCdVersion, Claims, Line, MatchMode, PolicySet, PolicyText, Server, ServerSettings, lines,
};

/// Enough to matter, few enough for many pairs a second.
const LINES: usize = 10;
const STEPS: u64 = 200_000;

pub fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let (old, new) = text.split_once('\0').unwrap_or((text, text));
    if old.lines().count() > LINES || new.lines().count() > LINES {
        return;
    }
    let (Some(before), Some(after)) = (server(*first, old), server(*first, new)) else {
        return;
    };
    let found = compare(&before, &after, &Budget::of(STEPS));
    is_real(&found, &before, &after);
    is_complete(&found, [old, new], &before, &after);
    if old == new {
        assert!(found.is_alike(), "{found:#?}");
    }
}

fn server(first: u8, text: &str) -> Option<Server> {
    let set = PolicySet {
        texts: vec![PolicyText::new("policy.csv", text)],
        default_role: if first & 2 == 0 { "" } else { "role:a" }.to_owned(),
        match_mode: if first & 1 == 0 {
            MatchMode::Glob
        } else {
            MatchMode::Regex
        },
        version: if first & 4 == 0 {
            ArgoCdVersion::NEWEST
        } else {
            ArgoCdVersion::new(2, 14)
        },
        ..PolicySet::default()
    };
    Server::load(set, [], ServerSettings::default()).ok()
}

/// Each request that is shown is answered in two ways.
fn is_real(found: &Comparison<'_>, before: &Server, after: &Server) {
    for subject in &found.subjects {
        let mut nobody = "nobody".to_owned();
        while before.mentions(&nobody) || after.mentions(&nobody) {
            nobody.push('x');
        }
        let name = match &subject.whom {
            Whom::Subject(name) => name,
            Whom::Everybody | Whom::Anonymous => &nobody,
        };
        let claims = Claims::of(name, [""; 0]);
        for change in &subject.changes {
            let (action, object) = (&change.action, &change.object);
            let [was, is] = [before, after].map(|server| {
                let answer = server.decide(&claims, change.resource, action, object);
                answer.allowed()
            });
            assert!(was != is && is == change.gained, "{name}: {change:?}");
        }
    }
}

/// No request made of what the policies name is answered in two ways without being reported.
fn is_complete(found: &Comparison<'_>, texts: [&str; 2], before: &Server, after: &Server) {
    // A glob that is not decided makes answers uncertain.
    if before.undecided().is_some() || after.undecided().is_some() {
        return;
    }
    let mut objects = vec!["a/b".to_owned(), "x".to_owned()];
    let key = "policy.csv".into();
    for line in texts.iter().flat_map(|text| lines(&key, text)) {
        if let Line::Policy(rule) = line.line {
            objects.push(rule.object.text.replace('*', "x"));
        }
    }
    objects.truncate(8);
    let mut names = server_subjects(before);
    names.extend(server_subjects(after));
    names.truncate(6);
    for name in names {
        let claims = Claims::of(&name, [""; 0]);
        for (resource, verb) in verbs(before.version()) {
            let action = match verb.to_string().strip_suffix("/…") {
                Some(plain) => format!("{plain}/apps/Deployment/x"),
                None => verb.to_string(),
            };
            for object in &objects {
                if !is_request(before.version(), resource, &action, object) {
                    continue;
                }
                let answers =
                    [before, after].map(|server| server.decide(&claims, resource, &action, object));
                let [was, is] = answers.each_ref().map(argo_rbac::Answer::allowed);
                if was == is {
                    continue;
                }
                let whom = [Whom::Subject(name.clone()), Whom::Everybody];
                let is_said = |asked: (&str, &str)| {
                    let concerned = found.subjects.iter();
                    let mut concerned = concerned.filter(|one| whom.contains(&one.whom));
                    concerned.any(|one| {
                        let same = |resource: &str, verb: argo_rbac::survey::Verb| {
                            resource == asked.0 && verb.contains(asked.1)
                        };
                        one.changes
                            .iter()
                            .any(|change| same(change.resource, change.verb))
                            || one
                                .undecided
                                .iter()
                                .any(|open| same(open.resource, open.verb))
                    })
                };
                let through = answers
                    .iter()
                    .any(|answer| is_said((&answer.resource, &answer.action)));
                assert!(
                    through || is_said((resource, &action)),
                    "{name} {action} {resource} {object}: {was} {is}, {found:#?}"
                );
            }
        }
    }
}
