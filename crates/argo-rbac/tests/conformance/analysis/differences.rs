//! What is said to change, and what not to.

use argo_rbac::survey::{Budget, Whom, compare};
use argo_rbac::{MatchMode, Server};

use super::{diff, load, random, shown};

/// Grants `ab` and `ba`, and no sample of its pattern finds them: those are `aa` and `bb`.
const HIDDEN: &str = "p, octopus, applications, get, [ab][ab], allow\n";
const BUT_SAMPLES: &str = "p, octopus, applications, get, aa, deny\n\
    p, octopus, applications, get, bb, deny\n";

fn with_role(policy: &str, role: &str) -> &'static Server {
    random(MatchMode::Glob, policy, role)
}

fn between(before: &'static Server, after: &'static Server) -> Vec<String> {
    shown(&compare(before, after, &Budget::default()))
}

#[test]
fn a_line_changed_in_place_is_a_difference() {
    assert_eq!(
        diff(
            "p, octopus, applications, get, web/a, allow",
            "p, octopus, applications, get, web/b, allow"
        ),
        [
            "octopus -applications get web/a",
            "octopus +applications get web/b"
        ]
    );
    // One of two lines stays.
    assert_eq!(
        diff(
            "p, bob, logs, get, a/b, allow\np, bob, logs, get, a/c, allow",
            "p, bob, logs, get, a/b, allow\np, bob, logs, get, a/d, allow"
        ),
        ["bob -logs get a/c", "bob +logs get a/d"]
    );
    let role = "p, role:x, logs, get, *, allow\np, role:y, clusters, get, *, allow\n";
    assert_eq!(
        diff(
            &format!("{role}g, alice, role:x"),
            &format!("{role}g, alice, role:y")
        ),
        ["alice -logs get *", "alice +clusters get *"]
    );
}

#[test]
fn nobody_is_named_for_whom_nothing_changes() {
    let idle = "p, bob, logs, get, *, allow\n\
        p, bob, logs, get, [, allow\n\
        p, bob, logs, get, a/b, Allow\n\
        p, bob, logs, get, a/c, allow\n\
        p, bob, exec, create, *, deny\n";
    let first = idle.lines().next().unwrap();
    let comparison = compare(load(first), load(idle), &Budget::default());
    assert_eq!(comparison.subjects, []);
    let comparison = compare(load(idle), load(first), &Budget::default());
    assert_eq!(comparison.subjects, []);
}

#[test]
fn only_the_line_that_makes_a_difference_is_shown() {
    let before = "p, octopus, applications, get, w*, allow\n";
    let after = format!(
        "{before}p, octopus, applications, get, web/*, allow\n\
         p, octopus, applications, get, pay/*, allow\n"
    );
    assert_eq!(diff(before, &after), ["octopus +applications get pay/*"]);
}

#[test]
fn a_difference_that_no_example_shows_is_said_to_be_possible() {
    let without = BUT_SAMPLES.to_owned();
    let with = format!("{BUT_SAMPLES}{HIDDEN}");
    assert_eq!(diff(&without, &with), ["octopus ?"]);
    assert_eq!(diff(&with, &without), ["octopus ?"]);
    // A rule that fails ends more than it says.
    let panics = format!("{with}p, octopus, applications, get, ?{{}}, Allow\n");
    assert_eq!(diff(&with, &panics), ["octopus ?"]);
}

#[test]
fn the_default_role_settles_only_what_it_gives_before_and_after() {
    let (without, with) = (BUT_SAMPLES, format!("{BUT_SAMPLES}{HIDDEN}"));
    // What is asked of a default role, and whether octopus may gain something beside it.
    let cases = [
        ("p, role:all, applications, *, *, allow", false),
        ("p, role:all, *, get, *, allow", false),
        ("p, role:all, logs, get, *, allow", true),
        ("p, role:all, applications, sync, *, allow", true),
        ("p, role:all, applications, get, a*, allow", true),
        (
            "p, role:all, applications, get, *, allow\np, role:all, applications, get, ?b, deny",
            true,
        ),
        (
            "p, role:all, applications, get, *, allow\np, role:all, applications, sync, *, deny",
            false,
        ),
        (
            "p, role:all, applications, get, *, allow\np, role:all, logs, *, *, deny",
            false,
        ),
        (
            "p, role:all, applications, get, *, allow\np, role:all, *, *, c*, deny",
            true,
        ),
        (
            "p, role:all, applications, get, *, allow\np, role:all, logs, get, ?{}, deny",
            false,
        ),
    ];
    for (role, open) in cases {
        let load = |policy: &str| with_role(&format!("{role}\n{policy}"), "role:all");
        let want: &[&str] = if open { &["octopus ?"] } else { &[] };
        assert_eq!(between(load(without), load(&with)), want, "{role}");
    }
}

#[test]
fn a_default_role_that_comes_settles_nothing_of_before() {
    let roles = "p, role:few, applications, get, aa, allow\n\
        p, role:few, applications, get, bb, allow\n\
        p, role:all, applications, get, *, allow\n\
        p, octopus, applications, get, *, allow\n";
    let before = with_role(
        &format!("{roles}p, octopus, applications, get, [ab][ab], deny"),
        "role:few",
    );
    let after = with_role(roles, "role:all");
    // `ab` is denied before, and allowed after.
    for (one, other) in [(before, after), (after, before)] {
        let shown = between(one, other);
        assert!(shown.contains(&"octopus ?".to_owned()), "{shown:?}");
    }
}

#[test]
fn a_rule_that_stays_settles_what_it_covers() {
    let cases = [
        (
            "applications, get, w*, allow",
            "applications, get, web/a, allow",
            true,
        ),
        (
            "applications, *, w*, allow",
            "applications, get, web/*, allow",
            true,
        ),
        ("*, get, *, allow", "applications, get, web/*, allow", true),
        ("logs, get, *, allow", "logs, get, a?c, allow", true),
        ("logs, get, *b*, allow", "logs, get, abc*, allow", true),
        ("logs, get, *b*, allow", "logs, get, *abc*, allow", true),
        ("logs, get, *bc, allow", "logs, get, *abc, allow", true),
        ("logs, get, a*, allow", "logs, get, *abc, allow", false),
        ("logs, get, w*, allow", "exec, create, w*, allow", false),
        // Nobody asks for these.
        ("logs, get, w*, allow", "logs, sync, w*, allow", true),
        ("logs, get, w*, allow", "exec, get, w*, allow", true),
    ];
    for (stays, added, settled) in cases {
        let before = format!("p, octopus, {stays}\n");
        let shown = diff(&before, &format!("{before}p, octopus, {added}\n"));
        assert_eq!(shown.is_empty(), settled, "{stays}, {added}: {shown:?}");
    }
}

#[test]
fn a_deny_is_idle_only_where_nothing_allows() {
    let cases = [
        ("applications, get, web/*", "applications, get, pay/*", true),
        ("applications, get, web/*", "applications, get, *-b", false),
        ("applications, get, web/*", "*, get, web/a", false),
        ("applications, get, web/a", "applications, get, w*", false),
        ("applications, get, web/a", "applications, get, p*", true),
        ("applications, get, *-a", "applications, get, *-b", true),
        ("applications, get, *-a", "applications, get, [, deny", true),
        (
            "applications, get, web/*",
            "applications, sync, web/*",
            true,
        ),
        ("applications, get, web/*", "logs, get, web/*", true),
        ("applications, get, [a", "applications, get, *", true),
    ];
    for (allow, deny, idle) in cases {
        let before = format!("p, octopus, {allow}, allow\n");
        let deny = deny.trim_end_matches(", deny");
        let shown = diff(&before, &format!("{before}p, octopus, {deny}, deny\n"));
        assert_eq!(shown.is_empty(), idle, "{allow}, {deny}: {shown:?}");
    }
}

#[test]
fn every_resource_and_action_of_a_wide_rule_is_shown() {
    let count = |rule: &str| diff("", &format!("p, octopus, {rule}, allow\n"));
    assert_eq!(count("application, get, *"), [""; 0]);
    assert_eq!(
        count("applications, action/*, *"),
        ["octopus +applications action/apps/Deployment/restart *"]
    );
    assert_eq!(
        count("*, get, */*"),
        // The others have names without a slash.
        [
            "clusters",
            "applications",
            "applicationsets",
            "repositories",
            "write-repositories",
            "logs",
        ]
        .map(|resource| format!("octopus +{resource} get */*"))
    );
}

#[test]
fn somebody_whom_neither_policy_names_stands_for_everybody() {
    let roles = "p, role:all, logs, get, *, allow\n";
    let named = format!("{roles}p, nobody, logs, get, *, allow\n");
    for (before, after) in [(roles, named.as_str()), (named.as_str(), roles)] {
        let comparison = compare(
            with_role(before, ""),
            with_role(after, "role:all"),
            &Budget::default(),
        );
        let everybody = &comparison.subjects[0];
        assert_eq!(everybody.whom, Whom::Everybody);
        assert!(everybody.changes.iter().any(|change| change.gained));
    }
}

#[test]
fn examples_use_names_that_stand_in_neither_policy() {
    // With names that the policy's own patterns match, each example would be a denied one.
    let allow = "p, octopus, applications, get, */*, allow\n";
    let deny = "p, octopus, applications, get, *some-*, deny\n";
    let both = format!("{allow}{deny}");
    for (before, after) in [("", both.as_str()), (both.as_str(), "")] {
        let comparison = compare(load(before), load(after), &Budget::default());
        let change = &comparison.subjects[0].changes[0];
        assert_eq!(change.gained, before.is_empty());
        assert_eq!(change.object, "some2-project/some2-app");
    }
}
