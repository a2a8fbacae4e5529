//! `gateway`: hands the token and the connection to the Octopus gateway's chart.

mod application;
mod check;
mod command;
mod plan;
mod secret;
mod values;

use super::context::Context;
use crate::cli::GatewayCommand;
use crate::error::{Code, Result};

pub(crate) fn run(command: &GatewayCommand, context: &mut Context<'_, '_>) -> Result<Code> {
    match command {
        GatewayCommand::Secret(args) => secret::run(args, context),
        GatewayCommand::Values(args) => values::run(args, context),
        GatewayCommand::Application(args) => application::run(args, context),
        GatewayCommand::Command(args) => command::run(args, context),
    }
}
