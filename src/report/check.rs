//! The report of `check`: rows of what was wanted and what is.

use std::fmt::Write as _;

use super::coverage::{self, CoverageLine};
use super::table::{self, markdown};
use super::xml::escape;
use super::{Junit, JunitSuite, Report, Style};
use crate::octopus::{Check, CheckAnswer, CheckedState, Purpose};
use crate::text::Note;

const HEADERS: [&str; 7] = [
    "SUBJECT",
    "ACTION",
    "RESOURCE",
    "OBJECT",
    "WANT",
    "GOT",
    "DECIDED BY",
];

/// A table. Of what is forbidden and refused, a resource takes one line unless `all` is wanted.
pub fn text(checks: &[Check], all: bool, style: Style) -> String {
    let shown = if all {
        checks.to_vec()
    } else {
        condensed(checks)
    };
    table::painted(&HEADERS, &rows(&shown), style, |at, row| {
        match (shown[at].ok, shown[at].purpose) {
            (false, _) => style.bad(&row),
            (true, Purpose::Extra) => style.warn(&row),
            (true, _) => row,
        }
    })
}

/// A table for a pull request.
pub fn as_markdown(checks: &[Check]) -> String {
    markdown(&HEADERS, &rows(&condensed(checks)))
}

/// A versioned document, with what the expectations cover where that was asked for.
pub fn json(checks: &[Check], state: CheckedState, covered: Option<&[CoverageLine]>) -> Report {
    let mut report = serde_json::json!({
        "schema": "check/v1",
        "state": state.as_str(),
        "checks": checks,
    });
    if let Some(lines) = covered {
        report["coverage"] = coverage::value(lines);
    }
    Report::Json(report)
}

/// `JUnit` XML: a test case for each check.
pub fn junit(checks: &[Check]) -> Report {
    let failures = checks.iter().filter(|check| !check.ok).count();
    let mut out = String::new();
    for check in checks {
        let question = format!(
            "{} {} {} {}",
            check.subject, check.action, check.resource, check.object
        );
        let name = escape(check.name.as_deref().unwrap_or(&question));
        let class = check.purpose.as_str();
        let _ = write!(out, "    <testcase classname=\"{class}\" name=\"{name}\"");
        if check.ok {
            out.push_str("/>\n");
        } else {
            let said = escape(&format!(
                "{question}: want {}, got {}: {}",
                check.want, check.got, check.decided_by
            ));
            let _ = writeln!(
                out,
                ">\n      <failure message=\"{said}\"/>\n    </testcase>"
            );
        }
    }
    Report::Junit(Junit {
        attributes: String::new(),
        suites: vec![JunitSuite {
            name: "kubectl octopus-argo check".to_owned(),
            attributes: format!(" tests=\"{}\" failures=\"{failures}\"", checks.len()),
            cases: out,
        }],
    })
}

fn rows(checks: &[Check]) -> Vec<Vec<String>> {
    let row = |check: &Check| {
        let want = match check.purpose {
            Purpose::Documented => "-",
            Purpose::Extra => "no need",
            _ => check.want.as_str(),
        };
        vec![
            check.subject.clone(),
            check.action.clone(),
            check.resource.clone(),
            check.object.clone(),
            want.to_owned(),
            check.got.to_string(),
            check.decided_by.clone(),
        ]
    };
    checks.iter().map(row).collect()
}

/// Refusals of one resource for the same reason, in one line.
fn condensed(checks: &[Check]) -> Vec<Check> {
    let mut shown: Vec<Check> = Vec::new();
    for check in checks {
        let alike = |other: &&mut Check| {
            other.purpose == check.purpose
                && (&other.subject, &other.resource, &other.object)
                    == (&check.subject, &check.resource, &check.object)
                && (other.got, &other.decided_by) == (check.got, &check.decided_by)
        };
        let refused = check.purpose == Purpose::Forbidden && check.ok;
        match shown
            .iter_mut()
            .filter(|other| refused && other.ok)
            .find(alike)
        {
            Some(other) => "everything else".clone_into(&mut other.action),
            None => shown.push(check.clone()),
        }
    }
    shown
}

/// Returns how many checks passed, and what the table does not say.
pub fn summary(checks: &[Check], state: CheckedState) -> Vec<Note> {
    let failed = checks.iter().filter(|check| !check.ok).count();
    let counted = checks
        .iter()
        .filter(|check| check.purpose != Purpose::Documented)
        .count();
    let word = if counted == 1 { "check" } else { "checks" };
    let text = if failed == 0 {
        format!("{counted} {word} passed on {state}")
    } else {
        format!("{failed} of {counted} {word} failed on {state}")
    };
    let mut notes = vec![Note::outcome(failed == 0, text)];
    let syncs = |check: &&Check| {
        check.purpose == Purpose::Extra && check.action == "sync" && check.got != CheckAnswer::No
    };
    if let Some(check) = checks.iter().find(syncs) {
        notes.push(Note::new(format!(
            "{} may sync applications, which only steps that trigger a sync need: --allow-sync expects it",
            check.subject
        )));
    }
    if checks
        .iter()
        .any(|check| check.purpose == Purpose::Documented)
    {
        notes.push(Note::new(
            "WANT `-` marks questions from Octopus's documentation that do not affect the result",
        ));
    }
    notes
}
