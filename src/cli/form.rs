//! The forms of a change, and the formats of what is printed.

use clap::ValueEnum;
use clap::builder::PossibleValue;

/// The form of a change: what is edited, and how it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
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
    #[value(name = "appproject")]
    AppProject,
    /// The form that the owner of the objects keeps
    Auto,
}

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// YAML
    Yaml,
    /// JSON
    Json,
}

/// `-o` of `render`: a form, or the default form in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderOutput {
    /// A form.
    Form(Form),
    /// The default form in this format.
    Format(Format),
}

impl RenderOutput {
    /// The form that it names, if it does.
    pub fn form(self) -> Option<Form> {
        match self {
            Self::Form(form) => Some(form),
            Self::Format(_) => None,
        }
    }

    /// The format that it names, if it does.
    pub fn format(self) -> Option<Format> {
        match self {
            Self::Form(_) => None,
            Self::Format(format) => Some(format),
        }
    }
}

impl ValueEnum for RenderOutput {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Form(Form::Manifest),
            Self::Form(Form::Patch),
            Self::Form(Form::JsonPatch),
            Self::Form(Form::Kustomize),
            Self::Form(Form::Helm),
            Self::Form(Form::Operator),
            Self::Form(Form::AppProject),
            Self::Form(Form::Auto),
            Self::Format(Format::Yaml),
            Self::Format(Format::Json),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Form(form) => form.to_possible_value(),
            Self::Format(Format::Yaml) => {
                Some(PossibleValue::new("yaml").help("The default form as YAML"))
            }
            Self::Format(Format::Json) => {
                Some(PossibleValue::new("json").help("The default form as JSON"))
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_called_as_the_option_takes_them() {
        for form in Form::value_variants() {
            let value = form.to_possible_value().map(|v| v.get_name().to_owned());
            assert_eq!(value.as_deref(), Some(form.as_str()));
            assert!(RenderOutput::value_variants().contains(&RenderOutput::Form(*form)));
        }
    }
}
