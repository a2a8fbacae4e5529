//! `argocd admin settings rbac can`.

use kubectl_octopus_argo::rbac::{AdminCan, ArgoCdVersion};
use serde::Deserialize;

use crate::common::{NEXT, Surroundings, Tally, read};

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
        for (version, (outcome, warnings)) in [
            (ArgoCdVersion::NEWEST, (&self.outcome, &self.warnings)),
            (NEXT, next),
        ] {
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
                Ok(answer) => {
                    let got = if answer.decision.allowed() {
                        "yes"
                    } else {
                        "no"
                    };
                    let got = (got, &answer.warnings);
                    tally.check(&got, &(outcome.as_str(), warnings), case);
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
