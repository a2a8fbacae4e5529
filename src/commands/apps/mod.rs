//! `apps`: the Applications that Octopus updates.

mod annotate;
mod list;
mod read;

use super::context::Context;
use crate::cli::{AppsArgs, AppsCommand};
use crate::error::{Code, Result};

pub(crate) fn run(args: &AppsArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    match &args.command {
        None => list::run(&args.list, context),
        Some(AppsCommand::Annotate(args)) => annotate::run(args, context),
    }
}
