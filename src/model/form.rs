//! The forms of a change.

use serde::Deserialize;

/// The form of a change: what is edited, and how it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Complete new objects (default with input)
    Manifest,
    /// Merge patches with only the keys that change (default without input)
    Patch,
    /// JSON patches, which the server refuses if the object has changed meanwhile
    JsonPatch,
    /// A kustomize Component with both patches
    Kustomize,
    /// Values of the argo-cd chart
    Helm,
    /// An ArgoCD resource (argocd-operator, OpenShift GitOps)
    Operator,
    /// Roles of AppProjects, for project tokens
    #[serde(rename = "appproject")]
    AppProject,
    /// The form that fits what manages the objects
    Auto,
}

/// What `render` prints in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormOutput {
    /// The input's documents, edited; they can be edited in place.
    Documents,
    /// A patch for each object.
    Patches,
    /// Files to put beside those of the input.
    NewFiles,
}

impl Form {
    /// What `render` prints; with `auto`, the form of the owner decides that later.
    pub fn output(self) -> FormOutput {
        match self {
            Self::Manifest | Self::Helm | Self::Operator | Self::AppProject | Self::Auto => {
                FormOutput::Documents
            }
            Self::Patch | Self::JsonPatch => FormOutput::Patches,
            Self::Kustomize => FormOutput::NewFiles,
        }
    }

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
