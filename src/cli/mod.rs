//! The command line: the only user of clap. Arguments become plain values here; nothing else
//! happens.

mod can;
mod change;
mod input;
mod lint;
mod options;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

pub use can::CanArgs;
pub use change::{
    Change, DiffArgs, DiffOutput, Form, Format, Mode, Only, RenderArgs, RenderOutput,
};
pub use input::{Input, Kubectl};
pub use lint::{FailOn, FixSafety, LintArgs, LintOutput};
pub use options::{Color, Talk};

/// What the user types in front of every command.
pub const NAME: &str = "kubectl octopus-argo";

/// Connects Octopus Deploy to Argo CD: its account, its permissions, its tokens.
///
/// Renders, diffs and proves the change to argocd-cm and argocd-rbac-cm without touching the
/// cluster; runs argocd only when asked.
#[derive(Debug, Parser)]
#[command(
    name = "kubectl-octopus_argo",
    bin_name = NAME,
    version,
    arg_required_else_help = true,
    propagate_version = true,
    max_term_width = 100,
    after_help = EXIT_CODES
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How much to say.
    #[command(flatten)]
    pub talk: Talk,
}

const EXIT_CODES: &str = "\
Exit codes: 0 yes, clean, no difference · 1 no, findings, differences · 2 usage · 3 bad input ·
4 an external program failed or a secret could not be delivered · 5 somebody else's permissions
would change · 130 interrupted";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the change, ready for kubectl or for Git
    Render(RenderArgs),
    /// Show what the change would do, as text
    Diff(DiffArgs),
    /// Answer one question to a policy, and say which line decided
    Can(CanArgs),
    /// Say what is wrong with accounts and policies before the server does
    Lint(LintArgs),
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
    match Cli::try_parse_from(args) {
        Ok(cli) => Parsed::Run(Box::new(cli)),
        Err(error) if error.use_stderr() => Parsed::Wrong(error.render().to_string()),
        Err(error) => Parsed::Show(error.render().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
