//! The two matchers against the vectors recorded from Argo CD's own libraries: chosen by hand, and
//! (`oracle`) found because a matcher with a mistake answers them otherwise.

use argo_rbac::glob::{Glob, Panicked};
use argo_rbac::regex::GoRegex;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct GlobCase {
    pattern: String,
    text: String,
    r#match: bool,
    compile_error: bool,
    #[serde(default)]
    panic: bool,
}

/// The cases of both files.
fn read<T: DeserializeOwned>(what: &str, files: [&str; 2]) -> Vec<T> {
    let read = |text| serde_json::from_str::<Vec<T>>(text).expect("vectors");
    let [chosen, found] = files.map(read);
    println!("read {} and {} {what} cases", chosen.len(), found.len());
    assert!(!chosen.is_empty() && !found.is_empty());
    chosen.into_iter().chain(found).collect()
}

#[test]
fn globs() {
    let files = [
        include_str!("argocd-rbac/glob.json"),
        include_str!("oracle/glob.json"),
    ];
    let cases: Vec<GlobCase> = read("glob", files);
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
    let files = [
        include_str!("argocd-rbac/regex.json"),
        include_str!("oracle/regex.json"),
    ];
    let cases: Vec<RegexCase> = read("regex", files);
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
