//! Options of every command.

use clap::{Args, ValueEnum};

/// How much to say, and in what colour.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Common options")]
pub struct Talk {
    /// When to color the output
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        value_enum,
        default_value_t,
        value_name = "WHEN"
    )]
    pub color: Color,
    /// Print only warnings and errors on stderr
    #[arg(short, long, global = true, hide_short_help = true)]
    pub quiet: bool,
    /// Print every program run (secrets masked) and every file skipped
    #[arg(
        short,
        long,
        global = true,
        hide_short_help = true,
        conflicts_with = "quiet"
    )]
    pub verbose: bool,
}

/// When to color the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
