//! What the change gives and takes, computed for every subject before and after.

use std::collections::BTreeMap;

use super::asked::question;
use crate::change::{Edited, Planned, changed_but, form_of_planned};
use crate::cli::Input;
use crate::error::{Error, Kind, Result};
use crate::input::{Content, File};
use crate::model::{AccountName, Which};
use crate::rbac::analysis::{Whom, compare};
use crate::rbac::{ArgoCdVersion, Enforcer};
use crate::report::permissions::PermissionChange;
use crate::site;
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
    let after: Vec<File> = files
        .iter()
        .zip(changed_but(files, planned, edited)?)
        .map(|(file, changed)| File {
            origin: file.origin.clone(),
            content: match (changed, &file.content) {
                (Some(stream), _) => Content::Documents(stream),
                (None, Content::Documents(stream)) => Content::Documents(stream.clone()),
                (None, Content::Policy(source)) => Content::Policy(source.clone()),
            },
        })
        .collect();
    let mut question = question(args, ArgoCdVersion::NEWEST);
    question.form = Some(form_of_planned(planned));
    let before = site::ask(files, &question)?.argocds.into_iter();
    let before_and_after = before.zip(site::ask(&after, &question)?.argocds);
    let mut changes = Vec::new();
    for (was, will) in before_and_after {
        if !was.has_policy() && !will.has_policy() {
            continue;
        }
        let namespace = was.namespace.clone();
        let one = Enforcer::load(&was.policy_set()).map_err(|error| was.refuse(&error))?;
        let other = Enforcer::load(&will.policy_set()).map_err(|error| will.refuse(&error))?;
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
