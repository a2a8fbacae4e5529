//! What has to change in one object that was read.

use serde_json::Value;

use crate::change::Plan;
use crate::model::{ConfigMap, Form, Which};
use crate::site::Object;
use crate::text::Note;
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
            // A patch need not say what it is of.
            Edited::ConfigMap(configmap) => {
                format!("v1.ConfigMap.{}.{}", self.namespace, configmap.which)
            }
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

pub(super) fn left_alone(left: &[(String, String)], notes: &mut Vec<Note>) {
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
