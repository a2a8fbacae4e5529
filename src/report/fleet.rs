//! Several instances in one report, made of the reports of each.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::table::{self, table};
use super::xml::escape;
use super::{Csv, Junit, JunitSuite, Report, Style};

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
    /// Its own report, as a text.
    pub report: &'a str,
    /// Its own report, in a format whose reports are joined as values.
    pub document: Option<&'a Report>,
}

const HEADERS: [&str; 3] = ["INSTANCE", "RESULT", "SUMMARY"];

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
    let mut out = table::painted(&HEADERS, &cells, style, |at, row| match rows[at].code {
        0 => row,
        1 => style.warn(&row),
        _ => style.bad(&row),
    });
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
    for line in table(&HEADERS, &cells, Style::new(false)).lines() {
        let _ = writeln!(out, "# {line}");
    }
    out.extend(rows.iter().map(|row| row.report));
    out
}

fn cells(row: &InstanceRow<'_>) -> Vec<String> {
    // An error may say more; what is behind its first line is on stderr.
    let summary = row.summary.lines().next().unwrap_or_default();
    vec![
        row.name.to_owned(),
        row.result.to_owned(),
        summary.to_owned(),
    ]
}

/// A versioned document with the documents of all instances that have one.
pub fn json(command: &str, rows: &[InstanceRow<'_>]) -> Report {
    let instances = rows.iter().map(|row| {
        let mut instance = json!({"name": row.name, "code": row.code, "result": row.result});
        let key = if row.failed { "error" } else { "summary" };
        instance[key] = row.summary.into();
        if let Some(Report::Json(report) | Report::Yaml(report)) = row.document {
            instance["report"] = report.clone();
        }
        instance
    });
    let instances: Vec<Value> = instances.collect();
    Report::Json(json!({"schema": "fleet/v1", "command": command, "instances": instances}))
}

/// A table for a pull request, and below it the reports of those that are not clean.
pub fn markdown(rows: &[InstanceRow<'_>]) -> String {
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let mut out = table::markdown(&HEADERS, &cells);
    for row in rows {
        if (row.code != 0 || row.result == "shown") && !row.report.is_empty() {
            let _ = write!(out, "\n### {}\n\n{}", row.name, row.report);
        }
    }
    out
}

/// `JUnit` XML with the suites of all instances, each under its instance's name. One that failed
/// is a suite with an error.
pub fn junit(rows: &[InstanceRow<'_>]) -> Report {
    let mut joined = Junit::default();
    for row in rows {
        if let Some(Report::Junit(own)) = row.document {
            joined
                .suites
                .extend(own.suites.iter().map(|suite| JunitSuite {
                    name: format!("{}: {}", row.name, suite.name),
                    ..suite.clone()
                }));
        }
        if row.failed {
            let (name, error) = (row.name, escape(row.summary));
            joined.suites.push(JunitSuite {
                name: name.to_owned(),
                attributes: " tests=\"1\" failures=\"0\" errors=\"1\"".to_owned(),
                cases: format!(
                    "    <testcase classname=\"instance\" name=\"{name}\">\n      \
                     <error message=\"{error}\"/>\n    </testcase>\n"
                ),
            });
        }
    }
    Report::Junit(joined)
}

/// One SARIF log with the results of all instances; nothing where none has one.
pub fn sarif(rows: &[InstanceRow<'_>]) -> Option<Report> {
    let mut joined: Option<Value> = None;
    // Instances may share files, whose findings are the same.
    let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
    for row in rows {
        if let Some(Report::Sarif(log)) = row.document {
            let found = log["runs"][0]["results"].as_array();
            let found = found.into_iter().flatten();
            all.extend(
                found
                    .filter(|result| seen.insert(result.to_string()))
                    .cloned(),
            );
            joined.get_or_insert_with(|| log.clone());
        }
    }
    joined.map(|mut log| {
        log["runs"][0]["results"] = Value::Array(all);
        Report::Sarif(log)
    })
}

/// CSV with the instance in front of each row; nothing where no instance has any.
pub fn csv(rows: &[InstanceRow<'_>]) -> Option<Report> {
    let mut joined: Option<Csv> = None;
    for row in rows {
        if let Some(Report::Csv(own)) = row.document {
            let joined = joined.get_or_insert_with(|| Csv {
                head: format!("instance,{}", own.head),
                rows: Vec::new(),
            });
            let own = own.rows.iter();
            joined
                .rows
                .extend(own.map(|line| format!("{},{line}", row.name)));
        }
    }
    joined.map(Report::Csv)
}
