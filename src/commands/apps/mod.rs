//! `apps`: the Applications that Octopus updates.

mod annotate;
mod list;
mod read;

use super::context::Context;
use crate::cli::{AppsArgs, AppsCommand, DeploymentArgs};
use crate::error::{Code, Result};
use crate::octopus::apps::Deployment;

pub(crate) use list::run as list;

pub(crate) fn run(args: &AppsArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    match &args.command {
        None => list::run(&args.list, context),
        Some(AppsCommand::Annotate(args)) => annotate::run(args, context),
    }
}

/// The deployment that the options name.
fn deployment(args: &DeploymentArgs) -> Deployment<'_> {
    Deployment {
        project: args.octopus_project.as_deref(),
        environment: args.environment.as_deref(),
        tenant: args.tenant.as_deref(),
    }
}
