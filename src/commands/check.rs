//! `check`: what the account must and must not be able to do, proved offline.

use super::after::{after, fresh};
use super::can::version;
use super::change::Wish;
use super::context::Context;
use super::expect;
use super::policy_input::PolicyInput;
use crate::cli::{CheckArgs, CheckOutput};
use crate::error::{Code, Error, Result};
use crate::model::ProjectName;
use crate::rbac::analysis::{Objects, Proof, Prover, Refusal, Verb, verbs};
use crate::rbac::{ArgoCdVersion, Decision, Enforcer, LineId, Request, Verdict, vocabulary};
use crate::report::check::{self, Check, Purpose};

/// Every object, in the table.
const ANY: &str = "(any)";

pub(super) fn run(args: &CheckArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let wish = Wish::new(&args.change, context)?;
    let version = version(args.argocd_version.as_deref())?;
    let expectations = expect::read(&args.expect, context)?;
    let files = match context.read(&args.input, args.input.form, &args.change.project)? {
        None if args.change.fresh => {
            fresh(&wish, args.input.namespace.as_deref().unwrap_or("argocd"))?
        }
        None => {
            return Err(Error::usage("there is no policy to check")
                .hint("give it with -f FILE, -f - or --live; --sample has an example"));
        }
        Some(files) if args.as_is => files,
        Some(files) => after(files, &wish, &args.input, context)?,
    };
    let mut input = PolicyInput::find(&files, &args.input, context)?;
    input.set.builtin = args.use_builtin_policy;
    input.set.version = version;
    let checks = if args.expect.is_empty() {
        let enforcer = Enforcer::load(&input.set).map_err(|error| input.refuse(&error))?;
        let checker = Checker {
            enforcer: &enforcer,
            input: &input,
            account: wish.account.as_str(),
            projects: wish.projects(),
            allow_sync: args.change.allow_sync,
            strict: args.strict,
            version,
        };
        checker.checks()
    } else {
        expect::check(&expectations, &input)?
    };
    let text = match args.output {
        CheckOutput::Text => check::text(&checks, context.is_verbose(), context.style()),
        CheckOutput::Json => check::json(&checks),
        CheckOutput::Markdown => check::as_markdown(&checks),
        CheckOutput::Junit => check::junit(&checks),
    };
    match args.output {
        // Its cells are harmless, and its lines painted.
        CheckOutput::Text => context.print_painted(&text)?,
        _ => context.print(&text)?,
    }
    summarise(&checks, context);
    Ok(if checks.iter().all(|check| check.ok) {
        Code::OK
    } else {
        Code::NO
    })
}

fn summarise(checks: &[Check], context: &mut Context<'_, '_>) {
    let wrong = checks.iter().filter(|check| !check.ok).count();
    let counted = checks
        .iter()
        .filter(|check| check.purpose != Purpose::Documented)
        .count();
    if wrong == 0 {
        context.conclude(true, format!("all {counted} checks are as they must be"));
    } else {
        let (checks, verb) = if wrong == 1 {
            ("check", "is")
        } else {
            ("checks", "are")
        };
        let text = format!("{wrong} {checks} of {counted} {verb} not as they must be");
        context.conclude(false, text);
    }
    if checks
        .iter()
        .any(|check| check.purpose == Purpose::Documented)
    {
        context.note(
            "the questions marked `-` are those of Octopus's documentation: they decide nothing, \
             `delete applications *` is refused for an administrator too",
        );
    }
}

/// The questions about one account.
struct Checker<'a> {
    enforcer: &'a Enforcer,
    input: &'a PolicyInput<'a>,
    account: &'a str,
    projects: &'a [ProjectName],
    allow_sync: bool,
    strict: bool,
    version: ArgoCdVersion,
}

impl Checker<'_> {
    fn checks(&self) -> Vec<Check> {
        let mut checks = self.required();
        checks.extend(self.documented());
        checks.extend(self.proofs());
        checks
    }

    /// What Octopus needs, asked with objects as Argo CD builds them and with names that no rule
    /// mentions, so that only a rule for all of them answers yes.
    fn required(&self) -> Vec<Check> {
        let name = self.unmentioned();
        let mut scopes: Vec<String> = self.projects.iter().map(ToString::to_string).collect();
        let confined = !scopes.is_empty();
        if !confined {
            scopes.push(name.clone());
        }
        let mut checks = Vec::new();
        let sync = self.allow_sync.then_some(("applications", "sync"));
        let questions = [("applications", "get"), ("logs", "get")]
            .into_iter()
            .chain(sync);
        for (resource, action) in questions {
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
        let projects: Vec<String> = self.projects.iter().map(ToString::to_string).collect();
        let mut checks = Vec::new();
        for (resource, verb) in verbs(self.version) {
            let needed = match (resource, verb) {
                ("applications" | "logs" | "clusters", Verb::Action("get")) => true,
                ("applications", Verb::Action("sync")) => self.allow_sync,
                _ => false,
            };
            let objects = if !needed {
                Objects::All
            } else if projects.is_empty() || resource == "clusters" {
                continue;
            } else {
                Objects::Outside(&projects)
            };
            if resource == "logs" && self.logs_are_open() {
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
            let projects: Vec<_> = self.projects.iter().map(ProjectName::as_str).collect();
            format!("(outside {})", projects.join(", "))
        } else {
            ANY.to_owned()
        }
    }

    fn ask(&self, action: &str, resource: &str, object: &str, purpose: Purpose) -> Check {
        let request = Request::new(self.account, resource, action, object);
        let decision = self.enforcer.decide(&request);
        let open = resource == "logs" && self.logs_are_open();
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

    /// Before 3.0 logs were enforced only where a setting of argocd-cm said so.
    fn logs_are_open(&self) -> bool {
        !self.version.enforces_logs() && !self.input.enforces_logs()
    }

    fn reason(&self, decision: Decision) -> String {
        reason(self.enforcer, decision, self.input)
    }

    fn default_role(&self) -> String {
        default_role(self.enforcer)
    }

    fn line(&self, line: LineId) -> String {
        self.input.describe(self.enforcer, line)
    }

    /// A name that is in no text of the policy.
    fn unmentioned(&self) -> String {
        let texts = || self.input.set.texts.iter().map(|text| &text.text);
        let mut name = "probe".to_owned();
        while texts().any(|text| text.contains(&name)) {
            name.push('z');
        }
        name
    }
}

/// What decided, in a few words.
pub(super) fn reason(enforcer: &Enforcer, decision: Decision, input: &PolicyInput<'_>) -> String {
    let line = |line: LineId| input.describe(enforcer, line);
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

/// Whether the server knows a resource.
pub(super) fn is_known(resource: &str) -> bool {
    vocabulary::RESOURCES.contains(&resource)
}
