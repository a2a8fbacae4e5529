//! A validator of JSON schemas, for the keywords that ours use.

use std::fmt::Write as _;

use kubectl_octopus_argo::rbac::regex::GoRegex;
use serde_json::Value;

/// Keywords that say nothing about validity.
const ANNOTATIONS: &[&str] = &[
    "$schema",
    "$id",
    "title",
    "description",
    "default",
    "definitions",
    "$defs",
];

/// Checks values against a JSON schema.
pub(crate) struct Validator {
    root: Value,
    wrong: Vec<String>,
}

impl Validator {
    /// For the schema in this text.
    pub(crate) fn new(schema: &str) -> Self {
        Self {
            root: serde_json::from_str(schema).unwrap(),
            wrong: Vec::new(),
        }
    }

    /// What is wrong with a value.
    pub(crate) fn validate(mut self, value: &Value) -> Vec<String> {
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
                "const" => {
                    if rule != value {
                        self.complain(at, format_args!("{value} is not {rule}"));
                    }
                }
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
