//! The forms of a change, and the formats of what is printed.

use clap::ValueEnum;
use clap::builder::PossibleValue;

pub use crate::model::Form;
use crate::yaml::Format;

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

/// The forms stand with the model; what the command line says of each stands here.
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
            assert!(RenderOutput::value_variants().contains(&RenderOutput::Form(*form)));
        }
    }
}
