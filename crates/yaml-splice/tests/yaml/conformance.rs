//! The recorded corpora: strings that emitters get wrong, plain scalars with kubectl's type.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Value, json};
use yaml_splice::{ScalarType, write};

use crate::common::{json, kubectl, parse};

fn strings() -> Vec<String> {
    serde_json::from_str(include_str!("recorded/strings.json")).unwrap()
}

#[derive(Deserialize)]
struct Plain {
    plain: String,
    kubectl: String,
}

/// The strings in every place where we write one: keys and values in block and flow style on one
/// line, and as a document of our own writer (several lines as literal blocks).
fn manifests() -> Vec<(&'static str, String)> {
    let head = "apiVersion: v1\nkind: Test\nmetadata: {name: x}\n";
    let mut block = format!("{head}data:\n");
    let mut flow = Vec::new();
    let mut object = serde_json::Map::new();
    for (index, text) in strings().iter().enumerate() {
        let (key, value) = (write::key(text), write::value(text));
        writeln!(block, "  {key}:\n    at{index}: {value}").unwrap();
        flow.push(format!("{key}: {{at{index}: {value}}}"));
        object.insert(text.clone(), json!({ format!("at{index}"): text }));
    }
    let items: Vec<_> = strings().into_iter().map(Value::from).collect();
    let whole = json!({
        "apiVersion": "v1", "kind": "Test", "metadata": {"name": "x"},
        "data": object, "items2": items, "nested": [[items], {"a": items}],
    });
    vec![
        ("block", block),
        ("flow", format!("{head}data: {{{}}}\n", flow.join(", "))),
        ("document", write::document(&whole)),
    ]
}

fn check(place: &str, read: &Value) {
    let data = read["data"].as_object().unwrap();
    assert_eq!(data.len(), strings().len(), "{place}: keys were lost");
    for (index, text) in strings().iter().enumerate() {
        let value = data
            .get(text)
            .unwrap_or_else(|| panic!("{place}: no key {text:?}"));
        assert_eq!(
            value[format!("at{index}")],
            Value::from(text.as_str()),
            "{place}"
        );
    }
    if let Some(items) = read.get("items2") {
        assert_eq!(*items, json!(strings()), "{place}");
        assert_eq!(
            read["nested"],
            json!([[strings()], {"a": strings()}]),
            "{place}"
        );
    }
}

#[test]
fn every_string_is_read_back_by_us() {
    for (place, text) in manifests() {
        check(place, &json(&text));
    }
}

#[test]
fn every_string_is_read_back_by_kubectl() {
    for (place, text) in manifests() {
        let Some(read) = kubectl(&text) else { return };
        let read = read.unwrap_or_else(|error| panic!("{place}: {error}"));
        check(place, &read[0]);
    }
}

#[test]
fn plain_scalars_have_kubectls_type() {
    let cases: Vec<Plain> =
        serde_json::from_str(include_str!("recorded/plain-scalars.json")).unwrap();
    assert!(cases.len() > 100);
    for case in cases {
        let stream = parse(&format!("a: {}\n", case.plain));
        let document = &stream.documents()[0];
        let node = document.root().unwrap().get("a").unwrap();
        let told = match node.as_scalar().unwrap().scalar_type() {
            _ if document.to_json(node).is_err() => "error",
            ScalarType::String => "string",
            ScalarType::Bool => "boolean",
            ScalarType::Number => "number",
            ScalarType::Null => "null",
        };
        assert_eq!(told, case.kubectl, "{}", case.plain);
    }
}

/// The values too, not only the types; `true` and friends as keys included.
#[test]
fn plain_scalars_have_kubectls_value() {
    let cases: Vec<Plain> =
        serde_json::from_str(include_str!("recorded/plain-scalars.json")).unwrap();
    let mut text = "apiVersion: v1\nkind: Test\nmetadata: {name: x}\nvalues:\n".to_owned();
    for case in cases.iter().filter(|case| case.kubectl != "error") {
        writeln!(text, "- {}", case.plain).unwrap();
    }
    text.push_str("- 1e6\n- 1234567.5\n- 0.00001\n- 1e30\n- -0.0\nkeys:\n- {1e6: a}\n- {1234567.5: a}\n- {0.00001: a}\n- {1e30: a}\n- {1e5: a}\n- {1000000: a}\n- {-.INF: a}\n- {.NaN: a}\n- {+.inf: a}\n");
    // kubectl takes no key beyond i64.
    let keys = |case: &&Plain| {
        !["error", "null"].contains(&case.kubectl.as_str()) && case.plain != "9223372036854775808"
    };
    for (index, case) in cases.iter().filter(keys).enumerate() {
        writeln!(text, "- {{{}: v{index}}}", case.plain).unwrap();
    }
    let Some(read) = kubectl(&text) else { return };
    let (theirs, ours) = (&read.unwrap()[0], json(&text));
    for what in ["values", "keys"] {
        for (theirs, ours) in theirs[what]
            .as_array()
            .unwrap()
            .iter()
            .zip(ours[what].as_array().unwrap())
        {
            assert_eq!(number(theirs), number(ours), "{what}");
        }
    }
}

/// Numbers by value: `1e5` and `100000` are the same.
fn number(value: &Value) -> Value {
    value.as_f64().map_or_else(|| value.clone(), Value::from)
}
