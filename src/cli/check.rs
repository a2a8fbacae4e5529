//! The proof of what the account may and may not do.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use super::{ChangeArgs, Fleet, Input};

/// Prove, offline, what the account may and may not do, and why.
///
/// Checks the state that was read or, with --after-change, the state that `render` would make of it.
/// What Octopus needs must be allowed, and everything else except reading must be denied: proved for
/// all objects, not for examples.
#[derive(Clone, Debug, Args)]
#[command(
    mut_arg("fail_on_collateral", |arg| arg.hide(true)),
    mut_arg("strip_resource_version", |arg| arg.hide(true)),
)]
pub struct CheckArgs {
    /// Check the state that `render` would make of what was read, with the same options
    #[arg(long)]
    pub after_change: bool,
    /// Check the expectations in a YAML or JSON file instead (repeatable)
    #[arg(long, value_name = "FILE")]
    pub expect: Vec<PathBuf>,
    /// Write expectations of exactly what the state allows to a new file (- for stdout)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["expect", "strict"])]
    pub write_expectations: Option<PathBuf>,
    /// Show the policy lines that no expectation covers
    #[arg(long)]
    pub coverage: bool,
    /// Exit with 1 if less than this share of the lines is covered
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub coverage_min: Option<u8>,
    /// Also exit with 1 if the account can read more than it needs
    #[arg(long)]
    pub strict: bool,
    /// Format of the report
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: CheckOutput,
    /// Load Argo CD's built-in policy first
    #[arg(long, value_name = "BOOL", hide_possible_values = true, default_value_t = true, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub use_builtin_policy: bool,
    /// Version of Argo CD, such as 3.5 or 3.5.1
    #[arg(long, value_name = "VERSION")]
    pub argocd_version: Option<String>,
    /// Where the objects come from.
    #[command(flatten)]
    pub input: Input,
    /// What to change.
    #[command(flatten)]
    pub change: ChangeArgs,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

/// The format of `check`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckOutput {
    /// A table
    #[default]
    Text,
    /// A table with the deciding rules, not only their places
    Wide,
    /// A versioned JSON document
    Json,
    /// The same document as YAML
    Yaml,
    /// A table for a pull request
    Markdown,
    /// JUnit XML, for a build server
    Junit,
    /// Coverage of the policy by the expectations, for editors and coverage services
    Lcov,
}
