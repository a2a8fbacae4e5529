//! Several instances in one report, made of the reports of each.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Style;
use super::table::{self, table};
use super::xml::escape;

/// One instance.
#[derive(Clone, Copy, Debug)]
pub struct InstanceRow<'a> {
    /// Its name.
    pub name: &'a str,
    /// The exit code that it alone would give.
    pub code: u8,
    /// What that means, in a word.
    pub result: &'a str,
    /// What it came to, in a few words; of a failure, the error.
    pub summary: &'a str,
    /// Whether it failed, so that there is no report.
    pub failed: bool,
    /// Its own report.
    pub report: &'a str,
}

/// Of which instances the own report is shown below the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Details {
    /// Those that are not clean.
    OfUnclean,
    /// All.
    OfAll,
    /// Those whose report says more than the table.
    BeyondOneLine,
}

/// A table of all instances; below it the reports of those that want a look.
pub fn text(rows: &[InstanceRow<'_>], details: Details, style: Style) -> String {
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let plain = table(&["INSTANCE", "RESULT", "SUMMARY"], &cells);
    let mut lines = plain.lines();
    let mut out = format!("{}\n", style.strong(lines.next().unwrap_or_default()));
    for (line, row) in lines.zip(rows) {
        let line = match row.code {
            0 => line.to_owned(),
            1 => style.warn(line),
            _ => style.bad(line),
        };
        let _ = writeln!(out, "{line}");
    }
    for row in rows {
        let shown = match details {
            Details::OfUnclean => row.code != 0,
            Details::OfAll => true,
            Details::BeyondOneLine => row.report.lines().count() > 1,
        };
        if shown && !row.report.is_empty() {
            let _ = write!(
                out,
                "\n{}\n{}",
                style.strong(&format!("== {} ==", row.name)),
                row.report
            );
            if !row.report.ends_with('\n') {
                out.push('\n');
            }
        }
    }
    out
}

/// A script for a shell: the table of all instances as comments, and below it their reports, which
/// are commands.
pub fn script(rows: &[InstanceRow<'_>]) -> String {
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let mut out = String::new();
    for line in table(&["INSTANCE", "RESULT", "SUMMARY"], &cells).lines() {
        let _ = writeln!(out, "# {line}");
    }
    out.extend(rows.iter().map(|row| row.report));
    out
}

fn cells(row: &InstanceRow<'_>) -> Vec<String> {
    // An error may say more; what is behind its first line stands on stderr.
    let summary = row.summary.lines().next().unwrap_or_default();
    vec![
        row.name.to_owned(),
        row.result.to_owned(),
        summary.to_owned(),
    ]
}

/// A versioned document with the documents of all instances that have one.
///
/// # Errors
/// If one of them is no JSON.
pub fn json(command: &str, rows: &[InstanceRow<'_>]) -> serde_json::Result<String> {
    let mut instances = Vec::new();
    for row in rows {
        let mut instance = json!({"name": row.name, "code": row.code, "result": row.result});
        if row.failed {
            instance["error"] = row.summary.into();
        } else {
            instance["summary"] = row.summary.into();
        }
        if !row.report.is_empty() {
            instance["report"] = serde_json::from_str(row.report)?;
        }
        instances.push(instance);
    }
    let document = json!({"schema": "fleet/v1", "command": command, "instances": instances});
    Ok(format!("{document:#}\n"))
}

/// A table for a pull request, and below it the reports of those that are not clean.
pub fn markdown(rows: &[InstanceRow<'_>]) -> String {
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let mut out = table::markdown(&["INSTANCE", "RESULT", "SUMMARY"], &cells);
    for row in rows {
        if (row.code != 0 || row.result == "shown") && !row.report.is_empty() {
            let _ = write!(out, "\n### {}\n\n{}", row.name, row.report);
        }
    }
    out
}

/// `JUnit` XML with the suites of all instances, each under its instance's name. One that failed
/// is a suite with an error.
pub fn junit(rows: &[InstanceRow<'_>]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for row in rows {
        // Our own writer puts each element on a line of its own.
        for line in row.report.lines() {
            if line.starts_with("<?xml") || line.contains("<testsuites") || line == "</testsuites>"
            {
                continue;
            }
            match line.strip_prefix("  <testsuite name=\"") {
                Some(rest) => {
                    let _ = writeln!(out, "  <testsuite name=\"{}: {rest}", row.name);
                }
                None => {
                    let _ = writeln!(out, "{line}");
                }
            }
        }
        if row.failed {
            let _ = writeln!(
                out,
                "  <testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\">\n    <testcase \
                 classname=\"instance\" name=\"{name}\">\n      <error message=\"{}\"/>\n    </testcase>\n  \
                 </testsuite>",
                escape(row.summary),
                name = row.name,
            );
        }
    }
    out.push_str("</testsuites>\n");
    out
}

/// One SARIF log with the results of all instances.
///
/// # Errors
/// If one of them is no SARIF log of ours.
pub fn sarif(rows: &[InstanceRow<'_>]) -> serde_json::Result<String> {
    let mut joined: Option<Value> = None;
    // Instances may share files, whose findings are the same.
    let mut seen = BTreeSet::new();
    for row in rows.iter().filter(|row| !row.report.is_empty()) {
        let mut log: Value = serde_json::from_str(row.report)?;
        let mut found = match log["runs"][0]["results"].take() {
            Value::Array(found) => found,
            _ => Vec::new(),
        };
        found.retain(|result| seen.insert(result.to_string()));
        let results = &mut joined.get_or_insert(log)["runs"][0]["results"];
        match results {
            Value::Array(results) => results.append(&mut found),
            _ => *results = Value::Array(found),
        }
    }
    Ok(joined.map(|log| format!("{log:#}\n")).unwrap_or_default())
}

/// CSV with the instance in front of each line.
pub fn csv(rows: &[InstanceRow<'_>]) -> String {
    let mut out = String::new();
    for row in rows {
        for (number, line) in row.report.lines().enumerate() {
            match (number, out.is_empty()) {
                (0, true) => {
                    let _ = writeln!(out, "instance,{line}");
                }
                (0, false) => {}
                _ => {
                    let _ = writeln!(out, "{},{line}", row.name);
                }
            }
        }
    }
    out
}
