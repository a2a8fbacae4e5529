//! Values of the argo-cd chart.

use super::places::Below;
use super::{Planned, Subject};
use crate::cli::Input;
use crate::commands::change::Wish;
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::input::{Object, Values};
use crate::model::{MATCH_MODE_KEY, Which};
use crate::plan::{AccountPlan, Desired, Goal, Plan, PolicyPlan, key_edits, pruned};
use crate::yaml::Edit;

/// Plans every values file of the input.
pub(super) fn plan<'a>(
    wish: &Wish,
    objects: &[Object<'a>],
    input: &Input,
    context: &mut Context<'_, '_>,
) -> Result<Vec<Planned<'a>>> {
    let root = input.values_root.as_deref();
    let namespace = input.namespace.as_deref().unwrap_or("argocd");
    let mut planned = Vec::new();
    for object in objects.iter().filter(|object| Values::is(object, root)) {
        let values = Values::read(object, root, namespace)?;
        planned.push(plan_one(wish, &values, namespace, context)?);
    }
    if planned.is_empty() {
        return Err(Error::input("there is no values file in the input")
            .hint("name it: -f values.yaml --in-place")
            .hint("for a values file that does not exist yet, leave -f out: render -o helm"));
    }
    Ok(planned)
}

fn plan_one<'a>(
    wish: &Wish,
    values: &Values<'a>,
    namespace: &str,
    context: &mut Context<'_, '_>,
) -> Result<Planned<'a>> {
    let object = &values.object;
    let mode = match values.rbac_cm.get(MATCH_MODE_KEY) {
        Some(setting) => wish.mode_of(Some(setting), "configs.rbac")?,
        None => wish.match_mode(),
    };
    let desired = Desired::render(&wish.engine, &wish.variables(namespace, mode))?;
    let mut all = Plan::default();
    let mut edits: Vec<Edit> = Vec::new();
    for which in wish.wants() {
        let current = values.get(which);
        let desired = &desired;
        let path = values.path(which);
        if values.is_not_created(which) && wish.goal != Goal::Absent {
            context.warn(format!(
                "{}: `{}.create` is false: the chart does not write {which}, so what is put here \
                 has no effect; change the {which} that is used instead",
                object.source().name(),
                path.join(".")
            ));
        }
        let places = Below {
            object,
            path: path.clone(),
        };
        let plan = match which {
            Which::Cm => AccountPlan { current, desired }.plan(wish.goal)?,
            Which::RbacCm => PolicyPlan {
                current,
                desired,
                places: &places,
            }
            .plan(wish.goal)?,
        };
        edits.extend(key_edits(
            object.document,
            &object.route_to(&path),
            &plan.changes,
        ));
        all.changes.extend(plan.changes);
        all.notes.extend(plan.notes);
    }
    Ok(Planned {
        edits: pruned(edits, object.node, 0),
        object: object.clone(),
        namespace: namespace.to_owned(),
        subject: Subject::Values,
        plan: all,
    })
}
