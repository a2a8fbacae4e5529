//! The checks of an account on the server that an Argo CD makes, and those that cannot be certain there.

use super::{
    Check, CheckAnswer, Checker, Describe, Expectation, Needs, Purpose, account_faults, ask,
};
use crate::error::{Error, Result};
use crate::model::{AccountName, Data, ProjectName};
use crate::rbac::Server;
use crate::rbac::survey::{Budget, Cited};
use crate::site::{ArgoCd, too_costly};

/// The checks of Octopus Deploy's account that are wanted.
#[derive(Clone, Debug)]
pub struct AccountChecks<'a> {
    /// The account.
    pub account: &'a AccountName,
    /// The permissions that it needs.
    pub needs: Needs,
    /// Whether it is the account's role in every project that is named, or else in every project of the input.
    pub by_project: bool,
    /// Whether it may nothing beside what it needs.
    pub strict: bool,
    /// Whether the place of a line is enough.
    pub is_brief: bool,
}

impl AccountChecks<'_> {
    /// Returns the checks on the server that an Argo CD makes.
    ///
    /// # Errors
    /// A project in the input whose name cannot be one.
    pub fn on(&self, argocd: &ArgoCd<'_>, server: &Server) -> Result<Vec<Check>> {
        if let Some(place) = argocd.disables_auth() {
            let reason =
                format!("{place}: server.disable.auth is set, so everyone may do everything");
            return Ok(vec![nothing_proved(self.account.as_str(), &reason)]);
        }
        let mut checks = if self.by_project {
            Vec::new()
        } else {
            unusable_account(self.account, argocd)
        };
        let accounts = self.accounts(argocd)?;
        let budget = Budget::default();
        for (account, needs) in &accounts {
            let asked = (account.as_str(), needs, self.strict);
            checks.extend(proofs(argocd, server, asked, self.is_brief, &budget));
        }
        let subjects = accounts.iter().map(|(account, _)| account.as_str());
        checks.extend(uncertain(argocd, server, subjects));
        Ok(checks)
    }

    /// Returns the subjects to check, each with the permissions that it needs.
    fn accounts(&self, argocd: &ArgoCd<'_>) -> Result<Vec<(String, Needs)>> {
        let (account, needs) = (self.account, &self.needs);
        if !self.by_project {
            return Ok(vec![(account.to_string(), needs.clone())]);
        }
        let projects = if needs.projects.is_empty() {
            let read = argocd
                .projects
                .iter()
                .map(|project| ProjectName::new(project.name()));
            read.collect::<Result<Vec<_>, _>>().map_err(Error::input)?
        } else {
            needs.projects.clone()
        };
        let role = |project: ProjectName| {
            let account = format!("proj:{project}:{account}");
            let needs = Needs {
                allow_sync: needs.allow_sync,
                projects: vec![project],
                role: true,
            };
            (account, needs)
        };
        Ok(projects.into_iter().map(role).collect())
    }
}

/// Returns the checks of expectations on the server that an Argo CD makes.
///
/// # Errors
/// `scopes` that is not a list.
pub fn checks_of_expectations(
    expectations: &[Expectation],
    argocd: &ArgoCd<'_>,
    server: &Server,
    is_brief: bool,
) -> Result<Vec<Check>> {
    let scopes = argocd.scopes()?;
    let line = |line: Cited<'_>| named(argocd, line, is_brief);
    let describe = Describe::new(&line, is_brief);
    let budget = Budget::default();
    let mut checks = ask(expectations, server, scopes.as_deref(), &describe, &budget);
    if argocd.disables_auth().is_none() {
        let refused = checks.iter().filter(|check| check.want == CheckAnswer::No);
        let subjects = refused.map(|check| check.subject.as_str());
        let uncertain = uncertain(argocd, server, subjects);
        checks.extend(uncertain);
    }
    Ok(checks)
}

/// Returns the proofs of one account's rights.
///
/// # Errors
/// A policy that does not load.
pub fn checks_of(argocd: &ArgoCd<'_>, account: &str, needs: &Needs) -> Result<Vec<Check>> {
    let server = argocd.server(argocd.policy_set())?;
    let mut checks = proofs(
        argocd,
        &server,
        (account, needs, false),
        false,
        &Budget::default(),
    );
    checks.extend(uncertain(argocd, &server, [account]));
    Ok(checks)
}

/// A line of the policy with its place, or only the place.
fn named(argocd: &ArgoCd<'_>, line: Cited<'_>, is_brief: bool) -> String {
    if is_brief {
        argocd.place_of(line.enforcer, line.line)
    } else {
        argocd.describe(line.enforcer, line.line)
    }
}

fn proofs(
    argocd: &ArgoCd<'_>,
    server: &Server,
    (account, needs, strict): (&str, &Needs, bool),
    is_brief: bool,
    budget: &Budget,
) -> Vec<Check> {
    let line = |line: Cited<'_>| named(argocd, line, is_brief);
    let describe = Describe::new(&line, is_brief);
    let checker = Checker {
        server,
        describe: &describe,
        account,
        needs,
        strict,
        budget,
    };
    checker.checks()
}

/// The checks that fail where no refusal of some subjects is certain: a template fills in a line that
/// may concern them, or a glob costs too much to be decided.
fn uncertain<'s>(
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
fn nothing_proved(account: &str, reason: &str) -> Check {
    Check {
        got: CheckAnswer::Yes,
        ..not_proved(account.to_owned(), reason.to_owned())
    }
}

/// Returns the faults of argocd-cm that keep the account from using a token.
fn unusable_account(account: &AccountName, argocd: &ArgoCd<'_>) -> Vec<Check> {
    let settings = argocd.cm.iter().flat_map(|cm| &cm.all);
    let data: Data = settings
        .filter_map(|setting| Some((setting.key.to_string(), setting.text()?.to_owned())))
        .collect();
    if data.is_empty() {
        return Vec::new();
    }
    account_faults(&data, account)
}
