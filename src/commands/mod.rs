//! The commands, one verb a file: they join the layers and do nothing clever.

mod can;
mod change;
mod context;
mod diff;
mod external_diff;
mod lint;
mod next;
mod policy_input;
mod progress;
mod render;

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
        Command::Lint(args) => lint::run(&args, &mut context),
    }
}
