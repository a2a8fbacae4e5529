//! The report of `who-can`: who may, and through which lines.

use super::table::{self, markdown, table};
use super::{Report, Style};
use crate::review::{SubjectRow, WhoCan};

const HEADERS: [&str; 4] = ["SUBJECT", "MAY", "ROLES", "LINE"];
const WIDE_HEADERS: [&str; 6] = [
    "SUBJECT",
    "MAY",
    "EXAMPLE",
    "THROUGH",
    "DECIDED BY",
    "WOULD BE ALLOWED BY",
];

fn cells(row: &SubjectRow) -> Vec<String> {
    vec![
        row.subject.clone(),
        row.may.as_str().to_owned(),
        row.roles.join(" "),
        row.place.clone(),
    ]
}

fn wide_cells(row: &SubjectRow) -> Vec<String> {
    let example = row.example.as_ref();
    let example = example
        .map(|request| format!("{} {} {}", request.action, request.resource, request.object));
    vec![
        row.subject.clone(),
        row.may.as_str().to_owned(),
        example.unwrap_or_default(),
        row.through.join("; "),
        row.decided_by.clone(),
        row.but_for_deny.clone().unwrap_or_default(),
    ]
}

fn wide_rows(found: &WhoCan) -> Vec<Vec<String>> {
    found.rows.iter().map(wide_cells).collect()
}

/// A table.
pub fn text(found: &WhoCan, style: Style) -> String {
    let cells: Vec<_> = found.rows.iter().map(cells).collect();
    table(&HEADERS, &cells, style)
}

/// A table with the lines in full.
pub fn wide(found: &WhoCan, style: Style) -> String {
    table(&WIDE_HEADERS, &wide_rows(found), style)
}

/// A table for a pull request.
pub fn as_markdown(found: &WhoCan) -> String {
    markdown(&WIDE_HEADERS, &wide_rows(found))
}

/// Comma-separated values.
pub fn csv(found: &WhoCan) -> Report {
    table::csv(&WIDE_HEADERS, &wide_rows(found))
}

/// A versioned document.
pub fn json(found: &WhoCan) -> Report {
    let report = serde_json::json!({
        "schema": "who-can/v1",
        "asked": found.asked,
        "for": if found.every { "every" } else { "some" },
        "holders": found.rows,
    });
    Report::Json(report)
}
