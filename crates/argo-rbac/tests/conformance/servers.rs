//! Statements about whole servers, against their answers to many requests: what a change gives and
//! takes, what holds of all requests that match a pattern, who may make one.

use argo_rbac::glob::Glob;
use argo_rbac::survey::{
    Budget, Comparison, Effective, Range, Requests, State, Whom, compare, range, server_subjects,
    who_can,
};
use argo_rbac::vocabulary::counts_for_project;
use argo_rbac::{Answer, Claims, Effect, Server, project_role};

use crate::sites::{Dice, Site, each_seed, requests};

fn is_reported(
    found: &Comparison<'_>,
    subject: &str,
    resource: &str,
    action: &str,
    gained: bool,
) -> bool {
    let own = Whom::Subject(subject.to_owned());
    found.subjects.iter().any(|change| {
        (change.whom == own || change.whom == Whom::Everybody)
            && (change.changes.iter().any(|change| {
                change.gained == gained
                    && change.resource == resource
                    && change.verb.contains(action)
            }) || change.undecided.iter().any(|undecided| {
                undecided.gained == gained
                    && undecided.resource == resource
                    && undecided.verb.contains(action)
            }))
    })
}

#[test]
fn every_difference_is_reported_and_every_report_is_real() {
    let (mut changed, mut undecided, mut alike) = (0, 0, 0);
    each_seed(|dice, seed| {
        let site = Site::random(dice);
        let other = site.mutated(dice);
        let (before, after) = (site.load(), other.load());
        let budget = Budget::default();
        let found = compare(&before, &after, &budget);
        let shown = || format!("seed {seed}\n{}\n----\n{}", site.shown(), other.shown());
        for subject in &found.subjects {
            let name = match &subject.whom {
                Whom::Subject(name) => name,
                Whom::Everybody | Whom::Anonymous => "nobody",
            };
            undecided += subject.undecided.len();
            for change in &subject.changes {
                let claims = Claims::of(name, [""; 0]);
                let [was, is] = [&before, &after].map(|server| {
                    let answer =
                        server.decide(&claims, change.resource, &change.action, &change.object);
                    answer.allowed()
                });
                assert!(was != is && is == change.gained, "{change:?}\n{}", shown());
                changed += 1;
            }
        }
        alike += u32::from(found.is_alike());
        let mut names = server_subjects(&before);
        names.extend(server_subjects(&after));
        names.push("nobody".to_owned());
        for name in names {
            let claims = Claims::of(&name, [""; 0]);
            for (resource, action, object) in requests(&before) {
                let answers = [&before, &after]
                    .map(|server| server.decide(&claims, resource, action, object));
                let [was, is] = answers.each_ref().map(Answer::allowed);
                if was != is && requests(&after).contains(&(resource, action, object)) {
                    // A rollback that both ask as a sync is reported as one.
                    let reported = |answer: &Answer<'_>| {
                        is_reported(&found, &name, &answer.resource, &answer.action, is)
                    };
                    assert!(
                        is_reported(&found, &name, resource, action, is)
                            || answers.iter().all(reported),
                        "{name} {resource} {action} {object} {was} {is}\n{found:#?}\n{}",
                        shown()
                    );
                }
            }
        }
    });
    println!("{changed} changes, {undecided} undecided, {alike} pairs alike");
    assert!(
        changed > 0 && undecided * 5 <= changed,
        "{undecided} of {changed}"
    );
}

#[test]
fn a_rewritten_policy_is_no_difference() {
    each_seed(|dice, seed| {
        let site = Site::random(dice);
        let mut other = site.clone();
        other.lines.reverse();
        // Roles renamed with their bindings.
        if !site.default_role.is_empty() || dice.roll(2) == 0 {
            other.lines.extend(site.lines.first().cloned());
        }
        let found = compare(&site.load(), &other.load(), &Budget::default())
            .subjects
            .len();
        assert_eq!(found, 0, "seed {seed}\n{}", site.shown());
    });
}

const OBJECTS: [&str; 8] = [
    "*",
    "*/*",
    "web/*",
    "pay/shop",
    "*/shop",
    "{web,pay}/*",
    "w?b/*",
    "https://*",
];
const ACTIONS: [&str; 7] = [
    "*",
    "get",
    "delete*",
    "delete/*",
    "sync",
    "action/*",
    "{get,sync}",
];
const RESOURCES: [&str; 6] = ["applications", "*", "logs", "clusters", "projects", "exec"];

fn random_requests(dice: &mut Dice) -> Requests<'static> {
    Requests {
        action: dice.pick(&ACTIONS),
        resource: dice.pick(&RESOURCES),
        object: dice.pick(&OBJECTS),
    }
}

#[test]
fn what_is_said_of_a_range_holds_for_each_of_its_requests() {
    let (mut proved, mut open) = (0, 0);
    each_seed(|dice, seed| {
        let site = Site::random(dice);
        let server = site.load();
        let budget = Budget::default();
        let mut names = server_subjects(&server);
        names.push("nobody".to_owned());
        for _ in 0..6 {
            let asked = random_requests(dice);
            let name = &names[dice.roll(names.len())];
            let claims = Claims::of(name, [""; 0]);
            let found = range(&server, name, asked, &[], &budget);
            let shown = || format!("seed {seed} {name} {asked:?}\n{found:#?}\n{}", site.shown());
            let matches =
                |pattern: &str, text: &str| Glob::compile(pattern).unwrap().matches(text).unwrap();
            for (example, wanted) in [(&found.allowed, true), (&found.refused, false)] {
                let Some(example) = example else { continue };
                let answer =
                    server.decide(&claims, example.resource, &example.action, &example.object);
                assert_eq!(answer.allowed(), wanted, "{}", shown());
                assert!(matches(asked.object, &example.object), "{}", shown());
                assert!(matches(asked.action, &example.action), "{}", shown());
            }
            proved += u32::from(found.is_refused()) + u32::from(found.is_allowed());
            open += u32::from(!found.undecided.is_empty());
            for (resource, action, object) in requests(&server) {
                if !matches(asked.resource, resource)
                    || !matches(asked.action, action)
                    || !matches(asked.object, object)
                {
                    continue;
                }
                let allowed = server.decide(&claims, resource, action, object).allowed();
                assert!(
                    !(allowed && found.is_refused()),
                    "{resource} {action} {object}\n{}",
                    shown()
                );
                assert!(
                    allowed || !found.is_allowed(),
                    "{resource} {action} {object}\n{}",
                    shown()
                );
            }
        }
    });
    println!("{proved} proved, {open} open");
    assert!(proved > 10 * open, "{proved} proved, {open} open");
}

#[test]
fn who_can_names_everybody_who_can() {
    each_seed(|dice, seed| {
        let site = Site::random(dice);
        let server = site.load();
        let all = requests(&server);
        let (resource, action, object) = all[dice.roll(all.len())];
        let asked = Requests {
            action,
            resource,
            object,
        };
        let found = who_can(&server, asked, &Budget::default());
        let may = |name: &str| {
            server
                .decide(&Claims::of(name, [""; 0]), resource, action, object)
                .allowed()
        };
        let named = |whom: Whom| {
            found
                .iter()
                .any(|holder| holder.whom == whom && holder.range.allowed.is_some())
        };
        let shown = || format!("seed {seed} {asked:?}\n{found:#?}\n{}", site.shown());
        assert_eq!(named(Whom::Everybody), may("nobody"), "{}", shown());
        for name in server_subjects(&server) {
            let named = named(Whom::Subject(name.clone()));
            // Who may only as everybody does need not be named.
            assert!(
                named == may(&name) || !named && may("nobody"),
                "{name}\n{}",
                shown()
            );
        }
    });
}

/// Those who share a large role are told apart by the examples of others.
#[test]
fn who_can_says_of_members_of_a_large_role_what_a_search_finds() {
    let mut both = 0;
    each_seed(|dice, seed| {
        let mut site = Site::random(dice);
        let names = server_subjects(&site.load());
        let rules =
            (0..80).map(|n| format!("p, role:large, applications, get, web/app-{n}*, allow"));
        site.lines.extend(rules);
        for name in names {
            if dice.roll(2) == 0 {
                site.lines.push(format!("g, {name}, role:large"));
            }
        }
        let server = site.load();
        let asked = random_requests(dice);
        let budget = Budget::default();
        let found = who_can(&server, asked, &budget);
        let is_everybodys = found.iter().any(|holder| holder.whom == Whom::Everybody);
        for name in server_subjects(&server) {
            let whom = Whom::Subject(name.clone());
            let searched = range(&server, &name, asked, &[], &budget);
            let shown = || format!("seed {seed} {name} {asked:?}\n{}", site.shown());
            let Some(holder) = found.iter().find(|holder| holder.whom == whom) else {
                // Who may only as everybody does need not be named.
                assert!(is_everybodys || searched.is_refused(), "{}", shown());
                continue;
            };
            let said = |range: &Range<'_>| (range.allowed.is_some(), range.refused.is_some());
            assert_eq!(said(&holder.range), said(&searched), "{}", shown());
            both += u32::from(said(&searched) == (true, true));
            for example in [&holder.range.allowed, &holder.range.refused]
                .into_iter()
                .flatten()
            {
                let claims = Claims::of(&name, [""; 0]);
                let answer =
                    server.decide(&claims, example.resource, &example.action, &example.object);
                assert_eq!(answer.allowed(), example.answer.allowed(), "{}", shown());
                assert_eq!(answer.subject, example.answer.subject, "{}", shown());
                assert!(
                    Glob::compile(asked.object)
                        .unwrap()
                        .matches(&example.object)
                        .unwrap()
                );
            }
        }
    });
    assert!(both > 0);
}

/// Whether the rows of a matrix grant a request to a subject, through its roles too: rows that count
/// in whole, or all of them.
fn rows_grant(
    matrix: &mut Effective<'_, '_>,
    server: &Server,
    subject: &str,
    (resource, action, object): (&str, &str, &str),
    whole: bool,
    projects: bool,
) -> bool {
    let mut asked = vec![match (resource, action) {
        ("applications", "rollback") if server.rollback_is_sync() => (resource, "sync"),
        ("logs", "get") if server.logs_are_open() => ("applications", "get"),
        asked => asked,
    }];
    if let ("applications", Some((plain @ ("update" | "delete"), _))) =
        (resource, action.split_once('/'))
        && server.inherits_subresources()
    {
        asked.push((resource, plain));
    }
    let counts = |project: Option<&str>| {
        project.is_none_or(|project| {
            let own = resource == "projects" && object == project;
            let within = resource != "projects" && object.starts_with(&format!("{project}/"));
            projects && counts_for_project(resource, server.version()) && (own || within)
        })
    };
    let mut names = vec![subject.to_owned()];
    let mut at = 0;
    while let Some(name) = names.get(at).cloned() {
        let holding = matrix.of(&name);
        let granted = holding.rules.iter().any(|entry| {
            let rule = entry.line.enforcer.rule(entry.line.line);
            let matches = |pattern: &str, text: &str| {
                Glob::compile(pattern).is_ok_and(|glob| glob.matches(text) == Ok(true))
            };
            let is_asked = asked.iter().any(|(resource, action)| {
                matches(&rule.resource.text, resource) && matches(&rule.action.text, action)
            });
            entry.effect == Effect::Allow
                && counts(entry.project)
                && is_asked
                && matches(&rule.object.text, object)
                && entry.state.is_in_force()
                && (!whole || entry.state == State::InForce)
        });
        if granted {
            return true;
        }
        for binding in holding.roles {
            let counts = counts(binding.project) && (!whole || binding.limit.is_none());
            if counts && !names.iter().any(|name| name == binding.role) {
                names.push(binding.role.to_owned());
            }
        }
        at += 1;
    }
    false
}

#[test]
fn the_matrix_agrees_with_single_answers() {
    let (mut yes, mut no, mut open) = (0, 0, 0);
    each_seed(|dice, seed| {
        let site = Site::random(dice);
        let server = site.load();
        if server.settings().auth_disabled {
            return;
        }
        let budget = Budget::default();
        let mut matrix = Effective::new(&server, &budget);
        for name in server_subjects(&server) {
            let claims = Claims::of(&name, [""; 0]);
            for request in requests(&server) {
                let (resource, action, object) = request;
                let project = object
                    .split_once('/')
                    .map_or(object, |(project, _)| project);
                let is_of_other = project_role(&name).is_some_and(|(own, _)| own != project);
                let mut grants = |whole| {
                    rows_grant(&mut matrix, &server, &name, request, whole, true)
                        || !site.default_role.is_empty()
                            && rows_grant(
                                &mut matrix,
                                &server,
                                site.default_role,
                                request,
                                whole,
                                !is_of_other,
                            )
                        || rows_grant(&mut matrix, &server, "", request, whole, false)
                };
                let (in_whole, at_all) = (grants(true), grants(false));
                let allowed = server.decide(&claims, resource, action, object).allowed();
                let holding = matrix.of(&name);
                assert!(
                    (at_all || !allowed) && (allowed || !in_whole),
                    "seed {seed} {name} {resource} {action} {object}: {in_whole} {at_all} {allowed}\n\
                     {holding:#?}\n{}",
                    site.shown()
                );
                match (in_whole, at_all) {
                    (true, _) => yes += 1,
                    (false, false) => no += 1,
                    _ => open += 1,
                }
            }
        }
    });
    println!("{yes} yes, {no} no, {open} in part");
    assert!(yes > 0 && no > 0 && open < yes + no, "{yes} {no} {open}");
}
