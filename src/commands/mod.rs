//! The commands, one verb a file: they join the layers and do nothing clever.

mod account;
mod apps;
pub(crate) mod argocd;
mod asked;
mod can;
pub(crate) mod change;
mod check;
mod compare;
mod complete;
pub(crate) mod context;
mod diff;
mod doctor;
mod external_diff;
pub(crate) mod gateway;
mod lint;
mod matrix;
mod permissions;
mod reading;
pub(crate) mod render;
mod shell;
pub(crate) mod token;
pub(crate) mod verify;
mod version;
mod who_can;
mod write_expectations;

pub(crate) use complete::run as complete;
pub(crate) use context::{Context, show};

use crate::cli::Command;
use crate::error::{Code, Result};

/// Runs a command for one Argo CD, or for none.
pub(crate) fn run(command: &Command, context: &mut Context<'_, '_>) -> Result<Code> {
    match command {
        Command::Render(args) => render::run(args, context),
        Command::Diff(args) => diff::run(args, context),
        Command::Check(args) => check::run(args, context),
        Command::Can(args) => can::run(args, context),
        Command::WhoCan(args) => who_can::run(args, context),
        Command::Matrix(args) => matrix::run(args, context),
        Command::Compare(args) => compare::run(args, context),
        Command::Lint(args) => lint::run(args, context),
        Command::Apps(args) => apps::run(args, context),
        Command::Doctor(args) => doctor::run(args, context),
        Command::Account(command) => account::run(command, context),
        Command::Token(command) => token::run(command, context),
        Command::Verify(args) => verify::run(args, context),
        Command::Gateway(command) => gateway::run(command, context),
        Command::Completion(args) => shell::completion(*args, context),
        Command::Man(args) => shell::man(args, context),
        Command::Version(args) => version::run(*args, context),
    }
}
