//! The same questions to the objects that were given.

use crate::cli::Input;
use crate::commands::asked::{asked, question};
use crate::commands::context::Context;
use crate::error::Result;
use crate::input::File;
use crate::model::TokenOwner;
use crate::rbac::{ArgoCdVersion, Claims};
use crate::site::ArgoCd;
use crate::tokens::{Round, server_version};

/// The objects that were given, and whose token it is.
pub(super) struct Offline<'a> {
    argocd: ArgoCd<'a>,
    claims: Claims,
}

impl<'a> Offline<'a> {
    pub(super) fn load(
        files: &'a [File],
        args: &Input,
        owner: &TokenOwner,
        context: &mut Context<'_, '_>,
    ) -> Result<Self> {
        let groups: [String; 0] = [];
        Ok(Self {
            argocd: asked(files, &question(args, ArgoCdVersion::NEWEST), context)?,
            claims: Claims::of(&owner.user_name(), groups),
        })
    }

    /// The answer to each question of the round: yes or no.
    pub(super) fn answers(
        mut self,
        round: &Round,
        context: &mut Context<'_, '_>,
    ) -> Result<Vec<bool>> {
        match round.version.as_deref().and_then(server_version) {
            Some(version) => self.argocd = self.argocd.in_version(version),
            None => context.note("the server did not say its version; the offline answers are those of the newest known"),
        }
        let server = self.argocd.server(self.argocd.policy_set())?;
        let opened = self.argocd.disables_auth().is_some();
        let answers = round.answers.iter().map(|(question, _)| {
            let (action, resource) = (question.action, question.resource);
            opened
                || question.objects().any(|object| {
                    let answer = server.can_i(&self.claims, action, resource, object);
                    answer.is_ok_and(|answer| answer.allowed())
                })
        });
        Ok(answers.collect())
    }
}
