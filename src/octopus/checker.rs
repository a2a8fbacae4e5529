//! The proof, offline, of what the account of Octopus may and may not do.

use serde::Serialize;

use super::{Needs, Purpose};
use crate::model::ProjectName;
use crate::rbac::analysis::{Objects, Proof, Prover, Refusal, Verb, verbs};
use crate::rbac::{ArgoCdVersion, Decision, Enforcer, LineId, Request, Verdict};

/// Every object, in the report.
const ANY: &str = "(any)";

/// Returns a line of a loaded policy with its place, for people.
pub type Describe<'a> = dyn Fn(&Enforcer, LineId) -> String + 'a;

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Who.
    pub subject: String,
    /// The action, or a family of them: `update/…`.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The object, or `(any)`.
    pub object: String,
    /// `yes` or `no`.
    pub want: &'static str,
    /// `yes`, `no` or `not proved`.
    pub got: &'static str,
    /// The line that decided, with its place; or why there is none.
    pub decided_by: String,
    /// Why it was checked.
    pub purpose: Purpose,
    /// Whether it is as it must be.
    pub ok: bool,
    /// The user's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The questions about one account.
pub struct Checker<'a> {
    /// The policy.
    pub enforcer: &'a Enforcer,
    /// The texts of the policy.
    pub texts: Vec<&'a str>,
    /// Describes a line of the policy.
    pub describe: &'a Describe<'a>,
    /// The account.
    pub account: &'a str,
    /// What the account needs.
    pub needs: &'a Needs,
    /// Whether a permission to read that is not needed fails a check.
    pub strict: bool,
    /// The version of Argo CD whose rules count.
    pub version: ArgoCdVersion,
    /// Whether logs are open to everybody, as before 3.0 without a setting of argocd-cm.
    pub logs_are_open: bool,
}

impl Checker<'_> {
    /// Asks and proves everything.
    pub fn checks(&self) -> Vec<Check> {
        let mut checks = self.required();
        checks.extend(self.documented());
        checks.extend(self.proofs());
        checks
    }

    /// What Octopus needs, asked with objects as Argo CD builds them and with names that no rule
    /// mentions, so that only a rule for all of them answers yes.
    fn required(&self) -> Vec<Check> {
        let name = self.unmentioned();
        let mut scopes: Vec<String> = self
            .needs
            .projects
            .iter()
            .map(ToString::to_string)
            .collect();
        let confined = !scopes.is_empty();
        if !confined {
            scopes.push(name.clone());
        }
        let mut checks = Vec::new();
        let permissions = self.needs.permissions();
        for (resource, action) in permissions.filter(|(resource, _)| *resource != "clusters") {
            for project in &scopes {
                for object in [
                    format!("{project}/{name}"),
                    format!("{project}/{name}/{name}"),
                ] {
                    checks.push(self.ask(action, resource, &object, Purpose::Required));
                }
            }
        }
        // A cluster is its server's URL, with its project in front where it belongs to one.
        let url = format!("https://{name}.example.com");
        let mut clusters: Vec<String> = scopes
            .iter()
            .map(|project| format!("{project}/{url}"))
            .collect();
        if !confined {
            clusters.insert(0, url);
        }
        for object in clusters {
            checks.push(self.ask("get", "clusters", &object, Purpose::Required));
        }
        checks
    }

    /// The four questions of Octopus's documentation.
    fn documented(&self) -> Vec<Check> {
        let questions = [
            ("get", "clusters", "*"),
            ("get", "applications", "*"),
            ("get", "logs", "*/*"),
            ("delete", "applications", "*"),
        ];
        let asked = questions.into_iter().map(|(action, resource, object)| {
            let mut check = self.ask(action, resource, object, Purpose::Documented);
            check.want = if action == "delete" { "no" } else { "yes" };
            check
        });
        asked.collect()
    }

    /// Everything else that the enforcer knows: refused for all objects, or not.
    fn proofs(&self) -> Vec<Check> {
        let prover = Prover::new(self.enforcer, self.account);
        let projects: Vec<String> = self
            .needs
            .projects
            .iter()
            .map(ToString::to_string)
            .collect();
        let mut checks = Vec::new();
        for (resource, verb) in verbs(self.version) {
            let needed = match verb {
                Verb::Action(action) => self.needs.requires(resource, action),
                Verb::Below(_) => false,
            };
            let objects = if !needed {
                Objects::All
            } else if projects.is_empty() || resource == "clusters" {
                continue;
            } else {
                Objects::Outside(&projects)
            };
            if resource == "logs" && self.logs_are_open {
                continue;
            }
            let proof = prover.prove(resource, verb, objects);
            checks.extend(self.verdict(resource, verb, needed, &proof));
        }
        checks
    }

    /// One proof as a row; reading that is refused is not worth one.
    fn verdict(&self, resource: &str, verb: Verb, outside: bool, proof: &Proof) -> Option<Check> {
        let reading = verb == Verb::Action("get");
        let by_default_role = match proof {
            Proof::Granted { decision, .. } => matches!(decision, Decision::ByDefaultRole(_)),
            Proof::NotProved {
                by_default_role, ..
            } => *by_default_role,
            Proof::Refused(_) => false,
        };
        let extra = if outside { by_default_role } else { reading };
        let (action, object, got, decided_by) = match proof {
            Proof::Refused(_) if extra => return None,
            Proof::Refused(refusal) => {
                let reason = match refusal {
                    Refusal::NoRule => "no rule".to_owned(),
                    Refusal::Denied(line) => self.line(*line),
                    Refusal::Fails(line) => format!("cannot be evaluated: {}", self.line(*line)),
                };
                (verb.to_string(), self.range(outside), "no", reason)
            }
            Proof::Granted {
                action,
                object,
                decision,
            } => (
                action.clone(),
                object.clone(),
                "yes",
                self.reason(*decision),
            ),
            Proof::NotProved { line, .. } => {
                let role = if by_default_role {
                    self.default_role()
                } else {
                    String::new()
                };
                let line = format!("{role}{}", self.line(*line));
                (verb.to_string(), self.range(outside), "not proved", line)
            }
        };
        Some(Check {
            subject: self.account.to_owned(),
            action,
            resource: resource.to_owned(),
            object,
            want: "no",
            got,
            decided_by,
            purpose: if extra {
                Purpose::Extra
            } else {
                Purpose::Forbidden
            },
            ok: got == "no" || (extra && !self.strict),
            name: None,
        })
    }

    fn range(&self, outside: bool) -> String {
        if outside {
            let projects: Vec<_> = self
                .needs
                .projects
                .iter()
                .map(ProjectName::as_str)
                .collect();
            format!("(outside {})", projects.join(", "))
        } else {
            ANY.to_owned()
        }
    }

    fn ask(&self, action: &str, resource: &str, object: &str, purpose: Purpose) -> Check {
        let request = Request::new(self.account, resource, action, object);
        let decision = self.enforcer.decide(&request);
        let open = resource == "logs" && self.logs_are_open;
        let got = if decision.allowed() || open {
            "yes"
        } else {
            "no"
        };
        let decided_by = if open {
            format!("Argo CD {} does not enforce logs", self.version)
        } else {
            self.reason(decision)
        };
        Check {
            subject: self.account.to_owned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            object: object.to_owned(),
            want: "yes",
            got,
            decided_by,
            purpose,
            ok: purpose == Purpose::Documented || got == "yes",
            name: None,
        }
    }

    fn reason(&self, decision: Decision) -> String {
        reason(self.enforcer, decision, self.describe)
    }

    fn default_role(&self) -> String {
        default_role(self.enforcer)
    }

    fn line(&self, line: LineId) -> String {
        (self.describe)(self.enforcer, line)
    }

    /// A name that is in no text of the policy.
    fn unmentioned(&self) -> String {
        let mut name = "probe".to_owned();
        while self.texts.iter().any(|text| text.contains(&name)) {
            name.push('z');
        }
        name
    }
}

/// What decided, in a few words.
pub(super) fn reason(enforcer: &Enforcer, decision: Decision, describe: &Describe<'_>) -> String {
    let line = |line: LineId| describe(enforcer, line);
    match decision {
        Decision::ByDefaultRole(id) => format!("{}{}", default_role(enforcer), line(id)),
        Decision::BySubject(Verdict::Nothing) => "no rule".to_owned(),
        Decision::BySubject(Verdict::Failed(id)) => format!("cannot be evaluated: {}", line(id)),
        Decision::BySubject(Verdict::Allowed(id) | Verdict::Denied(id)) => line(id),
    }
}

/// What comes before a line that everybody has.
fn default_role(enforcer: &Enforcer) -> String {
    format!(
        "default role {}, which no rule takes back: ",
        enforcer.default_role()
    )
}
