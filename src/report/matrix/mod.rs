//! The report of `matrix`: every subject with its roles and rules.

mod page;

use std::collections::BTreeMap;

use serde::Serialize;

use super::Report;
use super::table::{self, markdown, table};

pub use page::html;

/// Who may do what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The subjects, in the order of the policy.
    pub subjects: Vec<MatrixSubject>,
}

/// A subject, or a role, with what it has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MatrixSubject {
    /// Its name, or what everybody is called.
    pub subject: String,
    /// The roles that it is bound to directly.
    pub roles: Vec<Membership>,
    /// Its own rules; a role's are the role's.
    pub rules: Vec<RuleGroup>,
}

impl MatrixSubject {
    /// Whether it has nothing.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.rules.is_empty()
    }
}

/// A role that a subject has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Membership {
    /// The role.
    pub role: String,
    /// The line that binds it, with its place.
    pub decided_by: String,
    /// What takes part of the role back from this subject; empty where nothing does.
    pub limited_by: String,
}

/// Rules of one subject that differ in their action alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleGroup {
    /// The resource, as written.
    pub resource: String,
    /// The pattern of objects, as written.
    pub object: String,
    /// The actions, as written: `*` is one of them.
    pub actions: Vec<String>,
    /// `allow`, `deny`, or `none` for any other word.
    pub effect: &'static str,
    /// Whether the rules do something, at least in part.
    pub in_force: bool,
    /// What limits the rules or keeps them from doing anything; empty where nothing does.
    pub state: Vec<String>,
    /// The lines, with their places.
    pub decided_by: Vec<String>,
}

/// How the rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowOrder {
    /// By subject, as in the policy.
    #[default]
    Subject,
    /// By resource, then object.
    Resource,
}

impl Matrix {
    /// What holds for everybody where authorisation is switched off by a setting.
    pub fn of_everything(everybody: String, decided_by: String) -> Self {
        let everything = RuleGroup {
            resource: "*".to_owned(),
            object: "*".to_owned(),
            actions: vec!["*".to_owned()],
            effect: "allow",
            in_force: true,
            state: Vec::new(),
            decided_by: vec![decided_by],
        };
        Self {
            subjects: vec![MatrixSubject {
                subject: everybody,
                roles: Vec::new(),
                rules: vec![everything],
            }],
        }
    }

    /// Whether no one may do anything.
    pub fn is_empty(&self) -> bool {
        self.subjects.iter().all(MatrixSubject::is_empty)
    }
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
