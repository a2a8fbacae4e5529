//! The ConfigMaps themselves.

use super::super::listed::{literal_edits, need_data, operation_edits};
use super::super::{
    AccountPlan, ChangeRequest, Desired, KeyChange, Plan, PolicyPlan, key_edits, pruned,
};
use super::planned::{Edited, Planned, left_alone};
use crate::error::{Error, Result};
use crate::model::Which;
use crate::site::{
    DataShape, NamespaceScope, Object, ObjectRole, Settings, TargetConfigMap, overlooked, select,
};
use crate::text::Note;
use crate::yaml::{Node, ScalarType};

/// Plans every ConfigMap that is wanted, and says what is missing.
pub(super) fn plan<'a>(
    request: &ChangeRequest,
    objects: &[Object<'a>],
    scope: &NamespaceScope,
    notes: &mut Vec<Note>,
) -> Result<Vec<Planned<'a>>> {
    let selection = select(objects, scope)?;
    let mut planned = Vec::new();
    for instance in &selection.instances {
        let mode = request.mode_in(instance.rbac_cm.as_ref())?;
        let desired = Desired::render(
            &request.engine,
            &request.variables(&instance.namespace, mode),
        )?;
        for which in request.wants() {
            match instance.get(which) {
                Some(target) => {
                    let one = plan_one(request, target, &desired)?;
                    refuse_binary(&one)?;
                    refuse_beside(&one, &target.beside)?;
                    notes.extend(immutable(&one));
                    notes.extend(without_data(&one));
                    planned.push(one);
                }
                None => notes.push(Note::warning(format!(
                    "{which} of namespace {} is not in the input, so its part is not written",
                    instance.namespace
                ))),
            }
        }
    }
    left_alone(&selection.left_alone, notes);
    let overlooked = overlooked(objects);
    if planned.is_empty() {
        let wanted: Vec<_> = request.wants().map(Which::name).collect();
        let error = Error::input(format!(
            "there is no {} in the input",
            wanted.join(" and no ")
        ));
        let error = held(objects).into_iter().fold(error, Error::hint);
        if let Some(place) = overlooked {
            return Err(error.hint(place));
        }
        let projects = objects
            .iter()
            .any(|object| ObjectRole::of(object) == Some(ObjectRole::AppProject));
        return Err(if projects {
            error.hint("for roles of the AppProjects that are in it: --form appproject")
        } else if selection.left_alone.is_empty() {
            error.hint(
                "read them with: kubectl get configmap -n argocd argocd-cm argocd-rbac-cm -o yaml",
            )
        } else {
            error.hint("-n names a different namespace from the objects'; omit it, or use -A")
        });
    }
    notes.extend(overlooked.map(Note::warning));
    Ok(planned)
}

fn plan_one<'a>(
    request: &ChangeRequest,
    target: &TargetConfigMap<'a>,
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
    planned(target, plan)
}

/// A ConfigMap with the changes of its `data`.
pub(super) fn planned<'a>(target: &TargetConfigMap<'a>, plan: Plan) -> Result<Planned<'a>> {
    let object = &target.object;
    let prune = |edits| pruned(edits, object.in_document(), object.route.len());
    let edits = match object.shape {
        DataShape::Data => {
            let data = object.route_to(&["data"]);
            prune(key_edits(object.document, &data, &plan.changes))
        }
        DataShape::Operations(_) => operation_edits(object, &plan.changes)?,
        DataShape::Literals(_) => prune(literal_edits(object, &plan.changes)?),
    };
    Ok(Planned {
        edits,
        object: object.clone(),
        namespace: target.configmap.namespace.clone(),
        edited: Edited::ConfigMap(target.configmap.clone()),
        plan,
    })
}

/// Lists the input's objects by kind and name.
fn held(objects: &[Object<'_>]) -> Option<String> {
    const SHOWN: usize = 3;
    let is_operation = |node: &Node| node.get("op").is_some() && node.get("path").is_some();
    let operations = |object: &&Object<'_>| {
        let items = object.node.items().unwrap_or_default();
        items.first().is_some_and(is_operation)
    };
    if let Some(object) = objects.iter().find(operations) {
        return Some(format!(
            "{} is a list of JSON operations for an unknown object: render --form json-patch --live prints more for it",
            object.source().name()
        ));
    }
    let shown = |object: &Object<'_>| {
        let words = [object.kind(), object.name()];
        words.join(" ").trim_end().to_owned()
    };
    let mut names: Vec<String> = objects
        .iter()
        .filter(|object| !object.kind().is_empty())
        .map(shown)
        .collect();
    names.dedup();
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    names.truncate(SHOWN);
    (!names.is_empty()).then(|| {
        format!(
            "it holds {}{more}, which has neither accounts nor rules",
            names.join(", ")
        )
    })
}

/// The API server refuses a ConfigMap with a key in both `data` and `binaryData`.
fn refuse_binary(planned: &Planned<'_>) -> Result<()> {
    let object = &planned.object;
    let written = planned.plan.changes.iter();
    for change in written.filter(|change| change.after.is_some()) {
        if let Some(node) = object.find(&["binaryData", &change.key]) {
            return Err(Error::input(format!(
                "`binaryData` has the key `{}` already, and the API server refuses a ConfigMap \
                 that has it in `data` too",
                change.key
            ))
            .at(object.location(node.span().start))
            .hint("move it to `data` as text, or choose another key with --policy-key"));
        }
    }
    Ok(())
}

/// A key that a patch or a generator beside the edited one sets too would hide the change.
fn refuse_beside(planned: &Planned<'_>, beside: &[Object<'_>]) -> Result<()> {
    let is_changed = |key: &str| planned.plan.changes.iter().any(|change| change.key == key);
    let settings = beside
        .iter()
        .filter_map(|object| Settings::of_configmap(object, true));
    let mut settings = settings.flat_map(|settings| settings.all);
    match settings.find(|setting| is_changed(&setting.key)) {
        Some(setting) => {
            let object = &planned.object;
            let start = object.location(object.node.span().start);
            let place = setting.spot.key();
            Err(Error::input(format!(
                "`{}` is set here and in the {} at {start}, and one of them hides the other",
                setting.key,
                object.name()
            ))
            .at(setting.spot.source.location(place.span.start))
            .hint("name with -f only the file that render should edit, or remove the key from one"))
        }
        None => Ok(()),
    }
}

/// A JSON operation on a key fails where the ConfigMap has no `data`, as Argo CD's own argocd-rbac-cm.
fn without_data(planned: &Planned<'_>) -> Option<Note> {
    let adds = |change: &KeyChange| change.before.is_none() && change.after.is_some();
    let adds = planned.plan.changes.iter().any(adds) && need_data(&planned.object);
    adds.then(|| {
        Note::warning(format!(
            "{}: operations on keys of `data` fail where {} has no `data`, as in Argo CD's own manifests of argocd-rbac-cm",
            planned.object.source().name(),
            planned.object.name()
        ))
    })
}

fn immutable(planned: &Planned<'_>) -> Option<Note> {
    let object = &planned.object;
    let scalar = object.find(&["immutable"])?.as_scalar()?;
    let is_true =
        scalar.scalar_type() == ScalarType::Bool && scalar.value().eq_ignore_ascii_case("true");
    (is_true && !planned.plan.changes.is_empty()).then(|| {
        Note::warning(format!(
            "{} of namespace {} is immutable: delete the object and create it again from this output",
            object.name(),
            planned.namespace
        ))
    })
}
