//! `token`: API tokens, from birth to revocation.

mod create;
mod delete;
mod deliver;
mod inspect;
mod list;
mod prune;
mod rotate;

pub(crate) use self::create::{check as check_create, create};
pub(crate) use self::rotate::{check as check_rotate, rotate};
use super::context::Context;
use crate::cli::{OwnerArgs, TokenCommand};
use crate::error::{Code, Result};
use crate::model::TokenOwner;
use crate::tokens;

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

/// Whose tokens the options name.
fn owners(args: &OwnerArgs) -> Result<Vec<TokenOwner>> {
    tokens::owners(args.account.as_deref(), args.role.as_deref(), &args.project)
}
