//! Roles of `AppProject`s, for tokens that belong to a project.

use super::{Planned, Subject, left_alone};
use crate::commands::change::Wish;
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::input::{Object, Role, Scope, select_roles};
use crate::model::{MATCH_MODE_KEY, Which};
use crate::plan::{DesiredRole, ProjectObject, roles_patch};

/// Plans the role in every `AppProject` of the input, or in those that `--project` names.
pub(super) fn plan<'a>(
    wish: &Wish,
    objects: &[Object<'a>],
    scope: &Scope,
    context: &mut Context<'_, '_>,
) -> Result<Vec<Planned<'a>>> {
    let name = wish.account.as_str();
    let alphanumeric = |c: char| c.is_ascii_alphanumeric();
    if !name.starts_with(alphanumeric) || !name.ends_with(alphanumeric) {
        return Err(Error::usage(format!(
            "`{name}` cannot be the name of a project's role: it begins and ends with a letter or a digit"
        ))
        .hint("choose another name with --account"));
    }
    let wanted = |role| matches!(role, Role::AppProject | Role::ConfigMap(Which::RbacCm));
    let selection = select_roles(objects, scope, wanted)?;
    let mut planned = Vec::new();
    for instance in &selection.instances {
        let mode = match &instance.rbac_cm {
            Some(target) => {
                wish.mode_of(target.configmap.get(MATCH_MODE_KEY), Which::RbacCm.name())?
            }
            None => wish.match_mode(),
        };
        let variables = wish.variables(&instance.namespace, mode);
        let chosen = |object: &&Object<'_>| {
            let mut asked = wish.projects.iter();
            wish.projects.is_empty() || asked.any(|name| name.as_str() == object.name())
        };
        for object in instance.projects.iter().filter(chosen) {
            let rendered = wish.engine.role(object.name(), &variables)?;
            let desired = DesiredRole::read(&rendered, object.name(), name)?;
            let plan = desired.plan(
                ProjectObject {
                    document: object.in_document(),
                    index: object.document,
                    route: &object.route,
                    node: object.node,
                },
                wish.goal,
            )?;
            let patch = roles_patch(object.name(), object.resource_version(), &plan);
            planned.push(Planned {
                object: object.clone(),
                namespace: instance.namespace.clone(),
                subject: Subject::AppProject(patch),
                plan: plan.plan,
                edits: plan.edits,
            });
        }
    }
    left_alone(&selection.left_alone, context);
    for asked in &wish.projects {
        if !planned
            .iter()
            .any(|planned| planned.object.name() == asked.as_str())
        {
            context.warn(format!(
                "the AppProject {asked} is not in the input, so its role is not written"
            ));
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
