//! The ConfigMaps themselves.

use super::{Planned, Subject, left_alone};
use crate::commands::change::Wish;
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::input::{Object, Role, Scope, Target, select};
use crate::model::{MATCH_MODE_KEY, Which};
use crate::plan::{AccountPlan, Desired, PolicyPlan, key_edits, pruned};

/// Plans every ConfigMap that is wanted, and says what is missing.
pub(super) fn plan<'a>(
    wish: &Wish,
    objects: &[Object<'a>],
    scope: &Scope,
    context: &mut Context<'_, '_>,
) -> Result<Vec<Planned<'a>>> {
    let selection = select(objects, scope)?;
    let mut planned = Vec::new();
    for instance in &selection.instances {
        let mode = match &instance.rbac_cm {
            Some(target) => {
                wish.mode_of(target.configmap.get(MATCH_MODE_KEY), Which::RbacCm.name())?
            }
            None => wish.match_mode(),
        };
        let desired = Desired::render(&wish.engine, &wish.variables(&instance.namespace, mode))?;
        for which in wish.wants() {
            match instance.get(which) {
                Some(target) => planned.push(plan_one(wish, target, &desired)?),
                None => context.warn(format!(
                    "{which} of namespace {} is not in the input, so its part is not written",
                    instance.namespace
                )),
            }
        }
    }
    left_alone(&selection.left_alone, context);
    if planned.is_empty() {
        let wanted: Vec<_> = wish.wants().map(Which::name).collect();
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

pub(super) fn plan_one<'a>(
    wish: &Wish,
    target: &Target<'a>,
    desired: &Desired,
) -> Result<Planned<'a>> {
    let current = &target.configmap;
    let object = &target.object;
    let plan = match current.which {
        Which::Cm => AccountPlan { current, desired }.plan(wish.goal)?,
        Which::RbacCm => PolicyPlan {
            current,
            desired,
            places: object,
        }
        .plan(wish.goal)?,
    };
    Ok(planned(target, plan))
}

/// A ConfigMap with the changes of its `data`.
pub(super) fn planned<'a>(target: &Target<'a>, plan: crate::plan::Plan) -> Planned<'a> {
    let object = &target.object;
    let edits = key_edits(object.document, &object.route_to(&["data"]), &plan.changes);
    let root = object.in_document().root().unwrap_or(object.node);
    Planned {
        edits: pruned(edits, root, object.route.len()),
        object: object.clone(),
        namespace: target.configmap.namespace.clone(),
        subject: Subject::ConfigMap(target.configmap.clone()),
        plan,
    }
}
