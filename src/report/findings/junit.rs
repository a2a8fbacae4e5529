//! Findings as `JUnit` XML: one suite a file, one failed case a finding. Notes do not fail.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::ShownFinding;
use crate::model::Severity;
use crate::report::xml::escape;
use crate::report::{Junit, JunitSuite, Report};

/// All findings as one document. `files` are the names of all that was read: those without a
/// finding are passed cases.
pub fn junit(findings: &[ShownFinding<'_>], files: &[&str]) -> Report {
    let mut suites: BTreeMap<&str, Vec<&ShownFinding<'_>>> = BTreeMap::new();
    for file in files {
        suites.entry(file).or_default();
    }
    for finding in findings {
        let suite = suites.entry(finding.mark.source.name()).or_default();
        suite.push(finding);
    }
    let fails = |finding: &&ShownFinding<'_>| finding.level > Severity::Note;
    let failures = findings.iter().filter(fails).count();
    let cases: usize = suites.values().map(|cases| cases.len().max(1)).sum();
    let mut written = Vec::new();
    for (file, found) in suites {
        let failures = found
            .iter()
            .copied()
            .filter(|finding| fails(finding))
            .count();
        let tests = found.len().max(1);
        let mut out = String::new();
        if found.is_empty() {
            let _ = writeln!(
                out,
                "    <testcase classname=\"{}\" name=\"no findings\"/>",
                escape(file)
            );
        }
        for finding in found {
            case(&mut out, finding, fails(&finding));
        }
        written.push(JunitSuite {
            name: escape(file),
            attributes: format!(" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\""),
            cases: out,
        });
    }
    Report::Junit(Junit {
        attributes: format!(
            " name=\"lint\" tests=\"{cases}\" failures=\"{failures}\" errors=\"0\""
        ),
        suites: written,
    })
}

fn case(out: &mut String, finding: &ShownFinding<'_>, fails: bool) {
    let place = finding.mark.start();
    let _ = writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{} ({}:{})\" file=\"{}\" line=\"{}\">",
        escape(finding.mark.source.name()),
        escape(finding.rule),
        place.line,
        place.column,
        escape(finding.mark.source.name()),
        place.line,
    );
    let mut text = format!("{place}: {}", finding.message);
    for help in &finding.help {
        text.push('\n');
        text.push_str(help);
    }
    let (open, close) = if fails {
        (
            format!(
                "<failure type=\"{}\" message=\"{}\">",
                finding.level.as_str(),
                escape(&finding.message)
            ),
            "</failure>",
        )
    } else {
        ("<system-out>".to_owned(), "</system-out>")
    };
    let _ = writeln!(out, "      {open}{}{close}", escape(&text));
    out.push_str("    </testcase>\n");
}
