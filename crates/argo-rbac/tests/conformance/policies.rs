//! Which policy texts load, what is said of those that do not, and how texts are put together.

use std::collections::BTreeMap;

use argo_rbac::{Enforcer, Line, PolicyError, PolicySet, PolicyText, lines, missing_roles_warning};
use serde::Deserialize;

use crate::common::{Tally, read};

fn alone(policy: &str) -> PolicySet {
    PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        ..PolicySet::default()
    }
}

#[derive(Deserialize)]
struct Validity {
    name: String,
    policy: String,
    valid: bool,
    error: Option<String>,
    error_line: Option<usize>,
}

#[test]
fn validity() {
    let mut tally = Tally::new("policy_validity.json");
    for case in read::<Vec<Validity>>("policy_validity.json") {
        let error = Enforcer::load(&alone(&case.policy)).err();
        let got = (
            error.is_none(),
            error.as_ref().map(PolicyError::argocd_message),
            error.as_ref().map(|error| error.line),
        );
        let want = (case.valid, case.error, case.error_line);
        tally.check(&got, &want, || case.name.clone());
        let first = lines(&"policy.csv".into(), &case.policy).find_map(|line| match line.line {
            Line::Invalid(error) => Some(error),
            _ => None,
        });
        tally.check(&first, &error, || format!("{}, line by line", case.name));
    }
    tally.finish();
}

#[derive(Deserialize)]
struct Assembly {
    name: String,
    configmap_data: BTreeMap<String, String>,
    policy_csv: String,
    valid: bool,
}

#[test]
fn assembly_of_overlays() {
    let mut tally = Tally::new("configmap.json");
    for case in read::<Vec<Assembly>>("configmap.json") {
        let data = case.configmap_data.iter();
        let set = PolicySet::from_data(data.map(|(key, value)| (&**key, &**value)));
        let got = (set.policy_csv(), Enforcer::load(&set).is_ok());
        tally.check(&got, &(case.policy_csv, case.valid), || case.name.clone());
    }
    tally.finish();
}

#[test]
fn before_2_8_only_the_first_key_is_read() {
    let data = [
        ("policy.csv", "p, a, b, c, d, allow"),
        ("policy.x.csv", "p, x"),
    ];
    let mut set = PolicySet::from_data(data);
    assert!(Enforcer::load(&set).is_err());
    set.version = "2.7".parse().unwrap();
    assert!(Enforcer::load(&set).is_ok());
    assert_eq!(set.policy_csv(), "p, a, b, c, d, allow");
}

#[derive(Deserialize)]
struct Integrity {
    name: String,
    policy: String,
    missing_roles: Vec<String>,
    warning: Option<String>,
}

#[test]
fn roles_without_rules() {
    let mut tally = Tally::new("referential_integrity.json");
    for case in read::<Vec<Integrity>>("referential_integrity.json") {
        let enforcer = Enforcer::load(&alone(&case.policy)).unwrap();
        let missing = enforcer.roles_without_rules();
        // Beside the built-in policy it is still the user's own that is asked.
        let with_builtin = PolicySet {
            builtin: true,
            ..alone(&case.policy)
        };
        let with_builtin = Enforcer::load(&with_builtin).unwrap();
        assert_eq!(
            with_builtin.user_roles_without_rules(),
            missing,
            "{}",
            case.name
        );
        let warning = (!missing.is_empty()).then(|| missing_roles_warning(&missing));
        let missing: Vec<String> = missing.into_iter().map(String::from).collect();
        tally.check(
            &(missing, warning),
            &(case.missing_roles, case.warning),
            || case.name.clone(),
        );
    }
    tally.finish();
}
