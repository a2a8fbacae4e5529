//! What each subject may do, and what becomes of each of its rules.

use kubectl_octopus_argo::rbac::analysis::{State, effective, subjects};
use kubectl_octopus_argo::rbac::{Enforcer, MatchMode, PolicySet, PolicyText};

use super::VERSION;

fn random(mode: MatchMode, policy: &str, role: &str) -> Enforcer {
    Enforcer::load(&PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        match_mode: mode,
        default_role: role.to_owned(),
        ..PolicySet::default()
    })
    .unwrap()
}

/// Each rule of each cell: resource, action, object, what becomes of it.
fn cells(mode: MatchMode, policy: &str, role: &str) -> Vec<String> {
    let enforcer = random(mode, policy, role);
    let mut all = Vec::new();
    for cell in effective(&enforcer, "octopus", VERSION) {
        for entry in &cell.entries {
            let state = match entry.state {
                State::InForce => "in force",
                State::Limited => "limited",
                State::Overruled(_) => "overruled",
                State::Fails(_) => "fails",
                State::Never => "never",
            };
            let by = if entry.by_default_role {
                "default "
            } else {
                ""
            };
            let (resource, action) = (&cell.resource, &cell.action);
            all.push(format!("{resource} {action} {by}{}: {state}", entry.object));
        }
    }
    all
}

fn glob(policy: &str) -> Vec<String> {
    cells(MatchMode::Glob, policy, "")
}

#[test]
fn names_come_in_the_order_in_which_the_policy_has_them() {
    let enforcer = random(
        MatchMode::Glob,
        "p, alice, logs, get, *, allow\ng, bob, role:team\np, role:team, logs, get, *, allow\n",
        "",
    );
    let names: Vec<_> = subjects(&enforcer).collect();
    assert_eq!(names, ["alice", "bob", "role:team"]);
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
        [
            "clusters get *: overruled",
            "clusters get *: in force",
            "clusters create *: in force",
            "clusters update *: in force",
            "clusters delete *: in force"
        ]
    );
    // Of the paths below an action only some are denied.
    assert_eq!(
        glob(
            "p, octopus, applications, action/*, *, allow\n\
             p, octopus, applications, action/apps/*, *, deny\n"
        ),
        [
            "applications action/… *: limited",
            "applications action/… *: in force"
        ]
    );
    assert_eq!(
        glob(
            "p, octopus, applications, action/apps/x, *, allow\n\
             p, octopus, applications, action/apps/*, *, deny\n"
        ),
        [
            "applications action/… *: overruled",
            "applications action/… *: in force"
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
        cells(MatchMode::Regex, &policy, "")
    };
    assert_eq!(
        regex("^logs$, ^get$, (, deny"),
        ["logs get .*: fails", "logs get (: fails"]
    );
    assert_eq!(regex("^logs$, (, .*, Allow")[0], "logs get .*: fails");
    assert_eq!(regex("(, ^get$, .*, Allow")[0], "logs get .*: fails");
    // Some paths below an action reach it, and some do not.
    let policy = "p, octopus, ^applications$, ^action/, .*, allow\n\
        p, octopus, ^applications$, ^action/apps/x$, (, Allow\n";
    assert_eq!(
        cells(MatchMode::Regex, policy, ""),
        ["applications action/… .*: in force"]
    );
}

#[test]
fn unknown_resources_and_actions_have_cells_of_their_own() {
    assert_eq!(
        glob(
            "p, octopus, application, get, a/*, allow\n\
             p, octopus, application, sync, b/*, allow\n\
             p, octopus, application, get, c/*, deny\n\
             p, octopus, application, get, d/*, Allow\n"
        ),
        [
            "application get a/*: in force",
            "application get c/*: in force",
            "application sync b/*: in force"
        ]
    );
}

#[test]
fn a_deny_takes_back_what_no_cell_is_about() {
    let cases = [
        (
            "applications, rollback, web/*",
            "applications, *, *",
            "overruled",
        ),
        ("application, get, web/*", "*, get, web/*", "overruled"),
        (
            "application, get, web/*",
            "application, get, web/prod-*",
            "limited",
        ),
        ("application, get, web/*", "*, get, *-prod", "limited"),
        (
            "application, get, web/*",
            "application, get, pay/*",
            "in force",
        ),
        (
            "application, get, web/*",
            "application, sync, *",
            "in force",
        ),
        ("application, get, web/*", "application, get, [", "in force"),
        ("application, get, [", "application, get, *", "never"),
        ("application, [, *", "application, get, x", "never"),
        ("[, get, *", "application, get, x", "never"),
    ];
    for (allow, deny, state) in cases {
        let shown = glob(&format!(
            "p, octopus, {allow}, allow\np, octopus, {deny}, deny\n"
        ));
        let object = allow.rsplit(", ").next().unwrap();
        let want = format!("{object}: {state}");
        let found = shown.iter().any(|cell| cell.ends_with(&want));
        assert!(found, "{allow}, {deny}: {shown:?}");
    }
}

#[test]
fn the_default_role_comes_first_and_no_deny_is_held_against_it() {
    assert_eq!(
        cells(
            MatchMode::Glob,
            "p, octopus, logs, get, *, deny\np, role:all, logs, get, *, allow\n",
            "role:all"
        ),
        ["logs get default *: in force", "logs get *: in force"]
    );
}
