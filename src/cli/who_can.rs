//! Who may do something.

use clap::{ArgAction, Args, ValueEnum};

use super::form::form_of_input;
use super::{Fleet, Input};

/// Show who may do ACTION on RESOURCE, and through which lines.
///
/// Names every subject, group, role and project role of the policy and its AppProjects, and those
/// that only a deny line blocks. ACTION and OBJECT may be patterns.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("form", form_of_input))]
pub struct WhoCanArgs {
    /// Action: get, sync, action/apps/Deployment/restart, … or a pattern: delete/*
    pub action: String,
    /// Resource: applications, clusters, logs, … or a shorthand: app, cluster, …
    pub resource: String,
    /// Object: PROJECT/APPLICATION, a URL, … or a pattern: prod/* [default: *]
    pub object: Option<String>,
    /// Of the requests that match a pattern: at least one must be allowed, or all
    #[arg(long = "for", value_enum, default_value_t, value_name = "WHICH")]
    pub which: Quantifier,
    /// Use this default role instead of the input's
    #[arg(long, value_name = "ROLE")]
    pub default_role: Option<String>,
    /// Format of the report
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: WhoCanOutput,
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

/// Which of the requests that match a pattern someone must be allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Quantifier {
    /// At least one of them
    #[default]
    Some,
    /// All of them, proved
    Every,
}

/// The format of `who-can`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum WhoCanOutput {
    /// A table
    #[default]
    Text,
    /// The table with an example request, and the lines in full
    Wide,
    /// A versioned JSON document
    Json,
    /// The same document as YAML
    Yaml,
    /// A table for a pull request
    Markdown,
    /// Comma-separated values
    Csv,
}
