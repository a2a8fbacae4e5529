//! Expectations over random servers, against slow and obvious references: what they cover, and what
//! is written down of the present state.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test says how much it has seen, and fails where it cannot go on"
)]
#![allow(unreachable_pub, reason = "a test binary exports nothing")]

#[path = "../crates/argo-rbac/tests/conformance/sites.rs"]
mod sites;

use kubectl_octopus_argo::octopus::{
    Describe, Expectation, ask, coverage, parse, present, to_yaml,
};
use kubectl_octopus_argo::rbac::survey::{Budget, server_subjects};
use kubectl_octopus_argo::rbac::{Claims, PolicySet, PolicyText, Server};
use kubectl_octopus_argo::text::Source;
use kubectl_octopus_argo::yaml::Stream;

use sites::{Dice, Site, each_seed_of, requests};

/// Lines are left out of the reports.
fn unnamed() -> Describe<'static> {
    Describe::new(&|_| String::new(), true)
}

/// How many random servers a run looks at, unless `SERVER_PAIRS` says otherwise.
const SITES: u64 = 60;

fn read(text: &str) -> Vec<Expectation> {
    parse(&Stream::parse(Source::new("e.yaml", text)).unwrap()).unwrap()
}

fn outcomes(expectations: &[Expectation], server: &Server) -> Vec<&'static str> {
    let checks = ask(expectations, server, None, &unnamed(), &Budget::default());
    checks.iter().map(|check| check.got.as_str()).collect()
}

fn expectation(dice: &mut Dice) -> String {
    let subject = dice.pick(&[
        "alice",
        "bob",
        "'*'",
        "'{alice,role:a}'",
        "nobody",
        "proj:web:ci",
        "'role:*'",
        "''",
    ]);
    let action = dice.pick(&[
        "get",
        "sync",
        "'*'",
        "'delete*'",
        "delete/apps/Deployment/ns/x",
        "'{get,sync}'",
        "rollback",
    ]);
    let resource = dice.pick(&[
        "applications",
        "applications",
        "logs",
        "'*'",
        "clusters",
        "projects",
    ]);
    let object = dice.pick(&["web/shop", "'web/*'", "'*'", "pay/app-1", "'*/shop'", "web"]);
    let groups = dice.pick(&["", "", "", ", groups: [bob]", ", groups: [role:b, alice]"]);
    let except = dice.pick(&[
        "",
        "",
        "",
        ", except: [{subject: 'role:a'}]",
        ", except: [{subject: 'role:a', inherited: false}]",
        ", except: [{subject: [alice, bob], object: 'web/*'}]",
        ", except: [{action: get}, {object: 'web/*'}]",
    ]);
    let literal = dice.pick(&["", "", "", ", literal: true"]);
    let allowed = dice.pick(&["true", "false"]);
    format!(
        "- {{subject: {subject}, action: {action}, resource: {resource}, object: {object}, \
         allowed: {allowed}{groups}{except}{literal}}}\n"
    )
}

/// The site without one of its lines, and each line by its key and number.
fn without_each(site: &Site) -> Vec<((String, usize), Site)> {
    let mut all = Vec::new();
    for at in 0..site.lines.len() {
        let mut other = site.clone();
        other.lines[at].clear();
        all.push((("policy.csv".to_owned(), at + 1), other));
    }
    for (which, project) in site.projects.iter().enumerate() {
        let mut number = 0;
        for (role, own) in project.roles.iter().enumerate() {
            // The line that Argo CD makes itself.
            number += 1;
            for at in 0..own.policies.len() + own.groups.len() {
                number += 1;
                let mut other = site.clone();
                let there = &mut other.projects[which].roles[role];
                match at.checked_sub(own.policies.len()) {
                    None => there.policies.remove(at),
                    Some(group) => there.groups.remove(group),
                };
                all.push(((format!("AppProject {}", project.name), number), other));
            }
        }
    }
    all
}

#[test]
fn a_line_is_covered_as_often_as_an_expectation_comes_out_otherwise_without_it() {
    let (mut covered, mut all, mut open) = (0, 0, 0);
    each_seed_of(SITES, |dice, seed| {
        let site = Site::random(dice);
        let server = site.load();
        let mut text = "expectations:\n".to_owned();
        for _ in 0..5 {
            text += &expectation(dice);
        }
        let expectations = read(&text);
        let set = PolicySet {
            texts: vec![PolicyText::new("policy.csv", site.lines.join("\n"))],
            ..PolicySet::default()
        };
        for wanted in expectations.chunks(1) {
            let decides = (&set, &*site.projects);
            let measured = coverage(wanted, &server, decides, None, &Budget::default());
            assert_eq!(measured.unmeasured, 0);
            let now = outcomes(wanted, &server);
            for (line, other) in without_each(&site) {
                let then = outcomes(wanted, &other.load());
                // What is neither proved nor refuted may be found out of a smaller policy.
                if now != then && (now[0] == "not proved" || then[0] == "not proved") {
                    open += 1;
                    continue;
                }
                let found = measured
                    .lines
                    .iter()
                    .find(|covered| (covered.key.to_string(), covered.number) == line)
                    .unwrap();
                assert_eq!(
                    found.expectations > 0,
                    now != then,
                    "seed {seed}: {line:?} {now:?} {then:?}\n{text}\n{}",
                    site.shown()
                );
                covered += usize::from(now != then);
                all += 1;
            }
        }
    });
    println!("{covered} of {all} answers depend on the line, {open} left out");
    assert!(
        covered > 5 && covered < all && open < covered,
        "{covered} of {all}, {open}"
    );
}

/// The state after one change of a kind.
fn changed(site: &Site, kind: usize, dice: &mut Dice) -> Site {
    let mut other = site.clone();
    let at = dice.roll(site.lines.len());
    match kind {
        0 => other.lines[at].clear(),
        1 => {
            // Wider: any object.
            let mut fields: Vec<&str> = site.lines[at].splitn(5, ", ").collect();
            if fields.len() == 5 {
                let rest = fields[4]
                    .rsplit_once(", ")
                    .map_or("allow", |(_, effect)| effect);
                let wide = format!("\"*\", {rest}");
                fields[4] = &wide;
                other.lines[at] = fields.join(", ");
            }
        }
        2 => {
            // Moved to somebody else.
            let mut fields: Vec<&str> = site.lines[at].splitn(3, ", ").collect();
            fields[1] = dice.pick(&["alice", "bob", "role:b", "mallory"]);
            other.lines[at] = fields.join(", ");
        }
        3 => other.lines[at] = site.lines[at].replace(", allow", ", deny"),
        _ => match dice.roll(4) {
            0 => other.settings.inheritance_disabled = Some(server_inherits(site)),
            1 => other.settings.logs_enforced ^= true,
            2 => other.settings.rollback_enforced ^= true,
            _ => other.default_role = dice.pick(&["", "role:a", "role:b"]),
        },
    }
    other
}

fn server_inherits(site: &Site) -> bool {
    site.load().inherits_subresources()
}

/// A request on which two servers differ.
fn difference(before: &Server, after: &Server) -> Option<String> {
    let mut names = server_subjects(before);
    names.extend(server_subjects(after));
    names.push("nobody".to_owned());
    for name in names {
        let claims = Claims::of(&name, [""; 0]);
        for (resource, action, object) in requests(before) {
            let answers = [before, after]
                .map(|server| server.decide(&claims, resource, action, object).allowed());
            if answers[0] != answers[1] {
                return Some(format!("{name} {action} {resource} {object}: {answers:?}"));
            }
        }
    }
    None
}

#[test]
fn what_is_written_of_a_state_holds_of_it_and_of_no_other() {
    let (mut found, mut missed, mut named) = ([0_usize; 5], Vec::new(), 0);
    let (mut proofs, mut left_out) = (0, 0);
    each_seed_of(SITES, |dice, seed| {
        let site = Site::random(dice);
        let server = site.load();
        let budget = Budget::of(400_000_000);
        let written = present(&server, &unnamed(), &budget);
        let text = to_yaml(&written.expectations);
        let expectations = read(&text);
        left_out += written.left_out.len();
        proofs += expectations.len();
        let checks = ask(&expectations, &server, None, &unnamed(), &budget);
        for check in &checks {
            assert!(
                check.ok,
                "seed {seed}: {check:#?}\n{text}\n{}",
                site.shown()
            );
        }
        for (kind, found) in found.iter_mut().enumerate() {
            for _ in 0..3 {
                let other = changed(&site, kind, dice);
                let after = other.load();
                let Some(differs) = difference(&server, &after) else {
                    continue;
                };
                let checks = ask(&expectations, &after, None, &unnamed(), &budget);
                if !checks.iter().all(|check| check.ok) {
                    *found += 1;
                } else if written.left_out.is_empty() {
                    missed.push(format!(
                        "seed {seed}, change {kind}: {differs}\n{text}\n{}\n----\n{}",
                        site.shown(),
                        other.shown()
                    ));
                } else {
                    // It was said that something is not written as a proof.
                    named += 1;
                }
            }
        }
    });
    println!(
        "{proofs} expectations, {left_out} left out; {found:?} changes found, {} missed",
        missed.len()
    );
    assert!(missed.is_empty(), "{} missed: {}", missed.len(), missed[0]);
    let all: usize = found.iter().sum();
    assert!(
        found.iter().all(|count| *count > 0) && 10 * named < all,
        "{found:?} {named}"
    );
}
