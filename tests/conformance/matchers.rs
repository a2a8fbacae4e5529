//! The two matchers against the vectors recorded from Argo CD's own libraries.

use kubectl_octopus_argo::rbac::glob::{Glob, Panicked};
use kubectl_octopus_argo::rbac::regex::GoRegex;
use serde::Deserialize;

#[derive(Deserialize)]
struct GlobCase {
    pattern: String,
    text: String,
    r#match: bool,
    compile_error: bool,
    #[serde(default)]
    panic: bool,
}

#[test]
fn globs() {
    let cases: Vec<GlobCase> =
        serde_json::from_str(include_str!("argocd-rbac/glob.json")).expect("vectors");
    println!("read {} glob cases", cases.len());
    assert!(!cases.is_empty(), "no cases were read");
    let mut wrong = Vec::new();
    for case in cases {
        let expected = (case.r#match, case.compile_error, case.panic);
        let found = match Glob::compile(&case.pattern) {
            Err(_) => (false, true, false),
            Ok(glob) => match glob.matches(&case.text) {
                Ok(matches) => (matches, false, false),
                Err(Panicked::SliceBounds { .. }) => (false, false, true),
                Err(limit) => panic!("{:?}: {limit}", case.pattern),
            },
        };
        if found != expected {
            wrong.push(format!(
                "{:?} on {:?}: {found:?}, must be {expected:?}",
                case.pattern, case.text
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[derive(Deserialize)]
struct RegexCase {
    pattern: String,
    text: String,
    r#match: bool,
    compile_error: bool,
    error: Option<String>,
}

#[test]
fn regexes() {
    let cases: Vec<RegexCase> =
        serde_json::from_str(include_str!("argocd-rbac/regex.json")).expect("vectors");
    println!("read {} regex cases", cases.len());
    assert!(!cases.is_empty(), "no cases were read");
    let mut wrong = Vec::new();
    for case in cases {
        assert_eq!(case.compile_error, case.error.is_some());
        let expected = case.error.map_or(Ok(case.r#match), Err);
        let found = match GoRegex::compile(&case.pattern) {
            Err(error) => Err(error.to_string()),
            Ok(regex) => Ok(regex.is_match(&case.text)),
        };
        if found != expected {
            wrong.push(format!(
                "{:?} on {:?}: {found:?}, must be {expected:?}",
                case.pattern, case.text
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
