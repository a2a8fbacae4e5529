//! `ArgoCD` resources, from which argocd-operator writes the ConfigMaps.

use super::super::{
    AccountPlan, ChangeRequest, Desired, Goal, KeyChange, Plan, PolicyPlan, argocd_patch,
    key_edits, pruned, rules_command,
};
use super::configmaps;
use super::planned::{Edited, Planned, left_alone};
use crate::error::{Error, Result};
use crate::model::{MATCH_MODE_KEY, POLICY_KEY, Which};
use crate::site::{
    Both, InstanceObjects, Object, ObjectRole, OperatorResource, Selector, select_roles,
};
use crate::text::Note;
use crate::yaml::Edit;

/// Plans every `ArgoCD` resource of the input, and argocd-rbac-cm where that is in it too.
pub(super) fn plan<'a>(
    request: &ChangeRequest,
    objects: &[Object<'a>],
    selector: &Selector,
    notes: &mut Vec<Note>,
) -> Result<Vec<Planned<'a>>> {
    let wanted = |role| {
        matches!(
            role,
            ObjectRole::ArgoCd | ObjectRole::ConfigMap(Which::RbacCm)
        )
    };
    let selection = select_roles(objects, &selector.scope, wanted)?;
    let mut planned = Vec::new();
    for instance in &selection.instances {
        match &instance.argocd {
            Some(object) => {
                let argocd = OperatorResource::read(object, &instance.namespace)?;
                planned.extend(plan_one(request, &argocd, instance, notes)?);
            }
            None => notes.push(Note::warning(format!(
                "there is no ArgoCD of namespace {} in the input, so nothing is written for it",
                instance.namespace
            ))),
        }
    }
    left_alone(&selection.left_alone, notes);
    if planned.is_empty() {
        return Err(Error::input("there is no ArgoCD resource in the input")
            .hint("read it with: kubectl get argocd -n NAMESPACE -o yaml"));
    }
    Ok(planned)
}

fn plan_one<'a>(
    request: &ChangeRequest,
    argocd: &OperatorResource<'a>,
    instance: &InstanceObjects<'a>,
    notes: &mut Vec<Note>,
) -> Result<Vec<Planned<'a>>> {
    refuse_local_user(request, argocd)?;
    let object = &argocd.object;
    let rbac = argocd.rbac_cm(instance.rbac_cm.as_ref(), &instance.namespace);
    let mode = match rbac.get(MATCH_MODE_KEY) {
        Some(setting) => request.mode_of(Some(setting), "policy")?,
        None => request.match_mode(),
    };
    let mut variables = request.variables(&instance.namespace, mode);
    let sets_policy = argocd.rbac_path(POLICY_KEY).is_some();
    if sets_policy && request.asked_key.is_none() {
        POLICY_KEY.clone_into(&mut variables.policy_key);
    }
    let in_resource = argocd.rbac_path(&variables.policy_key).is_some();
    let desired = Desired::render(&request.engine, &variables)?;
    let mut plan = Plan::default();
    let mut edits: Vec<Edit> = Vec::new();
    if request.wants().any(|which| which == Which::Cm) {
        let current = &argocd.extra_config;
        let desired = &desired;
        plan = AccountPlan { current, desired }.plan(request.goal)?;
        let route = argocd.route(&["spec", "extraConfig"]);
        edits.extend(key_edits(object.document, &route, &plan.changes));
    }
    let extra = plan.changes.clone();
    let mut fields: Vec<KeyChange> = Vec::new();
    let mut rest = Plan::default();
    if request.wants().any(|which| which == Which::RbacCm) {
        let places = Both {
            argocd,
            rbac_cm: instance.rbac_cm.as_ref().map(|target| &target.object),
        };
        let whole = PolicyPlan {
            current: &rbac,
            desired: &desired,
            places: &places,
        }
        .plan(request.goal)?;
        plan.notes.extend(whole.notes);
        for change in whole.changes {
            match argocd.rbac_path(&change.key) {
                Some(path) => {
                    edits.extend(field_edit(argocd, &path, &change));
                    fields.push(change);
                }
                None => rest.changes.push(change),
            }
        }
        let elsewhere = match request.goal {
            Goal::Present { .. } => !rest.changes.is_empty(),
            Goal::Absent => !in_resource,
        };
        if instance.rbac_cm.is_none() && elsewhere {
            let (what, why) = match request.goal {
                Goal::Absent => ("are removed from", ""),
                Goal::Present { .. } if sets_policy => {
                    ("go into", " (argocd-operator leaves that key alone)")
                }
                Goal::Present { .. } => (
                    "go into",
                    " (a policy in the resource would replace the live one)",
                ),
            };
            notes.push(Note::warning(format!(
                "the rules {what} {} of namespace {}, which is not in the input{why}: {}",
                Which::RbacCm,
                instance.namespace,
                rules_command(request, &instance.namespace, mode)
            )));
        }
    }
    plan.changes.extend(fields.iter().cloned());
    let named: Vec<(&str, &KeyChange)> = fields
        .iter()
        .filter_map(|change| Some((argocd.rbac_path(&change.key)?[2], change)))
        .collect();
    let patch = argocd_patch(
        Some(object.name()),
        object.resource_version(),
        &extra,
        &named,
    );
    let mut planned = vec![Planned {
        edits: pruned(edits, object.in_document(), object.route.len()),
        object: object.clone(),
        namespace: instance.namespace.clone(),
        edited: Edited::ArgoCd(patch),
        plan,
    }];
    if let Some(target) = &instance.rbac_cm
        && !rest.changes.is_empty()
    {
        planned.push(configmaps::planned(target, rest)?);
    }
    Ok(planned)
}

/// The edit of a field of `spec.rbac`. It is set already, so it is never made, and it never goes.
fn field_edit(argocd: &OperatorResource<'_>, path: &[&str], change: &KeyChange) -> Option<Edit> {
    argocd.node(path)?;
    Some(Edit::SetText {
        document: argocd.object.document,
        route: argocd.route(path),
        text: change.after.clone().unwrap_or_default(),
    })
}

/// The operator makes, renews and stores the token of each of `spec.localUsers` itself, and
/// overwrites every other token of the account.
fn refuse_local_user(request: &ChangeRequest, argocd: &OperatorResource<'_>) -> Result<()> {
    let account = request.account.as_str();
    match argocd.local_user(account) {
        Some(place) if request.goal != Goal::Absent => Err(Error::input(format!(
            "`spec.localUsers` names {account}: argocd-operator renews its tokens, and one made here stops working then"
        ))
        .at(place)
        .hint("remove the account from spec.localUsers, or name another one with --account")
        .hint("or let the operator make the token, and write only the rules: --form patch --only argocd-rbac-cm")),
        _ => Ok(()),
    }
}
