//! The proof, offline, of what the account of Octopus may and may not do.

use std::fmt;

use serde::Serialize;

use super::{Needs, Purpose};
use crate::model::ProjectName;
use crate::rbac::analysis::{Objects, Proof, Prover, Refusal, Verb, verbs};
use crate::rbac::{
    Answer, ArgoCdVersion, Claims, Decision, Enforcer, LineId, Server, Verdict, project_role,
};

/// Every object, in the report.
const ANY: &str = "(any)";

/// The resources for which an AppProject's roles count.
const OF_PROJECTS: [&str; 7] = [
    "applications",
    "applicationsets",
    "logs",
    "exec",
    "clusters",
    "repositories",
    "projects",
];

/// Returns a line of a loaded policy with its place, for people.
pub type Describe<'a> = dyn Fn(&Enforcer, LineId) -> String + 'a;

/// Which state of an Argo CD is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckedState {
    /// The one that was read.
    Read,
    /// The one that `render` would make of it.
    AfterChange,
}

impl CheckedState {
    /// Returns the state after the change, or the one that was read.
    pub fn new(is_changed: bool) -> Self {
        if is_changed {
            Self::AfterChange
        } else {
            Self::Read
        }
    }

    /// The word in reports for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::AfterChange => "after-change",
        }
    }
}

impl fmt::Display for CheckedState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "the state as read",
            Self::AfterChange => "the state after the change",
        })
    }
}

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
    /// The policy with the AppProjects beside it.
    pub server: &'a Server,
    /// The AppProjects, by name.
    pub app_projects: Vec<&'a str>,
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
    /// Why a resource is open to everybody, if it is.
    pub opened: &'a dyn Fn(&str) -> Option<String>,
}

impl Checker<'_> {
    /// Asks and proves everything.
    pub fn checks(&self) -> Vec<Check> {
        let mut checks = self.required();
        if !self.needs.role {
            checks.extend(self.documented());
        }
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
        let mut needed = self.needs.permissions();
        if !needed.any(|(resource, _)| resource == "clusters") {
            clusters.clear();
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
        let provers = self.provers();
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
            if (self.opened)(resource).is_some() {
                continue;
            }
            let (enforcer, proof) = self.prove(&provers, resource, verb, objects);
            checks.extend(self.verdict(enforcer, resource, verb, needed, &proof));
        }
        checks
    }

    /// A prover for the policy itself, and one for each AppProject whose roles may count for the
    /// account.
    fn provers(&self) -> Vec<(&Enforcer, Prover<'_>)> {
        let base = self.server.base();
        let own = project_role(self.account).map(|(project, _)| project);
        let projects = self.app_projects.iter().copied();
        let projects = projects.filter(|name| own.is_none_or(|own| own == *name));
        let projects = projects.map(|name| self.server.enforcer_of(name));
        // A project without roles, or with a bad line, adds nothing to the policy.
        let projects = projects.filter(|enforcer| !std::ptr::eq(*enforcer, base));
        std::iter::once(base)
            .chain(projects)
            .map(|enforcer| (enforcer, Prover::new(enforcer, self.account)))
            .collect()
    }

    /// Proves a verb over the policy and every AppProject's: refused by all, or the first that is
    /// not.
    fn prove<'p>(
        &'p self,
        provers: &'p [(&'p Enforcer, Prover<'p>)],
        resource: &str,
        verb: Verb,
        objects: Objects<'_>,
    ) -> (&'p Enforcer, Proof) {
        let mut refused = None;
        for (at, (enforcer, prover)) in provers.iter().enumerate() {
            let of_projects = at > 0;
            if of_projects && !OF_PROJECTS.contains(&resource) {
                break;
            }
            let proof = prover.prove(resource, verb, objects);
            match &proof {
                Proof::Refused(_) => {
                    refused.get_or_insert((*enforcer, proof));
                }
                // A project's roles count for its own objects alone.
                Proof::Granted {
                    action,
                    object,
                    decision,
                } if of_projects && !self.decide(resource, action, object).allowed() => {
                    let line = decision.line();
                    if let Some(line) = line {
                        let by_default_role = matches!(decision, Decision::ByDefaultRole(_));
                        let proof = Proof::NotProved {
                            line,
                            by_default_role,
                        };
                        return (enforcer, proof);
                    }
                }
                Proof::Granted { .. } | Proof::NotProved { .. } => return (enforcer, proof),
            }
        }
        refused.unwrap_or((self.server.base(), Proof::Refused(Refusal::NoRule)))
    }

    fn decide(&self, resource: &str, action: &str, object: &str) -> Answer<'_> {
        let groups: [String; 0] = [];
        let claims = Claims::of(self.account, groups);
        self.server.decide(&claims, resource, action, object)
    }

    /// One proof as a row; reading that is refused is not worth one.
    fn verdict(
        &self,
        enforcer: &Enforcer,
        resource: &str,
        verb: Verb,
        outside: bool,
        proof: &Proof,
    ) -> Option<Check> {
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
                    Refusal::Denied(line) => (self.describe)(enforcer, *line),
                    Refusal::Fails(line) => {
                        format!("cannot be evaluated: {}", (self.describe)(enforcer, *line))
                    }
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
                reason(enforcer, *decision, self.describe),
            ),
            Proof::NotProved { line, .. } => {
                let role = if by_default_role {
                    default_role(enforcer)
                } else {
                    String::new()
                };
                let line = format!("{role}{}", (self.describe)(enforcer, *line));
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
        let answer = self.decide(resource, action, object);
        let opened = (self.opened)(resource);
        let got = if answer.allowed() || opened.is_some() {
            "yes"
        } else {
            "no"
        };
        let decided_by =
            opened.unwrap_or_else(|| reason(answer.enforcer, answer.decision, self.describe));
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
