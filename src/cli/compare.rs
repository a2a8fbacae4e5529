//! Two states of an Argo CD, side by side.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Form, Input, Kubectl};
use crate::model::check_values_root;

/// Compare two states of an Argo CD: who gains and who loses what.
///
/// Each state is a file, a directory or - for stdin. With --live, the cluster is the old state, and
/// the objects of the given state replace the live ones. With a range of versions, one state is
/// compared under both. Every statement holds for all objects, and each difference comes with a
/// request that shows it.
#[derive(Clone, Debug, Args)]
pub struct CompareArgs {
    /// The old state and the new one; with --live or a range of versions, one state
    #[arg(value_name = "STATE", required = true, num_args = 1..=2)]
    pub states: Vec<PathBuf>,
    /// Descend into directories
    #[arg(short = 'R', long)]
    pub recursive: bool,
    /// Compare with the live objects, read with `kubectl get`
    #[arg(long)]
    pub live: bool,
    /// Namespace of Argo CD; other namespaces are ignored [default: that of the objects; argocd with --live]
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// Form of both states [default: detected from the input]
    #[arg(long, value_enum, value_name = "FORM")]
    pub form: Option<Form>,
    /// Key that holds the argo-cd chart's values in those of an umbrella chart: argo-cd
    #[arg(long, value_name = "KEY", value_parser = |text: &str| check_values_root(text).map(|()| text.to_owned()))]
    pub values_root: Option<String>,
    /// Version of Argo CD, or a range that compares one state under two: 2.14.3..3.5.1
    #[arg(long, value_name = "VERSION")]
    pub argocd_version: Option<String>,
    /// Only this subject (repeatable, comma-separated)
    #[arg(long, value_name = "SUBJECT", value_delimiter = ',')]
    pub subject: Vec<String>,
    /// Only this resource (repeatable, comma-separated)
    #[arg(long, value_name = "RESOURCE", value_delimiter = ',')]
    pub resource: Vec<String>,
    /// Differences that make the exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "CHANGE")]
    pub fail_on: FailOnChange,
    /// Format of the report
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: CompareOutput,
    /// How kubectl reaches the cluster.
    #[command(flatten)]
    pub kubectl: Kubectl,
}

impl CompareArgs {
    /// The input options of one side: its files, or the live objects.
    pub fn side(&self, state: Option<&PathBuf>) -> Input {
        Input {
            filename: state.cloned().into_iter().collect(),
            recursive: self.recursive,
            live: state.is_none(),
            namespace: self.namespace.clone(),
            form: self.form,
            values_root: self.values_root.clone(),
            kubectl: self.kubectl.clone(),
            ..Input::default()
        }
    }
}

/// Which differences count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FailOnChange {
    /// Gains, and what could not be decided
    Gain,
    /// Losses, and what could not be decided
    Loss,
    /// Both
    #[default]
    Any,
}

/// The format of `compare`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CompareOutput {
    /// A list for people
    #[default]
    Text,
    /// A versioned JSON document
    Json,
    /// The same document as YAML
    Yaml,
    /// A comment for a pull request
    Markdown,
    /// Annotations for GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for a build server
    Junit,
}
