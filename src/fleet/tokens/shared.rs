//! What the jobs share, and the steps of each in the journal.

use std::collections::BTreeMap;
use std::path::Path;

use super::order::Job;
use super::secrets;
use crate::commands::argocd::commands;
use crate::commands::context::Context;
use crate::error::Result;
use crate::fleet::journal::{Journal, OnItsWay};
use crate::tokens::{StepLog, TokenStep};

/// What the jobs share.
pub(super) struct Shared<'a> {
    pub(super) journal: Journal,
    pub(super) token_dir: Option<&'a Path>,
    /// Instances whose present token is another's as well.
    pub(super) doubled: BTreeMap<&'a str, &'a str>,
}

impl Shared<'_> {
    /// The token that the directory has for an instance.
    pub(super) fn present(
        &self,
        job: &Job<'_>,
        context: &mut Context<'_, '_>,
    ) -> Result<Option<secrets::FoundToken>> {
        let (Some(directory), [owner]) = (self.token_dir, job.owners.as_slice()) else {
            return Ok(None);
        };
        let name = job.instance.name.as_str();
        if let Some(other) = self.doubled.get(name) {
            return Err(secrets::refuse_doubled(other));
        }
        let key = job.order.delivery().secret_key.as_deref();
        secrets::of_instance(directory, job.instance, owner, key, context).map(Some)
    }
}

/// The steps of one instance, in the journal.
pub(super) struct InstanceLog<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) shared: &'a Shared<'a>,
}

impl StepLog for InstanceLog<'_> {
    fn write(&self, step: TokenStep<'_>) -> Result<()> {
        let Self { job, shared } = self;
        shared.journal.write(&job.instance.name, &job.real, step)
    }
}

/// The command that deletes a token of a job.
pub(super) fn deletion_of(job: &Job<'_>, token: &OnItsWay) -> String {
    commands(&job.argocd).delete_token(&token.owner, &token.id)
}
