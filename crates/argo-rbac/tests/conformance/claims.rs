//! Decisions of the server for tokens: groups, scopes, project roles.

use argo_rbac::{Claims, Project, ProjectRole, Server, ServerSettings};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::common::{RECORDED, Surroundings, Tally, read};

#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(flatten)]
    surroundings: Surroundings,
    projects: Vec<RecordedProject>,
    scopes: Option<Vec<String>>,
    requests: Vec<Asked>,
}

#[derive(Deserialize)]
struct RecordedProject {
    name: String,
    roles: Vec<RecordedRole>,
}

#[derive(Deserialize)]
struct RecordedRole {
    name: String,
    #[serde(default)]
    policies: Vec<String>,
    #[serde(default)]
    groups: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Asked {
    claims: Map<String, Value>,
    res: String,
    act: String,
    obj: String,
    allowed: bool,
}

#[test]
fn claims() {
    let mut tally = Tally::new("claims.json");
    for case in read::<Vec<Case>>("claims.json") {
        let projects = case.projects.into_iter().map(|project| Project {
            name: project.name,
            roles: project
                .roles
                .into_iter()
                .map(|role| ProjectRole {
                    name: role.name,
                    policies: role.policies,
                    groups: role.groups.unwrap_or_default(),
                })
                .collect(),
        });
        let settings = ServerSettings {
            scopes: case.scopes,
            ..ServerSettings::default()
        };
        let set = case.surroundings.set(RECORDED);
        let server = Server::load(set, projects, settings).unwrap();
        for asked in case.requests {
            let claims = Claims::new(asked.claims);
            let answer = server.decide(&claims, &asked.res, &asked.act, &asked.obj);
            tally.check(&answer.allowed(), &asked.allowed, || {
                let (res, act, obj) = (&asked.res, &asked.act, &asked.obj);
                format!("{}: {claims:?} {res} {act} {obj}", case.name)
            });
        }
    }
    tally.finish();
}

#[test]
fn claims_that_are_made_hold_the_subject_and_its_groups() {
    let scopes = ["groups".to_owned()];
    let claims = Claims::of("alice", ["dev", "ops"]);
    assert_eq!(claims.subject(RECORDED), "alice");
    assert_eq!(claims.groups(&scopes), ["dev", "ops"]);
    assert_eq!(Claims::of("bob", [""; 0]).groups(&scopes), [""; 0]);
}
