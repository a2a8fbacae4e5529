//! The proof on the server.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use super::form::form_of_input;
use super::{Argocd, AtATime, Fleet, Input};
use crate::model::Span;

/// Prove on the server what a token may and may not do.
///
/// Asks the server as the owner of the token: what Octopus needs must be allowed, everything else
/// except reading must be denied. With input, the offline answer is shown beside the server's.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("form", form_of_input))]
pub struct VerifyArgs {
    /// File with the token (- for stdin) [default: `ARGOCD_AUTH_TOKEN`]
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Directory with one token per instance, as `token create --output-dir` writes it
    #[arg(long, value_name = "DIR", conflicts_with = "token_file")]
    pub token_dir: Option<PathBuf>,
    /// Account that the token must belong to
    #[arg(
        long,
        value_name = "NAME",
        default_value = "octopus",
        conflicts_with = "role"
    )]
    pub account: String,
    /// Project role that the token must belong to, instead of an account
    #[arg(long, value_name = "ROLE", requires = "project")]
    pub role: Option<String>,
    /// Require the permission to sync applications
    #[arg(long, value_name = "BOOL", hide_possible_values = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, hide_default_value = true, action = ArgAction::Set)]
    pub allow_sync: bool,
    /// Project that applications and logs are limited to (repeatable, comma-separated)
    #[arg(long, value_name = "PROJECT", value_delimiter = ',')]
    pub project: Vec<String>,
    /// Retry for at most this long, until every answer is as expected
    #[arg(long, value_name = "DURATION")]
    pub wait: Option<Span>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    pub output: VerifyOutput,
    /// Where the objects for the offline answers come from.
    #[command(flatten)]
    pub input: Input,
    /// Number of instances to process at a time.
    #[command(flatten)]
    pub at_a_time: AtATime,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}

/// How the answers are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum VerifyOutput {
    /// A table.
    #[default]
    Text,
    /// A versioned JSON document.
    Json,
    /// The same document as YAML.
    Yaml,
}
