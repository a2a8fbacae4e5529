//! JSON stays JSON, in its own form.

use serde_json::json;
use yaml_splice::{Edit, edit};

use super::{becomes, remove, route, set};
use crate::common::parse;

#[test]
fn json_stays_json() {
    becomes(
        "{\"a\":{\"b\":\"c\"}}",
        &[set("a/k", json!("v\n\"w\""))],
        "{\"a\":{\"b\":\"c\",\"k\":\"v\\n\\\"w\\\"\"}}",
    );
    becomes(
        "{\n\t\"a\": {\n\t\t\"b\": \"c\"\n\t}\n}\n",
        &[set("a/k", json!({"x": [1]})), set("d/e", json!("f"))],
        "{\n\t\"a\": {\n\t\t\"b\": \"c\",\n\t\t\"k\": {\n\t\t\t\"x\": [\n\t\t\t\t1\n\t\t\t]\n\t\t}\n\t},\n\t\"d\": {\n\t\t\"e\": \"f\"\n\t}\n}\n",
    );
    becomes(
        "{\n    \"a\": {}\n}\n",
        &[set("a/k", json!("v"))],
        "{\n    \"a\": {\n        \"k\": \"v\"\n    }\n}\n",
    );
    becomes(
        "{\n  \"a\": 1,\n  \"b\": 2\n}",
        &[remove("b")],
        "{\n  \"a\": 1\n}",
    );
    becomes(
        "{\n  \"a\": 1,\n  \"b\": 2\n}",
        &[remove("a")],
        "{\n  \"b\": 2\n}",
    );
    becomes(
        "{ \"a\" : 1 , \"b\" : 2 }",
        &[set("c", json!(null))],
        "{ \"a\" : 1 , \"b\" : 2, \"c\" : null }",
    );
    becomes(
        "{\"a\": \"x\\u0041\\/\\ny\"}",
        &[set("a", json!("xA/\nz\ny"))],
        "{\"a\": \"x\\u0041\\/\\nz\\ny\"}",
    );
    let two = "{\"a\": 1}\n{\"a\": 2}\n";
    let second = Edit::Set {
        document: 1,
        route: route("a"),
        value: json!("x"),
    };
    assert_eq!(
        edit(&parse(two), &[second]).unwrap(),
        "{\"a\": 1}\n{\"a\": \"x\"}\n"
    );
}

#[test]
fn an_empty_document_is_filled_in_place() {
    becomes(
        "{ }\n",
        &[set("k", json!("v")), set("l", json!({"m": [1, {}]}))],
        "{\"k\": \"v\", \"l\": {\"m\": [1, {}]}}\n",
    );
    becomes("[]\n", &[set("0", json!("v"))], "[\"v\"]\n");
}

#[test]
fn a_value_on_the_line_of_others_stays_there() {
    becomes(
        "{\"a\": 1, \"b\": [1, 2]}\n",
        &[set("a", json!({"k": [1]})), set("b/0", json!(["x"]))],
        "{\"a\": {\"k\": [1]}, \"b\": [[\"x\"], 2]}\n",
    );
    becomes(
        "{\n  \"a\": 1,\n  \"b\": {\n  }\n}\n",
        &[set("a", json!({"k": [1, {}]})), set("b/k", json!("v"))],
        "{\n  \"a\": {\n    \"k\": [\n      1,\n      {}\n    ]\n  },\n  \"b\": {\n    \"k\": \"v\"\n  }\n}\n",
    );
    becomes(
        "{\"a\":1,\"b\":2}",
        &[set("k", json!({"l": [1, 2]}))],
        "{\"a\":1,\"b\":2,\"k\":{\"l\":[1,2]}}",
    );
}

#[test]
fn a_character_beyond_the_first_65536_needs_no_escape() {
    becomes(
        "{\"a\": \"\\u0041\\ny\\n\", \"b\": \"x\"}",
        &[
            set("a", json!("A\n\u{20000}\u{85}\u{ffff}y\n")),
            set("b", json!("\u{20000}\u{85}\u{ffff}")),
        ],
        "{\"a\": \"\\u0041\\n\u{20000}\\u0085\\uffffy\\n\", \"b\": \"\u{20000}\\u0085\\uffff\"}",
    );
}
