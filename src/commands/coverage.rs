//! `check --coverage`: which lines of the policy the expectations depend on.

use super::context::Context;
use crate::error::{Error, Result};
use crate::octopus::{Expectation, coverage};
use crate::rbac::survey::Budget;
use crate::rbac::{PolicySet, Server};
use crate::report::coverage::{CoverageLine, share};
use crate::site::ArgoCd;

/// How many steps the measurement may take.
const STEPS: u64 = 200_000_000;

/// Finds the lines of an Argo CD's policy, each with the number of expectations that depend on it.
///
/// # Errors
/// `scopes` that is not a list.
pub(super) fn covered(
    expectations: &[Expectation],
    argocd: &ArgoCd<'_>,
    set: &PolicySet,
    server: &Server,
    context: &mut Context<'_, '_>,
) -> Result<Vec<CoverageLine>> {
    let projects: Vec<_> = argocd.loaded_projects().collect();
    let scopes = argocd.scopes()?;
    let decides = (set, &*projects);
    let budget = steps();
    let found = coverage(expectations, server, decides, scopes.as_deref(), &budget);
    if found.unmeasured > 0 {
        context.warn(format!(
            "coverage took too long: {} of {} expectations were left out, so more lines may be covered",
            found.unmeasured,
            expectations.len()
        ));
    }
    let lines = found.lines.into_iter().filter_map(|line| {
        let (source, at) = argocd.source_at(&line.key, line.number, line.offset)?;
        let place = source.location(at);
        Some(CoverageLine::new(
            line.part,
            line.text,
            line.expectations,
            &place,
        ))
    });
    Ok(lines.collect())
}

/// What a measurement, or a set of expectations, may cost.
pub(super) fn steps() -> Budget {
    Budget::of(STEPS)
}

/// Says how much is covered; returns whether that is enough.
pub(super) fn judge(
    lines: &[CoverageLine],
    least: Option<u8>,
    context: &mut Context<'_, '_>,
) -> bool {
    let share = share(lines);
    let percent = share.percent();
    let text = format!(
        "expectations cover {} of {} policy lines ({percent} %)",
        share.covered, share.lines
    );
    match least {
        Some(least) if share.covered * 100 < share.lines * usize::from(least) => {
            context.warn(format!("{text}, less than {least} %"));
            false
        }
        _ => {
            context.note(text);
            true
        }
    }
}

/// Refuses coverage where nothing is expected.
pub(super) fn refuse_nothing() -> Error {
    Error::usage("coverage is that of expectations, and there are none")
        .hint("name a file of them with --expect, or write one with --write-expectations")
}
