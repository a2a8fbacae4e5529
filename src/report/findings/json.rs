//! Findings for programs: `lint/v1`.

use serde::Serialize;

use super::{Mark, ShownFinding};
use crate::report::Report;

/// The schema's name; another one comes with any change that a reader would notice.
const SCHEMA: &str = "lint/v1";

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    severity: &'static str,
    #[serde(flatten)]
    place: JsonPlace<'a>,
    message: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<JsonRelated<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    help: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<JsonFix<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonPlace<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    #[serde(flatten)]
    place: JsonPlace<'a>,
    message: &'a str,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    safety: &'static str,
    title: &'a str,
}

fn place<'a>(mark: &'a Mark<'_>) -> JsonPlace<'a> {
    let (start, end) = (mark.start(), mark.end());
    JsonPlace {
        file: mark.source.name(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

/// All findings as one JSON document. Lines and columns count from 1, columns in characters; the
/// end is the first column that is not marked.
pub fn json(findings: &[ShownFinding<'_>]) -> Report {
    Report::Json(serde_json::json!({"schema": SCHEMA, "findings": list(findings)}))
}

/// The findings as they are in `lint/v1`, for reports that have some beside other things.
pub fn items(findings: &[ShownFinding<'_>]) -> serde_json::Value {
    // As above.
    serde_json::to_value(list(findings)).unwrap_or_default()
}

fn list<'a>(findings: &'a [ShownFinding<'_>]) -> Vec<JsonFinding<'a>> {
    let items = findings.iter().map(|finding| JsonFinding {
        rule: finding.rule,
        severity: finding.level.as_str(),
        place: place(&finding.mark),
        message: &finding.message,
        related: finding
            .related
            .iter()
            .map(|mark| JsonRelated {
                place: place(mark),
                message: &mark.label,
            })
            .collect(),
        help: &finding.help,
        fix: finding.fix.as_ref().map(|fix| JsonFix {
            safety: match fix.effect {
                None => "safe",
                Some(_) => "unsafe",
            },
            title: &fix.title,
        }),
    });
    items.collect()
}
