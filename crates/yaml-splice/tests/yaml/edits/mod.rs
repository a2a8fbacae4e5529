//! Edits, each with the very bytes that must come out.

mod block;
mod flow;
mod json;
mod refusals;
mod texts;
mod values;

use serde_json::Value;
use yaml_splice::ErrorKind;
use yaml_splice::{Edit, Step, edit};

use crate::common::parse;

fn route(path: &str) -> Vec<Step> {
    path.split('/')
        .map(|step| step.parse().map_or_else(|_| Step::key(step), Step::Index))
        .collect()
}

fn set(path: &str, value: Value) -> Edit {
    Edit::Set {
        document: 0,
        route: route(path),
        value,
    }
}

fn remove(path: &str) -> Edit {
    Edit::Remove {
        document: 0,
        route: route(path),
    }
}

/// For a text without a line break, which cannot tell what kind it wants.
#[track_caller]
fn line_becomes(before: &str, edits: &[Edit], after: &str) {
    assert_eq!(edit(&parse(before), edits).unwrap(), after);
}

#[track_caller]
fn becomes(before: &str, edits: &[Edit], after: &str) {
    line_becomes(before, edits, after);
    let crlf = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(
        edit(&parse(&crlf(before)), edits).unwrap(),
        crlf(after),
        "with CRLF"
    );
}

#[track_caller]
fn refused(before: &str, edits: &[Edit], place: &str, message: &str) {
    let error = edit(&parse(before), edits).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input, "{error}");
    assert_eq!(
        error.location().unwrap().to_string(),
        format!("test.yaml:{place}")
    );
    assert!(error.to_string().contains(message), "{error}");
}

const POLICY: &str = "p, octopus, logs, get, */*, allow\n# two\n";
