//! The whole chain, looked at.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use super::{Argocd, Input, Kubectl, One};

/// Look at every step from the account to the annotated Applications.
///
/// Prints a line for each step, done, missing, wrong or unknown, with what that is known from, and
/// then the one next command. Runs `kubectl get` and argocd, and changes nothing. What it may not
/// read, or a program that is not there, makes a step unknown and no other. With --watch, --timeout
/// is the limit of the whole, 10m without it.
#[derive(Clone, Debug, Args)]
pub struct DoctorArgs {
    /// Argo CD account that Octopus Deploy uses
    #[arg(long, value_name = "NAME", default_value = "octopus")]
    pub account: String,
    /// Expect the permission to sync applications
    #[arg(long, value_name = "BOOL", hide_possible_values = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, hide_default_value = true, action = ArgAction::Set)]
    pub allow_sync: bool,
    /// Projects that applications and logs are limited to (repeatable, comma-separated)
    #[arg(long, value_name = "PROJECT", value_delimiter = ',')]
    pub project: Vec<String>,
    /// The gateway's namespace
    #[arg(long, value_name = "NAMESPACE", default_value = "octopus-gateway")]
    pub gateway_namespace: String,
    /// Name of the Secret with the account's token
    #[arg(long, value_name = "NAME", default_value = "argocd-auth-token")]
    pub secret_name: String,
    /// Key of that Secret
    #[arg(long, value_name = "KEY", default_value = "ARGOCD_AUTH_TOKEN")]
    pub secret_key: String,
    /// Judge the files of --filename, and run neither kubectl nor argocd
    #[arg(long, requires = "filename")]
    pub offline: bool,
    /// Look again until nothing is missing or wrong
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
    /// The kubeconfig context to use
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,
    /// The kubeconfig file to use
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
    /// A line a step
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
