//! What to change, and in which form to say it: `render` and `diff`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, ValueEnum};

use super::option::options;
use super::{Fleet, Input, Language};
use crate::model::{MatchMode, Which};

/// The change: an account, its rules, where they go.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Change")]
pub struct ChangeArgs {
    /// Argo CD account that Octopus Deploy uses
    #[arg(long, value_name = "NAME", default_value = "octopus")]
    pub account: String,
    /// Let the account sync applications, for Octopus steps that trigger a sync
    #[arg(long, value_name = "BOOL", hide_possible_values = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, hide_default_value = true, action = ArgAction::Set)]
    pub allow_sync: bool,
    /// Limit applications and logs to this project, by name (repeatable)
    #[arg(long, value_name = "PROJECT", value_delimiter = ',')]
    pub project: Vec<String>,
    /// Key of argocd-rbac-cm for the rules [default: policy.ACCOUNT.csv]
    #[arg(long, value_name = "KEY")]
    pub policy_key: Option<String>,
    /// Syntax of patterns if the input has no policy.matchMode [default: glob]
    #[arg(long, value_parser = match_mode(), value_name = "MODE")]
    pub match_mode: Option<MatchMode>,
    /// Enable the account if it is disabled
    #[arg(long, conflicts_with = "absent")]
    pub enable: bool,
    /// Remove the account and its rules
    #[arg(long)]
    pub absent: bool,
    /// Print complete objects for an Argo CD that has no ConfigMaps yet
    #[arg(long, conflicts_with_all = ["filename", "live", "sample", "absent"])]
    pub fresh: bool,
    /// Change only this ConfigMap
    #[arg(long, value_enum, value_name = "CONFIGMAP")]
    pub only: Option<Which>,
    /// Exit with 5 if anyone but the account would gain or lose a permission
    #[arg(long)]
    pub fail_on_collateral: bool,
    /// Omit metadata.resourceVersion, which guards against concurrent changes
    #[arg(long)]
    pub strip_resource_version: bool,
    /// Directory of templates that replace built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    pub template_dir: Option<PathBuf>,
    /// Set a template variable (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    pub template_set: Vec<String>,
    /// Set template variables from a YAML or JSON file (repeatable)
    #[arg(long, value_name = "FILE")]
    pub template_values: Vec<PathBuf>,
}

options! {
    ChangeArgs repeats {
        account: "--account" unless "octopus",
        project: "--project",
        policy_key: "--policy-key",
        match_mode: "--match-mode",
        template_dir: "--template-dir",
        template_set: "--template-set",
        template_values: "--template-values",
        allow_sync: "--allow-sync",
        enable: "--enable",
        absent: "--absent",
        fresh: "--fresh",
        strip_resource_version: "--strip-resource-version",
    }
    // Which ConfigMap and what to refuse is the next step's own.
    leaves out { only, fail_on_collateral, }
}

/// Reads how a policy's patterns are read.
fn match_mode() -> impl TypedValueParser<Value = MatchMode> {
    let values = [
        PossibleValue::new("glob").help("Glob patterns"),
        PossibleValue::new("regex").help("Go regular expressions"),
    ];
    PossibleValuesParser::new(values).map(|value| MatchMode::from_setting(&value))
}

impl ValueEnum for Which {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Cm => "The accounts",
            Self::RbacCm => "The policy",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

/// Print the changed argocd-cm and argocd-rbac-cm, for kubectl or Git.
///
/// With input, prints the complete new objects and keeps every byte that does not change.
/// Without input, prints one merge patch per ConfigMap. Writes nothing to the cluster.
#[derive(Clone, Debug, Args)]
pub struct RenderArgs {
    /// Print a merge patch instead, with --form operator or --form appproject
    #[arg(long)]
    pub as_patch: bool,
    /// Output format [default: that of the input, otherwise yaml]
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    pub output: Option<Language>,
    /// Write one file for each patch or input file to this directory
    #[arg(long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
    /// Edit the files of --filename, all or none
    #[arg(long, conflicts_with_all = ["live", "sample", "fresh", "output_dir", "output", "as_patch"])]
    pub in_place: bool,
    /// Keep a copy of each edited file with this suffix: .orig
    #[arg(long, value_name = "SUFFIX", requires = "in_place")]
    pub backup: Option<String>,
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

/// Show the change as a diff and as permissions gained and lost.
///
/// `KUBECTL_EXTERNAL_DIFF` works as in `kubectl diff`.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("strip_resource_version", |arg| arg.hide(true)))]
pub struct DiffArgs {
    /// Format of the report
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: DiffOutput,
    /// Lines of context
    #[arg(short = 'U', long, default_value_t = 3, value_name = "LINES")]
    pub unified: usize,
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

/// The format of `diff`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffOutput {
    /// A unified diff
    #[default]
    Text,
    /// A versioned JSON document
    Json,
    /// The same document as YAML
    Yaml,
}
