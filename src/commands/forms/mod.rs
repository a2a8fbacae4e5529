//! The forms: what each one edits of the input, and how the change is planned for it.

mod appproject;
mod configmaps;
mod helm;
mod operator;
mod ownership;
mod places;
mod policy;

use serde_json::Value;

pub(super) use ownership::{form_of as form_of_owner, tell as tell_owner};
pub(super) use policy::{Holder, form_of_planned, holders};

use super::change::{Wish, scope};
use super::context::Context;
use crate::cli::{Form, Input};
use crate::error::Result;
use crate::input::{Object, Role, Values};
use crate::model::{ConfigMap, Which};
use crate::plan::Plan;
use crate::yaml::Edit;

/// One object that was read, and what has to change in it.
pub(super) struct Planned<'a> {
    pub(super) object: Object<'a>,
    pub(super) namespace: String,
    pub(super) subject: Subject,
    /// The changes, key by key, and what to say.
    pub(super) plan: Plan,
    /// The same changes as edits of the object's text.
    pub(super) edits: Vec<Edit>,
}

/// What was read.
pub(super) enum Subject {
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
    pub(super) fn which(&self) -> Option<Which> {
        match &self.subject {
            Subject::ConfigMap(configmap) => Some(configmap.which),
            _ => None,
        }
    }

    /// What `kubectl diff` would call it: group, version, kind, namespace and name. A values file
    /// is called by its own name.
    pub(super) fn name(&self) -> String {
        match &self.subject {
            Subject::Values => self.object.source().name().replace(['/', '\\'], "_"),
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

/// The form where none is asked for: `operator` where the input holds an `ArgoCD` and no ConfigMap,
/// `helm` for a document without kind that has keys of the argo-cd chart, else the default.
pub(super) fn detect(objects: &[Object<'_>], input: &Input) -> Form {
    let mut argocd = false;
    for object in objects {
        match Role::of(object) {
            Some(Role::ConfigMap(_)) => return Form::Manifest,
            Some(Role::ArgoCd) => argocd = true,
            Some(Role::AppProject) | None => {}
        }
    }
    let values = |object| Values::looks_like(object, input.values_root.as_deref());
    if argocd {
        Form::Operator
    } else if objects.iter().any(values) {
        Form::Helm
    } else {
        Form::Manifest
    }
}

/// Plans the change of everything that a form edits. The forms that only print something about the
/// ConfigMaps are planned as these.
pub(super) fn plan<'a>(
    wish: &Wish,
    form: Form,
    objects: &[Object<'a>],
    input: &Input,
    context: &mut Context<'_, '_>,
) -> Result<Vec<Planned<'a>>> {
    let planned = match form {
        Form::Helm => helm::plan(wish, objects, input, context)?,
        Form::Operator => operator::plan(wish, objects, input, context)?,
        Form::AppProject => appproject::plan(wish, objects, &scope(input), context)?,
        Form::Manifest | Form::Patch | Form::JsonPatch | Form::Kustomize | Form::Auto => {
            configmaps::plan(wish, objects, &scope(input), context)?
        }
    };
    for planned in &planned {
        context.tell(&planned.plan.notes);
    }
    Ok(planned)
}

fn left_alone(left: &[(String, String)], context: &mut Context<'_, '_>) {
    for (namespace, name) in left {
        context.note(format!("left alone: {name} in namespace {namespace}"));
    }
}
