//! `verify` for several instances.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::common::fleet::Fleet;

const VERIFY: &str = "verify --all --token-dir tokens";

fn fleet() -> Fleet {
    let fleet = Fleet::with_tokens(&["zeta", "alpha", "edge"]);
    fleet.world("alpha").set(
        "/allow",
        json!([
            ["octopus", "get", "clusters", "*"],
            ["octopus", "get", "logs", "*/*"]
        ]),
    );
    // Its token was revoked.
    fleet
        .world("edge")
        .set("/accounts/octopus/tokens", json!([]));
    fleet
}

#[test]
fn a_table_says_what_is_wrong_where() {
    let fleet = fleet();
    let mut outcome = fleet.run(&format!("{VERIFY} --parallel 1"));
    let rows = outcome
        .stdout
        .split_off(outcome.stdout.find("\n\n").unwrap() + 1);
    assert!(rows.starts_with("\n== alpha ==\nRESULT"), "{rows}");
    assert!(rows.contains("\nWRONG"), "{rows}");
    assert!(
        !rows.contains("== zeta ==") && !rows.contains("== edge =="),
        "{rows}"
    );
    assert_data_eq!(
        outcome.snapshot(),
        str![[r#"
---- stdout
INSTANCE   RESULT   SUMMARY
zeta       ok       39 of 39 answers are as expected
alpha      wrong    37 of 38 answers are as expected
edge       wrong    the token is not valid: it was revoked, or another server made it; account octopus was expected
---- stderr
zeta: ok: 39 of 39 answers are as expected
alpha: wrong: 37 of 38 answers are as expected
edge: wrong: the token is not valid: it was revoked, or another server made it; account octopus was expected
alpha: warning: account octopus may not get applications */*: Octopus shows an empty application list, without an error
---- exit code 1

"#]]
    );
}

#[test]
fn json_has_each_report() {
    let fleet = fleet();
    let outcome = fleet.run(&format!("{VERIFY} -o json -q"));
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["command"], "verify");
    let codes: Vec<_> = report["instances"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["code"])
        .collect();
    assert_eq!(codes, [0, 1, 1]);
    assert_eq!(report["instances"][0]["report"]["good"], true);
    assert_eq!(report["instances"][2]["report"]["user"], Value::Null);
    assert_eq!(outcome.code, Some(1));
    assert!(
        !outcome.stderr.contains("ok: "),
        "quiet:\n{}",
        outcome.stderr
    );
}

#[test]
fn one_of_the_directory_can_be_asked_for() {
    let fleet = fleet();
    let outcome = fleet.run("verify --instance zeta --token-dir tokens");
    outcome.ended(0, "zeta: ok: ");
    assert!(fleet.world("alpha").calls().is_empty());
}

#[test]
fn one_that_hangs_does_not_stop_the_others() {
    let fleet = fleet();
    fleet
        .world("alpha")
        .fault("account get-user-info", None, "before", json!(["hang"]));
    let outcome = fleet.run(&format!("{VERIFY} --timeout 1s"));
    outcome.ended(4, "alpha: error: ");
    outcome.ended(4, "zeta: ok: ");
}

#[cfg(unix)]
#[test]
fn what_was_not_begun_is_said() {
    let fleet = fleet();
    let interrupt = json!(["interrupt", "hang"]);
    fleet
        .world("zeta")
        .fault("account get-user-info", None, "before", interrupt);
    let outcome = fleet.run(&format!("{VERIFY} --parallel 1"));
    assert_eq!(outcome.code, Some(130));
    let rows: Vec<_> = outcome
        .stdout
        .lines()
        .map(|line| {
            line.split_whitespace()
                .skip(1)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(
        rows[1..],
        [
            "interrupted interrupted",
            "interrupted not begun",
            "interrupted not begun"
        ]
    );
}
