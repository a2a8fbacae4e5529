//! The same questions to the objects that were given.

use crate::argocd::Owner;
use crate::cli::Input;
use crate::commands::context::Context;
use crate::commands::policy_input::PolicyInput;
use crate::error::Result;
use crate::input::File;
use crate::rbac::{Claims, Server, ServerSettings};
use crate::tokens::{Round, server_version};

/// The objects that were given, and whose token it is.
pub(super) struct Offline<'a> {
    input: PolicyInput<'a>,
    claims: Claims,
}

impl<'a> Offline<'a> {
    pub(super) fn load(
        files: &'a [File],
        args: &Input,
        owner: &Owner,
        context: &mut Context<'_, '_>,
    ) -> Result<Self> {
        let groups: [String; 0] = [];
        Ok(Self {
            input: PolicyInput::find(files, args, context)?,
            claims: Claims::of(&owner.subject().user_name(), groups),
        })
    }

    /// The answer to each question of the round: yes or no.
    pub(super) fn answers(
        mut self,
        round: &Round,
        context: &mut Context<'_, '_>,
    ) -> Result<Vec<bool>> {
        match round.version.as_deref().and_then(server_version) {
            Some(version) => self.input.set.version = version,
            None => context.note("the server did not say its version; the offline answers are those of the newest known"),
        }
        let rbac_cm = self.input.holder.rbac_cm.as_ref();
        let settings = ServerSettings {
            scopes: self.input.scopes.clone(),
            namespace: rbac_cm.map_or_else(String::new, |rbac_cm| rbac_cm.namespace.clone()),
            ..ServerSettings::default()
        };
        let server = Server::load(
            self.input.set.clone(),
            self.input.projects.clone(),
            settings,
        )
        .map_err(|error| self.input.refuse(&error))?;
        let answers = round.answers.iter().map(|(question, _)| {
            let (action, resource) = (question.action, question.resource);
            question.objects().any(|object| {
                let answer = server.can_i(&self.claims, action, resource, object);
                answer.is_ok_and(|answer| answer.allowed())
            })
        });
        Ok(answers.collect())
    }
}
