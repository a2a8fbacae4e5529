//! The forms: what each one edits of the input, and how the change is planned for it.

mod appproject;
mod configmaps;
mod helm;
mod operator;
mod ownership;

use serde_json::Value;

pub use ownership::{form_of_owner, tell_owner};

use super::{ChangeRequest, Plan};
use crate::error::Result;
use crate::model::{ConfigMap, Form, Which};
use crate::site::{Object, Selector};
use crate::text::{Note, NoteLevel};
use crate::yaml::Edit;

/// One object that was read, and what has to change in it.
#[derive(Debug)]
pub struct Planned<'a> {
    /// Where it is.
    pub object: Object<'a>,
    /// The namespace of its Argo CD.
    pub namespace: String,
    /// What it is.
    pub edited: Edited,
    /// The changes, key by key, and what to say.
    pub plan: Plan,
    /// The same changes as edits of the object's text.
    pub edits: Vec<Edit>,
}

/// What was read.
#[derive(Clone, Debug)]
pub enum Edited {
    /// One of the ConfigMaps.
    ConfigMap(ConfigMap),
    /// Values of the argo-cd chart.
    Values,
    /// An `ArgoCD` resource, with the change as a merge patch.
    ArgoCd(Value),
    /// An `AppProject`, with the change as a merge patch.
    AppProject(Value),
}

impl Planned<'_> {
    /// The ConfigMap, if it is one.
    pub fn which(&self) -> Option<Which> {
        match &self.edited {
            Edited::ConfigMap(configmap) => Some(configmap.which),
            _ => None,
        }
    }

    /// What `kubectl diff` would call it: group, version, kind, namespace and name. A values file
    /// is called by its own name.
    pub fn name(&self) -> String {
        match &self.edited {
            Edited::Values => self.object.source().name().replace(['/', '\\'], "_"),
            _ => format!(
                "{}.{}.{}.{}",
                self.object.api_version().replace('/', "."),
                self.object.kind(),
                self.namespace,
                self.object.name()
            ),
        }
    }
}

/// Plans the change of everything that a form edits. The forms that only print something about the
/// ConfigMaps are planned as these.
pub fn plan<'a>(
    request: &ChangeRequest,
    form: Form,
    objects: &[Object<'a>],
    selector: &Selector,
    notes: &mut Vec<Note>,
) -> Result<Vec<Planned<'a>>> {
    let planned = match form {
        Form::Helm => helm::plan(request, objects, selector, notes)?,
        Form::Operator => operator::plan(request, objects, selector, notes)?,
        Form::AppProject => appproject::plan(request, objects, &selector.scope, notes)?,
        Form::Manifest | Form::Patch | Form::JsonPatch | Form::Kustomize | Form::Auto => {
            configmaps::plan(request, objects, &selector.scope, notes)?
        }
    };
    let mut templates: Vec<&str> = Vec::new();
    for planned in &planned {
        let (stream, source) = (planned.object.stream(), planned.object.source());
        let tag = stream
            .template()
            .filter(|_| !templates.contains(&source.name()));
        if let Some(at) = tag {
            templates.push(source.name());
            notes.push(Note {
                level: NoteLevel::Note,
                text: format!(
                    "{}: tags of a template: what they add, change or leave out is unknown here",
                    source.location(at)
                ),
            });
        }
        notes.extend(planned.plan.notes.iter().cloned());
    }
    Ok(planned)
}

fn left_alone(left: &[(String, String)], notes: &mut Vec<Note>) {
    for (namespace, name) in left {
        notes.push(Note::new(format!(
            "left alone: {name} in namespace {namespace}"
        )));
    }
}

/// The form whose objects were planned.
pub fn form_of_planned(planned: &[Planned<'_>]) -> Form {
    let form = planned.iter().find_map(|planned| match planned.edited {
        Edited::Values => Some(Form::Helm),
        Edited::ArgoCd(_) => Some(Form::Operator),
        Edited::AppProject(_) => Some(Form::AppProject),
        Edited::ConfigMap(_) => None,
    });
    form.unwrap_or(Form::Manifest)
}
