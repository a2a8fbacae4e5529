//! Warnings where the owner of an object would take the change back.

use std::collections::BTreeSet;

use super::super::{ChangeRequest, Goal};
use super::{Edited, Planned};
use crate::model::{Data, Form, Marks, Owner, POLICY_KEY, Which, is_upstream};
use crate::site::{Object, ObjectRole, marks};
use crate::text::Note;

/// The form that the owner of the ConfigMaps keeps, if there are some.
pub fn form_of_owner(objects: &[Object<'_>]) -> Option<(Form, Owner)> {
    let ours = objects
        .iter()
        .filter(|object| matches!(ObjectRole::of(object), Some(ObjectRole::ConfigMap(_))));
    let owners = ours.map(|object| marks(object).owner());
    let known = |owner: &Owner| !matches!(owner, Owner::Unknown | Owner::Kubectl);
    let mut owners: Vec<Owner> = owners.collect();
    owners.sort_by_key(|owner| !known(owner));
    let owner = owners.into_iter().next()?;
    Some((lasting(&owner), owner))
}

/// The form in which a change stays.
fn lasting(owner: &Owner) -> Form {
    match owner {
        Owner::Helm { .. } | Owner::FluxHelmRelease(_) | Owner::ArgoCd { chart: true, .. } => {
            Form::Helm
        }
        Owner::Operator(_) => Form::Operator,
        Owner::ArgoCd { .. } | Owner::FluxKustomization(_) => Form::Kustomize,
        Owner::Kubectl | Owner::Unknown => Form::Manifest,
    }
}

/// Whether the owners of the objects revert the change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reversal {
    /// They do not, as far as is known.
    #[default]
    None,
    /// They do, but not in the form that fits the owner.
    InThisForm,
    /// They do in every form: the change belongs into the source of another tool.
    Always,
}

/// Says where the change would be reverted, and what the next upgrade does to the keys of an object
/// that kubectl owns.
pub fn tell_owner(
    planned: &[Planned<'_>],
    form: Form,
    request: &ChangeRequest,
    notes: &mut Vec<Note>,
) -> Reversal {
    let onto_objects = match form {
        Form::Manifest | Form::Patch | Form::JsonPatch => true,
        Form::Kustomize | Form::Helm | Form::Operator | Form::AppProject | Form::Auto => false,
    };
    let mut said = BTreeSet::new();
    let mut reversal = Reversal::None;
    let mut upgraded: Vec<&str> = Vec::new();
    let mut patch_survives = true;
    for planned in planned {
        let Edited::ConfigMap(configmap) = &planned.edited else {
            continue;
        };
        let marks = marks(&planned.object);
        let owner = marks.owner();
        let changes = !planned.plan.changes.is_empty();
        if onto_objects && changes {
            let by_owner = reverted(planned, configmap.which, &owner);
            let by_tools = reverted_by_tools(planned, configmap.which, &marks);
            if by_owner.is_some() {
                reversal = Reversal::InThisForm;
            } else if !by_tools.is_empty() && reversal == Reversal::None {
                reversal = Reversal::Always;
            }
            for warning in by_owner.into_iter().chain(by_tools) {
                if said.insert(warning.clone()) {
                    notes.push(Note::warning(warning));
                }
            }
        }
        if owner == Owner::Kubectl {
            notes.extend(prunable(planned, configmap.which, &marks, form, request));
        }
        let of_kubectl = matches!(owner, Owner::Kubectl | Owner::Unknown) && marks.from_server;
        if of_kubectl && form == Form::Manifest && changes {
            let keys = at_stake(planned, &marks);
            let after = keys_after(planned);
            let pruned = marks.pruned_by_apply(configmap.which, &after);
            patch_survives &= !keys.iter().any(|key| pruned.contains(key));
            upgraded.extend(keys);
        }
    }
    if !upgraded.is_empty() {
        let survives = if patch_survives {
            "`kubectl replace` or `patch`"
        } else {
            "`kubectl replace`"
        };
        notes.push(Note::new(format!(
            "upgrades keep {} after {survives}",
            upgraded.join(", ")
        )));
        notes.push(Note::new(
            "not after `kubectl apply -f -`: it claims every key, and the apply of the next upgrade deletes them",
        ));
    }
    reversal
}

/// Whether the next client-side `kubectl apply` of Argo CD's own manifest deletes all of `data`.
fn loses_whole_data(which: Which, marks: &Marks) -> bool {
    let applied = marks.last_applied.as_ref();
    which == Which::RbacCm && applied.is_some_and(|applied| applied.has_data)
}

/// Notes on what tools that apply a source of their own do to the change.
fn reverted_by_tools(planned: &Planned<'_>, which: Which, marks: &Marks) -> Vec<String> {
    let owners = marks.external_owners().into_iter().filter(|owner| {
        let mut changes = planned.plan.changes.iter();
        owner
            .keys
            .as_ref()
            .is_none_or(|keys| changes.any(|change| keys.contains(&change.key)))
    });
    let warnings = owners.map(|owner| {
        let tool = owner.tool;
        let what = match &owner.keys {
            Some(keys) => format!("{} of {which}", keys.join(", ")),
            None => which.to_string(),
        };
        format!(
            "{what} of namespace {} is written by {tool}, which {}; make the change in {}",
            planned.namespace,
            tool.does(),
            tool.source()
        )
    });
    warnings.collect()
}

/// What the owner does to the change, and the form that stays.
fn reverted(planned: &Planned<'_>, which: Which, owner: &Owner) -> Option<String> {
    let right = match lasting(owner) {
        Form::Helm => "--form helm (values of the chart)",
        Form::Operator => "--form operator (the ArgoCD resource)",
        Form::Kustomize => "--form kustomize, or --in-place on the files in Git",
        Form::Manifest | Form::Patch | Form::JsonPatch | Form::AppProject | Form::Auto => {
            return None;
        }
    };
    let what = match owner {
        Owner::Operator(_) if which == Which::RbacCm => {
            // It writes policy.csv only where the resource sets it, and leaves other keys alone.
            let shared = planned
                .plan
                .changes
                .iter()
                .any(|change| change.key == POLICY_KEY);
            if !shared {
                return None;
            }
            format!("which writes {POLICY_KEY} again wherever its spec.rbac.policy is set")
        }
        Owner::Operator(_) => "which reverts the change within minutes".to_owned(),
        Owner::Helm { .. } => {
            "whose upgrade keeps unknown keys, and whose rollback or --force does not".to_owned()
        }
        _ => "which reverts the change at its next sync".to_owned(),
    };
    Some(format!(
        "{which} of namespace {} belongs to {owner}, {what}; to make it last, use {right}",
        planned.namespace
    ))
}

/// Names the keys that kubectl recorded as its own at an earlier `kubectl apply`: the next one, of
/// Argo CD's own manifests, deletes them.
fn prunable(
    planned: &Planned<'_>,
    which: Which,
    marks: &Marks,
    form: Form,
    request: &ChangeRequest,
) -> Vec<Note> {
    let after = keys_after(planned);
    let client_side = marks.pruned_by_apply(which, &after);
    let server_side = marks.pruned_by_server_side_apply();
    let list = |keys: &[&str]| keys.join(", ");
    let (what, how) = match (client_side.is_empty(), server_side.is_empty()) {
        (true, true) => return Vec::new(),
        (false, true) => (list(&client_side), "the next client-side `kubectl apply`"),
        (true, false) => (
            list(&server_side),
            "the next `kubectl apply --server-side --force-conflicts`",
        ),
        (false, false) if client_side == server_side => (
            list(&client_side),
            "the next `kubectl apply`, client-side or server-side,",
        ),
        (false, false) => (
            format!(
                "{} (server-side only {})",
                list(&client_side),
                list(&server_side)
            ),
            "the next `kubectl apply`",
        ),
    };
    let why = if loses_whole_data(which, marks) {
        "Argo CD's own manifest, which has no `data`,"
    } else {
        "manifests without them (an upgrade)"
    };
    let mend = if form == Form::Manifest && server_side.is_empty() {
        "`kubectl replace`, as below, prevents that; `kubectl patch` does not".to_owned()
    } else {
        // Without the lock: kubectl hands the ownership over in a second request with the same resourceVersion,
        // which its first one has made stale. It only warns then, and nothing is repaired.
        format!(
            "repair it, unless you apply a file that has them: {} | kubectl apply{} --server-side \
             --force-conflicts --field-manager octopus-argo -f -",
            request.commands.unlocked_render, request.commands.kubectl
        )
    };
    let ours = own_keys(request);
    let mut all = client_side.iter().chain(&server_side);
    let any_ours = all.any(|key| ours.iter().any(|own| own == key));
    let note = if any_ours && request.goal != Goal::Absent {
        Note::warning
    } else {
        Note::new
    };
    vec![
        note(format!(
            "an earlier `kubectl apply` claims {what} of {which}"
        )),
        note(format!("{how} of {why} deletes them")),
        note(mend),
    ]
}

/// The keys that the object has after the change.
fn keys_after<'p>(planned: &'p Planned<'_>) -> Vec<&'p str> {
    let Edited::ConfigMap(configmap) = &planned.edited else {
        return Vec::new();
    };
    let changes = &planned.plan.changes;
    let goes = |key: &str| {
        let mut changes = changes.iter();
        changes.any(|change| change.key == key && change.after.is_none())
    };
    let added = changes.iter().filter(|change| change.before.is_none());
    let held = configmap.data.iter().flat_map(Data::iter);
    let held = held.map(|(key, _)| key).filter(|key| !goes(key));
    held.chain(added.map(|change| change.key.as_str()))
        .collect()
}

/// The keys, ours and the user's own, whose fate at the next upgrade depends on how the whole object
/// is applied now.
fn at_stake<'p>(planned: &'p Planned<'_>, marks: &Marks) -> Vec<&'p str> {
    let added = planned.plan.changes.iter();
    let added = added.filter(|change| change.after.is_some());
    let mut keys: Vec<&str> = added.map(|change| change.key.as_str()).collect();
    let applied = |key: &str| {
        let mut applied = marks.last_applied.iter().flat_map(|applied| &applied.keys);
        applied.any(|of| of == key)
    };
    let left = keys_after(planned).into_iter();
    keys.extend(left.filter(|key| !is_upstream(key) && !applied(key)));
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(*key));
    keys
}

/// The keys that are ours.
fn own_keys(request: &ChangeRequest) -> [String; 3] {
    let account = &request.account;
    [account.key(), account.enabled_key(), account.policy_key()]
}
