//! A policy, a NUL and a file of expectations: what cannot be read is an error with a place, what is
//! proved holds of single requests, and what is written of the policy holds of it. The first byte
//! chooses match mode and default role.

use kubectl_octopus_argo::octopus::{Describe, ask, coverage, parse, present, to_yaml};
use kubectl_octopus_argo::rbac::survey::Budget;
use kubectl_octopus_argo::rbac::{MatchMode, PolicySet, PolicyText, Server, ServerSettings};
use kubectl_octopus_argo::text::Source;
use kubectl_octopus_argo::yaml::Stream;

/// Enough to matter, few enough for many a second.
const LINES: usize = 8;
const STEPS: u64 = 200_000;

pub fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let (policy, file) = text.split_once('\0').unwrap_or((text, ""));
    if policy.lines().count() > LINES || file.lines().count() > 4 * LINES {
        return;
    }
    let set = PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        default_role: if first & 2 == 0 { "" } else { "role:a" }.to_owned(),
        match_mode: if first & 1 == 0 {
            MatchMode::Glob
        } else {
            MatchMode::Regex
        },
        ..PolicySet::default()
    };
    let Ok(server) = Server::load(set.clone(), [], ServerSettings::default()) else {
        return;
    };
    let budget = Budget::of(STEPS);
    let none = Describe::new(&|_| String::new(), true);
    if let Ok(stream) = Stream::parse(Source::new("e.yaml", file)) {
        match parse(&stream) {
            Err(error) => assert!(!error.to_string().is_empty()),
            Ok(expectations) => {
                let checks = ask(&expectations, &server, None, &none, &budget);
                assert_eq!(checks.len(), expectations.len());
                for check in &checks {
                    assert_eq!(check.ok, check.got == check.want);
                }
                let measured = coverage(&expectations, &server, (&set, &[]), None, &budget);
                let most = expectations.len();
                assert!(measured.lines.iter().all(|line| line.expectations <= most));
            }
        }
    }
    let budget = Budget::of(10 * STEPS);
    let written = to_yaml(&present(&server, &none, &budget).expectations);
    let stream = Stream::parse(Source::new("e.yaml", written.as_str())).expect("it is YAML");
    let again = parse(&stream).expect("it is read");
    let checks = ask(&again, &server, None, &none, &budget);
    if !budget.is_spent() && server.undecided().is_none() {
        for check in checks {
            assert!(check.ok, "{check:#?}\n{written}");
        }
    }
}
