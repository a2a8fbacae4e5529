//! The commands, one verb a file: they join the layers and do nothing clever.

mod account;
mod apps;
mod argocd;
mod can;
mod change;
mod check;
mod complete;
mod context;
mod diff;
mod external_diff;
mod fleet;
mod forms;
mod gateway;
mod instances;
mod lint;
mod matrix;
mod next;
mod permissions;
mod policy_input;
mod progress;
mod render;
mod secret_manifest;
mod shell;
mod token;
mod verify;
mod version;
mod words;

pub(crate) use complete::run as complete;
use context::Context;
pub(crate) use context::show;
use instances::{Chosen, choose};

use crate::cli::{Cli, Command};
use crate::error::{Code, Result};
use crate::host::Host;
use crate::process;

/// Runs a command.
pub(crate) fn run(cli: Cli, host: &mut Host<'_>) -> Result<Code> {
    process::trace(cli.talk.verbose);
    let mut context = Context::new(cli.talk, host);
    match choose(cli.command, &cli.given, &mut context)? {
        Chosen::One(command) => run_one(*command, &mut context),
        Chosen::Several(several) => fleet::run(&several, &mut context),
    }
}

/// Runs a command for one Argo CD, or for none.
fn run_one(command: Command, context: &mut Context<'_, '_>) -> Result<Code> {
    match command {
        Command::Render(args) => render::run(&args, context),
        Command::Diff(args) => diff::run(&args, context),
        Command::Check(args) => check::run(&args, context),
        Command::Can(args) => can::run(&args, context),
        Command::Matrix(args) => matrix::run(&args, context),
        Command::Lint(args) => lint::run(&args, context),
        Command::Apps(args) => apps::run(&args, context),
        Command::Account(command) => account::run(&command, context),
        Command::Token(command) => token::run(&command, context),
        Command::Verify(args) => verify::run(&args, context),
        Command::Gateway(command) => gateway::run(&command, context),
        Command::Completion(args) => shell::completion(args, context),
        Command::Man(args) => shell::man(&args, context),
        Command::Version(args) => version::run(args, context),
    }
}
