//! The report of `apps`: sources, the deployments that update them, and why some are not.

use std::fmt::Write as _;

use super::findings::{self, ShownFinding};
use super::html::{escape, page};
use super::table::{self, markdown, table};
use super::{Report, Style};
use crate::review::{Right, SourceRow, Updated};

const HEADERS: [&str; 9] = [
    "APPLICATION",
    "SOURCE",
    "REPO",
    "PATH",
    "REVISION",
    "PROJECT",
    "ENVIRONMENT",
    "TENANT",
    "UPDATED",
];

const MORE: [&str; 6] = ["KIND", "NAMESPACE", "APPPROJECT", "GET", "SYNC", "PLACE"];

/// What is shown for a value that is not there.
const NONE: &str = "-";

fn cells(row: &SourceRow) -> Vec<String> {
    let option = |value: &Option<String>| value.clone().unwrap_or_else(|| NONE.to_owned());
    vec![
        row.application.clone(),
        row.source.clone(),
        row.repo.clone(),
        row.path.clone(),
        row.revision.clone(),
        option(&row.project),
        option(&row.environment),
        option(&row.tenant),
        row.updated.text(),
    ]
}

fn wide_cells(row: &SourceRow) -> Vec<String> {
    let right = |right: &Option<Right>| match right {
        None => "unknown".to_owned(),
        Some(right) if right.allowed => "yes".to_owned(),
        Some(right) => format!("no: {}", right.why),
    };
    let mut cells = cells(row);
    cells.extend([
        row.kind.to_owned(),
        row.namespace.clone().unwrap_or_else(|| NONE.to_owned()),
        row.app_project.clone(),
        right(&row.get),
        right(&row.sync),
        row.place.clone(),
    ]);
    cells
}

fn wide_headers() -> Vec<&'static str> {
    HEADERS.into_iter().chain(MORE).collect()
}

/// A table.
pub fn text(rows: &[SourceRow], style: Style) -> String {
    let cells: Vec<_> = rows.iter().map(cells).collect();
    table(&HEADERS, &cells, style)
}

/// A table with rights and places.
pub fn wide(rows: &[SourceRow], style: Style) -> String {
    let cells: Vec<_> = rows.iter().map(wide_cells).collect();
    table(&wide_headers(), &cells, style)
}

/// Comma-separated values, with everything that `wide` shows.
pub fn csv(rows: &[SourceRow]) -> Report {
    // A dash would be taken for the beginning of a formula.
    let plain = |cell: String| if cell == NONE { String::new() } else { cell };
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| wide_cells(row).into_iter().map(plain).collect())
        .collect();
    table::csv(&wide_headers(), &cells)
}

/// A table for a pull request, with the findings below it.
pub fn as_markdown(rows: &[SourceRow], found: &[ShownFinding<'_>]) -> String {
    let mut out = markdown(&HEADERS, &rows.iter().map(cells).collect::<Vec<_>>());
    if !found.is_empty() {
        out.push('\n');
    }
    for finding in found {
        let message = finding.message.replace('*', "\\*");
        let _ = writeln!(
            out,
            "- **{}** `{}` {}: {message}",
            finding.level.as_str(),
            finding.rule,
            finding.mark.start(),
        );
    }
    out
}

/// A versioned document.
pub fn json(rows: &[SourceRow], found: &[ShownFinding<'_>]) -> Report {
    let report = serde_json::json!({
        "schema": "apps/v1",
        "sources": rows,
        "findings": findings::items(found),
    });
    Report::Json(report)
}

/// One page.
pub fn html(rows: &[SourceRow], found: &[ShownFinding<'_>], source: &str) -> String {
    let mut head = String::from("<tr>");
    for header in HEADERS {
        let _ = write!(head, "<th scope=\"col\">{header}</th>");
    }
    head.push_str("</tr>");
    let mut body = String::new();
    for row in rows {
        let class = match row.updated {
            Updated::Yes => "yes",
            Updated::If(_) => "if",
            Updated::No(_) => "no",
        };
        let _ = write!(body, "<tr class=\"{class}\">");
        for (cell, header) in cells(row).iter().zip(HEADERS) {
            let _ = write!(body, "<td data-label=\"{header}\">{}</td>", escape(cell));
        }
        body.push_str("</tr>\n");
    }
    let mut list = String::new();
    for finding in found {
        let _ = writeln!(
            list,
            "<li><strong>{}</strong> <code>{}</code> {}: {}</li>",
            finding.level.as_str(),
            escape(finding.rule),
            escape(&finding.mark.start().to_string()),
            escape(&finding.message)
        );
    }
    if list.is_empty() {
        list.push_str("<li>None.</li>\n");
    }
    let places = [
        ("source", &*escape(source)),
        ("head", &head),
        ("body", &body),
        ("findings", &list),
    ];
    page(include_str!("apps.html"), &places)
}
