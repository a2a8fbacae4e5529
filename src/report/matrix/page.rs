//! The page: a row for each subject, a column for each resource, and the lines below.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::effect;
use crate::report::html::{escape, page};
use crate::review::{Matrix, Membership, RuleGroup};

/// The most columns; what is about further resources shares the last one.
const COLUMNS: usize = 16;
const OTHERS: &str = "other resources";

/// The page; `source` names what was read.
pub fn html(matrix: &Matrix, source: &str) -> String {
    let mut lines = NumberedLines::default();
    let columns = columns(matrix);
    let mut head = String::from("<tr><th scope=\"col\">Subject</th>");
    for column in &columns {
        let _ = write!(head, "<th scope=\"col\">{}</th>", escape(column));
    }
    head.push_str("</tr>");
    let (mut body, mut rules) = (String::new(), 0);
    for holder in &matrix.subjects {
        rules += holder.rules.len();
        let name = escape(&holder.subject);
        let bound: Vec<&str> = holder.roles.iter().map(|one| one.role.as_str()).collect();
        let json = serde_json::to_string(&bound).unwrap_or_default();
        let _ = write!(
            body,
            "<tr data-subject=\"{name}\" data-roles=\"{}\"><th scope=\"row\">{name}",
            escape(&json)
        );
        for membership in &holder.roles {
            role(&mut body, membership, &mut lines);
        }
        body.push_str("</th>");
        let mut cells = vec![String::new(); columns.len()];
        for group in &holder.rules {
            let found = columns.iter().position(|column| *column == group.resource);
            let Some(column) = found.or(columns.len().checked_sub(1)) else {
                continue;
            };
            entry(&mut cells[column], group, found.is_none(), &mut lines);
        }
        for (column, cell) in columns.iter().zip(cells) {
            let _ = write!(body, "<td data-label=\"{}\">{cell}</td>", escape(column));
        }
        body.push_str("</tr>\n");
    }
    let places = [
        ("source", &*escape(source)),
        ("subjects", &matrix.subjects.len().to_string()),
        ("rules", &rules.to_string()),
        ("head", &head),
        ("body", &body),
        ("lines", &lines.list()),
    ];
    page(include_str!("page.html"), &places)
}

/// The resources, in the order of their first rule.
fn columns(matrix: &Matrix) -> Vec<&str> {
    let mut columns: Vec<&str> = Vec::new();
    for group in matrix.subjects.iter().flat_map(|holder| &holder.rules) {
        if columns.contains(&&*group.resource) {
            continue;
        }
        if columns.len() + 1 == COLUMNS {
            columns.push(OTHERS);
            break;
        }
        columns.push(&group.resource);
    }
    columns
}

fn role<'m>(out: &mut String, membership: &'m Membership, lines: &mut NumberedLines<'m>) {
    let _ = write!(
        out,
        "<small>has <a href=\"#{}\">{}</a>",
        lines.id(&membership.decided_by),
        escape(&membership.role)
    );
    if !membership.limited_by.is_empty() {
        let _ = write!(out, " in part: {}", escape(&membership.limited_by));
    }
    out.push_str("</small>");
}

fn entry<'m>(out: &mut String, group: &'m RuleGroup, names: bool, lines: &mut NumberedLines<'m>) {
    let class = if group.in_force { group.effect } else { "idle" };
    let _ = write!(
        out,
        "<div class=\"{class}\"><b>{}</b> ",
        escape(&effect(group))
    );
    if names {
        let _ = write!(out, "<code>{}</code> ", escape(&group.resource));
    }
    let _ = write!(
        out,
        "{} <code>{}</code>",
        escape(&group.actions.join(", ")),
        escape(&group.object),
    );
    for state in &group.state {
        let _ = write!(out, "<small>{}</small>", escape(state));
    }
    out.push_str("<small>");
    for line in &group.decided_by {
        let place = line.split_once(": ").map_or(&**line, |(place, _)| place);
        let _ = write!(
            out,
            "<a href=\"#{}\">{}</a> ",
            lines.id(line),
            escape(place)
        );
    }
    out.push_str("</small></div>");
}

/// The lines that decide, numbered so that cells can link to them.
#[derive(Default)]
struct NumberedLines<'m> {
    numbers: HashMap<&'m str, usize>,
    all: Vec<&'m str>,
}

impl<'m> NumberedLines<'m> {
    fn id(&mut self, line: &'m str) -> String {
        let all = &mut self.all;
        let number = *self.numbers.entry(line).or_insert_with(|| {
            all.push(line);
            all.len()
        });
        format!("line-{number}")
    }

    fn list(&self) -> String {
        let mut out = String::new();
        for (before, line) in self.all.iter().enumerate() {
            let number = before + 1;
            let line = escape(line);
            let _ = writeln!(out, "<li id=\"line-{number}\"><code>{line}</code></li>");
        }
        out
    }
}
