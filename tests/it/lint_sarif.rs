//! SARIF output against the published JSON schema, by a validator of the keywords that it uses.

use std::fmt::Write as _;

use kubectl_octopus_argo::rbac::regex::GoRegex;
use serde_json::Value;

use crate::common::Sandbox;

const SCHEMA: &str = include_str!("../data/sarif/sarif-schema-2.1.0.json");

/// Keywords that say nothing about validity.
const ANNOTATIONS: &[&str] = &[
    "$schema",
    "$id",
    "title",
    "description",
    "default",
    "definitions",
];

struct Validator {
    root: Value,
    wrong: Vec<String>,
}

impl Validator {
    fn new() -> Self {
        Self {
            root: serde_json::from_str(SCHEMA).unwrap(),
            wrong: Vec::new(),
        }
    }

    fn validate(mut self, value: &Value) -> Vec<String> {
        let root = self.root.clone();
        self.check(&root, value, "$");
        self.wrong
    }

    fn complain(&mut self, at: &str, what: impl std::fmt::Display) {
        self.wrong.push(format!("{at}: {what}"));
    }

    fn is_valid(&self, schema: &Value, value: &Value) -> bool {
        let mut inner = Self {
            root: self.root.clone(),
            wrong: Vec::new(),
        };
        inner.check(schema, value, "");
        inner.wrong.is_empty()
    }

    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        for (keyword, rule) in schema.as_object().unwrap() {
            let keyword = keyword.as_str();
            match keyword {
                _ if ANNOTATIONS.contains(&keyword) => {}
                "$ref" => {
                    let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                    let target = self.root.pointer(pointer).unwrap().clone();
                    self.check(&target, value, at);
                }
                "type" => self.check_type(rule, value, at),
                "enum" => {
                    if !rule.as_array().unwrap().contains(value) {
                        self.complain(at, format_args!("{value} is none of {rule}"));
                    }
                }
                "anyOf" | "oneOf" => {
                    let options = rule.as_array().unwrap();
                    let valid = options.iter().filter(|one| self.is_valid(one, value));
                    let count = valid.count();
                    if count == 0 || keyword == "oneOf" && count > 1 {
                        self.complain(at, format_args!("{count} of {keyword} hold"));
                    }
                }
                "minimum" | "maximum" => {
                    let (limit, number) = (rule.as_f64().unwrap(), value.as_f64());
                    let fits = number.is_none_or(|number| {
                        if keyword == "minimum" {
                            number >= limit
                        } else {
                            number <= limit
                        }
                    });
                    if !fits {
                        self.complain(at, format_args!("{value} against {keyword} {rule}"));
                    }
                }
                "pattern" => self.check_pattern(rule.as_str().unwrap(), value, at),
                "format" => self.check_format(rule.as_str().unwrap(), value, at),
                "minItems" | "uniqueItems" | "items" => {
                    if let Some(items) = value.as_array() {
                        self.check_items(keyword, rule, items, at);
                    }
                }
                "required" | "properties" | "additionalProperties" => {
                    if value.is_object() {
                        self.check_object(keyword, rule, schema, value, at);
                    }
                }
                unknown => panic!("the validator does not know the keyword `{unknown}`"),
            }
        }
    }

    fn check_type(&mut self, rule: &Value, value: &Value, at: &str) {
        let is = |name: &str| match name {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "null" => value.is_null(),
            other => panic!("no type {other}"),
        };
        let fits = match rule {
            Value::String(name) => is(name),
            Value::Array(names) => names.iter().any(|name| is(name.as_str().unwrap())),
            _ => panic!("{rule}"),
        };
        if !fits {
            self.complain(at, format_args!("{value} is no {rule}"));
        }
    }

    fn check_pattern(&mut self, pattern: &str, value: &Value, at: &str) {
        let regex = GoRegex::compile(pattern).unwrap();
        if value.as_str().is_some_and(|text| !regex.is_match(text)) {
            self.complain(at, format_args!("{value} does not match {pattern}"));
        }
    }

    fn check_format(&mut self, format: &str, value: &Value, at: &str) {
        let Some(text) = value.as_str() else { return };
        let allowed = |c: char| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c);
        let fits = match format {
            "uri" => text.contains(':') && text.chars().all(allowed),
            "uri-reference" => text.chars().all(allowed),
            "date-time" => text.contains('T'),
            other => panic!("no format {other}"),
        };
        if !fits {
            self.complain(at, format_args!("{value} is no {format}"));
        }
    }

    fn check_items(&mut self, keyword: &str, rule: &Value, items: &[Value], at: &str) {
        match keyword {
            "minItems" => {
                if (items.len() as u64) < rule.as_u64().unwrap() {
                    self.complain(at, "too few items");
                }
            }
            "uniqueItems" => {
                let twice = (1..items.len()).any(|i| items[..i].contains(&items[i]));
                if rule == &Value::Bool(true) && twice {
                    self.complain(at, "an item stands twice");
                }
            }
            _ => {
                for (index, item) in items.iter().enumerate() {
                    self.check(rule, item, &format!("{at}[{index}]"));
                }
            }
        }
    }

    fn check_object(
        &mut self,
        keyword: &str,
        rule: &Value,
        schema: &Value,
        value: &Value,
        at: &str,
    ) {
        let known = schema.get("properties");
        match keyword {
            "required" => {
                for name in rule.as_array().unwrap() {
                    if value.get(name.as_str().unwrap()).is_none() {
                        self.complain(at, format_args!("{name} is missing"));
                    }
                }
            }
            "properties" => {
                for (name, schema) in rule.as_object().unwrap() {
                    if let Some(inner) = value.get(name) {
                        let mut place = at.to_owned();
                        write!(place, ".{name}").unwrap();
                        self.check(schema, inner, &place);
                    }
                }
            }
            _ => {
                for (name, inner) in value.as_object().unwrap() {
                    if known.is_some_and(|known| known.get(name).is_some()) {
                        continue;
                    }
                    match rule {
                        Value::Bool(false) => self.complain(at, format_args!("no property {name}")),
                        Value::Bool(true) => {}
                        schema => self.check(schema, inner, &format!("{at}.{name}")),
                    }
                }
            }
        }
    }
}

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
        let found = Validator::new().validate(&serde_json::from_str(text).unwrap());
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
        assert_eq!(Validator::new().validate(&log), Vec::<String>::new());
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
