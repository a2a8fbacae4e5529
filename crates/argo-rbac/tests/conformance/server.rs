//! `argocd account can-i`, as the server answers it.

use argo_rbac::{Claims, PolicySet, Project, ProjectRole, Server, ServerSettings};
use serde::Deserialize;

use crate::common::{NEXT, RECORDED, Surroundings, Tally, read};

#[derive(Deserialize)]
struct Case {
    #[serde(flatten)]
    surroundings: Surroundings,
    namespace: String,
    requests: Vec<Asked>,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    name: String,
    subject: String,
    action: String,
    resource: String,
    subresource: String,
    outcome: String,
    outcome_next: Option<String>,
    error: Option<String>,
    error_next: Option<String>,
}

impl Asked {
    /// Asks under both versions.
    pub(crate) fn check(
        &self,
        surroundings: &Surroundings,
        settings: &ServerSettings,
        tally: &mut Tally,
    ) {
        let claims = Claims::of(&self.subject, [""; 0]);
        let next = self.outcome_next.as_ref().unwrap_or(&self.outcome);
        let error_next = self.error_next.as_ref().or(self.error.as_ref());
        for (version, outcome, error) in [
            (RECORDED, &self.outcome, self.error.as_ref()),
            (NEXT, next, error_next),
        ] {
            let set = surroundings.set(version);
            let server = Server::load(set, [], settings.clone()).unwrap();
            let answer = server.can_i(&claims, &self.action, &self.resource, &self.subresource);
            let (got, message) = match answer {
                Ok(answer) if answer.allowed() => ("yes", None),
                Ok(_) => ("no", None),
                Err(unknown) => ("error", Some(unknown.to_string())),
            };
            let error = error.filter(|_| *outcome == "error");
            tally.check(&(got, message.as_ref()), &(outcome, error), || {
                let (subject, action) = (&self.subject, &self.action);
                let (resource, object) = (&self.resource, &self.subresource);
                format!(
                    "{} {version}: {subject} {action} {resource} {object}",
                    self.name
                )
            });
        }
    }
}

#[test]
fn roles_of_a_project_reach_its_applicationsets_since_a_fix() {
    let projects = [Project {
        name: "web".to_owned(),
        roles: vec![ProjectRole {
            name: "ci".to_owned(),
            policies: vec!["p, proj:web:ci, *, get, web/*, allow".to_owned()],
            groups: Vec::new(),
        }],
    }];
    let claims = Claims::of("proj:web:ci", [""; 0]);
    for (version, resource, allowed) in [
        ("2.13", "applicationsets", false),
        ("2.13", "applications", true),
        ("2.14.13", "applicationsets", false),
        ("2.14", "applicationsets", true),
        ("3.0.5", "applicationsets", false),
        ("3.6", "applicationsets", true),
        ("3.6", "accounts", false),
    ] {
        let set = PolicySet {
            version: version.parse().unwrap(),
            ..PolicySet::default()
        };
        let server = Server::load(set, projects.clone(), ServerSettings::default()).unwrap();
        let answer = server.decide(&claims, resource, "get", "web/shop");
        assert_eq!(answer.allowed(), allowed, "{version} {resource}");
    }
}

#[test]
fn can_i() {
    let mut tally = Tally::new("account_can_i.json");
    for case in read::<Vec<Case>>("account_can_i.json") {
        let settings = ServerSettings {
            namespace: case.namespace,
            ..ServerSettings::default()
        };
        for asked in &case.requests {
            asked.check(&case.surroundings, &settings, &mut tally);
        }
    }
    tally.finish();
}
