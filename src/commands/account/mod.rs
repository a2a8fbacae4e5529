//! `account`: Argo CD's accounts, as the server knows them.

mod can_i;
mod get;
mod list;
mod update_password;

use super::context::Context;
use crate::cli::AccountCommand;
use crate::error::{Code, Result};

pub(super) fn run(command: &AccountCommand, context: &mut Context<'_, '_>) -> Result<Code> {
    match command {
        AccountCommand::List(args) => list::run(args, context),
        AccountCommand::Get(args) => get::run(args, context),
        AccountCommand::CanI(args) => can_i::run(args, context),
        AccountCommand::UpdatePassword(args) => update_password::run(args, context),
    }
}
