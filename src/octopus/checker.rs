//! The proof, offline, of what the account of Octopus may and may not do.

use std::fmt;

use serde::Serialize;

use super::{Needs, Purpose};
use crate::rbac::survey::{
    Budget, Cited, Giver, Objects, Proof, ProvedRefusal, Prover, Verb, own_verbs,
};
use crate::rbac::{Answer, Claims, Grounds, Server};

/// Every object, in the report.
const ANY: &str = "(any)";

/// How a report names the line of a loaded policy that decided.
pub struct Describe<'a> {
    /// Returns the line with its place, or only the place.
    line: &'a dyn Fn(Cited<'_>) -> String,
    /// Whether the place is enough, and what else there is to say would make a table too wide.
    is_brief: bool,
}

impl<'a> Describe<'a> {
    /// Names lines as `line` does.
    pub fn new(line: &'a dyn Fn(Cited<'_>) -> String, is_brief: bool) -> Self {
        Self { line, is_brief }
    }

    pub(super) fn line(&self, cited: Cited<'_>) -> String {
        (self.line)(cited)
    }

    /// A line that everybody has.
    fn of_default_role(&self, role: &str, cited: Cited<'_>) -> String {
        let line = self.line(cited);
        if self.is_brief {
            return line;
        }
        format!("default role {role}, which no rule overrides: {line}")
    }
}

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

/// What was wanted of a permission, or what it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckAnswer {
    /// It is there.
    Yes,
    /// It is not there.
    No,
    /// Neither was shown.
    #[serde(rename = "not proved")]
    NotProved,
}

impl CheckAnswer {
    /// As reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotProved => "not proved",
        }
    }
}

impl From<bool> for CheckAnswer {
    fn from(allowed: bool) -> Self {
        if allowed { Self::Yes } else { Self::No }
    }
}

impl fmt::Display for CheckAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
    /// What it should be.
    pub want: CheckAnswer,
    /// What it is.
    pub got: CheckAnswer,
    /// The line that decided, with its place; or why there is none.
    pub decided_by: String,
    /// Why it was checked.
    pub purpose: Purpose,
    /// Whether the answer is the required one.
    pub ok: bool,
    /// The user's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The questions about one account.
pub struct Checker<'a> {
    /// The policy with the AppProjects and the settings beside it.
    pub server: &'a Server,
    /// Describes a line of the policy.
    pub describe: &'a Describe<'a>,
    /// The account.
    pub account: &'a str,
    /// What the account needs.
    pub needs: &'a Needs,
    /// Whether a permission to read that is not needed fails a check.
    pub strict: bool,
    /// What the proofs of the whole run may cost.
    pub budget: &'a Budget,
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
        let mut scopes = self.needs.project_names();
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
            check.want = (action != "delete").into();
            check
        });
        asked.collect()
    }

    /// Everything else that the enforcer knows: refused for all objects, or not.
    fn proofs(&self) -> Vec<Check> {
        let prover = Prover::new(self.server, self.account, self.budget);
        let projects = self.needs.project_names();
        let mut checks = Vec::new();
        for (resource, verb) in own_verbs(self.server) {
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
            let proof = prover.prove(resource, verb, objects);
            checks.extend(self.verdict(resource, verb, needed, &proof));
        }
        checks
    }

    /// One proof as a row; reading that is refused is not worth one.
    fn verdict(
        &self,
        resource: &str,
        verb: Verb,
        outside: bool,
        proof: &Proof<'_>,
    ) -> Option<Check> {
        let reading = verb == Verb::Action("get");
        let is_default = match proof {
            Proof::Granted { answer, .. } => matches!(answer.grounds, Grounds::DefaultRole(_)),
            Proof::NotProved { giver, .. } => *giver == Giver::DefaultRole,
            Proof::Refused(_) => false,
        };
        // Octopus's documentation grants sync, and steps that trigger one need it. Where Argo CD
        // asks for it instead of rollback, that is the same permission.
        let syncing = resource == "applications"
            && match proof {
                Proof::Granted { answer, .. } => &*answer.action == "sync",
                Proof::NotProved { .. } => verb == Verb::Action("sync"),
                Proof::Refused(_) => false,
            };
        let extra = if outside {
            is_default
        } else {
            reading || (syncing && !is_default)
        };
        let (action, object, got, decided_by) = match proof {
            Proof::Refused(_) if extra => return None,
            Proof::Refused(refusal) => {
                let reason = match refusal {
                    ProvedRefusal::NoRule => "no rule".to_owned(),
                    ProvedRefusal::Denied(line) => self.describe.line(*line),
                    ProvedRefusal::Fails(line) => {
                        format!("cannot be evaluated: {}", self.describe.line(*line))
                    }
                };
                (
                    verb.to_string(),
                    self.range(outside),
                    CheckAnswer::No,
                    reason,
                )
            }
            Proof::Granted {
                action,
                object,
                answer,
            } => (
                action.clone(),
                object.clone(),
                CheckAnswer::Yes,
                reason(answer, (resource, action), self.describe),
            ),
            Proof::NotProved { line, .. } => {
                let line = if is_default {
                    let role = self.server.base().default_role();
                    self.describe.of_default_role(role, *line)
                } else {
                    self.describe.line(*line)
                };
                (
                    verb.to_string(),
                    self.range(outside),
                    CheckAnswer::NotProved,
                    line,
                )
            }
        };
        Some(Check {
            subject: self.account.to_owned(),
            action,
            resource: resource.to_owned(),
            object,
            want: CheckAnswer::No,
            got,
            decided_by,
            purpose: if extra {
                Purpose::Extra
            } else {
                Purpose::Forbidden
            },
            ok: got == CheckAnswer::No || (extra && !self.strict),
            name: None,
        })
    }

    fn range(&self, outside: bool) -> String {
        if outside {
            format!("(outside {})", self.needs.project_names().join(", "))
        } else {
            ANY.to_owned()
        }
    }

    fn ask(&self, action: &str, resource: &str, object: &str, purpose: Purpose) -> Check {
        let claims = Claims::of(self.account, [""; 0]);
        let answer = self.server.decide(&claims, resource, action, object);
        let got = CheckAnswer::from(answer.allowed());
        Check {
            subject: self.account.to_owned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            object: object.to_owned(),
            want: CheckAnswer::Yes,
            got,
            decided_by: reason(&answer, (resource, action), self.describe),
            purpose,
            ok: purpose == Purpose::Documented || got == CheckAnswer::Yes,
            name: None,
        }
    }

    /// A name that is in no text of the policy.
    fn unmentioned(&self) -> String {
        let mut name = "probe".to_owned();
        while self.server.mentions(&name) {
            name.push('z');
        }
        name
    }
}

/// What decided, in a few words.
pub(super) fn reason(
    answer: &Answer<'_>,
    (resource, action): (&str, &str),
    describe: &Describe<'_>,
) -> String {
    let enforcer = answer.enforcer;
    let cited = |line| Cited { enforcer, line };
    let reason = match answer.grounds {
        Grounds::AuthDisabled => "authorisation is switched off".to_owned(),
        Grounds::DefaultRole(id) => describe.of_default_role(enforcer.default_role(), cited(id)),
        Grounds::NoRule => "no rule".to_owned(),
        Grounds::Failed(id) => format!("cannot be evaluated: {}", describe.line(cited(id))),
        Grounds::Allowed(id) | Grounds::Denied(id) => describe.line(cited(id)),
    };
    // Logs that are not enforced are asked as their application, a rollback as a sync.
    if (&*answer.resource, &*answer.action) != (resource, action) {
        return format!("asked as {} {}: {reason}", answer.action, answer.resource);
    }
    reason
}
