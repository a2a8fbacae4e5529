//! Values of the argo-cd chart.

use super::super::{
    AccountPlan, ChangeRequest, Desired, Goal, Plan, PolicyPlan, key_edits, pruned,
};
use super::planned::{Edited, Planned};
use crate::error::{Error, Result};
use crate::model::{MATCH_MODE_KEY, Which};
use crate::site::{Below, ChartValues, Object, Selector};
use crate::text::Note;
use crate::yaml::{Edit, Node};

/// Plans every values file of the input.
pub(super) fn plan<'a>(
    request: &ChangeRequest,
    objects: &[Object<'a>],
    selector: &Selector,
    notes: &mut Vec<Note>,
) -> Result<Vec<Planned<'a>>> {
    let root = selector.values_root.as_deref();
    let namespace = selector.namespace();
    let mut planned = Vec::new();
    for object in objects
        .iter()
        .filter(|object| ChartValues::is(object, root))
    {
        refuse_patch_body(object)?;
        if root.is_none() {
            refuse_umbrella(object)?;
        }
        let values = ChartValues::read(object, root, namespace)?;
        planned.push(plan_one(request, &values, namespace, notes)?);
    }
    if planned.is_empty() {
        return Err(Error::input("there is no values file in the input")
            .hint("name it: -f values.yaml --in-place")
            .hint("for a values file that does not exist yet, leave -f out: render --form helm"));
    }
    Ok(planned)
}

fn plan_one<'a>(
    request: &ChangeRequest,
    values: &ChartValues<'a>,
    namespace: &str,
    notes: &mut Vec<Note>,
) -> Result<Planned<'a>> {
    let object = &values.object;
    let mode = match values.rbac_cm.get(MATCH_MODE_KEY) {
        Some(setting) => request.mode_of(Some(setting), "configs.rbac")?,
        None => request.match_mode(),
    };
    let desired = Desired::render(&request.engine, &request.variables(namespace, mode))?;
    let mut all = Plan::default();
    let mut edits: Vec<Edit> = Vec::new();
    for which in request.wants() {
        let current = values.get(which);
        let desired = &desired;
        let path = values.path(which);
        if values.is_not_created(which) && request.goal != Goal::Absent {
            notes.push(Note::warning(format!(
                "{}: `{}.create` is false, so the chart does not write {which}: change the one that is used instead",
                object.source().name(),
                path.join(".")
            )));
        }
        let places = Below {
            object,
            path: path.clone(),
        };
        let plan = match which {
            Which::Cm => AccountPlan { current, desired }.plan(request.goal)?,
            Which::RbacCm => PolicyPlan {
                current,
                desired,
                places: &places,
            }
            .plan(request.goal)?,
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
        edits: pruned(edits, object.in_document(), 0),
        object: object.clone(),
        namespace: namespace.to_owned(),
        edited: Edited::Values,
        plan: all,
    })
}

/// Top-level keys of the argo-cd chart.
const OF_CHART: [&str; 12] = [
    "applicationSet",
    "configs",
    "controller",
    "crds",
    "dex",
    "global",
    "notifications",
    "redis",
    "redis-ha",
    "redisSecretInit",
    "repoServer",
    "server",
];

/// Values of an umbrella chart are below the name of the dependency: what is written at the top has
/// no effect.
fn refuse_umbrella(object: &Object<'_>) -> Result<()> {
    let entries = object.node.entries().unwrap_or_default();
    let is_own = |key: &str| OF_CHART.contains(&key) && key != "global";
    let keys = || {
        let keyed = entries.iter();
        keyed.filter_map(|entry| Some((entry.key.key_text()?, entry)))
    };
    if keys().any(|(key, _)| is_own(&key)) {
        return Ok(());
    }
    let below = |value: &Node| {
        let own = OF_CHART.iter().filter(|key| value.get(key).is_some());
        value.get("configs").is_some() || own.count() > 1
    };
    let found = keys().find(|(key, entry)| {
        let value = &entry.value;
        let named = ["argo-cd", "argocd"].contains(&&**key);
        named && (value.is_null() || value.entries().is_some()) || below(value)
    });
    let Some((key, entry)) = found else {
        return Ok(());
    };
    Err(Error::usage(format!(
        "this is an umbrella chart: the argo-cd chart's values are below `{key}`, those at the top have no effect"
    ))
    .at(object.location(entry.key.span().start))
    .hint(format!("name it: --values-root {key}")))
}

/// A patch of a ConfigMap has no kind either.
fn refuse_patch_body(object: &Object<'_>) -> Result<()> {
    match object.node.entry("data") {
        Some(entry) => Err(Error::input(
            "`data` at the top level: this is a patch of a ConfigMap, not values of the chart",
        )
        .at(object.location(entry.key.span().start))
        .hint("leave --form helm out, or name the values file")),
        None => Ok(()),
    }
}
