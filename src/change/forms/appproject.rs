//! Roles of `AppProject`s, for tokens that belong to a project.

use super::super::{ChangeRequest, DesiredRole, ProjectObject, roles_patch};
use super::planned::{Edited, Planned, left_alone};
use crate::error::{Error, Result};
use crate::model::Which;
use crate::site::{NamespaceScope, Object, ObjectRole, select_roles};
use crate::text::Note;

/// Plans the role in every `AppProject` of the input, or in those that `--project` names.
pub(super) fn plan<'a>(
    request: &ChangeRequest,
    objects: &[Object<'a>],
    scope: &NamespaceScope,
    notes: &mut Vec<Note>,
) -> Result<Vec<Planned<'a>>> {
    let name = request.account.as_str();
    let alphanumeric = |c: char| c.is_ascii_alphanumeric();
    if !name.starts_with(alphanumeric) || !name.ends_with(alphanumeric) {
        return Err(Error::usage(format!(
            "`{name}` cannot be the name of a project's role: it begins and ends with a letter or a digit"
        ))
        .hint("choose another name with --account"));
    }
    let wanted = |role| {
        matches!(
            role,
            ObjectRole::AppProject | ObjectRole::ConfigMap(Which::RbacCm)
        )
    };
    let selection = select_roles(objects, scope, wanted)?;
    let mut planned = Vec::new();
    for instance in &selection.instances {
        let mode = request.mode_in(instance.rbac_cm.as_ref())?;
        let variables = request.variables(&instance.namespace, mode);
        let chosen = |object: &&Object<'_>| {
            let mut asked = request.projects.iter();
            request.projects.is_empty() || asked.any(|name| name.as_str() == object.name())
        };
        for object in instance.projects.iter().filter(chosen) {
            let rendered = request.engine.role(object.name(), &variables)?;
            let desired = DesiredRole::read(&rendered, object.name(), name)?;
            let plan = desired.plan(
                ProjectObject {
                    document: object.in_document(),
                    index: object.document,
                    route: &object.route,
                    node: object.node,
                },
                request.goal,
            )?;
            let patch = roles_patch(object.name(), object.resource_version(), &plan);
            planned.push(Planned {
                object: object.clone(),
                namespace: instance.namespace.clone(),
                edited: Edited::AppProject(patch),
                plan: plan.plan,
                edits: plan.edits,
            });
        }
    }
    left_alone(&selection.left_alone, notes);
    for asked in &request.projects {
        if !planned
            .iter()
            .any(|planned| planned.object.name() == asked.as_str())
        {
            notes.push(Note::warning(format!(
                "the AppProject {asked} is not in the input, so its role is not written"
            )));
        }
    }
    if planned.is_empty() {
        return Err(
            Error::input("there is no AppProject in the input to give a role")
                .hint("read them with: kubectl get appproject -n NAMESPACE -o yaml"),
        );
    }
    Ok(planned)
}
