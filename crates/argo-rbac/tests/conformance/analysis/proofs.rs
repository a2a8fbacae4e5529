//! Proofs about verbs and objects, and what stands in their way.

use argo_rbac::MatchMode;
use argo_rbac::survey::{Objects, Proof, ProvedRefusal, Verb};

use super::{SYNC, prove, prover, random};

const BELOW: Verb = Verb::Below("action");

#[derive(Debug, PartialEq)]
enum Known {
    No,
    Denied,
    Fails,
    Yes,
    Open,
}

fn known(proof: &Proof<'_>) -> Known {
    match proof {
        Proof::Refused(ProvedRefusal::NoRule) => Known::No,
        Proof::Refused(ProvedRefusal::Denied(_)) => Known::Denied,
        Proof::Refused(ProvedRefusal::Fails(_)) => Known::Fails,
        Proof::Granted { .. } => Known::Yes,
        Proof::NotProved { .. } => Known::Open,
    }
}

fn of(mode: MatchMode, rules: &[&str], verb: Verb) -> Known {
    let lines: Vec<String> = rules
        .iter()
        .map(|rule| format!("p, octopus, {rule}\n"))
        .collect();
    let enforcer = random(mode, &lines.concat(), "");
    known(&prover(enforcer).prove("applications", verb, Objects::All))
}

#[test]
fn a_deny_refuses_what_its_action_covers() {
    let cases = [
        ("*", "*", SYNC, Known::Denied),
        ("*", "sync", SYNC, Known::Denied),
        ("*", "get", SYNC, Known::Yes),
        ("*", "a*", BELOW, Known::Denied),
        ("*", "*tion/*", BELOW, Known::Denied),
        ("*", "*tion", BELOW, Known::Yes),
        ("action/*", "action/*", BELOW, Known::Denied),
        ("action/*", "a*", BELOW, Known::Denied),
        ("action/*", "action/apps/*", BELOW, Known::Yes),
        ("action/apps/*", "action/apps/*", BELOW, Known::Denied),
        ("action/apps/*", "action/*", BELOW, Known::Denied),
        ("action/apps/*", "*/apps/*", BELOW, Known::Denied),
        ("action/apps/x", "action/apps/*", BELOW, Known::Denied),
    ];
    for (allow, deny, verb, want) in cases {
        let allow = format!("applications, {allow}, *, allow");
        let deny = format!("applications, {deny}, *, deny");
        assert_eq!(
            of(MatchMode::Glob, &[&allow, &deny], verb),
            want,
            "{allow}, {deny}"
        );
    }
}

#[test]
fn a_deny_refuses_what_its_object_covers() {
    use Known::{Denied, Open, Yes};
    use MatchMode::{Glob, Regex};
    let cases = [
        (Glob, "web/*", "w*", Denied),
        (Glob, "w*", "web/*", Yes),
        (Glob, "*-web", "*web", Denied),
        (Glob, "*web", "*-web", Yes),
        (Glob, "*abc*", "*b*", Denied),
        (Glob, "abc*", "*b*", Denied),
        (Glob, "*abc", "*b*", Denied),
        (Glob, "*x*", "*b*", Yes),
        (Glob, "w?b/*", "w?b/*", Denied),
        (Glob, "w?b/*", "v?b/*", Yes),
        (Glob, "web/a", "w?b/*", Denied),
        (Glob, "web/a", "v?b/*", Yes),
        (Regex, "^web/a.*$", "^web/.*$", Denied),
        (Regex, "^.*b/a$", "^.*/a$", Denied),
        (Regex, "^(web|pay)/", "^(web|pay)/", Denied),
        // An object with a line feed is not denied, and no example has one.
        (Regex, "^web/a", "^web/.*$", Open),
        (Regex, "b/a$", "^.*/a$", Open),
    ];
    for (mode, allow, deny, want) in cases {
        let start = match mode {
            Glob => "applications, sync",
            Regex => "^applications$, ^sync$",
        };
        let allow = format!("{start}, {allow}, allow");
        let deny = format!("{start}, {deny}, deny");
        assert_eq!(of(mode, &[&allow, &deny], SYNC), want, "{allow} {deny}");
    }
}

#[test]
fn paths_below_an_action_are_another_right() {
    let cases = [
        ("action", Known::No),
        ("action/", Known::Yes),
        ("action/*", Known::Yes),
        ("action/apps/*", Known::Yes),
        ("action/apps/Deployment/restart", Known::Yes),
        ("*/restart", Known::Yes),
        ("*tion*", Known::Yes),
        ("*", Known::Yes),
        ("a*", Known::Yes),
        ("actions/*", Known::No),
        ("update/*", Known::No),
        ("[", Known::No),
    ];
    for (action, want) in cases {
        let rule = format!("applications, {action}, *, allow");
        assert_eq!(of(MatchMode::Glob, &[&rule], BELOW), want, "{action}");
    }
    let proof = prove(
        "p, octopus, applications, action/apps/*, *, allow\n",
        "applications",
        BELOW,
    );
    let Proof::Granted { action, .. } = proof else {
        panic!("{proof:?}");
    };
    assert_eq!(action, "action/apps/Deployment/restart");
}

#[test]
fn a_pattern_that_does_not_compile_grants_nothing_in_glob_mode() {
    assert_eq!(
        of(MatchMode::Glob, &["applications, sync, [, allow"], SYNC),
        Known::No
    );
    assert_eq!(
        of(MatchMode::Glob, &["applications, [, *, allow"], SYNC),
        Known::No
    );
    let rules = [
        "applications, sync, *, allow",
        "applications, sync, [, deny",
    ];
    assert_eq!(of(MatchMode::Glob, &rules, SYNC), Known::Yes);
}

#[test]
fn a_pattern_that_does_not_compile_refuses_all_that_reaches_it_in_regex_mode() {
    let allow = "^applications$, .*, .*, allow";
    let cases = [
        ("(, ^sync$, .*, deny", SYNC, Known::Fails),
        ("^applications$, (, .*, deny", SYNC, Known::Fails),
        ("^applications$, ^sync$, (, deny", SYNC, Known::Fails),
        ("^applications$, ^sync$, (, Allow", SYNC, Known::Fails),
        ("^logs$, (, (, deny", SYNC, Known::Yes),
        ("^applications$, ^get$, (, deny", SYNC, Known::Yes),
        ("^applications$, .*, (, deny", BELOW, Known::Fails),
        ("^applications$, (, .*, deny", BELOW, Known::Fails),
        // Other actions below do not reach it.
        (
            "^applications$, ^action/apps/x$, (, deny",
            BELOW,
            Known::Yes,
        ),
    ];
    for (broken, verb, want) in cases {
        assert_eq!(
            of(MatchMode::Regex, &[allow, broken], verb),
            want,
            "{broken}"
        );
    }
}

#[test]
fn an_object_outside_is_shown_from_outside() {
    let outside = ["web".to_owned()];
    let ask_in = |mode, rule: &str| {
        let enforcer = random(mode, &format!("p, octopus, {rule}, allow\n"), "");
        prover(enforcer).prove("applications", SYNC, Objects::Outside(&outside))
    };
    let ask = |object: &str| {
        ask_in(
            MatchMode::Glob,
            &format!("applications, sync, \"{object}\""),
        )
    };
    for inside in ["web/*", "web/a", "web/*-x", "web/**"] {
        assert_eq!(
            ask(inside),
            Proof::Refused(ProvedRefusal::NoRule),
            "{inside}"
        );
    }
    for (pattern, want) in [
        ("{web/a,pay/a}", "pay/a"),
        ("[wk]eb/a", "keb/a"),
        ("we*", "wesome-app"),
    ] {
        let proof = ask(pattern);
        let Proof::Granted { object, .. } = proof else {
            panic!("{pattern}: {proof:?}");
        };
        assert_eq!(object, want, "{pattern}");
    }
    // All of it lies inside, which its beginning does not show.
    let proof = ask_in(MatchMode::Regex, "^applications$, ^sync$, ^(web)/a$");
    assert_eq!(known(&proof), Known::Open);
}
