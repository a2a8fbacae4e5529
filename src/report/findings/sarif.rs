//! Findings as SARIF 2.1.0, which code scanning services read.

use serde_json::{Value, json};

use super::{Mark, RuleInfo, ShownFinding};
use crate::report::Report;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// All findings as one log with one run; `rules` are those that ran.
pub fn sarif(findings: &[ShownFinding<'_>], rules: &[RuleInfo], version: &str) -> Report {
    let described = rules.iter().map(|rule| {
        json!({
            "id": rule.id,
            "shortDescription": {"text": rule.summary},
            "fullDescription": {"text": rule.summary},
            "help": {"text": rule.page, "markdown": rule.page},
            "defaultConfiguration": {"level": rule.level.as_str()},
        })
    });
    let described: Vec<Value> = described.collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(finding, rules))
        .collect();
    Report::Sarif(json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "kubectl-octopus-argo",
                "version": version,
                "rules": described,
            }},
            // Columns count characters, as a person does.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn result(finding: &ShownFinding<'_>, rules: &[RuleInfo]) -> Value {
    let mut message = finding.message.clone();
    for help in &finding.help {
        message.push('\n');
        message.push_str(help);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": finding.level.as_str(),
        "message": {"text": message},
        "locations": [{"physicalLocation": physical(&finding.mark)}],
    });
    if let Some(index) = rules.iter().position(|rule| rule.id == finding.rule) {
        result["ruleIndex"] = index.into();
    }
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(id, mark)| {
            json!({
                "id": id,
                "physicalLocation": physical(mark),
                "message": {"text": mark.label},
            })
        });
        result["relatedLocations"] = related.collect();
    }
    result
}

fn physical(mark: &Mark<'_>) -> Value {
    let (start, end) = (mark.start(), mark.end());
    json!({
        "artifactLocation": {"uri": uri(mark.source.name())},
        "region": {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        },
    })
}

/// A file's name as a URI reference: relative names stay relative.
fn uri(name: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    let name = name.replace('\\', "/");
    if name.starts_with('/') {
        out.push_str("file://");
    }
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_uris() {
        assert_eq!(uri("a b/ü.yaml"), "a%20b/%C3%BC.yaml");
        assert_eq!(uri("/x"), "file:///x");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
    }
}
