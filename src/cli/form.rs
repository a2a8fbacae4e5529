//! The forms of a change, and the formats of what is printed.

use clap::ValueEnum;
use clap::builder::PossibleValue;

pub use crate::model::Form;
use crate::yaml::Format;

/// The language that a manifest is printed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// YAML
    Yaml,
    /// JSON
    Json,
}

impl From<Language> for Format {
    fn from(language: Language) -> Self {
        match language {
            Language::Yaml => Self::Yaml,
            Language::Json => Self::Json,
        }
    }
}

// The forms belong to the model; their help belongs to the command line.
impl ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Manifest,
            Self::Patch,
            Self::JsonPatch,
            Self::Kustomize,
            Self::Helm,
            Self::Operator,
            Self::AppProject,
            Self::Auto,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Manifest => "The complete new objects; the default with input",
            Self::Patch => "Merge patches with our own keys; the default without input",
            Self::JsonPatch => "JSON patches that are refused where the object has changed",
            Self::Kustomize => "A kustomize Component with both patches",
            Self::Helm => "Values of the argo-cd chart",
            Self::Operator => "An ArgoCD resource: argocd-operator, OpenShift GitOps",
            Self::AppProject => "Roles of AppProjects, for tokens of a project",
            Self::Auto => "The form that the owner of the objects keeps",
        };
        Some(PossibleValue::new(self.as_str()).help(help))
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
        }
    }
}
