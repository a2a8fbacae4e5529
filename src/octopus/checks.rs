//! What is checked of an account on the server that an Argo CD makes, and what is not certain there.

use super::{Check, CheckAnswer, Checker, Needs, Purpose, account_faults};
use crate::error::{Error, Result};
use crate::model::{AccountName, Data, ProjectName};
use crate::rbac::Server;
use crate::rbac::survey::{Budget, Cited};
use crate::site::{ArgoCd, too_costly};

/// Returns whom the checks are about, and what each needs: the account, or with `by_project` its role of
/// every project that is named, or else of every project in the input.
///
/// # Errors
/// A project in the input whose name cannot be one.
pub fn checked_accounts(
    account: &AccountName,
    needs: Needs,
    by_project: bool,
    argocd: &ArgoCd<'_>,
) -> Result<Vec<(String, Needs)>> {
    if !by_project {
        return Ok(vec![(account.to_string(), needs)]);
    }
    let projects = if needs.projects.is_empty() {
        let read = argocd
            .projects
            .iter()
            .map(|project| ProjectName::new(project.name()));
        read.collect::<Result<Vec<_>, _>>().map_err(Error::input)?
    } else {
        needs.projects
    };
    let allow_sync = needs.allow_sync;
    let role = |project: ProjectName| {
        let account = format!("proj:{project}:{account}");
        let needs = Needs {
            allow_sync,
            projects: vec![project],
            role: true,
        };
        (account, needs)
    };
    Ok(projects.into_iter().map(role).collect())
}

/// Returns the checks of one account on the server that an Argo CD makes.
///
/// # Errors
/// A policy that does not load.
pub fn checks_of(argocd: &ArgoCd<'_>, account: &str, needs: &Needs) -> Result<Vec<Check>> {
    let server = argocd.server(argocd.policy_set())?;
    let describe = |line: Cited<'_>| argocd.describe(line.enforcer, line.line);
    let budget = Budget::default();
    let checker = Checker {
        server: &server,
        describe: &describe,
        account,
        needs,
        strict: false,
        budget: &budget,
    };
    let mut checks = checker.checks();
    checks.extend(uncertain(argocd, &server, [account]));
    Ok(checks)
}

/// Returns the checks that fail where no refusal of some subjects is certain: a template fills in a line that
/// may concern them, or a glob costs too much to be decided.
pub fn uncertain<'s>(
    argocd: &ArgoCd<'_>,
    server: &Server,
    subjects: impl IntoIterator<Item = &'s str>,
) -> Vec<Check> {
    let unknown = argocd.unknown_lines();
    let mut checks = Vec::new();
    for subject in subjects {
        let of_template = unknown
            .as_ref()
            .filter(|unknown| checks.is_empty() && unknown.may_concern(subject, server.base()));
        let of_template =
            of_template.map(|unknown| format!("{}: filled in by a template", unknown.first));
        let of_glob = server
            .undecided()
            .filter(|_| checks.is_empty())
            .map(too_costly);
        let reasons = of_template.into_iter().chain(of_glob);
        checks.extend(reasons.map(|why| not_proved(subject.to_owned(), why)));
    }
    checks
}

/// The check that fails where no refusal is certain: a glob costs too much to be decided, or a
/// template fills in a line.
fn not_proved(subject: String, why: String) -> Check {
    Check {
        subject,
        action: "*".to_owned(),
        resource: "*".to_owned(),
        object: "(any)".to_owned(),
        want: CheckAnswer::No,
        got: CheckAnswer::NotProved,
        decided_by: why,
        purpose: Purpose::Forbidden,
        ok: false,
        name: None,
    }
}

/// The one check of a server that authorises nothing.
pub fn nothing_proved(account: &str, reason: &str) -> Check {
    Check {
        subject: account.to_owned(),
        action: "*".to_owned(),
        resource: "*".to_owned(),
        object: "(any)".to_owned(),
        want: CheckAnswer::No,
        got: CheckAnswer::Yes,
        decided_by: reason.to_owned(),
        purpose: Purpose::Forbidden,
        ok: false,
        name: None,
    }
}

/// What keeps the account from using a token, as far as argocd-cm was read.
pub fn unusable_account(account: &AccountName, argocd: &ArgoCd<'_>) -> Vec<Check> {
    let settings = argocd.cm.iter().flat_map(|cm| &cm.all);
    let data: Data = settings
        .filter_map(|setting| Some((setting.key.to_string(), setting.text()?.to_owned())))
        .collect();
    if data.is_empty() {
        return Vec::new();
    }
    account_faults(&data, account)
}
