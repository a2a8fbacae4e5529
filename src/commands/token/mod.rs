//! `token`: API tokens, from birth to revocation.

mod create;
mod delete;
mod inspect;
mod list;
mod options;
mod prune;
mod rotate;

pub(crate) use self::create::{check as check_create, create};
pub(crate) use self::rotate::{check as check_rotate, rotate};
use super::context::Context;
use crate::cli::TokenCommand;
use crate::error::{Code, Result};

pub(super) fn run(command: &TokenCommand, context: &mut Context<'_, '_>) -> Result<Code> {
    match command {
        TokenCommand::Create(args) => create::run(args, context),
        TokenCommand::List(args) => list::run(args, context),
        TokenCommand::Inspect(args) => inspect::run(args, context),
        TokenCommand::Rotate(args) => rotate::run(args, context),
        TokenCommand::Prune(args) => prune::run(args, context),
        TokenCommand::Delete(args) => delete::run(args, context),
    }
}
