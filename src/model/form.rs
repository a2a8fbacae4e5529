//! The forms of a change.

use serde::Deserialize;

/// The form of a change: what is edited, and how it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// The complete new objects; the default with input
    Manifest,
    /// Merge patches with our own keys; the default without input
    Patch,
    /// JSON patches that are refused where the object has changed
    JsonPatch,
    /// A kustomize Component with both patches
    Kustomize,
    /// Values of the argo-cd chart
    Helm,
    /// An ArgoCD resource: argocd-operator, OpenShift GitOps
    Operator,
    /// Roles of AppProjects, for tokens of a project
    #[serde(rename = "appproject")]
    AppProject,
    /// The form that the owner of the objects keeps
    Auto,
}

impl Form {
    /// As the option takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Patch => "patch",
            Self::JsonPatch => "json-patch",
            Self::Kustomize => "kustomize",
            Self::Helm => "helm",
            Self::Operator => "operator",
            Self::AppProject => "appproject",
            Self::Auto => "auto",
        }
    }
}
