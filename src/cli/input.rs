//! Where the objects come from.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::Form;
use super::option::options;
use crate::model::check_values_root;

/// Where the objects come from: files, stdin, the cluster through kubectl, the sample.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Input")]
pub struct Input {
    /// File, directory or - for stdin (repeatable).
    ///
    /// Several files may also be separated by commas.
    #[arg(
        short,
        long,
        value_name = "FILE",
        value_delimiter = ',',
        group = "paths"
    )]
    pub filename: Vec<PathBuf>,
    /// Descend into the directories of --filename
    #[arg(short = 'R', long, requires = "paths")]
    pub recursive: bool,
    /// Read the live objects with `kubectl get`
    #[arg(long, conflicts_with = "sample")]
    pub live: bool,
    /// Read the built-in example of an Argo CD
    #[arg(long, conflicts_with = "filename")]
    pub sample: bool,
    /// Namespace of Argo CD; other namespaces are ignored [default: that of the objects; argocd with --live]
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// Read the Argo CDs of all namespaces in the input
    #[arg(short = 'A', long, conflicts_with_all = ["namespace", "live"])]
    pub all_namespaces: bool,
    /// Form of the change [default: detected from the input]
    #[arg(long, value_enum, value_name = "FORM")]
    pub form: Option<Form>,
    /// Key that holds the argo-cd chart's values in those of an umbrella chart: argo-cd
    #[arg(long, value_name = "KEY", value_parser = values_root)]
    pub values_root: Option<String>,
    /// How kubectl reaches the cluster.
    #[command(flatten)]
    pub kubectl: Kubectl,
}

fn values_root(text: &str) -> Result<String, &'static str> {
    check_values_root(text).map(|()| text.to_owned())
}

/// Connection flags handed to kubectl as they are.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Cluster (with --live)")]
pub struct Kubectl {
    /// Context of the kubeconfig to use
    #[arg(long, value_name = "NAME", requires = "live")]
    pub context: Option<String>,
    /// Cluster of the kubeconfig to use
    #[arg(long, value_name = "NAME", requires = "live")]
    pub cluster: Option<String>,
    /// User of the kubeconfig to use
    #[arg(long, value_name = "NAME", requires = "live")]
    pub user: Option<String>,
    /// Kubeconfig file to use
    #[arg(long, value_name = "FILE", requires = "live")]
    pub kubeconfig: Option<PathBuf>,
    /// User to impersonate
    #[arg(long = "as", value_name = "USER", requires = "live")]
    pub as_user: Option<String>,
    /// Group to impersonate (repeatable)
    #[arg(long, value_name = "GROUP", requires = "live")]
    pub as_group: Vec<String>,
    /// How long to wait for the API server: 30s, 1m
    #[arg(long, value_name = "DURATION", requires = "live")]
    pub request_timeout: Option<String>,
}

options! {
    Input repeats {
        filename: "-f",
        namespace: "-n",
        values_root: "--values-root",
        recursive: "-R",
        all_namespaces: "-A",
        live: "--live",
        sample: "--sample",
    }
    // The form is the next step's own; kubectl's flags follow where they count.
    leaves out { form, kubectl, }
}

options! {
    Kubectl repeats {
        context: "--context",
        cluster: "--cluster",
        user: "--user",
        as_user: "--as",
        request_timeout: "--request-timeout",
        as_group: "--as-group",
        kubeconfig: "--kubeconfig",
    }
    leaves out {}
}

impl Kubectl {
    /// The flags, as kubectl takes them.
    pub fn flags(&self) -> Vec<OsString> {
        let given = self.given_options().into_iter();
        given
            .map(|(name, value)| {
                let mut flag = OsString::from(name);
                if let Some(value) = value {
                    flag.push("=");
                    flag.push(value);
                }
                flag
            })
            .collect()
    }
}
