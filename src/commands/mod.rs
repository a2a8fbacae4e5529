//! The commands, one verb a file: they join the layers and do nothing clever.

mod account;
mod after;
mod argocd;
mod can;
mod change;
mod check;
mod complete;
mod context;
mod diff;
mod expect;
mod external_diff;
mod forms;
mod lint;
mod matrix;
mod next;
mod permissions;
mod policy_input;
mod progress;
mod render;
mod shell;
mod token;
mod verify;
mod version;
mod words;

pub(crate) use complete::run as complete;
use context::Context;
pub(crate) use context::show;

use crate::cli::{Cli, Command};
use crate::error::{Code, Result};
use crate::host::Host;
use crate::process;

/// Runs a command.
pub(crate) fn run(cli: Cli, host: &mut Host<'_>) -> Result<Code> {
    process::trace(cli.talk.verbose);
    let mut context = Context::new(cli.talk, host);
    match cli.command {
        Command::Render(args) => render::run(&args, &mut context),
        Command::Diff(args) => diff::run(&args, &mut context),
        Command::Check(args) => check::run(&args, &mut context),
        Command::Can(args) => can::run(&args, &mut context),
        Command::Matrix(args) => matrix::run(&args, &mut context),
        Command::Lint(args) => lint::run(&args, &mut context),
        Command::Account(command) => account::run(&command, &mut context),
        Command::Token(command) => token::run(&command, &mut context),
        Command::Verify(args) => verify::run(&args, &mut context),
        Command::Completion(args) => shell::completion(args, &mut context),
        Command::Man(args) => shell::man(&args, &mut context),
        Command::Version(args) => version::run(args, &mut context),
    }
}
