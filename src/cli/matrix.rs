//! Who may do what, all at once.

use clap::{ArgAction, Args, ValueEnum};

use super::form::form_of_input;
use super::{Fleet, Input};

/// Show who may do what: every subject and role of a policy.
///
/// Rules that differ only in their action share a row. A subject that has a role shows the role's name;
/// the role has rows of its own. -o wide adds the deciding lines, -o html makes a page for a review.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("form", form_of_input))]
pub struct MatrixArgs {
    /// Only this subject and its roles (repeatable, comma-separated)
    #[arg(long, value_name = "SUBJECT", value_delimiter = ',')]
    pub subject: Vec<String>,
    /// Only this resource (repeatable, comma-separated)
    #[arg(long, value_name = "RESOURCE", value_delimiter = ',')]
    pub resource: Vec<String>,
    /// Sort the rows by subject or by resource
    #[arg(long, value_enum, default_value_t, value_name = "ORDER")]
    pub by: MatrixOrder,
    /// Format of the report
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: MatrixOutput,
    /// Load Argo CD's built-in policy first
    #[arg(long, value_name = "BOOL", hide_possible_values = true, default_value_t = true, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub use_builtin_policy: bool,
    /// Version of Argo CD, such as 3.5 or 3.5.1
    #[arg(long, value_name = "VERSION")]
    pub argocd_version: Option<String>,
    /// Where the objects come from.
    #[command(flatten)]
    pub input: Input,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

/// The format of `matrix`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MatrixOutput {
    /// A table
    #[default]
    Text,
    /// The table with the limits of each rule and the deciding lines
    Wide,
    /// A table for a pull request
    Markdown,
    /// Comma-separated values
    Csv,
    /// A versioned JSON document
    Json,
    /// The same document as YAML
    Yaml,
    /// One self-contained page
    Html,
}

/// How the rows of `matrix` are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MatrixOrder {
    /// What each subject may do
    #[default]
    Subject,
    /// Who may use each resource
    Resource,
}
