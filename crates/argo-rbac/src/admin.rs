//! `argocd admin settings rbac can`: its shorthands, its strictness, its warnings.

use std::cell::OnceCell;
use std::fmt;

use super::engine::{Decision, Enforcer, Request};
use super::policy::PolicyError;
use super::project::project_role;
use super::quote::quote;
use super::set::PolicySet;
use super::version::ArgoCdVersion;
use super::vocabulary::{UnknownName, check_names, is_project_scoped, resolve_resource};

/// A policy that questions are asked of in the manner of `argocd admin settings rbac can`.
#[derive(Debug)]
pub struct AdminCan {
    enforcer: Enforcer,
    version: ArgoCdVersion,
    /// What is wrong with the policy though it loads, in Argo CD's words.
    warning: OnceCell<Option<String>>,
}

/// What stops `can` with an error; its text is Argo CD's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fatal {
    /// The user's policy does not load.
    Policy {
        /// The bad line.
        error: PolicyError,
        /// The whole policy, which Argo CD's message repeats.
        policy: String,
    },
    /// Strict mode does not know the resource or the action.
    Name(UnknownName),
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy { policy, .. } => {
                write!(f, "invalid user policy: policy syntax error: {policy}")
            }
            Self::Name(name) => write!(f, "error in RBAC request: {name}"),
        }
    }
}

impl std::error::Error for Fatal {}

/// The answer of `can`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminAnswer {
    /// The decision.
    pub decision: Decision,
    /// The resource that was asked for, shorthand resolved.
    pub resource: String,
    /// The object that was asked for: `*/*` where `can` makes it so.
    pub object: String,
    /// What Argo CD's command warns about beside the answer.
    pub warnings: Vec<String>,
}

impl AdminCan {
    /// Loads a policy.
    ///
    /// # Errors
    /// [`Fatal::Policy`]: the first line that Argo CD does not load.
    pub fn load(set: &PolicySet) -> Result<Self, Fatal> {
        let fatal = |error| Fatal::Policy {
            error,
            policy: set.policy_csv(),
        };
        Ok(Self {
            enforcer: Enforcer::load(set).map_err(fatal)?,
            version: set.version,
            warning: OnceCell::new(),
        })
    }

    /// The warning about roles that the user's own policy binds and does not define, if it has any:
    /// the first of an answer's.
    pub fn role_warning(&self) -> Option<&String> {
        let missing = || {
            let missing = self.enforcer.user_roles_without_rules();
            (!missing.is_empty()).then(|| missing_roles_warning(&missing))
        };
        self.warning.get_or_init(missing).as_ref()
    }

    /// The enforcer that answers.
    pub fn enforcer(&self) -> &Enforcer {
        &self.enforcer
    }

    /// Answers one question. An empty object is one that was not given.
    ///
    /// # Errors
    /// [`Fatal::Name`]: with `strict`, a resource or action that Argo CD does not know.
    pub fn ask(
        &self,
        subject: &str,
        action: &str,
        resource: &str,
        object: &str,
        strict: bool,
    ) -> Result<AdminAnswer, Fatal> {
        let resource = resolve_resource(resource);
        if strict {
            check_names(resource, action, self.version).map_err(Fatal::Name)?;
        }
        let object = match object {
            "" | "*" if is_project_scoped(resource, self.version) => "*/*",
            given => given,
        };
        let request = Request::new(subject, resource, action, object);
        let decision = self.enforcer.decide(&request);
        let mut warnings: Vec<String> = self.role_warning().into_iter().cloned().collect();
        if decision.allowed() && self.is_group_in_vain(&request) {
            warnings.push(format!(
                "subject {} is a group with a direct 'p,' policy but no 'g, {subject}, role:...' binding; \
                 the API server ignores such grants at runtime, so this permission will NOT take effect. \
                 Bind the group to a role instead.",
                quote(subject)
            ));
        }
        Ok(AdminAnswer {
            decision,
            resource: resource.to_owned(),
            object: object.to_owned(),
            warnings,
        })
    }

    /// Whether the subject looks like a group that has the permission by a rule of its own and is
    /// bound to nothing, so that the server never asks for it.
    fn is_group_in_vain(&self, request: &Request<'_>) -> bool {
        self.version.warns_of_unbound_groups()
            && looks_like_group(request.subject)
            && self.enforcer.evaluate(request).allowed()
            && !self.enforcer.is_bound(request.subject)
    }
}

/// Argo CD's warning about roles that are bound and have no rule.
pub fn missing_roles_warning(roles: &[&str]) -> String {
    let roles = roles.join(",");
    format!("user defined roles not found in policies: {roles}")
}

/// Whether a subject looks like a group of a single sign-on (`org:team`), as Argo CD guesses it.
pub fn looks_like_group(subject: &str) -> bool {
    subject.contains(':') && !subject.starts_with("role:") && project_role(subject).is_none()
}
