//! Statements about all questions, against the answers to many.

use argo_rbac::survey::{
    Budget, Comparison, Objects, Proof, ProvedRefusal, Prover, Verb, Whom, compare, is_request,
    verbs,
};
use argo_rbac::{ArgoCdVersion, Claims, MatchMode, PolicySet, PolicyText, Server, ServerSettings};
use proptest::prelude::*;

use crate::strategies::{ACTIONS, NAMES, OBJECTS, RESOURCES, policy};

mod differences;
mod examples;
mod matrix;
mod proofs;

const VERSION: ArgoCdVersion = ArgoCdVersion::NEWEST;

fn set(policy: &str) -> PolicySet {
    PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        builtin: true,
        ..PolicySet::default()
    }
}

/// A server without projects, for as long as the test runs.
fn serve(set: PolicySet) -> &'static Server {
    let settings = ServerSettings {
        inheritance_disabled: Some(true),
        ..ServerSettings::default()
    };
    Box::leak(Box::new(Server::load(set, [], settings).unwrap()))
}

fn load(policy: &str) -> &'static Server {
    serve(set(policy))
}

fn prover(server: &'static Server) -> Prover<'static, 'static> {
    Prover::new(server, "octopus", Box::leak(Box::default()))
}

fn prove(policy: &str, resource: &str, verb: Verb) -> Proof<'static> {
    prover(load(policy)).prove(resource, verb, Objects::All)
}

const SYNC: Verb = Verb::Action("sync");

#[test]
fn what_no_rule_allows_is_refused() {
    let policy = "p, octopus, applications, get, *, allow\n\
        p, octopus, applications, action/a, *, deny\n";
    assert_eq!(
        prove(policy, "applications", SYNC),
        Proof::Refused(ProvedRefusal::NoRule)
    );
    assert_eq!(
        prove(policy, "applications", Verb::Below("action")),
        Proof::Refused(ProvedRefusal::NoRule)
    );
    assert!(matches!(
        prove(policy, "applications", Verb::Action("get")),
        Proof::Granted { .. }
    ));
}

#[test]
fn a_deny_refuses_only_where_it_covers() {
    let deny = |object: &str| {
        format!(
            "p, octopus, applications, sync, web/*, allow\n\
             p, octopus, applications, *, {object}, deny\n"
        )
    };
    for covering in ["*", "web/*", "w*", "*/*"] {
        let proof = prove(&deny(covering), "applications", SYNC);
        assert!(
            matches!(proof, Proof::Refused(ProvedRefusal::Denied(_))),
            "{covering}: {proof:?}"
        );
    }
    let proof = prove(&deny("web/prod-*"), "applications", SYNC);
    let Proof::Granted { object, .. } = proof else {
        panic!("{proof:?}");
    };
    assert!(object.starts_with("web/"), "{object}");
}

#[test]
fn what_cannot_be_shown_is_not_proved() {
    // The denies cover the allow together, and no single one does.
    let policy = "p, octopus, applications, sync, web/a*, allow\n\
        p, octopus, applications, sync, *a*, deny\n\
        p, octopus, applications, sync, [!w]*, deny\n";
    let covered = prove(policy, "applications", SYNC);
    assert!(matches!(covered, Proof::Refused(_)), "{covered:?}");
    let policy = "p, octopus, applications, sync, w?b/*, allow\n\
        p, octopus, applications, sync, w[!x]b/*, deny\n\
        p, octopus, applications, sync, w[!0]b/*, deny\n";
    let open = prove(policy, "applications", SYNC);
    assert!(matches!(open, Proof::NotProved { .. }), "{open:?}");
}

#[test]
fn the_default_role_grants_what_a_deny_cannot_take_back() {
    let server = serve(PolicySet {
        default_role: "role:readonly".to_owned(),
        ..set("p, octopus, *, *, *, deny\n")
    });
    let prover = prover(server);
    let proof = prover.prove("logs", Verb::Action("get"), Objects::All);
    assert!(matches!(proof, Proof::Granted { .. }), "{proof:?}");
    let proof = prover.prove("applications", SYNC, Objects::All);
    assert_eq!(proof, Proof::Refused(ProvedRefusal::NoRule));
}

#[test]
fn other_projects_are_proved_closed() {
    let server = load(
        "p, octopus, applications, get, web/*, allow\n\
         p, octopus, logs, get, web*/*, allow\n",
    );
    let prover = prover(server);
    let outside = ["web".to_owned()];
    let outside = Objects::Outside(&outside);
    let get = Verb::Action("get");
    assert_eq!(
        prover.prove("applications", get, outside),
        Proof::Refused(ProvedRefusal::NoRule)
    );
    let proof = prover.prove("logs", get, outside);
    let Proof::Granted { object, .. } = proof else {
        panic!("{proof:?}");
    };
    assert!(object.starts_with("web") && !object.starts_with("web/"));
}

fn diff(before: &str, after: &str) -> Vec<String> {
    shown(&compare(load(before), load(after), &Budget::default()))
}

fn shown(comparison: &Comparison<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for subject in &comparison.subjects {
        let whom = match &subject.whom {
            Whom::Everybody => "everybody",
            Whom::Anonymous => "anonymous",
            Whom::Subject(name) => name,
        };
        for change in &subject.changes {
            let sign = if change.gained { '+' } else { '-' };
            let (resource, action) = (&change.resource, &change.action);
            all.push(format!(
                "{whom} {sign}{resource} {action} {}",
                change.objects
            ));
        }
        all.extend(subject.undecided.iter().map(|_| format!("{whom} ?")));
    }
    all
}

const OTHERS: &str = "g, alice, role:team\n\
    p, role:team, applications, *, team/*, allow\n\
    p, bob, clusters, get, *, allow\n";

const OCTOPUS: &str = "p, octopus, applications, get, *, allow\n\
    p, octopus, clusters, get, *, allow\n\
    p, octopus, logs, get, */*, allow\n";

#[test]
fn only_the_account_gains() {
    let after = format!("{OTHERS}{OCTOPUS}");
    assert_eq!(
        diff(OTHERS, &after),
        [
            "octopus +applications get *",
            "octopus +clusters get *",
            "octopus +logs get */*"
        ]
    );
    assert_eq!(diff(&after, OTHERS).len(), 3);
    assert_eq!(diff(&after, &after), [""; 0]);
}

#[test]
fn order_and_repetition_change_nothing() {
    let mut lines: Vec<_> = OTHERS.lines().chain(OCTOPUS.lines()).collect();
    let before = lines.join("\n");
    lines.reverse();
    lines.push(lines[0]);
    assert_eq!(diff(&before, &lines.join("\r\n")), [""; 0]);
}

#[test]
fn a_role_changes_all_that_have_it() {
    let after = OTHERS.replace(
        "team/*, allow",
        "team/*, allow\np, role:team, logs, get, *, allow",
    );
    assert_eq!(
        diff(OTHERS, &after),
        ["alice +logs get *", "role:team +logs get *"]
    );
}

#[test]
fn what_the_default_role_gives_is_no_gain() {
    let load = |policy: &str, role: &str| {
        serve(PolicySet {
            default_role: role.to_owned(),
            ..set(policy)
        })
    };
    let before = load("", "role:readonly");
    let after = load("p, octopus, logs, get, web/*, allow\n", "role:readonly");
    assert_eq!(shown(&compare(before, after, &Budget::default())), [""; 0]);
    let none = load("", "");
    let all = shown(&compare(none, before, &Budget::default()));
    assert!(
        all.contains(&"everybody +logs get */*".to_owned()),
        "{all:?}"
    );
    assert!(all.iter().all(|change| change.starts_with("everybody +")));
}

#[test]
fn an_idle_deny_is_no_change() {
    let after = format!("{OTHERS}p, bob, applications, delete, *, deny\n");
    assert_eq!(diff(OTHERS, &after), [""; 0]);
    let after = format!("{OTHERS}p, bob, clusters, get, https://prod*, deny\n");
    assert_eq!(diff(OTHERS, &after), ["bob -clusters get https://prod*"]);
}

fn random(mode: MatchMode, policy: &str, role: &str) -> &'static Server {
    serve(PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        match_mode: mode,
        default_role: role.to_owned(),
        ..PolicySet::default()
    })
}

fn role() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&["", "", "role:c", "role:d"][..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_refused_is_granted((mode, policy) in policy(), role in role()) {
        let server = random(mode, &policy, role);
        let budget = Budget::default();
        for subject in NAMES {
            let claims = Claims::of(subject, [""; 0]);
            let prover = Prover::new(server, subject, &budget);
            for (resource, verb) in verbs(VERSION) {
                if !RESOURCES.contains(&resource) {
                    continue;
                }
                let proof = prover.prove(resource, verb, Objects::All);
                if let Proof::Granted { action, object, answer } = &proof {
                    prop_assert_eq!(&server.decide(&claims, resource, action, object), answer);
                    prop_assert!(answer.allowed() && verb.contains(action));
                }
                if !matches!(proof, Proof::Refused(_)) {
                    continue;
                }
                for action in ACTIONS.iter().filter(|action| verb.contains(action)) {
                    for object in OBJECTS {
                        let answer = server.decide(&claims, resource, action, object);
                        prop_assert!(!answer.allowed(), "{proof:?} {subject} {action} {object} {answer:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_difference_is_missed(
        (mode, before) in policy(),
        drop in 0..24_usize,
        (_, more) in policy(),
        roles in (role(), role()),
        other_mode in proptest::bool::weighted(0.1),
    ) {
        // After: some line dropped, some added.
        let mut lines: Vec<&str> = before.lines().collect();
        if drop < lines.len() {
            lines.remove(drop);
        }
        lines.extend(more.lines().take(2));
        let after_mode = if other_mode { MatchMode::Glob } else { mode };
        let (old, new) = (random(mode, &before, roles.0), random(after_mode, &lines.join("\n"), roles.1));
        let budget = Budget::of(100_000);
        let comparison = compare(old, new, &budget);
        let reported = |whom: &Whom| comparison.subjects.iter().any(|change| change.whom == *whom);
        for subject in NAMES.iter().chain(&["nobody"]) {
            if reported(&Whom::Everybody) || reported(&Whom::Subject((*subject).to_owned())) {
                continue;
            }
            let claims = Claims::of(subject, [""; 0]);
            for (resource, verb) in verbs(VERSION) {
                for action in ACTIONS.iter().filter(|action| verb.contains(action)) {
                    for object in OBJECTS.iter().filter(|object| is_request(VERSION, resource, action, object)) {
                        let ask = |server: &Server| server.decide(&claims, resource, action, object).allowed();
                        prop_assert_eq!(ask(old), ask(new), "{} {} {} {}", subject, resource, action, object);
                    }
                }
            }
        }
        for subject in &comparison.subjects {
            let Whom::Subject(name) = &subject.whom else { continue };
            let claims = Claims::of(name, [""; 0]);
            for change in &subject.changes {
                let ask = |server: &Server| {
                    server.decide(&claims, change.resource, &change.action, &change.object).allowed()
                };
                prop_assert_eq!((ask(old), ask(new)), (!change.gained, change.gained));
            }
        }
    }
}
