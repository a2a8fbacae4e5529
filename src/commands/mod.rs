//! The commands, one verb a file: they join the layers and do nothing clever.

mod can;
mod change;
mod complete;
mod context;
mod diff;
mod external_diff;
mod next;
mod policy_input;
mod render;
mod shell;
mod version;

pub(crate) use complete::run as complete;
use context::Context;
pub(crate) use context::show;

use crate::cli::{Cli, Command};
use crate::error::{Code, Result};
use crate::host::Host;

/// Runs a command.
pub(crate) fn run(cli: Cli, host: &mut Host<'_>) -> Result<Code> {
    let mut context = Context::new(cli.talk, host);
    match cli.command {
        Command::Render(args) => render::run(&args, &mut context),
        Command::Diff(args) => diff::run(&args, &mut context),
        Command::Can(args) => can::run(&args, &mut context),
        Command::Completion(args) => shell::completion(args, &mut context),
        Command::Man(args) => shell::man(&args, &mut context),
        Command::Version(args) => version::run(args, &mut context),
    }
}
