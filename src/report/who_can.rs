//! The report of `who-can`: who may, and through which lines.

use serde::Serialize;

use super::Report;
use super::table::{self, markdown, table};

/// How much someone may of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum May {
    /// All of it: the one request, or each that matches.
    Every,
    /// Some of it.
    Some,
    /// Neither could be shown.
    Undecided,
    /// Nothing, because of a deny.
    Denied,
}

impl May {
    fn as_str(self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::Some => "some",
            Self::Undecided => "undecided",
            Self::Denied => "denied",
        }
    }
}

/// A request that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskedRequest {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The object.
    pub object: String,
}

/// Someone who may, or who might but for a deny.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectRow {
    /// The subject's name, or `(everybody)`.
    pub subject: String,
    /// How much it may.
    pub may: May,
    /// The roles from the subject to the one that the deciding line is about.
    pub roles: Vec<String>,
    /// The place of the line that decided.
    pub place: String,
    /// A request that is allowed; of someone who is denied, one that is not.
    pub example: Option<AskedRequest>,
    /// The `g` lines from the subject to the deciding line, with their places.
    pub through: Vec<String>,
    /// The line that decided, with its place; of someone who is denied, the deny.
    pub decided_by: String,
    /// The line that would allow it but for the deny.
    pub but_for_deny: Option<String>,
}

/// What was asked, and the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoCan {
    /// The question, patterns and all.
    pub asked: AskedRequest,
    /// Whether every matching request was asked for, not only one.
    pub every: bool,
    /// First everybody, then by name; who is denied comes last.
    pub rows: Vec<SubjectRow>,
}

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
pub fn text(found: &WhoCan) -> String {
    table(&HEADERS, &found.rows.iter().map(cells).collect::<Vec<_>>())
}

/// A table with the lines in full.
pub fn wide(found: &WhoCan) -> String {
    table(&WIDE_HEADERS, &wide_rows(found))
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
