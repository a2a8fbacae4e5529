//! Warnings where the owner of an object would take the change back.

use std::collections::BTreeSet;

use super::super::{ChangeRequest, Goal, LAST_APPLIED};
use super::{Edited, Planned};
use crate::model::shell::quoted;
use crate::model::{Data, Form, Marks, Owner, POLICY_KEY, Which, is_upstream};
use crate::site::{Object, Role, marks};
use crate::text::Note;

/// The form that the owner of the ConfigMaps keeps, if there are some.
pub fn form_of_owner(objects: &[Object<'_>]) -> Option<(Form, Owner)> {
    let ours = objects
        .iter()
        .filter(|object| matches!(Role::of(object), Some(Role::ConfigMap(_))));
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

/// Says where the change would be taken back, and what the next upgrade does to the keys of an
/// object that kubectl owns. Returns whether something would be taken back.
pub fn tell_owner(
    planned: &[Planned<'_>],
    form: Form,
    request: &ChangeRequest,
    notes: &mut Vec<Note>,
) -> bool {
    let onto_objects = matches!(form, Form::Manifest | Form::Patch | Form::JsonPatch);
    let mut said = BTreeSet::new();
    let mut upgraded: Vec<&str> = Vec::new();
    for planned in planned {
        let Edited::ConfigMap(configmap) = &planned.edited else {
            continue;
        };
        let marks = marks(&planned.object);
        let owner = marks.owner();
        if onto_objects
            && !planned.plan.changes.is_empty()
            && let Some(warning) = reverted(planned, configmap.which, &owner)
            && said.insert(warning.clone())
        {
            notes.push(Note::warning(warning));
        }
        if owner == Owner::Kubectl {
            prunable(planned, configmap.which, &marks, request, notes);
        }
        let of_kubectl = matches!(owner, Owner::Kubectl | Owner::Unknown) && marks.from_server;
        if of_kubectl && form == Form::Manifest && !planned.plan.changes.is_empty() {
            upgraded.extend(at_stake(planned, &marks));
        }
    }
    if !upgraded.is_empty() {
        notes.push(Note::new(format!(
            "with `kubectl replace` or `kubectl patch` the next upgrade of Argo CD keeps {}; \
             `| kubectl apply -f -` loses nothing now, but makes kubectl believe that every key is \
             its own, and the next `kubectl apply` of Argo CD's manifests then deletes them",
            upgraded.join(", ")
        )));
    }
    !said.is_empty()
}

/// What the owner does to the change, and the form that stays.
fn reverted(planned: &Planned<'_>, which: Which, owner: &Owner) -> Option<String> {
    let right = match lasting(owner) {
        Form::Helm => "-o helm (values of the chart)",
        Form::Operator => "-o operator (the ArgoCD resource)",
        Form::Kustomize => "-o kustomize, or --in-place on the files in Git",
        _ => return None,
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
        Owner::Operator(_) => "which takes the change back within minutes".to_owned(),
        Owner::Helm { .. } => "whose upgrade keeps keys that it does not know, but whose \
             rollback, reinstallation or --force does not, and which takes back what its values say"
            .to_owned(),
        _ => "which takes the change back at its next sync".to_owned(),
    };
    Some(format!(
        "{which} of namespace {} belongs to {owner}, {what}; what stays is {right}",
        planned.namespace
    ))
}

/// Names the keys that kubectl takes for its own since an earlier plain `kubectl apply`: the next
/// `kubectl apply` of Argo CD's own manifests deletes them.
fn prunable(
    planned: &Planned<'_>,
    which: Which,
    marks: &Marks,
    request: &ChangeRequest,
    notes: &mut Vec<Note>,
) {
    let (by_apply, by_server_side) = (marks.pruned_by_apply(), marks.pruned_by_server_side_apply());
    let all: BTreeSet<&str> = by_apply.iter().chain(&by_server_side).copied().collect();
    if all.is_empty() {
        return;
    }
    let ours = own_keys(request);
    let any_ours = all.iter().any(|key| ours.contains(&(*key).to_owned()));
    let how = match (by_apply.is_empty(), by_server_side.is_empty()) {
        (false, true) => "the next client-side `kubectl apply`",
        (true, false) => "the next `kubectl apply --server-side --force-conflicts`",
        _ => "the next `kubectl apply`, client-side or server-side,",
    };
    let patch = if by_server_side.is_empty() {
        format!(r#"{{"metadata":{{"annotations":{{"{LAST_APPLIED}":null}}}}}}"#)
    } else {
        format!(
            r#"{{"metadata":{{"annotations":{{"{LAST_APPLIED}":null}},"managedFields":[{{}}]}}}}"#
        )
    };
    let keys: Vec<&str> = all.into_iter().collect();
    let text = format!(
        "an earlier `kubectl apply` made kubectl believe that it owns {} of {which}: {how} of \
         manifests without them (an upgrade of Argo CD) deletes them; unless you apply a file of \
         your own that has them, mend it with: kubectl patch configmap {which} -n {}{} --type merge -p {}",
        keys.join(", "),
        quoted(&planned.namespace),
        request.commands.kubectl,
        quoted(&patch)
    );
    if any_ours && request.goal != Goal::Absent {
        notes.push(Note::warning(text));
    } else {
        notes.push(Note::new(text));
    }
}

/// The keys, ours and the user's own, whose fate at the next upgrade depends on how the whole object
/// is applied now.
fn at_stake<'p>(planned: &'p Planned<'_>, marks: &Marks) -> Vec<&'p str> {
    let Edited::ConfigMap(configmap) = &planned.edited else {
        return Vec::new();
    };
    let added = planned.plan.changes.iter();
    let added = added.filter(|change| change.after.is_some());
    let mut keys: Vec<&str> = added.map(|change| change.key.as_str()).collect();
    if let Some(applied) = &marks.last_applied {
        let own = configmap.data.iter().flat_map(Data::iter);
        let own = own.map(|(key, _)| key);
        keys.extend(own.filter(|key| !is_upstream(key) && !applied.iter().any(|of| of == key)));
    }
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(*key));
    keys
}

/// The keys that are ours.
fn own_keys(request: &ChangeRequest) -> [String; 3] {
    let account = &request.account;
    [account.key(), account.enabled_key(), account.policy_key()]
}
