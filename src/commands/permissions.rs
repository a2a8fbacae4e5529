//! What the change gives and takes, computed for every subject before and after.

use std::collections::BTreeMap;

use super::forms::holders;
use super::policy_input::PolicyInput;
use crate::change::{Edited, Planned, changed_but, form_of_planned};
use crate::cli::Input;
use crate::error::{Error, Kind, Result};
use crate::input::{Content, File, objects};
use crate::model::{AccountName, Which};
use crate::rbac::analysis::{Whom, compare};
use crate::rbac::{ArgoCdVersion, Enforcer};
use crate::report::permissions::PermissionChange;
use crate::yaml::Stream;

/// Everybody, in the report.
const EVERYBODY: &str = "(everybody)";

/// Compares the policies of every Argo CD that was planned for; `None` where none was. `edited` are
/// files, by their index, whose edits have been made already.
pub(super) fn permissions(
    files: &[File],
    planned: &[Planned<'_>],
    edited: BTreeMap<usize, Stream>,
    args: &Input,
    account: &AccountName,
) -> Result<Option<Vec<PermissionChange>>> {
    let decides = |planned: &Planned<'_>| match planned.edited {
        Edited::ConfigMap(ref configmap) => configmap.which == Which::RbacCm,
        Edited::Values | Edited::ArgoCd(_) => true,
        Edited::AppProject(_) => false,
    };
    if !planned.iter().any(decides) {
        return Ok(None);
    }
    let form = Some(form_of_planned(planned));
    let after: Vec<File> = files
        .iter()
        .zip(changed_but(files, planned, edited)?)
        .filter_map(|(file, changed)| {
            let stream = changed.or_else(|| file.stream().cloned())?;
            Some(File {
                origin: file.origin.clone(),
                content: Content::Documents(stream),
            })
        })
        .collect();
    let before = with_documents(files);
    let (found_before, found_after) = (objects(&before), objects(&after));
    let before_and_after = holders(form, &found_before, args)?.holders.into_iter();
    let before_and_after = before_and_after.zip(holders(form, &found_after, args)?.holders);
    let mut changes = Vec::new();
    for (was, will) in before_and_after {
        if was.rbac_cm.is_none() && will.rbac_cm.is_none() {
            continue;
        }
        let namespace = was.namespace.clone();
        let was = PolicyInput::of(was, &before, &found_before)?;
        let will = PolicyInput::of(will, &after, &found_after)?;
        let one = Enforcer::load(&was.set).map_err(|error| was.refuse(&error))?;
        let other = Enforcer::load(&will.set).map_err(|error| will.refuse(&error))?;
        for subject in compare(&one, &other, ArgoCdVersion::NEWEST).subjects {
            let name = match &subject.whom {
                Whom::Everybody => EVERYBODY.to_owned(),
                Whom::Subject(name) => name.clone(),
            };
            let collateral = name != account.as_str();
            let line = |id, added: bool| {
                let (enforcer, input) = if added { (&other, &will) } else { (&one, &was) };
                input.describe(enforcer, id)
            };
            for change in &subject.changes {
                changes.push(PermissionChange {
                    namespace: namespace.clone(),
                    subject: name.clone(),
                    change: if change.gained { "gained" } else { "lost" },
                    action: change.action.clone(),
                    resource: change.resource.clone(),
                    objects: change.objects.clone(),
                    example: change.example.clone(),
                    line: line(change.line, change.added),
                    collateral,
                });
            }
            for (id, added) in &subject.undecided {
                let enforcer = if *added { &other } else { &one };
                let rule = enforcer.rule(*id);
                changes.push(PermissionChange {
                    namespace: namespace.clone(),
                    subject: name.clone(),
                    change: "undecided",
                    action: rule.action.text.into_owned(),
                    resource: rule.resource.text.into_owned(),
                    objects: rule.object.text.into_owned(),
                    example: String::new(),
                    line: line(*id, *added),
                    collateral,
                });
            }
        }
    }
    Ok(Some(changes))
}

/// The files that hold documents, so that files before and after stand side by side.
fn with_documents(files: &[File]) -> Vec<File> {
    let streams = files
        .iter()
        .filter_map(|file| Some((file.origin.clone(), file.stream()?.clone())));
    streams
        .map(|(origin, stream)| File {
            origin,
            content: Content::Documents(stream),
        })
        .collect()
}

/// Refuses a change that concerns anybody but the account.
pub(super) fn refuse_collateral(changes: &[PermissionChange], account: &AccountName) -> Result<()> {
    let others: Vec<_> = changes.iter().filter(|change| change.collateral).collect();
    if others.is_empty() {
        return Ok(());
    }
    let error = Error::new(
        Kind::Collateral,
        format!("the change would alter what others than {account} may do"),
    );
    Err(others.into_iter().fold(error, |error, change| {
        let PermissionChange {
            subject,
            change,
            action,
            resource,
            objects,
            line,
            ..
        } = change;
        error.hint(format!(
            "{subject}: {change}: {action} {resource} {objects} ({line})"
        ))
    }))
}
