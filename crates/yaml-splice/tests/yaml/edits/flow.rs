//! What stands between brackets in YAML.

use serde_json::json;

use super::{POLICY, becomes, remove, set};

#[test]
fn flow_mappings_keep_their_form() {
    becomes(
        "d: {a: b}\n",
        &[set("d/k", json!("v, w"))],
        "d: {a: b, k: 'v, w'}\n",
    );
    becomes(
        "d: { a: b }\n",
        &[set("d/k", json!(POLICY))],
        "d: { a: b, k: \"p, octopus, logs, get, */*, allow\\n# two\\n\" }\n",
    );
    becomes(
        "d: {a: b,}\n",
        &[set("d/k", json!("v"))],
        "d: {a: b, k: v,}\n",
    );
    becomes(
        "d: {\n  # c\n  a: 'b',\n  e: \"f\", # g\n}\n",
        &[set("d/k", json!("v"))],
        "d: {\n  # c\n  a: 'b',\n  e: \"f\", # g\n  k: v,\n}\n",
    );
    becomes(
        "d: {\n  a: b # c\n}\n",
        &[set("d/k", json!("v"))],
        "d: {\n  a: b, # c\n  k: v\n}\n",
    );
    becomes(
        "d: {a: b, c: d, e: f}\n",
        &[remove("d/c")],
        "d: {a: b, e: f}\n",
    );
    becomes("d: {a: b, c: d}\n", &[remove("d/a")], "d: {c: d}\n");
    becomes("d: {a: b, c: d}\n", &[remove("d/c")], "d: {a: b}\n");
    becomes(
        "d: {\n  a: b,\n  c: d # x\n}\n",
        &[remove("d/c")],
        "d: {\n  a: b\n  # x\n}\n",
    );
    becomes(
        "d: [a, b, c]\n",
        &[remove("d/1"), remove("d/2")],
        "d: [a]\n",
    );
    becomes("d: [a]\n", &[remove("d/0")], "d: []\n");
}

#[test]
fn what_is_added_goes_in_front_of_a_comment_that_has_no_line_of_its_own() {
    becomes(
        "d: {a: b, c: d # x\n  }\n",
        &[set("d/k", json!("v"))],
        "d: {a: b, c: d, k: v # x\n  }\n",
    );
    becomes(
        "[a, b, # x\n]\n",
        &[set("2", json!("c"))],
        "[a, b, c, # x\n]\n",
    );
}

#[test]
fn brackets_with_nothing_but_a_comment_keep_it() {
    becomes(
        "d: {\n  # c\n}\n",
        &[set("d/k", json!("v")), set("d/l", json!("w"))],
        "d: {\n  # c\n  k: v,\n  l: w\n}\n",
    );
    becomes(
        "d: [ # c\n]\n",
        &[set("d/0", json!("v")), set("d/1", json!("w"))],
        "d: [ # c\n  v,\n  w\n]\n",
    );
}

#[test]
fn a_missing_value_is_filled_in() {
    becomes(
        "d: {a, b: , c: !!str}\n",
        &[
            set("d/a", json!("v")),
            set("d/b", json!("w")),
            set("d/c", json!("1")),
        ],
        "d: {a: v, b: w , c: \"1\"}\n",
    );
    becomes("d: [b: , c]\n", &[set("d/0", json!("v"))], "d: [v , c]\n");
    becomes(
        "d: {b: !<tag:x,y> , c: 1}\n",
        &[set("d/b", json!("w"))],
        "d: {b: w , c: 1}\n",
    );
}

#[test]
fn an_item_goes_behind_one_that_is_only_announced() {
    let added = [set("2", json!("c"))];
    becomes("[b, &x]\n", &added, "[b, &x, c]\n");
    becomes("[b,!!str ,]\n", &added, "[b,!!str ,c,]\n");
}

#[test]
fn blanks_behind_colon_and_comma_are_those_around() {
    becomes("d: [a,b]\n", &[set("d/2", json!("c"))], "d: [a,b,c]\n");
    becomes(
        "d: [a,   b]\n",
        &[set("d/2", json!(["c", "d"]))],
        "d: [a,   b,   [c,   d]]\n",
    );
    becomes(
        "d: {\"a\":b, \"c\":d}\n",
        &[set("d/k", json!("v"))],
        "d: {\"a\":b, \"c\":d, \"k\":\"v\"}\n",
    );
    // A colon or comma with a line break beside it is no example.
    becomes(
        "d: {\"a\": b, \"c\"\n  : d}\n",
        &[set("d/k", json!("v"))],
        "d: {\"a\": b, \"c\"\n  : d, \"k\": \"v\"}\n",
    );
    becomes(
        "d: [a,\n  b]\n",
        &[set("d/0", json!(["c", "d"]))],
        "d: [[c, d],\n  b]\n",
    );
}

#[test]
fn a_document_in_brackets_keeps_them_when_all_goes() {
    becomes("--- {a: b}\n", &[remove("a")], "--- {}\n");
    becomes("--- [a]\n", &[remove("0")], "--- []\n");
    becomes(
        "{a: b, c: d}\n",
        &[remove("a"), remove("c"), set("k", json!(1))],
        "{k: 1}\n",
    );
}

#[test]
fn a_tag_stays_on_what_stays_a_collection() {
    becomes("d: !t {a: b}\n", &[remove("d/a")], "d: !t {}\n");
    becomes(
        "d: {e: !t {a: b}}\n",
        &[remove("d/e/a"), set("d/e/k", json!("v"))],
        "d: {e: !t {k: v}}\n",
    );
    becomes(
        "d: !t {a: b}\n",
        &[set("d", json!({"a": "c"}))],
        "d: !t {a: c}\n",
    );
    becomes("d: !t [a]\n", &[set("d", json!(["b"]))], "d: !t [b]\n");
    becomes("d: !t {a: b}\n", &[set("d", json!(["b"]))], "d:\n- b\n");
    becomes("d: !t {a: b}\n", &[set("d", json!("b"))], "d: b\n");
}

#[test]
fn a_comment_stays_in_brackets_that_are_emptied() {
    becomes(
        "data: {\n    # inside {\n    \"k\": {n: 1}\n }\n# last\n",
        &[remove("data/k")],
        "data: {\n    # inside {\n }\n# last\n",
    );
    becomes(
        "data: { # c\n  a: 1, b: 2 }\n",
        &[remove("data/a"), remove("data/b")],
        "data: { # c\n   }\n",
    );
    becomes(
        "l: [\n  # one\n  1,\n  # two\n  2,\n]\n",
        &[remove("l/0"), remove("l/1")],
        "l: [\n  # one\n  # two\n]\n",
    );
}

#[test]
fn comments_stay_between_brackets_whose_entries_are_replaced() {
    becomes(
        "data: {\n    # one\n    a: 1, # two\n}\n",
        &[remove("data/a"), set("data/k", json!("v"))],
        "data: {\n    # one\n    # two\n  k: v\n}\n",
    );
    becomes(
        "data: {a: \"#\"}\n",
        &[remove("data/a"), set("data/k", json!("v"))],
        "data:\n  k: v\n",
    );
    becomes(
        "d: {\n  a: 1,\n  b: 2 # x\n}\n",
        &[remove("d/b"), set("d/k", json!("v"))],
        "d: {\n  a: 1,\n  k: v # x\n}\n",
    );
    becomes(
        "d: {a: 1, b: 2, c: 3}\n",
        &[
            remove("d/b"),
            remove("d/c"),
            set("d/k", json!("v")),
            set("d/l", json!(1)),
        ],
        "d: {a: 1, k: v, l: 1}\n",
    );
}
