//! What is left of each rule of a subject.

use std::fmt::Write as _;

use argo_rbac::survey::{Budget, Effective, Limit, State, named};
use argo_rbac::{MatchMode, PolicySet, PolicyText, Server, ServerSettings};

fn server(mode: MatchMode, policy: &str, role: &str) -> Server {
    let set = PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        match_mode: mode,
        default_role: role.to_owned(),
        builtin: true,
        ..PolicySet::default()
    };
    Server::load(set, [], ServerSettings::default()).unwrap()
}

/// The rules of octopus: resource, action, object, what is left.
fn rows(mode: MatchMode, policy: &str, role: &str) -> Vec<String> {
    let server = server(mode, policy, role);
    let budget = Budget::default();
    let holding = Effective::new(&server, &budget).of("octopus");
    let shown = holding.rules.iter().map(|entry| {
        let row = entry.line.enforcer.rule(entry.line.line);
        let state = match entry.state {
            State::InForce => "in force",
            State::Limited(_) => "limited",
            State::OtherProjects => "other projects",
            State::Overruled(_) => "overruled",
            State::InVain(_) => "in vain",
            State::Fails(_) => "fails",
            State::Never => "never",
            State::NotAsked => "not asked",
            State::NoEffect => "no effect",
            State::Undecided => "undecided",
        };
        let [resource, action, object] =
            [row.resource, row.action, row.object].map(|field| field.text);
        format!("{resource} {action} {object}: {state}")
    });
    shown.collect()
}

fn glob(policy: &str) -> Vec<String> {
    rows(MatchMode::Glob, policy, "")
}

#[test]
fn names_come_in_the_order_in_which_the_policy_has_them_and_built_in_ones_last() {
    let server = server(
        MatchMode::Glob,
        "g, ada, role:admin\np, alice, logs, get, *, allow\ng, bob, role:team\np, role:team, logs, get, *, allow\n",
        "",
    );
    assert_eq!(
        named(&server),
        ["ada", "alice", "bob", "role:team", "role:admin"]
    );
}

#[test]
fn a_deny_limits_or_overrules() {
    assert_eq!(
        glob(
            "p, octopus, applications, sync, web/*, allow\n\
             p, octopus, applications, sync, web/prod-*, deny\n"
        ),
        [
            "applications sync web/*: limited",
            "applications sync web/prod-*: in force"
        ]
    );
    // The action that is denied is one of many that are allowed.
    assert_eq!(
        glob(
            "p, octopus, clusters, *, *, allow\n\
             p, octopus, clusters, get, *, deny\n"
        ),
        ["clusters * *: limited", "clusters get *: in force"]
    );
    // Two denies together take all of it.
    assert_eq!(
        glob(
            "p, octopus, clusters, \"{get,update}\", *, allow\n\
             p, octopus, clusters, get, *, deny\n\
             p, octopus, clusters, update, *, deny\n"
        )[0],
        "clusters {get,update} *: overruled"
    );
    // Of the paths below an action only some are denied.
    assert_eq!(
        glob(
            "p, octopus, applications, action/*, *, allow\n\
             p, octopus, applications, action/apps/*, *, deny\n"
        ),
        [
            "applications action/* *: limited",
            "applications action/apps/* *: in force"
        ]
    );
    assert_eq!(
        glob(
            "p, octopus, applications, action/apps/x, *, allow\n\
             p, octopus, applications, action/apps/*, *, deny\n"
        )[0],
        "applications action/apps/x *: overruled",
    );
}

#[test]
fn a_deny_of_what_the_server_never_asks_limits_nothing() {
    assert_eq!(
        glob(
            "p, octopus, clusters, *, *, allow\n\
             p, octopus, clusters, sync, *, deny\n\
             p, octopus, application, get, *, deny\n"
        ),
        [
            "clusters * *: in force",
            "clusters sync *: not asked",
            "application get *: not asked"
        ]
    );
}

#[test]
fn a_line_that_does_not_compile_is_never_in_force() {
    assert_eq!(
        glob("p, octopus, logs, get, *, allow\np, octopus, logs, get, [, deny\n"),
        ["logs get *: in force", "logs get [: never"]
    );
}

#[test]
fn a_line_that_fails_ends_all_that_reach_it() {
    let regex = |broken: &str| {
        let policy = format!("p, octopus, ^logs$, ^get$, .*, allow\np, octopus, {broken}\n");
        rows(MatchMode::Regex, &policy, "")
    };
    assert_eq!(
        regex("^logs$, ^get$, (, deny"),
        ["^logs$ ^get$ .*: fails", "^logs$ ^get$ (: fails"]
    );
    assert_eq!(regex("^logs$, (, .*, Allow")[0], "^logs$ ^get$ .*: fails");
    assert_eq!(regex("(, ^get$, .*, Allow")[0], "^logs$ ^get$ .*: fails");
    // Some paths below an action reach it, and some do not.
    let policy = "p, octopus, ^applications$, ^action/, .*, allow\n\
        p, octopus, ^applications$, ^action/apps/x$, (, Allow\n";
    assert_eq!(
        rows(MatchMode::Regex, policy, ""),
        [
            "^applications$ ^action/ .*: limited",
            "^applications$ ^action/apps/x$ (: fails"
        ]
    );
}

#[test]
fn no_deny_is_held_against_the_default_role_whose_rules_are_not_repeated() {
    let policy = "p, octopus, logs, get, *, deny\n\
                  p, octopus, logs, get, web/*, allow\n\
                  p, octopus, *, get, web/*, deny\n\
                  p, role:all, logs, get, *, allow\n";
    assert_eq!(
        rows(MatchMode::Glob, policy, "role:all"),
        ["logs get *: in vain", "* get web/*: limited"]
    );
}

#[test]
fn a_yes_to_the_plain_verb_is_a_yes_to_what_is_below_it() {
    let policy = "p, octopus, applications, delete, web/*, allow\n\
                  p, octopus, applications, delete/*, web/*, deny\n\
                  p, octopus, applications, delete/*, pay/*, deny\n";
    let mut set = PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        ..PolicySet::default()
    };
    let rows = |set: &PolicySet| {
        let settings = ServerSettings {
            inheritance_disabled: Some(false),
            ..ServerSettings::default()
        };
        let server = Server::load(set.clone(), [], settings).unwrap();
        let budget = Budget::default();
        let holding = Effective::new(&server, &budget).of("octopus");
        let states = holding.rules.into_iter();
        let states = states.map(|entry| match entry.state {
            State::InForce => "in force",
            State::InVain(_) => "in vain",
            _ => "other",
        });
        states.collect::<Vec<_>>()
    };
    assert_eq!(rows(&set), ["in force", "in vain", "in force"]);
    set.version = "2.13".parse().unwrap();
    assert_eq!(rows(&set)[0], "in force");
}

#[test]
fn what_takes_back_part_of_a_role_is_told_of_the_binding() {
    let policy = "p, role:a, applications, sync, web/*, allow\n\
                  p, role:b, applications, sync, web/base, deny\n\
                  p, role:c, applications, sync, pay/*, deny\n\
                  g, octopus, role:a\n\
                  g, octopus, role:c\n";
    let limits = |policy: &str| {
        let server = server(MatchMode::Glob, policy, "");
        let budget = Budget::default();
        let holding = Effective::new(&server, &budget).of("octopus");
        let roles = holding.roles.iter();
        let roles = roles.map(|role| (role.role.to_owned(), role.limit.is_some()));
        roles.collect::<Vec<_>>()
    };
    let role = |name: &str, is_limited| (name.to_owned(), is_limited);
    assert_eq!(
        limits(policy),
        [role("role:a", false), role("role:c", false)]
    );
    assert_eq!(
        limits(&format!("{policy}g, octopus, role:b\n")),
        [
            role("role:a", true),
            role("role:c", false),
            role("role:b", false)
        ]
    );
    // More `g` lines than count.
    let mut far = "g, octopus, role:0\n".to_owned();
    for hop in 0..11 {
        writeln!(far, "g, role:{hop}, role:{}", hop + 1).unwrap();
    }
    let server = server(MatchMode::Glob, &far, "");
    let budget = Budget::default();
    let holding = Effective::new(&server, &budget).of("octopus");
    assert_eq!(holding.roles[0].limit, Some(Limit::TooFar));
}
