//! What the account may do with an Application, as the policy beside it says.

use crate::cli::Input;
use crate::commands::asked::question;
use crate::commands::can::version;
use crate::error::{Error, Result};
use crate::input::File;
use crate::octopus::apps::{Application, is_templated};
use crate::rbac::{Claims, Decision, Server, Verdict};
use crate::report::apps::Right;
use crate::site::{self, ArgoCd};

/// The policy of the Argo CD that the Applications belong to.
pub(super) struct Rights<'f> {
    argocd: ArgoCd<'f>,
    server: Server,
    claims: Claims,
}

impl<'f> Rights<'f> {
    /// Reads the policy, if there is one in the input.
    pub(super) fn read(
        files: &'f [File],
        args: &Input,
        account: &str,
        argocd_version: Option<&str>,
    ) -> Result<Option<Self>> {
        let question = question(args, version(argocd_version)?);
        let mut found = site::ask(files, &question)?.argocds;
        if found.len() > 1 {
            return Err(
                Error::usage("the input has the policies of several Argo CDs")
                    .hint("choose one with -n NAMESPACE"),
            );
        }
        let Some(argocd) = found.pop().filter(ArgoCd::has_own_policy) else {
            return Ok(None);
        };
        let server = argocd.server(argocd.policy_set())?;
        Ok(Some(Self {
            argocd,
            server,
            claims: Claims::in_scopes(account, &[], None),
        }))
    }

    /// Decides an action on an Application; `None` where that depends on a name that is filled in
    /// later.
    pub(super) fn of(&self, application: &Application<'_>, action: &str) -> Option<Right> {
        let object = self.object(application);
        let answer = self
            .server
            .decide(&self.claims, "applications", action, &object);
        if let Some(place) = self.argocd.disables_auth() {
            let why = format!("{place}: server.disable.auth is set");
            return Some(Right { allowed: true, why });
        }
        let allowed = answer.allowed();
        if !allowed && is_templated(&object) {
            return None;
        }
        let why = match answer.decision {
            Decision::ByDefaultRole(line)
            | Decision::BySubject(
                Verdict::Allowed(line) | Verdict::Denied(line) | Verdict::Failed(line),
            ) => self.argocd.describe(answer.enforcer, line),
            Decision::BySubject(Verdict::Nothing) => "no rule".to_owned(),
        };
        Some(Right { allowed, why })
    }

    /// The object that a policy is asked about.
    pub(super) fn object(&self, application: &Application<'_>) -> String {
        application.rbac_object(&self.argocd.namespace)
    }
}
