//! What the account may do with an Application, as the policy beside it says.

use crate::cli::Input;
use crate::commands::can::version;
use crate::commands::forms::{Holder, holders};
use crate::commands::policy_input::PolicyInput;
use crate::error::{Error, Result};
use crate::input::{File, Object};
use crate::octopus::apps::{Application, is_templated};
use crate::rbac::{Claims, Decision, Server, ServerSettings, Verdict};
use crate::report::apps::Right;

/// The policy of the Argo CD that the Applications belong to.
pub(super) struct Rights<'f> {
    input: PolicyInput<'f>,
    server: Server,
    claims: Claims,
    namespace: String,
}

impl<'f> Rights<'f> {
    /// Reads the policy, if there is one in the input.
    pub(super) fn read(
        files: &'f [File],
        found: &[Object<'f>],
        args: &Input,
        account: &str,
        argocd_version: Option<&str>,
    ) -> Result<Option<Self>> {
        let mut selection = holders(args.form, found, args)?;
        if selection.holders.len() > 1 {
            return Err(
                Error::usage("the input has the policies of several Argo CDs")
                    .hint("choose one with -n NAMESPACE"),
            );
        }
        let holder = selection.holders.pop().unwrap_or_else(Holder::none);
        let namespace = match &args.namespace {
            Some(namespace) => namespace.clone(),
            None if holder.namespace.is_empty() => "argocd".to_owned(),
            None => holder.namespace.clone(),
        };
        let mut input = PolicyInput::of(holder, files, found)?;
        if input.holder.rbac_cm.is_none() && input.set.texts.is_empty() {
            return Ok(None);
        }
        input.set.version = version(argocd_version)?;
        let settings = ServerSettings {
            scopes: input.scopes.clone(),
            namespace: namespace.clone(),
            ..ServerSettings::default()
        };
        let server = Server::load(input.set.clone(), input.projects.clone(), settings)
            .map_err(|error| input.refuse(&error))?;
        let claims = serde_json::json!({"sub": account});
        let claims = Claims::new(claims.as_object().cloned().unwrap_or_default());
        Ok(Some(Self {
            input,
            server,
            claims,
            namespace,
        }))
    }

    /// Decides an action on an Application; `None` where that depends on a name that is filled in
    /// later.
    pub(super) fn of(&self, application: &Application<'_>, action: &str) -> Option<Right> {
        let object = application.rbac_object(&self.namespace);
        let answer = self
            .server
            .decide(&self.claims, "applications", action, &object);
        let allowed = answer.allowed();
        if !allowed && is_templated(&object) {
            return None;
        }
        let why = match answer.decision {
            Decision::ByDefaultRole(line)
            | Decision::BySubject(
                Verdict::Allowed(line) | Verdict::Denied(line) | Verdict::Failed(line),
            ) => self.input.describe(answer.enforcer, line),
            Decision::BySubject(Verdict::Nothing) => "no rule".to_owned(),
        };
        Some(Right { allowed, why })
    }

    /// The object that a policy is asked about.
    pub(super) fn object(&self, application: &Application<'_>) -> String {
        application.rbac_object(&self.namespace)
    }
}
