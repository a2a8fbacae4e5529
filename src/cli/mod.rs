//! The command line: the only user of clap. Arguments become plain values here; nothing else
//! happens.

mod account;
mod apps;
mod can;
mod change;
mod check;
mod compare;
mod complete;
mod configured;
mod connection;
mod doctor;
mod fleet;
mod form;
mod gateway;
mod help;
mod input;
mod lint;
mod matrix;
mod options;
mod shell;
mod token;
mod verify;
mod version;
mod who_can;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use account::{
    AccountCommand, AccountGetArgs, AccountListArgs, CanIArgs, ListOutput, UpdatePasswordArgs,
};
pub use apps::{AppsAnnotateArgs, AppsArgs, AppsCommand, AppsListArgs, AppsOutput, DeploymentArgs};
pub use can::CanArgs;
pub use change::{Change, DiffArgs, DiffOutput, Mode, Only, RenderArgs};
pub use check::{CheckArgs, CheckOutput};
pub use compare::{CompareArgs, CompareOutput, FailOnChange};
pub use complete::{Candidate, Lookup, Offer, Wanted, complete, request};
pub use connection::Argocd;
pub use doctor::{DoctorArgs, DoctorOutput};
pub use fleet::{AtATime, Fleet, Given, One};
pub use form::{Form, Format, RenderOutput};
pub use gateway::{
    ChartArgs, GatewayApplicationArgs, GatewayArgs, GatewayCommand, GatewayCommandArgs,
    GatewaySecretArgs, GatewayValuesArgs,
};
pub use help::definition;
pub use input::{Input, Kubectl};
pub use lint::{FailOn, FixSafety, LintArgs, LintOutput};
pub use matrix::{MatrixArgs, MatrixOrder, MatrixOutput};
pub use options::{Color, Talk};
pub use shell::{
    BINARY, COMPLETE, COMPLETER, CompletionArgs, ManArgs, Page, Shell, completion, page, pages,
};
pub use token::{
    ClaimsOutput, DeliveryArgs, LifetimeArgs, OwnerArgs, TokenCommand, TokenCreateArgs,
    TokenDeleteArgs, TokenInspectArgs, TokenListArgs, TokenOutput, TokenPruneArgs, TokenRotateArgs,
};
pub use verify::{VerifyArgs, VerifyOutput};
pub use version::{VersionArgs, VersionOutput};
pub use who_can::{Which, WhoCanArgs, WhoCanOutput};

/// What the user types in front of every command.
pub const NAME: &str = crate::model::PROGRAM;

/// Connects Octopus Deploy to Argo CD: account, permissions and tokens.
///
/// Renders, diffs and proves the change to argocd-cm and argocd-rbac-cm without touching the
/// cluster; runs argocd only when asked.
#[derive(Debug, Parser)]
#[command(
    name = "kubectl-octopus_argo",
    bin_name = NAME,
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = exit_codes()
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How much to say.
    #[command(flatten)]
    pub talk: Talk,
    /// What of all this was really on the command line.
    #[arg(skip)]
    pub given: Given,
}

/// The exit codes and what they mean.
const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "yes, clean, no difference"),
    ("1", "no, findings, differences"),
    ("2", "usage"),
    ("3", "bad input"),
    (
        "4",
        "an external program failed or a secret could not be delivered",
    ),
    ("5", "somebody else's permissions would change"),
    ("130", "interrupted"),
];

/// The exit codes in a line, for the help.
fn exit_codes() -> String {
    let codes = EXIT_STATUS.iter();
    let codes = codes.map(|(code, meaning)| format!("{code} {meaning}"));
    format!("Exit codes: {}", codes.collect::<Vec<_>>().join(" · "))
}

/// The commands. The documentation of each one's arguments is its help.
#[derive(Clone, Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a text here would hide the help that stands with the arguments"
)]
pub enum Command {
    Render(RenderArgs),
    Diff(DiffArgs),
    Check(CheckArgs),
    Can(CanArgs),
    WhoCan(WhoCanArgs),
    Matrix(MatrixArgs),
    Compare(CompareArgs),
    Lint(LintArgs),
    Apps(Box<AppsArgs>),
    Doctor(Box<DoctorArgs>),
    /// Ask argocd about accounts and change passwords
    #[command(subcommand)]
    Account(AccountCommand),
    /// Create, list, rotate and revoke API tokens through argocd
    #[command(subcommand)]
    Token(TokenCommand),
    Verify(Box<VerifyArgs>),
    /// Configure the Octopus gateway's chart with the token and the connection
    #[command(subcommand)]
    Gateway(GatewayCommand),
    Completion(CompletionArgs),
    Man(ManArgs),
    Version(VersionArgs),
}

/// What became of a command line.
pub enum Parsed {
    /// A command to run.
    Run(Box<Cli>),
    /// A text that was asked for (help, version), for stdout.
    Show(String),
    /// A mistake in the command line, for stderr.
    Wrong(String),
}

/// Reads a command line whose first word is the program's name.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Parsed {
    let args: Vec<OsString> = args.into_iter().collect();
    let read = |command: &mut clap::Command| {
        let mut matches = command.try_get_matches_from_mut(&args)?;
        let given = Given::of(&matches);
        let mut cli = Cli::from_arg_matches_mut(&mut matches)?;
        if let Command::Lint(lint) = &mut cli.command {
            lint.input.filename.append(&mut lint.files);
        }
        Ok::<Cli, clap::Error>(Cli { given, ..cli })
    };
    // The help costs a third of a start, so it is added only where something is to be shown.
    if let Ok(cli) = read(&mut Cli::command()) {
        return Parsed::Run(Box::new(cli));
    }
    let mut command = definition();
    let read = read(&mut command);
    match read.map_err(|error| error.format(&mut command)) {
        Ok(cli) => Parsed::Run(Box::new(cli)),
        Err(error) if error.use_stderr() => Parsed::Wrong(error.render().to_string()),
        Err(error) => Parsed::Show(error.render().to_string()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_is_consistent() {
        super::definition().debug_assert();
    }
}
