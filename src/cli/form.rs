//! The forms of a change, and the formats of what is printed.

use clap::builder::PossibleValue;
use clap::{Arg, ValueEnum};

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

/// The help of `--form` where nothing is changed.
pub(super) fn form_of_input(arg: Arg) -> Arg {
    arg.hide_possible_values(true)
        .help("Form of the input, such as helm for values of the argo-cd chart [default: detected]")
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
            Self::Manifest => "Complete new objects (default with input)",
            Self::Patch => "Merge patches with only the keys that change (default without input)",
            Self::JsonPatch => {
                "JSON patches, which the server refuses if the object has changed meanwhile"
            }
            Self::Kustomize => "A kustomize Component with both patches",
            Self::Helm => "Values of the argo-cd chart",
            Self::Operator => "An ArgoCD resource (argocd-operator, OpenShift GitOps)",
            Self::AppProject => "Roles of AppProjects, for project tokens",
            Self::Auto => "The form that fits what manages the objects",
        };
        Some(PossibleValue::new(self.as_str()).help(help))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_offered() {
        // The error names all there are.
        let error = serde_json::from_str::<Form>("\"?\"").unwrap_err();
        let error = error.to_string();
        let known = error.split('`').skip(3).step_by(2).count();
        assert_eq!(known, Form::value_variants().len(), "{error}");
    }

    #[test]
    fn forms_are_called_as_the_option_takes_them() {
        for form in Form::value_variants() {
            let value = form.to_possible_value().map(|v| v.get_name().to_owned());
            assert_eq!(value.as_deref(), Some(form.as_str()));
        }
    }
}
