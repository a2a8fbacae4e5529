//! What rules report beside the examples on their pages: `tests/data/lint/cases.md` has the files and the reports.
//!
//! `SNAPSHOTS=overwrite cargo test --test it lint_cases` writes the reports.

use std::fs;

use snapbox::{Data, assert_data_eq};

use crate::common::Sandbox;
use crate::lint_rules::blocks;

const CASES: &str = "tests/data/lint/cases.md";

#[test]
#[expect(clippy::disallowed_methods, reason = "writes the cases when asked to")]
fn every_case_reports_what_is_shown() {
    let shown = fs::read_to_string(CASES).unwrap();
    let (mut sandbox, mut names) = (Sandbox::new(), Vec::new());
    let mut true_cases = shown.clone();
    let mut from = 0;
    for block in blocks(&shown) {
        let old = format!("```{}\n{}```\n", block.info, block.text);
        from += true_cases[from..].find(&old).unwrap();
        let Some((_, name)) = block.info.split_once(' ') else {
            let run = sandbox
                .command(&format!("lint --fail-on never -f {}", names.join(",")))
                .run();
            assert_eq!(run.code, 0, "{}: {}", block.heading, run.stderr);
            let new = format!("```text\n{}{}```\n", run.stdout, run.stderr);
            true_cases.replace_range(from..from + old.len(), &new);
            (sandbox, names) = (Sandbox::new(), Vec::new());
            from += new.len();
            continue;
        };
        sandbox = sandbox.with(name, &block.text);
        names.push(name.to_owned());
        from += old.len();
    }
    assert!(names.is_empty(), "no report behind {names:?}");
    if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        fs::write(CASES, &true_cases).unwrap();
    }
    assert_data_eq!(true_cases, Data::read_from(CASES.as_ref(), None).raw());
}
