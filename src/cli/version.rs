//! What was built, from what.

use clap::{Args, ValueEnum};

/// Print the version, commit and target of this build.
#[derive(Clone, Copy, Debug, Args)]
pub struct VersionArgs {
    /// Format of the output
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: VersionOutput,
}

/// The format of `version`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum VersionOutput {
    /// A line
    #[default]
    Text,
    /// A JSON object: version, commit, target
    Json,
    /// The same document as YAML
    Yaml,
}
