//! SARIF output against the published JSON schema, by our validator.

use serde_json::Value;

use crate::common::Sandbox;
use crate::common::schema::Validator;

const SCHEMA: &str = include_str!("../data/sarif/sarif-schema-2.1.0.json");

#[test]
fn the_validator_finds_what_is_wrong() {
    for (text, wrong) in [
        (r#"{"runs": []}"#, "\"version\" is missing"),
        (r#"{"version": "2.0.0", "runs": []}"#, "is none of"),
        (
            r#"{"version": "2.1.0", "runs": [{"results": []}]}"#,
            "\"tool\" is missing",
        ),
        (
            r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x", "colour": 1}}}]}"#,
            "no property colour",
        ),
        (
            r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": 1}}}]}"#,
            "1 is no \"string\"",
        ),
        (
            r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [
                {"message": {"text": "x"}, "locations": [{"physicalLocation": {"region": {"startLine": 0}}}]}]}]}"#,
            "against minimum",
        ),
    ] {
        let found = Validator::new(SCHEMA).validate(&serde_json::from_str(text).unwrap());
        assert!(
            found.iter().any(|one| one.contains(wrong)),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn sarif_output_is_valid() {
    let policy = "p, role:a, applications, get, x/*, allow\n\
        p, role:a, applications, get, x/*, allow\n\
        p, role:b , nothing, get, \"ü\u{1F600}\", Allow # why\n\
        x\n";
    let sandbox = Sandbox::new()
        .with("a b/ü.csv", policy)
        .with("clean.csv", "");
    for (file, code) in [("a b/ü.csv", 1), ("clean.csv", 0)] {
        let run = sandbox.command("lint -q -o sarif -f").arg(file).run();
        let log: Value = serde_json::from_str(&run.stdout_of(code)).unwrap();
        assert_eq!(Validator::new(SCHEMA).validate(&log), Vec::<String>::new());
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.is_empty(), code == 0);
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            let rule = &log["runs"][0]["tool"]["driver"]["rules"][index]["id"];
            assert_eq!(*rule, result["ruleId"]);
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], "a%20b/%C3%BC.csv");
        }
    }
}
