//! The report of `matrix`: subjects, permissions, and the lines that decide.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::html::escape;
use super::table::{self, markdown, table};

/// One rule that reaches a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// Who.
    pub subject: String,
    /// The resource.
    pub resource: String,
    /// The action, or a family of them: `update/…`.
    pub action: String,
    /// The rule's pattern of objects.
    pub object: String,
    /// `allow` or `deny`.
    pub effect: &'static str,
    /// What becomes of the rule.
    pub state: String,
    /// Whether it does something, in part at least.
    pub in_force: bool,
    /// Whether everybody has it, through the default role.
    pub by_default_role: bool,
    /// The line, with its place.
    pub decided_by: String,
}

const HEADERS: [&str; 7] = [
    "SUBJECT",
    "RESOURCE",
    "ACTION",
    "OBJECT",
    "EFFECT",
    "STATE",
    "DECIDED BY",
];

fn rows(permissions: &[Permission]) -> Vec<Vec<String>> {
    let row = |permission: &Permission| {
        vec![
            permission.subject.clone(),
            permission.resource.clone(),
            permission.action.clone(),
            permission.object.clone(),
            permission.effect.to_owned(),
            permission.state.clone(),
            permission.decided_by.clone(),
        ]
    };
    permissions.iter().map(row).collect()
}

/// A table.
pub fn text(permissions: &[Permission]) -> String {
    table(&HEADERS, &rows(permissions))
}

/// A table for a pull request.
pub fn as_markdown(permissions: &[Permission]) -> String {
    markdown(&HEADERS, &rows(permissions))
}

/// Comma-separated values.
pub fn csv(permissions: &[Permission]) -> String {
    table::csv(&HEADERS, &rows(permissions))
}

/// A versioned document.
pub fn json(permissions: &[Permission]) -> String {
    format!(
        "{:#}\n",
        serde_json::json!({"schema": "matrix/v1", "permissions": permissions})
    )
}

/// One page: no request leaves it, it follows light and dark, it fits a phone, and it prints.
pub fn html(permissions: &[Permission], source: &str) -> String {
    let columns: BTreeSet<(&str, &str)> = permissions
        .iter()
        .map(|p| (p.resource.as_str(), p.action.as_str()))
        .collect();
    let mut subjects: Vec<&str> = Vec::new();
    let mut cells: BTreeMap<(&str, &str, &str), Vec<&Permission>> = BTreeMap::new();
    for permission in permissions {
        if subjects.last() != Some(&permission.subject.as_str()) {
            subjects.push(&permission.subject);
        }
        let key = (
            &*permission.subject,
            &*permission.resource,
            &*permission.action,
        );
        cells.entry(key).or_default().push(permission);
    }
    let mut head = String::new();
    let mut spans: BTreeMap<&str, usize> = BTreeMap::new();
    for (resource, _) in &columns {
        *spans.entry(resource).or_default() += 1;
    }
    head.push_str("<tr><th rowspan=\"2\" scope=\"col\">Subject</th>");
    for (resource, span) in &spans {
        let _ = write!(
            head,
            "<th colspan=\"{span}\" scope=\"colgroup\">{}</th>",
            escape(resource)
        );
    }
    head.push_str("</tr>\n<tr>");
    for (_, action) in &columns {
        let _ = write!(
            head,
            "<th scope=\"col\" class=\"action\">{}</th>",
            escape(action)
        );
    }
    head.push_str("</tr>");
    let mut body = String::new();
    for subject in subjects {
        let _ = write!(body, "<tr><th scope=\"row\">{}</th>", escape(subject));
        for (resource, action) in &columns {
            let entries = cells
                .get(&(subject, *resource, *action))
                .map_or(&[][..], Vec::as_slice);
            body.push_str(&cell(entries, resource, action));
        }
        body.push_str("</tr>\n");
    }
    let lines: BTreeSet<&str> = permissions.iter().map(|p| p.decided_by.as_str()).collect();
    let mut list = String::new();
    for line in lines {
        let _ = writeln!(list, "<li><code>{}</code></li>", escape(line));
    }
    include_str!("matrix.html")
        .replace("{{source}}", &escape(source))
        .replace("{{count}}", &permissions.len().to_string())
        .replace("{{head}}", &head)
        .replace("{{body}}", &body)
        .replace("{{lines}}", &list)
}

fn cell(entries: &[&Permission], resource: &str, action: &str) -> String {
    if entries.is_empty() {
        return "<td></td>".to_owned();
    }
    let granted = entries
        .iter()
        .any(|entry| entry.in_force && entry.effect == "allow");
    let class = if granted { "yes" } else { "no" };
    let label = format!("{action} {resource}");
    let mut out = format!("<td class=\"{class}\" data-label=\"{}\">", escape(&label));
    for entry in entries {
        let sign = match (entry.in_force, entry.effect) {
            (true, "allow") => "+",
            (true, _) => "−",
            (false, _) => "·",
        };
        let from = if entry.by_default_role {
            " (default role)"
        } else {
            ""
        };
        let place = entry
            .decided_by
            .split_once(": ")
            .map_or("", |(place, _)| place);
        let state = if entry.state == "in force" {
            ""
        } else {
            &entry.state
        };
        let _ = write!(
            out,
            "<div class=\"{}\" title=\"{}\"><code>{sign} {}</code><small>{}{from} {}</small></div>",
            if entry.in_force { entry.effect } else { "idle" },
            escape(&entry.decided_by),
            escape(&entry.object),
            escape(place),
            escape(state),
        );
    }
    out.push_str("</td>");
    out
}
