//! One question to a policy.

use clap::{ArgAction, Args};

use super::form::form_of_input;
use super::{Fleet, Input};

/// Explain one decision: may SUBJECT do ACTION on RESOURCE?
///
/// Arguments and shorthands are those of `argocd admin settings rbac can`, but no kubeconfig is
/// needed, and errors have exit codes of their own.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("form", form_of_input))]
pub struct CanArgs {
    /// User, group, role (role:NAME) or project role (proj:PROJECT:ROLE)
    pub subject: String,
    /// Action: get, sync, action/apps/Deployment/restart, …
    pub action: String,
    /// Resource: applications, clusters, logs, … or a shorthand: app, cluster, …
    pub resource: String,
    /// Object: PROJECT/APPLICATION, URL of a cluster or repository, … [default: all]
    pub object: Option<String>,
    /// Groups in the subject's token (repeatable, comma-separated)
    #[arg(long, value_name = "GROUP", value_delimiter = ',')]
    pub groups: Vec<String>,
    /// Use this default role instead of the input's
    #[arg(long, value_name = "ROLE")]
    pub default_role: Option<String>,
    /// Load Argo CD's built-in policy first
    #[arg(long, value_name = "BOOL", hide_possible_values = true, default_value_t = true, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub use_builtin_policy: bool,
    /// Reject resources and actions that Argo CD does not know
    #[arg(long, value_name = "BOOL", hide_possible_values = true, default_value_t = true, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub strict: bool,
    /// Version of Argo CD, such as 3.5 or 3.5.1
    #[arg(long, value_name = "VERSION")]
    pub argocd_version: Option<String>,
    /// Show the line that decided and lines that nearly matched [default: on a terminal]
    #[arg(long, value_name = "BOOL", hide_possible_values = true, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub explain: Option<bool>,
    /// Where the objects come from.
    #[command(flatten)]
    pub input: Input,
    /// Which instances are meant.
    #[command(flatten)]
    pub fleet: Fleet,
}
