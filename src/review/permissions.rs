//! The permissions that a change gives and takes, for every subject, and whether one is not the account.

use serde::Serialize;

use crate::error::{Error, Kind, Result};
use crate::model::AccountName;
use crate::rbac::survey::{Budget, Change, Cited, compare};
use crate::rbac::{Grounds, project_role};
use crate::site::ArgoCd;

/// The cause of a difference that no line of a policy makes.
const A_SETTING: &str = "a setting of the server";

/// One thing that someone gains or loses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PermissionChange {
    /// The namespace of the Argo CD.
    pub namespace: String,
    /// Who; `(everybody)` through the default role.
    pub subject: String,
    /// `gained`, `lost`, or `undecided` where neither a difference was found nor excluded.
    pub change: &'static str,
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The pattern of objects of the rule that makes the difference.
    pub objects: String,
    /// An object for which the answers differ.
    pub example: String,
    /// The line that makes the difference, with its place.
    pub line: String,
    /// Whether it concerns someone other than the account.
    pub collateral: bool,
}

/// Compares what everybody may do before and after.
///
/// # Errors
/// A policy that does not load.
pub fn permission_changes(
    sides: [&ArgoCd<'_>; 2],
    account: &AccountName,
) -> Result<Vec<PermissionChange>> {
    let [was, will] = sides;
    let servers = [
        was.server(was.policy_set())?,
        will.server(will.policy_set())?,
    ];
    let mut changes = Vec::new();
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
    Ok(changes)
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
///
/// # Errors
/// Such a change.
pub fn refuse_collateral(changes: &[PermissionChange], account: &AccountName) -> Result<()> {
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
