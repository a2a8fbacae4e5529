//! One decision, explained.

use crate::error::{Error, Result};
use crate::rbac::vocabulary::{UnknownName, strict_actions, strict_resources};
use crate::rbac::{
    AdminCan, Answer, Claims, Decision, Enforcer, Explanation, Fatal, Grounds, LineId, PolicySet,
    Request, Verdict,
};
use crate::site::{ArgoCd, text_of, too_costly};

/// How many lines that came close are shown.
const NEAR: usize = 5;

/// A request of a user with groups.
#[derive(Clone, Copy, Debug)]
pub struct UserRequest<'a> {
    /// The user, a role, or a value of `scopes`.
    pub subject: &'a str,
    /// The user's groups.
    pub groups: &'a [String],
    /// The action.
    pub action: &'a str,
    /// The resource, or a shorthand.
    pub resource: &'a str,
    /// The object; empty where none is given.
    pub object: &'a str,
    /// Whether names that Argo CD does not know are refused.
    pub strict: bool,
}

/// A decision with its reasons, in sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedDecision {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why.
    pub reasons: Vec<String>,
    /// Possible mistakes in the policy.
    pub warnings: Vec<String>,
    /// A condition of the answer, or a likely mistake in the request.
    pub note: Option<String>,
    /// Why a no may be wrong.
    pub doubt: Option<String>,
}

/// Decides a request as the server would, under this set of policies.
///
/// # Errors
/// A policy that does not load, and names that Argo CD does not know.
pub fn decide(
    argocd: &ArgoCd<'_>,
    set: PolicySet,
    asked: UserRequest<'_>,
) -> Result<ExplainedDecision> {
    let can = AdminCan::load(&set).map_err(|fatal| refuse(&fatal, argocd))?;
    let UserRequest {
        subject,
        action,
        resource,
        object,
        strict,
        ..
    } = asked;
    let answer = can
        .ask(subject, action, resource, object, strict)
        .map_err(|fatal| refuse(&fatal, argocd))?;
    // Argo CD's own command warns about the built-in roles too, because it looks at the user's
    // policy alone.
    let defined = can.enforcer().roles_without_rules().is_empty();
    let mut warnings = answer.warnings;
    warnings.retain(|warning| !(defined && Some(warning) == can.role_warning()));
    let server = argocd.server(set)?;
    let scopes = argocd.scopes()?;
    let claims = Claims::in_scopes(subject, asked.groups, scopes.as_deref());
    let found = server.decide(&claims, &answer.resource, action, &answer.object);
    let request = Request::new(
        &found.subject,
        &found.resource,
        &found.action,
        &answer.object,
    );
    let allowed = found.allowed();
    let reasons = if let Some(place) = argocd.disables_auth() {
        vec![format!(
            "allowed because server.disable.auth is set ({place}): everyone may do everything"
        )]
    } else {
        let why = found.enforcer.explain(&request, NEAR);
        let mut reasons = explain(&why, found.enforcer, &request, argocd, subject);
        // Only logs are ever asked as another resource.
        if found.resource != answer.resource {
            reasons.push(format!(
                "Argo CD {} does not enforce logs: anyone who may get the application may read them",
                argocd.version
            ));
        }
        if !allowed {
            reasons.extend(groups_in_vain(asked.groups, found.enforcer));
        }
        reasons
    };
    Ok(ExplainedDecision {
        allowed,
        reasons,
        warnings,
        note: beside(subject, &found, &answer.resource, &answer.object),
        // A yes is certain: what cannot be decided denies.
        doubt: server
            .undecided()
            .filter(|_| !allowed)
            .map(|pattern| format!("{}: the answer may be wrong", too_costly(pattern))),
    })
}

/// Returns a condition of the answer, or a likely mistake in the request.
fn beside(asked: &str, found: &Answer<'_>, resource: &str, object: &str) -> Option<String> {
    let enforcer = found.enforcer;
    if let Grounds::Allowed(line) = found.grounds {
        let is_own = enforcer.rule(line).subject.text == asked;
        let is_address = asked.contains('@') && !enforcer.is_bound(asked);
        return (is_own && is_address).then(|| {
            format!(
                "this holds where {asked} is the user's identifier (`sub`); as a value of `scopes` it needs a g line"
            )
        });
    }
    let is_scoped = ["applications", "applicationsets", "logs", "exec"].contains(&resource);
    let is_bare = !object.is_empty() && !object.contains(['/', '*']);
    (!found.allowed() && is_scoped && is_bare)
        .then(|| format!("the object of {resource} is PROJECT/NAME: `{object}` has no project"))
}

/// Returns which of the groups the server does not ask for, because no `g` line binds them.
fn groups_in_vain(groups: &[String], enforcer: &Enforcer) -> impl Iterator<Item = String> {
    let unbound = groups.iter().filter(|group| !enforcer.is_bound(group));
    unbound.map(|group| format!("the group {group} is ignored: no g line binds it to a role"))
}

fn refuse(fatal: &Fatal, argocd: &ArgoCd<'_>) -> Error {
    match fatal {
        Fatal::Policy { error, .. } => argocd.refuse(error),
        Fatal::Name(name) => {
            let valid = match name {
                UnknownName::Resource(_) => {
                    let known: Vec<_> = strict_resources(argocd.version).collect();
                    format!("valid resources: {}", known.join(", "))
                }
                UnknownName::Action { resource, .. } => {
                    let actions = strict_actions(resource, argocd.version).unwrap_or_default();
                    format!("valid actions: {}", actions.join(", "))
                }
            };
            Error::usage(name.to_string())
                .hint(valid)
                .hint("--strict=false accepts any name")
        }
    }
}

/// Why, in a few sentences.
fn explain(
    why: &Explanation,
    enforcer: &Enforcer,
    request: &Request<'_>,
    argocd: &ArgoCd<'_>,
    asked: &str,
) -> Vec<String> {
    let mut out = Vec::new();
    let mut line = |label: &str, id: LineId| {
        out.push(match enforcer.line(id) {
            Some(found) => format!("{label}{}: {}", argocd.place(&found), text_of(&found)),
            None => format!(
                "{label}the policy has no rule at all, and Argo CD then allows what has no subject"
            ),
        });
    };
    let verdict = match why.decision {
        Decision::ByDefaultRole(id) => {
            line("allowed by the default role, which no rule overrides: ", id);
            Verdict::Allowed(id)
        }
        Decision::BySubject(verdict) => {
            match verdict {
                Verdict::Allowed(id) => line("allowed by ", id),
                Verdict::Denied(id) => line("denied by ", id),
                Verdict::Failed(id) => line("denied, because this line cannot be evaluated: ", id),
                Verdict::Nothing => {}
            }
            verdict
        }
    };
    for id in &why.chain {
        line("reached through ", *id);
    }
    if let (Some(id), Verdict::Denied(_) | Verdict::Failed(_)) = (why.overruled, verdict) {
        line("which overrules ", id);
    }
    if verdict == Verdict::Nothing {
        out.push(format!(
            "no rule that reaches {} allows {} {} on {}",
            request.subject, request.action, request.resource, request.object
        ));
        let near = why.near.iter().filter_map(|id| enforcer.line(*id));
        out.extend(
            near.map(|found| format!("close: {}: {}", argocd.place(&found), text_of(&found))),
        );
        if why.near_count > why.near.len() {
            let more = why.near_count - why.near.len();
            out.push(format!("and {more} more for other objects"));
        }
        let default_role = enforcer.default_role();
        if !default_role.is_empty() {
            out.push(format!(
                "the default role {default_role} does not allow it either"
            ));
        }
    }
    if request.subject != asked && why.decision.allowed() {
        let subject = if request.subject.is_empty() {
            "everybody"
        } else {
            request.subject
        };
        out.push(format!("asked as {subject}, for {asked}"));
    }
    out
}
