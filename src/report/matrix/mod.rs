//! The report of `matrix`: every subject with its roles and rules.

mod page;

use std::collections::BTreeMap;

use super::Report;
use super::table::{self, markdown, table};
use crate::review::{Matrix, Membership, RuleGroup};

pub use page::html;

/// How the rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowOrder {
    /// By subject, as in the policy.
    #[default]
    Subject,
    /// By resource, then object.
    Resource,
}

/// A subject, a role or a group of rules in cells.
struct MatrixRow {
    subject: String,
    resource: String,
    object: String,
    actions: String,
    effect: String,
    state: String,
    decided_by: String,
}

fn rows(matrix: &Matrix, order: RowOrder) -> Vec<MatrixRow> {
    let mut rows = Vec::new();
    for holder in &matrix.subjects {
        // A role of a subject says nothing of a resource.
        let roles = if order == RowOrder::Subject {
            holder.roles.as_slice()
        } else {
            &[]
        };
        rows.extend(roles.iter().map(|membership| MatrixRow {
            subject: holder.subject.clone(),
            resource: format!("has {}", membership.role),
            object: String::new(),
            actions: String::new(),
            effect: part(membership).to_owned(),
            state: membership.limited_by.clone(),
            decided_by: membership.decided_by.clone(),
        }));
        rows.extend(holder.rules.iter().map(|group| MatrixRow {
            subject: holder.subject.clone(),
            resource: group.resource.clone(),
            object: group.object.clone(),
            actions: group.actions.join(", "),
            effect: effect(group),
            state: group.state.join("; "),
            decided_by: group.decided_by.join("; "),
        }));
    }
    if order == RowOrder::Resource {
        let mut sorted: BTreeMap<(String, String), Vec<MatrixRow>> = BTreeMap::new();
        for row in rows {
            let key = (row.resource.clone(), row.object.clone());
            sorted.entry(key).or_default().push(row);
        }
        rows = sorted.into_values().flatten().collect();
    }
    rows
}

/// Whether a subject has less than its role.
fn part(membership: &Membership) -> &'static str {
    if membership.limited_by.is_empty() {
        ""
    } else {
        "in part"
    }
}

/// The effect, in a word more where the rules do not have all of it.
fn effect(group: &RuleGroup) -> String {
    match (group.in_force, group.state.is_empty()) {
        (true, true) => group.effect.to_owned(),
        (true, false) => format!("{} in part", group.effect),
        (false, _) => "none".to_owned(),
    }
}

/// The headers and cells; `wide` adds what limits a rule, and the lines.
fn cells(matrix: &Matrix, order: RowOrder, wide: bool) -> (Vec<&'static str>, Vec<Vec<String>>) {
    let mut headers = match order {
        RowOrder::Subject => vec!["SUBJECT", "RESOURCE", "OBJECT", "ACTIONS", "EFFECT"],
        RowOrder::Resource => vec!["RESOURCE", "OBJECT", "SUBJECT", "ACTIONS", "EFFECT"],
    };
    if wide {
        headers.extend(["STATE", "DECIDED BY"]);
    }
    let rows = rows(matrix, order).into_iter().map(|row| {
        let mut cells = match order {
            RowOrder::Subject => vec![row.subject, row.resource, row.object],
            RowOrder::Resource => vec![row.resource, row.object, row.subject],
        };
        cells.extend([row.actions, row.effect]);
        if wide {
            cells.extend([row.state, row.decided_by]);
        }
        cells
    });
    (headers, rows.collect())
}

/// A table; `wide` adds what limits a rule, and the lines.
pub fn text(matrix: &Matrix, order: RowOrder, wide: bool) -> String {
    let (headers, mut rows) = cells(matrix, order, wide);
    if !wide {
        rows = rows.into_iter().flat_map(wrapped).collect();
    }
    table(&headers, &rows)
}

/// How wide the list of actions may be in a table for a screen.
const ACTIONS_WIDTH: usize = 28;
/// The column of the actions.
const ACTIONS: usize = 3;

/// A row, its actions on as many lines as they take.
fn wrapped(row: Vec<String>) -> Vec<Vec<String>> {
    if row[ACTIONS].len() <= ACTIONS_WIDTH {
        return vec![row];
    }
    let mut lines: Vec<String> = Vec::new();
    for action in row[ACTIONS].split_inclusive(", ") {
        match lines.last_mut() {
            Some(line) if line.len() + action.trim_end().len() <= ACTIONS_WIDTH => {
                line.push_str(action);
            }
            _ => lines.push(action.to_owned()),
        }
    }
    let empty = vec![String::new(); row.len()];
    let rows = std::iter::once(row).chain(std::iter::repeat(empty));
    let rows = rows.zip(lines).map(|(mut row, line)| {
        line.trim_end().clone_into(&mut row[ACTIONS]);
        row
    });
    rows.collect()
}

/// A table for a pull request.
pub fn as_markdown(matrix: &Matrix, order: RowOrder) -> String {
    let (headers, rows) = cells(matrix, order, true);
    markdown(&headers, &rows)
}

/// Comma-separated values.
pub fn csv(matrix: &Matrix, order: RowOrder) -> Report {
    let (headers, rows) = cells(matrix, order, true);
    table::csv(&headers, &rows)
}

/// A versioned document.
pub fn json(matrix: &Matrix) -> Report {
    Report::Json(serde_json::json!({"schema": "matrix/v2", "subjects": matrix.subjects}))
}

#[cfg(test)]
mod tests;
