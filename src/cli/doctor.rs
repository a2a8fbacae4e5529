//! The whole setup, step by step.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use super::{Argocd, Input, Kubectl, One};

/// Check every step of the setup, from account to Applications.
///
/// Prints a line for each step (done, missing, wrong or unknown) with the evidence, then the one
/// command to run next. Runs `kubectl get` and argocd, and changes nothing. A step is unknown if its
/// objects cannot be read or a program is missing; the other steps are still checked. With --watch,
/// --timeout limits the whole wait [default: 10m].
#[derive(Clone, Debug, Args)]
pub struct DoctorArgs {
    /// Argo CD account that Octopus Deploy uses
    #[arg(long, value_name = "NAME", default_value = "octopus")]
    pub account: String,
    /// Expect the permission to sync applications
    #[arg(long, value_name = "BOOL", hide_possible_values = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, hide_default_value = true, action = ArgAction::Set)]
    pub allow_sync: bool,
    /// Project that applications and logs are limited to (repeatable, comma-separated)
    #[arg(long, value_name = "PROJECT", value_delimiter = ',')]
    pub project: Vec<String>,
    /// Namespace of the gateway
    #[arg(long, value_name = "NAMESPACE", default_value = "octopus-gateway")]
    pub gateway_namespace: String,
    /// Name of the Secret with the account's token
    #[arg(long, value_name = "NAME", default_value = "argocd-auth-token")]
    pub secret_name: String,
    /// Key of that Secret
    #[arg(long, value_name = "KEY", default_value = "ARGOCD_AUTH_TOKEN")]
    pub secret_key: String,
    /// Check only the files of --filename; run neither kubectl nor argocd
    #[arg(long, requires = "filename")]
    pub offline: bool,
    /// Repeat until nothing is missing or wrong
    #[arg(long, conflicts_with = "offline")]
    pub watch: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: DoctorOutput,
    /// File or directory: the gateway's values, or with --offline everything (repeatable)
    #[arg(
        short,
        long,
        value_name = "FILE",
        value_delimiter = ',',
        help_heading = "Input"
    )]
    pub filename: Vec<PathBuf>,
    /// Descend into the directories of --filename
    #[arg(short = 'R', long, requires = "filename", help_heading = "Input")]
    pub recursive: bool,
    /// Namespace of Argo CD [default: argocd]
    #[arg(short, long, value_name = "NAMESPACE", help_heading = "Input")]
    pub namespace: Option<String>,
    /// How kubectl reaches the cluster.
    #[command(flatten)]
    pub cluster: ClusterArgs,
    /// Which instance is meant.
    #[command(flatten)]
    pub one: One,
    /// How argocd is run.
    #[command(flatten)]
    pub argocd: Argocd,
}

/// Connection flags handed to kubectl as they are.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Cluster")]
pub struct ClusterArgs {
    /// Context of the kubeconfig to use
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,
    /// Kubeconfig file to use
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// User to impersonate
    #[arg(long = "as", value_name = "USER")]
    pub as_user: Option<String>,
    /// Group to impersonate (repeatable)
    #[arg(long, value_name = "GROUP")]
    pub as_group: Vec<String>,
    /// How long to wait for the API server: 30s, 1m
    #[arg(long, value_name = "DURATION")]
    pub request_timeout: Option<String>,
}

/// The format of `doctor`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DoctorOutput {
    /// One line for each step
    #[default]
    Text,
    /// A versioned JSON document
    Json,
    /// The same document as YAML
    Yaml,
}

impl DoctorArgs {
    /// Where the objects come from, as other commands say it.
    pub fn input(&self) -> Input {
        let cluster = self.cluster.clone();
        Input {
            filename: self.filename.clone(),
            recursive: self.recursive,
            live: !self.offline,
            namespace: self.namespace.clone(),
            kubectl: Kubectl {
                context: cluster.context,
                kubeconfig: cluster.kubeconfig,
                as_user: cluster.as_user,
                as_group: cluster.as_group,
                request_timeout: cluster.request_timeout,
                ..Kubectl::default()
            },
            ..Input::default()
        }
    }
}
