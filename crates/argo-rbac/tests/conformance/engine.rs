//! Answers that do not depend on how large a policy is, or how often it is asked.

use argo_rbac::{Enforcer, MatchMode, PolicySet, PolicyText, Request, Verdict};

fn load(match_mode: MatchMode, policy: &str) -> Enforcer {
    Enforcer::load(&PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        match_mode,
        ..PolicySet::default()
    })
    .unwrap()
}

/// One pattern among so many others that they have an index from the second question on; the
/// others match nothing that is asked here.
fn in_a_crowd(mode: MatchMode, object: &str, effect: &str) -> Enforcer {
    let (resource, action, others) = match mode {
        MatchMode::Glob => ("logs", "get", ["other-", "*-other-"]),
        MatchMode::Regex => ("^logs$", "^get$", ["^other-", "-other-"]),
    };
    let rule = |object: &str, effect: &str| {
        format!("p, octopus, {resource}, {action}, \"{object}\", {effect}\n")
    };
    let other = |n: usize| rule(&format!("{}{n}", others[n % 2]), "allow");
    let mut policy: Vec<String> = (0..40).map(other).collect();
    policy.insert(20, rule(object, effect));
    load(mode, &policy.concat())
}

fn asked_again(enforcer: &Enforcer, object: &str) -> [Verdict; 3] {
    [(); 3].map(|()| enforcer.evaluate(&Request::new("octopus", "logs", "get", object)))
}

#[test]
fn a_pattern_matches_in_a_crowd_as_it_does_alone() {
    use MatchMode::{Glob, Regex};
    let cases = [
        (Glob, "*a*", "xay", true),
        (Glob, "*a*b", "xayb", true),
        (Glob, "*a*b", "xaybz", false),
        (Glob, "a*b*", "aybz", true),
        (Glob, "a*b*", "xayb", false),
        (Glob, "*a*b*", "xaybz", true),
        (Glob, "*a*b*", "xa*b", true),
        (Glob, "*a*b*", "xay", false),
        (Glob, "web/*", "\0", false),
        (Glob, "?/*", "\0", false),
        (Regex, "^(web)/a$", "web/a", true),
        (Regex, "^(web)/a$", "(web)/a", false),
        (Regex, "^[vw]eb/a$", "web/a", true),
        (Regex, "^we?b/a", "wb/a", true),
        (Regex, "^web/a|pay", "my-pay", true),
        (Regex, "^web/[ab]", "web/b", true),
        (Regex, "^web/[ab]", "pay/b", false),
        (Regex, "^.*/a$", "web/a", true),
        (Regex, "^.*/a$", "x\nweb/a", false),
        (Regex, "^web/.*$", "web/a", true),
        (Regex, "^web/.*$", "web/a\nx", false),
    ];
    for (mode, pattern, object, matches) in cases {
        let enforcer = in_a_crowd(mode, pattern, "allow");
        let answers = asked_again(&enforcer, object).map(Verdict::allowed);
        assert_eq!(answers, [matches; 3], "{pattern} {object}");
    }
}

#[test]
fn a_line_that_fails_is_reached_in_a_crowd_whatever_the_object() {
    let enforcer = in_a_crowd(MatchMode::Regex, "^web/(", "deny");
    for object in ["web/a", "pay/a", "", "other-1"] {
        let answers = asked_again(&enforcer, object).map(Verdict::errored);
        assert_eq!(answers, [true; 3], "{object}");
    }
    // Argo CD's matcher panics on it, though the pattern begins with another letter.
    let enforcer = in_a_crowd(MatchMode::Glob, "a{}*", "allow");
    let answers = asked_again(&enforcer, "ba").map(Verdict::errored);
    assert_eq!(answers, [true; 3]);
}

#[test]
fn a_role_of_many_roles_counts_once() {
    // More than a word of bits, with ways round and a circle.
    let mut lines = vec![
        "g, bob, role:x".to_owned(),
        "p, role:shared, logs, get, *, allow".to_owned(),
        "g, role:shared, role:0".to_owned(),
    ];
    for n in 0..150 {
        lines.push(format!("g, octopus, role:{n}"));
        lines.push(format!("g, role:{n}, role:shared"));
        lines.push(format!("p, role:{n}, exec, create, {n}/*, allow"));
    }
    let enforcer = load(MatchMode::Glob, &lines.join("\n"));
    for n in 0..150 {
        let object = format!("{n}/x");
        let request = Request::new("octopus", "exec", "create", &object);
        assert!(enforcer.decide(&request).allowed(), "{object}");
    }
}

#[test]
fn many_pairs_of_resource_and_action_are_told_apart() {
    let pair = |n: usize| (format!("resource-{}", n % 20), format!("action-{n}"));
    let line = |n: usize| {
        let (resource, action) = pair(n);
        let effect = ["deny", "allow", "allow"][n % 3];
        format!("p, octopus, {resource}, {action}, *, {effect}")
    };
    let policy = (0..500).map(line).collect::<Vec<_>>().join("\n");
    let enforcer = load(MatchMode::Glob, &policy);
    for n in 0..500 {
        let (resource, action) = pair(n);
        let request = Request::new("octopus", &resource, &action, "x");
        assert_eq!(enforcer.decide(&request).allowed(), n % 3 != 0, "{n}");
        let other = Request::new("octopus", "resource-20", &action, "x");
        assert_eq!(enforcer.evaluate(&other), Verdict::Nothing);
    }
}
