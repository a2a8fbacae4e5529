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
mod examples;
mod fleet;
mod form;
mod gateway;
mod help;
mod input;
mod lint;
mod matrix;
mod option;
mod options;
mod pages;
mod roff;
mod shell;
mod token;
mod verify;
mod version;
mod who_can;
mod words;

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args as _, FromArgMatches, Parser, Subcommand};

pub use account::{
    AccountCommand, AccountGetArgs, AccountListArgs, CanIArgs, ListOutput, UpdatePasswordArgs,
};
pub use apps::{AppsAnnotateArgs, AppsArgs, AppsCommand, AppsListArgs, AppsOutput, DeploymentArgs};
pub use can::CanArgs;
pub use change::{ChangeArgs, DiffArgs, DiffOutput, RenderArgs};
pub use check::{CheckArgs, CheckOutput};
pub use compare::{CompareArgs, CompareOutput, FailOnChange};
pub use complete::{Candidate, Lookup, LookupKind, Offer, complete, request};
pub use connection::Argocd;
pub use doctor::{DoctorArgs, DoctorOutput};
pub use fleet::{AtATime, Fleet, Given, One};
pub use form::{Form, Language};
pub use gateway::{
    ChartArgs, GatewayApplicationArgs, GatewayArgs, GatewayCommand, GatewayCommandArgs,
    GatewaySecretArgs, GatewayValuesArgs,
};
pub use help::definition;
pub use input::{Input, Kubectl};
pub use lint::{FailOn, FixSafety, LintArgs, LintOutput};
pub use matrix::{MatrixArgs, MatrixOrder, MatrixOutput};
pub use option::GivenOptions;
pub use options::{Color, Talk};
pub use pages::{Page, page, pages};
pub use shell::{BINARY, COMPLETE, COMPLETER, CompletionArgs, ManArgs, Shell, completion};
pub use token::{
    ClaimsOutput, DeliveryArgs, LifetimeArgs, OwnerArgs, TokenCommand, TokenCreateArgs,
    TokenDeleteArgs, TokenInspectArgs, TokenListArgs, TokenOutput, TokenPruneArgs, TokenRotateArgs,
};
pub use verify::{VerifyArgs, VerifyOutput};
pub use version::{VersionArgs, VersionOutput};
pub use who_can::{Quantifier, WhoCanArgs, WhoCanOutput};
pub use words::{Words, change_options, kubectl_flags, render_command};

/// What the user types in front of every command.
pub const NAME: &str = crate::model::PROGRAM;

/// Connects Octopus Deploy to Argo CD: account, permissions and tokens.
///
/// Prepares the change to argocd-cm and argocd-rbac-cm and proves it offline, without touching the
/// cluster; runs argocd only for tokens, accounts and `verify`.
#[derive(Debug, Parser)]
#[command(
    name = "kubectl-octopus_argo",
    bin_name = NAME,
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_long_help = exit_codes()
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
    ("5", "permissions of others would change"),
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
    reason = "a doc comment here would hide the help of the arguments"
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
    /// Show accounts of the server and what they may do, change passwords
    #[command(subcommand)]
    Account(AccountCommand),
    /// Create, list, rotate and revoke API tokens through argocd
    #[command(subcommand)]
    Token(TokenCommand),
    Verify(Box<VerifyArgs>),
    /// Print the Octopus gateway's Secret, Helm values or Application
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

/// What defines the arguments of one command.
type Define = fn(clap::Command) -> clap::Command;

/// Each command's own definition.
const DEFINITIONS: &[(&str, Define)] = &[
    ("render", RenderArgs::augment_args),
    ("diff", DiffArgs::augment_args),
    ("check", CheckArgs::augment_args),
    ("can", CanArgs::augment_args),
    ("who-can", WhoCanArgs::augment_args),
    ("matrix", MatrixArgs::augment_args),
    ("compare", CompareArgs::augment_args),
    ("lint", LintArgs::augment_args),
    ("apps", AppsArgs::augment_args),
    ("doctor", DoctorArgs::augment_args),
    ("account", AccountCommand::augment_subcommands),
    ("token", TokenCommand::augment_subcommands),
    ("verify", VerifyArgs::augment_args),
    ("gateway", GatewayCommand::augment_subcommands),
    ("completion", CompletionArgs::augment_args),
    ("man", ManArgs::augment_args),
    ("version", VersionArgs::augment_args),
];

/// The command line with the one command that its first word names, options apart, if it does.
fn alone(args: &[OsString]) -> Option<clap::Command> {
    let mut words = args.iter().skip(1);
    let name = words.find(|word| !word.as_encoded_bytes().starts_with(b"-"))?;
    let (name, define) = DEFINITIONS.iter().find(|(known, _)| name == known)?;
    let command = Talk::augment_args(clap::Command::new("kubectl-octopus_argo"));
    Some(command.subcommand(define(clap::Command::new(*name))))
}

/// Reads a command line whose first word is the program's name.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Parsed {
    let args: Vec<OsString> = args.into_iter().collect();
    let read = |command: &mut clap::Command| {
        let mut matches = command.try_get_matches_from_mut(&args)?;
        refuse_hidden(command, &matches)?;
        let given = Given::of(&matches);
        let mut cli = Cli::from_arg_matches_mut(&mut matches)?;
        if let Command::Lint(lint) = &mut cli.command {
            lint.input.filename.append(&mut lint.files);
        }
        Ok::<Cli, clap::Error>(Cli { given, ..cli })
    };
    // The definition of all commands and their help costs most of a start, so it is made only where
    // something is to be shown.
    if let Some(mut command) = alone(&args)
        && let Ok(cli) = read(&mut command)
    {
        return Parsed::Run(Box::new(cli));
    }
    let mut command = definition();
    let read = read(&mut command);
    match read.map_err(|error| error.format(&mut command)) {
        Ok(cli) => Parsed::Run(Box::new(cli)),
        Err(error) if error.use_stderr() => Parsed::Wrong(restyled(&error.render().to_string())),
        Err(error) => Parsed::Show(error.render().to_string()),
    }
}

/// Refuses an option that a command shares with others and hides: it means nothing there.
fn refuse_hidden(command: &clap::Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    if let Some((name, inner)) = matches.subcommand() {
        let sub = command.find_subcommand(name);
        return sub.map_or(Ok(()), |sub| refuse_hidden(sub, inner));
    }
    let is_given = |arg: &&clap::Arg| {
        arg.is_hide_set()
            && matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
    };
    let Some(arg) = command.get_arguments().find(is_given) else {
        return Ok(());
    };
    let option = format!("--{}", arg.get_long().unwrap_or_default());
    let mut error = clap::Error::new(ErrorKind::UnknownArgument).with_cmd(command);
    error.insert(ContextKind::InvalidArg, ContextValue::String(option));
    let usage = command.clone().render_usage();
    error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
    Err(error)
}

/// Returns clap's error in the style of every other error: one line that says what is wrong, and a
/// line for each hint. Help that is shown for lack of arguments stays as it is.
fn restyled(rendered: &str) -> String {
    if !rendered.starts_with("error:") {
        return rendered.to_owned();
    }
    let mut error = String::new();
    let mut hints = Vec::new();
    for line in rendered.lines() {
        let text = line.trim();
        if let Some(usage) = text.strip_prefix("Usage: ") {
            let command = usage.split(" [").next().unwrap_or_default();
            let command = command.split(" <").next().unwrap_or_default();
            let command = command.split(" -").next().unwrap_or_default();
            hints.push(format!("`{command} --help` shows how it is used"));
        } else if let Some(tip) = text.strip_prefix("tip: ") {
            hints.push(tip.to_owned());
        } else if let Some(values) = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            hints.push(values.to_owned());
        } else if !text.is_empty() && !text.starts_with("For more information") && hints.is_empty()
        {
            if !error.is_empty() {
                error.push(' ');
            }
            error.push_str(text);
        }
    }
    let hints = hints.iter().map(|hint| format!("hint: {hint}\n"));
    format!("{error}\n{}", hints.collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn clap_errors_look_like_ours() {
        let said = |line: &str| match parse(line.split_whitespace().map(OsString::from)) {
            Parsed::Wrong(text) => text,
            _ => panic!("{line} is understood"),
        };
        assert_eq!(
            said("x check --outptu json"),
            "error: unexpected argument '--outptu' found\n\
             hint: a similar argument exists: '--output'\n\
             hint: `kubectl octopus-argo check --help` shows how it is used\n"
        );
        assert_eq!(
            said("x version -o pdf"),
            "error: invalid value 'pdf' for '--output <FORMAT>'\n\
             hint: possible values: text, json, yaml\n"
        );
        assert_eq!(
            said("x can"),
            "error: the following required arguments were not provided: <SUBJECT> <ACTION> <RESOURCE>\n\
             hint: `kubectl octopus-argo can --help` shows how it is used\n"
        );
        assert!(said("x").starts_with("Connects Octopus Deploy"));
        assert_eq!(
            said("x check --fail-on-collateral"),
            "error: unexpected argument '--fail-on-collateral' found\n\
             hint: `kubectl octopus-argo check --help` shows how it is used\n"
        );
        assert!(said("x gateway secret --replicas 2").contains("'--replicas'"));
    }

    #[test]
    fn the_definition_is_consistent() {
        definition().debug_assert();
    }

    #[test]
    fn each_command_alone_takes_what_it_takes_among_all() {
        // The order in which help shows an argument is nothing to its reading.
        fn read(arg: &clap::Arg) -> String {
            let shown = format!("{arg:?}");
            let (before, rest) = shown.split_once("disp_ord: ").unwrap();
            let (_, after) = rest.split_once(", ").unwrap();
            format!("{before}{after}")
        }
        fn arguments(command: &clap::Command) -> BTreeSet<String> {
            command.get_arguments().map(read).collect()
        }
        fn compare(all: &clap::Command, alone: &clap::Command) {
            assert_eq!(arguments(all), arguments(alone), "{}", all.get_name());
            for sub in all.get_subcommands().filter(|sub| sub.get_name() != "help") {
                compare(sub, alone.find_subcommand(sub.get_name()).unwrap());
            }
        }
        let mut all = Cli::command();
        all.build();
        let mut names = 0;
        for sub in all.get_subcommands().filter(|sub| sub.get_name() != "help") {
            let args = ["kubectl-octopus_argo", sub.get_name()].map(OsString::from);
            let mut root = alone(&args).unwrap_or_else(|| panic!("{}", sub.get_name()));
            root.build();
            compare(sub, root.find_subcommand(sub.get_name()).unwrap());
            names += 1;
        }
        assert_eq!(names, DEFINITIONS.len());
    }
}
