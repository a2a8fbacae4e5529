//! What the change gives and takes, computed for every subject before and after.

use std::collections::BTreeMap;

use super::asked::question;
use crate::change::{Edited, Planned, changed_but, form_of_planned};
use crate::cli::Input;
use crate::error::{Error, Kind, Result};
use crate::input::{Content, File};
use crate::model::{AccountName, Which};
use crate::rbac::survey::{Budget, Change, Cited, compare};
use crate::rbac::{ArgoCdVersion, Grounds, project_role};
use crate::report::permissions::PermissionChange;
use crate::site::{self, ArgoCd};
use crate::yaml::Stream;

/// What makes a difference that no line of a policy makes.
const A_SETTING: &str = "a setting of the server";

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
        Edited::Values | Edited::ArgoCd(_) | Edited::AppProject(_) => true,
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
    question.options.form = Some(form_of_planned(planned));
    let before = site::ask(files, &question)?.argocds.into_iter();
    let before_and_after = before.zip(site::ask(&after, &question)?.argocds);
    let mut changes = Vec::new();
    for (was, will) in before_and_after {
        if !was.has_policy() && !will.has_policy() {
            continue;
        }
        let servers = [
            was.server(was.policy_set())?,
            will.server(will.policy_set())?,
        ];
        let sides = [&was, &will];
        for subject in compare(&servers[0], &servers[1], &Budget::default()).subjects {
            let name = subject.whom.to_string();
            let collateral = !is_the_account(&name, account);
            for change in &subject.changes {
                changes.push(PermissionChange {
                    namespace: was.namespace.clone(),
                    subject: name.clone(),
                    change: if change.gained { "gained" } else { "lost" },
                    action: change.action.clone(),
                    resource: change.resource.to_owned(),
                    objects: change.objects.clone(),
                    example: change.object.clone(),
                    line: cause(change, sides),
                    collateral,
                });
            }
            for undecided in &subject.undecided {
                let (objects, line) = match undecided.rule {
                    Some((cited, added)) => {
                        let rule = cited.enforcer.rule(cited.line);
                        let objects = rule.object.text.into_owned();
                        (objects, line_of(cited, sides[usize::from(added)]))
                    }
                    None => ("*".to_owned(), A_SETTING.to_owned()),
                };
                changes.push(PermissionChange {
                    namespace: was.namespace.clone(),
                    subject: name.clone(),
                    change: "undecided",
                    action: undecided.verb.to_string(),
                    resource: undecided.resource.to_owned(),
                    objects,
                    example: String::new(),
                    line,
                    collateral,
                });
            }
        }
    }
    Ok(Some(changes))
}

/// Whether a subject is the account, or its role in a project.
fn is_the_account(subject: &str, account: &AccountName) -> bool {
    let name = project_role(subject).map_or(subject, |(_, role)| role);
    name == account.as_str()
}

fn line_of(cited: Cited<'_>, argocd: &ArgoCd<'_>) -> String {
    argocd.describe(cited.enforcer, cited.line)
}

/// Returns what makes the difference: a line with its place, or a setting.
fn cause(change: &Change<'_>, sides: [&ArgoCd<'_>; 2]) -> String {
    if let Some((cited, added)) = change.rule {
        return line_of(cited, sides[usize::from(added)]);
    }
    let granted = usize::from(change.gained);
    match change.grounds[granted] {
        (Grounds::AuthDisabled, _) | (_, None) => A_SETTING.to_owned(),
        (_, Some(cited)) => line_of(cited, sides[granted]),
    }
}

/// Refuses a change that concerns anyone but the account.
pub(super) fn refuse_collateral(changes: &[PermissionChange], account: &AccountName) -> Result<()> {
    let others: Vec<_> = changes.iter().filter(|change| change.collateral).collect();
    if others.is_empty() {
        return Ok(());
    }
    let error = Error::new(
        Kind::Collateral,
        format!("the change would alter what subjects other than {account} may do"),
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
