//! kubectl-octopus-argo connects Octopus Deploy to Argo CD.
//!
//! Data flows one way: [`input`] → [`site`] → [`octopus`], [`lint`], [`change`] → [`report`],
//! [`emit`]. Only `commands` and `fleet` join the rooms; the rules of which room may import which are held by
//! `tests/layers.rs`.

pub mod argocd;
pub mod change;
pub mod cli;
mod commands;
pub mod config;
pub mod doctor;
pub mod emit;
pub mod error;
mod fleet;
pub mod host;
pub mod input;
pub mod lint;
pub mod model;
pub mod octopus;
pub mod process;
pub mod render;
pub mod report;
pub mod review;
pub mod site;
pub mod text;
pub mod tokens;

pub use argo_rbac as rbac;
pub use yaml_splice as yaml;

use std::ffi::OsString;

use cli::{Cli, Parsed};
use commands::Context;
use error::{Code, Result};
use fleet::{ChosenInstances, choose};
use host::Host;
use process::Masks;

/// Runs one command line (the first word is the program's name) and returns its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>, host: &mut Host<'_>) -> Code {
    let args: Vec<OsString> = args.into_iter().collect();
    let words: Vec<String> = args
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    if let Some(words) = cli::request(&words) {
        return commands::complete(words, host);
    }
    let cli = match cli::parse(args) {
        Parsed::Run(cli) => *cli,
        Parsed::Show(text) => {
            return emit::stdout(host.stdout, &text).map_or(Code::EXTERNAL, |()| Code::OK);
        }
        Parsed::Wrong(text) => {
            // No one is left to be told when stderr is closed.
            // What was typed is quoted, and may be a token that was given as an argument.
            let text = model::printable(&Masks::default().apply(&text)).into_owned();
            let _ = host.stderr.write_all(text.as_bytes());
            return Code::USAGE;
        }
    };
    let talk = cli.talk;
    execute(cli, host).unwrap_or_else(|error| {
        commands::show(&error, talk, host);
        error.code()
    })
}

/// Runs a command that was understood, for one Argo CD or for several.
fn execute(cli: Cli, host: &mut Host<'_>) -> Result<Code> {
    process::trace(cli.talk.verbose);
    let mut context = Context::new(cli.talk, host);
    match choose(cli.command, &cli.given, &mut context)? {
        ChosenInstances::One(command) => commands::run(&command, &mut context),
        ChosenInstances::Several(several) => fleet::run(&several, &mut context),
    }
}
