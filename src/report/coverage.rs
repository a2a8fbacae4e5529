//! The report of what the expectations of a policy cover.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::table::{markdown, table};
use super::{Report, Style};
use crate::model::Location;
use crate::octopus::Coverage;
use crate::site::ArgoCd;
use crate::text::Note;

/// A line of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoverageLine {
    /// The key, or a project's role.
    pub part: String,
    /// Its file.
    pub file: String,
    /// Its line in the file, from 1.
    pub line: usize,
    /// Its column, from 1.
    pub column: usize,
    /// What it says.
    pub text: String,
    /// How many expectations would come out otherwise without it.
    pub expectations: usize,
}

impl CoverageLine {
    /// A line at its place.
    pub fn new(part: String, text: String, expectations: usize, place: &Location) -> Self {
        Self {
            part,
            file: place.name.to_string(),
            line: place.line,
            column: place.column,
            text,
            expectations,
        }
    }

    fn is_covered(&self) -> bool {
        self.expectations > 0
    }
}

/// How many lines there are, and how many of them are covered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The lines on which some expectation depends.
    pub covered: usize,
    /// All of them.
    pub lines: usize,
}

impl Share {
    fn add(&mut self, line: &CoverageLine) {
        self.lines += 1;
        self.covered += usize::from(line.is_covered());
    }

    /// The covered ones of a hundred, rounded down; a policy without lines is covered.
    pub fn percent(self) -> usize {
        (self.covered * 100).checked_div(self.lines).unwrap_or(100)
    }
}

/// The lines of a policy at their places.
pub fn lines(found: Coverage, argocd: &ArgoCd<'_>) -> Vec<CoverageLine> {
    let lines = found.lines.into_iter().filter_map(|line| {
        let (source, at) = argocd.source_at(&line.key, line.number, line.offset)?;
        let place = source.location(at);
        Some(CoverageLine::new(
            line.part,
            line.text,
            line.expectations,
            &place,
        ))
    });
    lines.collect()
}

/// How much is covered, and whether that is enough.
pub fn verdict(lines: &[CoverageLine], least: Option<u8>) -> (bool, Note) {
    let share = share(lines);
    let text = format!(
        "expectations cover {} of {} policy lines ({} %)",
        share.covered,
        share.lines,
        share.percent()
    );
    match least {
        Some(least) if share.covered * 100 < share.lines * usize::from(least) => {
            (false, Note::warning(format!("{text}, less than {least} %")))
        }
        _ => (true, Note::new(text)),
    }
}

/// The share of all lines.
fn share(lines: &[CoverageLine]) -> Share {
    let mut share = Share::default();
    for line in lines {
        share.add(line);
    }
    share
}

/// The share of each key and project role, in the order of their first lines.
fn parts(lines: &[CoverageLine]) -> Vec<(&str, Share)> {
    let mut parts: Vec<(&str, Share)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines {
        let place = *places.entry(&line.part).or_insert(parts.len());
        if place == parts.len() {
            parts.push((&line.part, Share::default()));
        }
        parts[place].1.add(line);
    }
    parts
}

const PARTS: [&str; 4] = ["PART", "LINES", "COVERED", "PERCENT"];
const LINES: [&str; 3] = ["NOT COVERED", "PART", "LINE"];

fn part_rows(lines: &[CoverageLine]) -> Vec<Vec<String>> {
    let mut rows = parts(lines);
    rows.push(("all", share(lines)));
    let row = |(part, share): (&str, Share)| {
        let numbers = [share.lines, share.covered, share.percent()];
        let numbers = numbers.into_iter().map(|number| number.to_string());
        std::iter::once(part.to_owned()).chain(numbers).collect()
    };
    rows.into_iter().map(row).collect()
}

fn uncovered(lines: &[CoverageLine]) -> Vec<Vec<String>> {
    let lines = lines.iter().filter(|line| !line.is_covered());
    let row = |line: &CoverageLine| {
        vec![
            format!("{}:{}:{}", line.file, line.line, line.column),
            line.part.clone(),
            line.text.clone(),
        ]
    };
    lines.map(row).collect()
}

/// Two tables: the share of each part, and the lines that nothing depends on.
pub fn text(lines: &[CoverageLine], style: Style) -> String {
    tables(lines, |headers, rows| table(headers, rows, style))
}

/// The same for a pull request.
pub fn as_markdown(lines: &[CoverageLine]) -> String {
    tables(lines, markdown)
}

fn tables(lines: &[CoverageLine], table: impl Fn(&[&str], &[Vec<String>]) -> String) -> String {
    let mut out = format!("\n{}", table(&PARTS, &part_rows(lines)));
    let rows = uncovered(lines);
    if !rows.is_empty() {
        let _ = write!(out, "\n{}", table(&LINES, &rows));
    }
    out
}

/// A versioned document of its own.
pub fn document(lines: &[CoverageLine]) -> Report {
    Report::Json(serde_json::json!({ "schema": "coverage/v1", "coverage": value(lines) }))
}

/// The part of a JSON report.
pub fn value(lines: &[CoverageLine]) -> serde_json::Value {
    let share = share(lines);
    let parts: Vec<_> = parts(lines)
        .into_iter()
        .map(|(part, share)| {
            serde_json::json!({
                "part": part,
                "covered": share.covered,
                "lines": share.lines,
                "percent": share.percent(),
            })
        })
        .collect();
    serde_json::json!({
        "covered": share.covered,
        "lines": share.lines,
        "percent": share.percent(),
        "parts": parts,
        "all": lines,
    })
}

/// A record of lcov for each file, with the real line numbers. Where several lines of a policy are on
/// one line of a file, the least covered of them counts.
pub fn lcov(lines: &[CoverageLine]) -> String {
    let mut files: BTreeMap<&str, BTreeMap<usize, usize>> = BTreeMap::new();
    for line in lines {
        let counts = files.entry(&line.file).or_default();
        let count = counts.entry(line.line).or_insert(line.expectations);
        *count = (*count).min(line.expectations);
    }
    let mut out = String::new();
    for (file, counts) in files {
        let _ = writeln!(out, "TN:expectations\nSF:{file}");
        for (line, count) in &counts {
            let _ = writeln!(out, "DA:{line},{count}");
        }
        let covered = counts.values().filter(|count| **count > 0).count();
        let _ = writeln!(out, "LF:{}\nLH:{covered}\nend_of_record", counts.len());
    }
    out
}
