//! The configuration: what `octopus-argo.yaml` can say.

use serde::Deserialize;

use super::{Defaults, Instance, Severity};

/// The configuration of kubectl octopus-argo: the Argo CDs, and what is common to them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Configuration {
    /// Settings of every command, and of every instance that does not set them itself.
    pub defaults: Defaults,
    /// What `lint` looks for.
    pub lint: LintSettings,
    /// How a fleet's Argo CDs get their ConfigMaps from Git.
    pub fleet: FleetSettings,
    /// The Argo CDs, in the order in which reports list them.
    pub instances: Vec<Instance>,
}

/// What `lint` looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct LintSettings {
    /// Only these rules.
    pub select: Option<Vec<String>>,
    /// Not these rules.
    pub ignore: Option<Vec<String>>,
    /// The least severe finding that makes the exit code 1.
    pub fail_on: Option<FailOn>,
    /// The accounts that serve programs and need no login; without it the instance's account.
    pub accounts: Option<Vec<String>>,
}

/// From which severity on a finding makes the exit code 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors only
    Error,
    /// Errors and warnings
    #[default]
    Warning,
    /// Everything
    Note,
    /// Nothing
    Never,
}

impl FailOn {
    /// Whether the worst finding is one to fail on.
    pub fn fails(self, worst: Option<Severity>) -> bool {
        let least = match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Note => Severity::Note,
            Self::Never => return false,
        };
        worst.is_some_and(|worst| worst >= least)
    }
}

/// How a fleet's Argo CDs get their ConfigMaps from Git: the `ApplicationSet` that
/// `render --all` writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct FleetSettings {
    /// The Git repository that the rendered directories are committed to.
    #[serde(rename = "repoURL")]
    pub repo_url: Option<String>,
    /// The branch, tag or commit; without it HEAD.
    pub target_revision: Option<String>,
    /// The directory of the repository that --output-dir is; without it the repository itself.
    pub path: Option<String>,
    /// The AppProject of the Applications; without it default.
    pub project: Option<String>,
    /// The namespace of the Argo CD that delivers; without it argocd.
    pub namespace: Option<String>,
}
