//! What is wrong with accounts and policies: `lint`.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::form::form_of_input;
use super::{Fleet, Input};
pub use crate::model::FailOn;

/// Find mistakes in accounts and policies before the server does.
///
/// Reads argocd-cm, argocd-rbac-cm, AppProjects, ArgoCD resources, Helm values, kustomize patches
/// and bare policies. The comment `# octopus-argo: ignore[RULE]` suppresses a finding: on the line of a
/// key or above it, or on a line of its own above a policy line.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("form", form_of_input))]
pub struct LintArgs {
    /// Files or directories, same as --filename (hooks pass them this way)
    #[arg(value_name = "FILE", group = "paths", conflicts_with_all = ["live", "sample", "explain", "list_rules"])]
    pub files: Vec<PathBuf>,
    /// Silently ignore files that have nothing to do with Argo CD, even if no file is left
    #[arg(long)]
    pub skip_unrelated: bool,
    /// Only these rules (repeatable, comma-separated)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// All but these rules (repeatable, comma-separated)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Lowest severity that makes the exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Apply fixes that change no permissions; =unsafe applies all
    #[arg(long, value_enum, value_name = "SAFETY", num_args = 0..=1, default_missing_value = "safe", require_equals = true, conflicts_with_all = ["live", "sample"])]
    pub fix: Option<FixSafety>,
    /// With --fix, show the change and write nothing: exit code 1 if there is one
    #[arg(long, requires = "fix")]
    pub diff: bool,
    /// Account used by a program, which needs no login (repeatable, comma-separated)
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        default_value = "octopus"
    )]
    pub account: Vec<String>,
    /// Version of Argo CD, such as 3.5 or 3.5.1
    #[arg(long, value_name = "VERSION")]
    pub argocd_version: Option<String>,
    /// Format of the report
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: LintOutput,
    /// Print the page of a rule
    #[arg(long, value_name = "RULE", conflicts_with_all = ["filename", "live", "sample", "fix"])]
    pub explain: Option<String>,
    /// List all rules
    #[arg(long, conflicts_with_all = ["filename", "live", "sample", "fix", "explain"])]
    pub list_rules: bool,
    /// Where the objects come from.
    #[command(flatten)]
    pub input: Input,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}

// The severities belong to the model; their help belongs to the command line.
impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Error, Self::Warning, Self::Note, Self::Never]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Error => ("error", "Errors only"),
            Self::Warning => ("warning", "Errors and warnings"),
            Self::Note => ("note", "Everything"),
            Self::Never => ("never", "Nothing"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

/// Which fixes are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FixSafety {
    /// Fixes that change no permissions
    Safe,
    /// All fixes, including those that grant or remove permissions
    Unsafe,
}

/// The format of `lint`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LintOutput {
    /// Source excerpts for people
    #[default]
    Text,
    /// A versioned JSON document
    Json,
    /// The same document as YAML
    Yaml,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations for GitHub Actions
    Github,
    /// JUnit XML, for a build server
    Junit,
}
