//! Asks the expectations of the user's own.

use super::checker::reason;
use super::expectations::Expectation;
use super::{Check, Describe, quantified};
use crate::rbac::survey::Budget;
use crate::rbac::{Server, vocabulary};

/// Asks them as the server is asked: with groups, and with the AppProjects of the input; or proves
/// them for every request that matches. `scopes` are the claims that count as groups.
pub fn ask(
    expectations: &[Expectation],
    server: &Server,
    scopes: Option<&[String]>,
    describe: &Describe<'_>,
    budget: &Budget,
) -> Vec<Check> {
    let checks = expectations.iter().map(|wanted| {
        if wanted.is_quantified() {
            return quantified::prove(wanted, server, describe, budget);
        }
        let answer = wanted.answer(server, scopes);
        let allowed = answer.allowed();
        let decided_by = reason(&answer, (&wanted.resource, &wanted.action), describe);
        let unknown = if vocabulary::RESOURCES.contains(&&*wanted.resource) {
            ""
        } else {
            " (Argo CD knows no such resource)"
        };
        wanted.check(allowed.into(), format!("{decided_by}{unknown}"))
    });
    checks.collect()
}
