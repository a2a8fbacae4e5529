//! The ConfigMaps themselves.

use super::super::{AccountPlan, ChangeRequest, Desired, Plan, PolicyPlan, key_edits, pruned};
use super::{Edited, Planned, left_alone};
use crate::error::{Error, Result};
use crate::model::{MATCH_MODE_KEY, Which};
use crate::site::{Object, Role, Scope, Target, select};
use crate::text::Note;

/// Plans every ConfigMap that is wanted, and says what is missing.
pub(super) fn plan<'a>(
    request: &ChangeRequest,
    objects: &[Object<'a>],
    scope: &Scope,
    notes: &mut Vec<Note>,
) -> Result<Vec<Planned<'a>>> {
    let selection = select(objects, scope)?;
    let mut planned = Vec::new();
    for instance in &selection.instances {
        let mode = match &instance.rbac_cm {
            Some(target) => {
                request.mode_of(target.configmap.get(MATCH_MODE_KEY), Which::RbacCm.name())?
            }
            None => request.match_mode(),
        };
        let desired = Desired::render(
            &request.engine,
            &request.variables(&instance.namespace, mode),
        )?;
        for which in request.wants() {
            match instance.get(which) {
                Some(target) => planned.push(plan_one(request, target, &desired)?),
                None => notes.push(Note::warning(format!(
                    "{which} of namespace {} is not in the input, so its part is not written",
                    instance.namespace
                ))),
            }
        }
    }
    left_alone(&selection.left_alone, notes);
    if planned.is_empty() {
        let wanted: Vec<_> = request.wants().map(Which::name).collect();
        let error = Error::input(format!(
            "there is no {} in the input",
            wanted.join(" and no ")
        ));
        let projects = objects
            .iter()
            .any(|object| Role::of(object) == Some(Role::AppProject));
        return Err(if projects {
            error.hint("for roles of the AppProjects that are in it: -o appproject")
        } else if selection.left_alone.is_empty() {
            error.hint(
                "read them with: kubectl get configmap -n argocd argocd-cm argocd-rbac-cm -o yaml",
            )
        } else {
            error.hint("-n names another namespace than the objects do; leave it out, or use -A")
        });
    }
    Ok(planned)
}

fn plan_one<'a>(
    request: &ChangeRequest,
    target: &Target<'a>,
    desired: &Desired,
) -> Result<Planned<'a>> {
    let current = &target.configmap;
    let object = &target.object;
    let plan = match current.which {
        Which::Cm => AccountPlan { current, desired }.plan(request.goal)?,
        Which::RbacCm => PolicyPlan {
            current,
            desired,
            places: object,
        }
        .plan(request.goal)?,
    };
    Ok(planned(target, plan))
}

/// A ConfigMap with the changes of its `data`.
pub(super) fn planned<'a>(target: &Target<'a>, plan: Plan) -> Planned<'a> {
    let object = &target.object;
    let edits = key_edits(object.document, &object.route_to(&["data"]), &plan.changes);
    Planned {
        edits: pruned(edits, object.in_document(), object.route.len()),
        object: object.clone(),
        namespace: target.configmap.namespace.clone(),
        edited: Edited::ConfigMap(target.configmap.clone()),
        plan,
    }
}
