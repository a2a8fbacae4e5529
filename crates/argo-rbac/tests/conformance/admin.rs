//! `argocd admin settings rbac can`.

use argo_rbac::{AdminCan, PolicySet, PolicyText};
use serde::Deserialize;

use crate::common::{NEXT, RECORDED, Surroundings, Tally, read};

#[derive(Deserialize)]
struct Case {
    #[serde(flatten)]
    surroundings: Surroundings,
    requests: Vec<Asked>,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    name: String,
    subject: String,
    action: String,
    resource: String,
    subresource: String,
    strict: bool,
    outcome: String,
    outcome_next: Option<String>,
    error: Option<String>,
    #[serde(default)]
    warnings: Vec<String>,
    warnings_next: Option<Vec<String>>,
}

impl Asked {
    /// Asks under both versions.
    pub(crate) fn check(&self, surroundings: &Surroundings, tally: &mut Tally) {
        let next = (
            self.outcome_next.as_ref().unwrap_or(&self.outcome),
            self.warnings_next.as_ref().unwrap_or(&self.warnings),
        );
        for (version, (outcome, warnings)) in
            [(RECORDED, (&self.outcome, &self.warnings)), (NEXT, next)]
        {
            let case = || format!("{} {version}", self.name);
            let answer = AdminCan::load(&surroundings.set(version)).and_then(|can| {
                can.ask(
                    &self.subject,
                    &self.action,
                    &self.resource,
                    &self.subresource,
                    self.strict,
                )
            });
            match answer {
                Ok(_) if version == NEXT && outcome == "fatal" => {
                    tally.check(&self.resource.as_str(), &"write-repositories", case);
                }
                Ok(answer) => {
                    let got = if answer.decision.allowed() {
                        "yes"
                    } else {
                        "no"
                    };
                    let got = (got, &answer.warnings);
                    tally.check(&got, &(outcome.as_str(), warnings), case);
                }
                // The branch that was recorded did not know it yet; the release does.
                Err(fatal) if version == NEXT && self.resource == "write-repositories" => {
                    panic!("{}: {fatal}", self.name)
                }
                Err(fatal) => {
                    let got = ("fatal", Some(fatal.to_string()));
                    tally.check(&got, &(outcome, self.error.clone()), case);
                }
            }
        }
    }
}

#[test]
fn can() {
    let mut tally = Tally::new("cli_can.json");
    for case in read::<Vec<Case>>("cli_can.json") {
        for asked in &case.requests {
            asked.check(&case.surroundings, &mut tally);
        }
    }
    tally.finish();
}

fn load(policy: &str) -> AdminCan {
    AdminCan::load(&PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        ..PolicySet::default()
    })
    .unwrap()
}

#[test]
fn write_repositories_are_known_since_3_6() {
    let mut set = PolicySet {
        texts: vec![PolicyText::new(
            "policy.csv",
            "p, alice, write-repositories, get, */*, allow\n",
        )],
        ..PolicySet::default()
    };
    let ask = |set: &PolicySet, object: &str| {
        let can = AdminCan::load(set).unwrap();
        let answer = can.ask("alice", "get", "write-repositories", object, true);
        answer.map(|answer| (answer.decision.allowed(), answer.object))
    };
    for object in ["", "*", "*/*"] {
        assert_eq!(ask(&set, object), Ok((true, "*/*".to_owned())), "{object}");
    }
    set.version = "3.5.7".parse().unwrap();
    let fatal = ask(&set, "*").unwrap_err().to_string();
    assert_eq!(
        fatal,
        "error in RBAC request: 'write-repositories' is not a valid resource name"
    );
}

#[test]
fn every_answer_warns_of_roles_without_rules() {
    let can = load("g, alice, role:x\ng, bob, role:y\np, bob, logs, get, *, allow\n");
    let answer = can.ask("bob", "get", "logs", "a/b", false).unwrap();
    let warning = "user defined roles not found in policies: role:x,role:y";
    assert_eq!(answer.warnings, [warning]);
    assert_eq!(can.role_warning().map(String::as_str), Some(warning));
    let can = load("g, alice, role:x\np, role:x, logs, get, *, allow\n");
    assert_eq!(can.role_warning(), None);
}

#[test]
fn only_resources_of_projects_are_asked_for_in_every_project() {
    let can = load("p, alice, *, get, */*, allow\n");
    for (resource, given, asked) in [
        ("applications", "", "*/*"),
        ("applications", "*", "*/*"),
        ("applications", "a/b", "a/b"),
        ("clusters", "*", "*/*"),
        ("accounts", "", ""),
        ("accounts", "*", "*"),
    ] {
        let answer = can.ask("alice", "get", resource, given, false).unwrap();
        assert_eq!(answer.object, asked, "{resource} {given}");
        assert_eq!(answer.decision.allowed(), asked.contains('/'));
    }
}
