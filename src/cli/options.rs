//! Options of every command.

use clap::{Args, ValueEnum};

/// How much to say, and in what colour.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Common options")]
pub struct Talk {
    /// When to colour the output
    #[arg(long, global = true, hide_short_help = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
    /// Say nothing on stderr but warnings and errors
    #[arg(short, long, global = true, hide_short_help = true)]
    pub quiet: bool,
    /// Say more: every program that is run (secrets masked), every file that is skipped
    #[arg(short, long, global = true, hide_short_help = true, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// When to colour the output.
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
