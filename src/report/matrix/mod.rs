//! The report of `matrix`: every subject with its roles and rules.

mod page;

use std::borrow::Cow;

use super::table::{self, markdown, table};
use super::{Report, Style};
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
struct MatrixRow<'m> {
    subject: &'m str,
    resource: Cow<'m, str>,
    object: &'m str,
    actions: Cow<'m, str>,
    effect: Cow<'m, str>,
    state: Cow<'m, str>,
    decided_by: Cow<'m, str>,
}

fn rows(matrix: &Matrix, order: RowOrder) -> Vec<MatrixRow<'_>> {
    let mut rows = Vec::new();
    for holder in &matrix.subjects {
        // A role of a subject says nothing of a resource.
        let roles = if order == RowOrder::Subject {
            holder.roles.as_slice()
        } else {
            &[]
        };
        rows.extend(roles.iter().map(|membership| MatrixRow {
            subject: &holder.subject,
            resource: format!("has {}", membership.role).into(),
            object: "",
            actions: "".into(),
            effect: part(membership).into(),
            state: (&membership.limited_by).into(),
            decided_by: (&membership.decided_by).into(),
        }));
        rows.extend(holder.rules.iter().map(|group| MatrixRow {
            subject: &holder.subject,
            resource: (&group.resource).into(),
            object: &group.object,
            actions: joined(&group.actions, ", "),
            effect: effect(group),
            state: joined(&group.state, "; "),
            decided_by: joined(&group.decided_by, "; "),
        }));
    }
    if order == RowOrder::Resource {
        rows.sort_by(|one, other| {
            let by_resource = one.resource.cmp(&other.resource);
            by_resource.then_with(|| one.object.cmp(other.object))
        });
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
fn effect(group: &RuleGroup) -> Cow<'_, str> {
    match (group.in_force, group.state.is_empty()) {
        (true, true) => group.effect.into(),
        (true, false) => format!("{} in part", group.effect).into(),
        (false, _) => "none".into(),
    }
}

fn joined<'t>(texts: &'t [String], separator: &str) -> Cow<'t, str> {
    match texts {
        [one] => one.into(),
        many => many.join(separator).into(),
    }
}

/// The cells of each row.
type Cells<'m> = Vec<Vec<Cow<'m, str>>>;

/// The headers and cells; `wide` adds what limits a rule, and the lines.
fn cells(matrix: &Matrix, order: RowOrder, wide: bool) -> (Vec<&'static str>, Cells<'_>) {
    let mut headers = match order {
        RowOrder::Subject => vec!["SUBJECT", "RESOURCE", "OBJECT", "ACTIONS", "EFFECT"],
        RowOrder::Resource => vec!["RESOURCE", "OBJECT", "SUBJECT", "ACTIONS", "EFFECT"],
    };
    if wide {
        headers.extend(["STATE", "DECIDED BY"]);
    }
    let rows = rows(matrix, order).into_iter().map(|row| {
        let mut cells = match order {
            RowOrder::Subject => vec![row.subject.into(), row.resource, row.object.into()],
            RowOrder::Resource => vec![row.resource, row.object.into(), row.subject.into()],
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
pub fn text(matrix: &Matrix, order: RowOrder, wide: bool, style: Style) -> String {
    let (headers, mut rows) = cells(matrix, order, wide);
    if !wide {
        rows = rows.into_iter().flat_map(wrapped).collect();
    }
    table(&headers, &rows, style)
}

/// How wide the list of actions may be in a table for a screen.
const ACTIONS_WIDTH: usize = 28;
/// The column of the actions.
const ACTIONS: usize = 3;

/// A row, its actions on as many lines as they take.
fn wrapped(row: Vec<Cow<'_, str>>) -> Cells<'_> {
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
    let empty = vec![Cow::from(""); row.len()];
    let rows = std::iter::once(row).chain(std::iter::repeat(empty));
    let rows = rows.zip(lines).map(|(mut row, line)| {
        row[ACTIONS] = line.trim_end().to_owned().into();
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
