//! `ArgoCD` resources, from which argocd-operator writes the ConfigMaps.

use super::places::Both;
use super::{Planned, Subject, configmaps, left_alone};
use crate::cli::Input;
use crate::commands::change::{Wish, scope};
use crate::commands::context::Context;
use crate::commands::words::rules_command;
use crate::error::{Error, Result};
use crate::input::{ArgoCd, Instance, Object, Role, Target, select_roles};
use crate::model::{ConfigMap, Data, MATCH_MODE_KEY, POLICY_KEY, Which};
use crate::plan::{
    AccountPlan, Desired, Goal, KeyChange, Plan, PolicyPlan, argocd_patch, key_edits, pruned,
};
use crate::yaml::Edit;

/// Plans every `ArgoCD` resource of the input, and argocd-rbac-cm where that is in it too.
pub(super) fn plan<'a>(
    wish: &Wish,
    objects: &[Object<'a>],
    input: &Input,
    context: &mut Context<'_, '_>,
) -> Result<Vec<Planned<'a>>> {
    let wanted = |role| matches!(role, Role::ArgoCd | Role::ConfigMap(Which::RbacCm));
    let selection = select_roles(objects, &scope(input), wanted)?;
    let mut planned = Vec::new();
    for instance in &selection.instances {
        match &instance.argocd {
            Some(object) => {
                let argocd = ArgoCd::read(object, &instance.namespace)?;
                planned.extend(plan_one(wish, &argocd, instance, input, context)?);
            }
            None => context.warn(format!(
                "there is no ArgoCD of namespace {} in the input, so nothing is written for it",
                instance.namespace
            )),
        }
    }
    left_alone(&selection.left_alone, context);
    if planned.is_empty() {
        return Err(Error::input("there is no ArgoCD resource in the input")
            .hint("read it with: kubectl get argocd -n NAMESPACE -o yaml"));
    }
    Ok(planned)
}

fn plan_one<'a>(
    wish: &Wish,
    argocd: &ArgoCd<'a>,
    instance: &Instance<'a>,
    input: &Input,
    context: &mut Context<'_, '_>,
) -> Result<Vec<Planned<'a>>> {
    refuse_local_user(wish, argocd)?;
    let object = &argocd.object;
    let rbac = merged(argocd, instance.rbac_cm.as_ref(), &instance.namespace);
    let mode = match rbac.get(MATCH_MODE_KEY) {
        Some(setting) => wish.mode_of(Some(setting), "policy")?,
        None => wish.match_mode(),
    };
    let mut variables = wish.variables(&instance.namespace, mode);
    let sets_policy = argocd.rbac_path(POLICY_KEY).is_some();
    if sets_policy && wish.asked_key.is_none() {
        POLICY_KEY.clone_into(&mut variables.policy_key);
    }
    let in_resource = argocd.rbac_path(&variables.policy_key).is_some();
    let desired = Desired::render(&wish.engine, &variables)?;
    let mut plan = Plan::default();
    let mut edits: Vec<Edit> = Vec::new();
    if wish.wants().any(|which| which == Which::Cm) {
        let current = &argocd.extra_config;
        let desired = &desired;
        plan = AccountPlan { current, desired }.plan(wish.goal)?;
        let route = argocd.route(&["spec", "extraConfig"]);
        edits.extend(key_edits(object.document, &route, &plan.changes));
    }
    let extra = plan.changes.clone();
    let mut fields: Vec<KeyChange> = Vec::new();
    let mut rest = Plan::default();
    if wish.wants().any(|which| which == Which::RbacCm) {
        let places = Both {
            argocd,
            rbac_cm: instance.rbac_cm.as_ref().map(|target| &target.object),
        };
        let whole = PolicyPlan {
            current: &rbac,
            desired: &desired,
            places: &places,
        }
        .plan(wish.goal)?;
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
        let elsewhere = match wish.goal {
            Goal::Present { .. } => !rest.changes.is_empty(),
            Goal::Absent => !in_resource,
        };
        if instance.rbac_cm.is_none() && elsewhere {
            let (what, why) = match wish.goal {
                Goal::Absent => ("are taken out of", ""),
                Goal::Present { .. } if sets_policy => {
                    ("go into", " (argocd-operator leaves that key alone)")
                }
                Goal::Present { .. } => (
                    "go into",
                    " (the resource sets no policy, and setting one would replace the live one)",
                ),
            };
            context.warn(format!(
                "the rules {what} {} of namespace {}, which is not in the input{why}: {}",
                Which::RbacCm,
                instance.namespace,
                rules_command(&wish.change, input, &instance.namespace, mode)
            ));
        }
    }
    plan.changes.extend(fields.iter().cloned());
    let root = object.in_document().root().unwrap_or(object.node);
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
        edits: pruned(edits, root, object.route.len() + 1),
        object: object.clone(),
        namespace: instance.namespace.clone(),
        subject: Subject::ArgoCd(patch),
        plan,
    }];
    if let Some(target) = &instance.rbac_cm
        && !rest.changes.is_empty()
    {
        planned.push(configmaps::planned(target, rest));
    }
    Ok(planned)
}

/// argocd-rbac-cm as it is once the operator has written what the resource sets.
pub(super) fn merged(
    argocd: &ArgoCd<'_>,
    rbac_cm: Option<&Target<'_>>,
    namespace: &str,
) -> ConfigMap {
    let set = argocd
        .rbac
        .iter()
        .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
    let others = rbac_cm
        .iter()
        .flat_map(|target| &target.configmap.data)
        .flat_map(Data::iter)
        .filter(|(key, _)| argocd.rbac_path(key).is_none())
        .map(|(key, text)| (key.to_owned(), text.to_owned()));
    ConfigMap {
        which: Which::RbacCm,
        namespace: namespace.to_owned(),
        resource_version: None,
        data: Some(set.chain(others).collect()),
    }
}

/// The edit of a field of `spec.rbac`. It is set already, so it is never made, and it never goes.
fn field_edit(argocd: &ArgoCd<'_>, path: &[&str], change: &KeyChange) -> Option<Edit> {
    argocd.node(path)?;
    Some(Edit::SetText {
        document: argocd.object.document,
        route: argocd.route(path),
        text: change.after.clone().unwrap_or_default(),
    })
}

/// The operator makes, renews and stores the token of each of `spec.localUsers` itself, and
/// overwrites every other token of the account.
fn refuse_local_user(wish: &Wish, argocd: &ArgoCd<'_>) -> Result<()> {
    let account = wish.account.as_str();
    match argocd.local_user(account) {
        Some(place) if wish.goal != Goal::Absent => Err(Error::input(format!(
            "`spec.localUsers` names {account} already: argocd-operator makes that account itself, \
             and its tokens too; it replaces the list of tokens with its own whenever it renews one, \
             so a token made here would stop working then"
        ))
        .at(place)
        .hint("take the account out of spec.localUsers, or name another one with --account")
        .hint("or let the operator make the token, and write only the rules: -o patch --only argocd-rbac-cm")),
        _ => Ok(()),
    }
}
