//! One value in the place of another.

use serde_json::json;

use super::{becomes, line_becomes, remove, set};

#[test]
fn other_values_take_the_place_of_one() {
    becomes(
        "a: yes # c\n",
        &[set("a", json!("true"))],
        "a: \"true\" # c\n",
    );
    becomes(
        "a: |  # c\n  x\n  y\nb: 1\n",
        &[set("a", json!({"k": "v"}))],
        "a:  # c\n  k: v\nb: 1\n",
    );
    becomes(
        "a:\n  # c\n  k: v\n  l: w\nb: 1\n",
        &[set("a", json!("x"))],
        "a: x\n  # c\nb: 1\n",
    );
    becomes(
        "a:\n- x: 1\n  y: 2\n- z\n",
        &[set("a/0", json!("s"))],
        "a:\n- s\n- z\n",
    );
    becomes(
        "a:\n- 1\n- 2 # c\n",
        &[set("a/0", json!({"x": 1})), set("a/1", json!({"x": 2}))],
        "a:\n- x: 1\n- # c\n  x: 2\n",
    );
    becomes(
        "a: [1,\n  2]\nb: 1\n",
        &[set("a", json!({"k": 1}))],
        "a:\n  k: 1\nb: 1\n",
    );
    // Of a collection only what differs.
    becomes(
        "a:\n  x: 1 # one\n  w: 2 # two\nb:\n- p, x # one\n- p, y\n",
        &[
            set("a", json!({"w": 3, "x": 1, "z": 4})),
            set("b", json!(["p, x", "p, z", "g"])),
        ],
        "a:\n  x: 1 # one\n  w: 3 # two\n  z: 4\nb:\n- p, x # one\n- p, z\n- g\n",
    );
    becomes(
        "a:\n- x # 1\n- y # 2\n- z # 3\n",
        &[set("a", json!(["x", "z"]))],
        "a:\n- x # 1\n# 2\n- z # 3\n",
    );
}

#[test]
fn nothing_to_change_changes_nothing() {
    for text in [
        "a: 'x'\n",
        "a: \"x\"\n",
        "a: x\n",
        "a: |-\n  x\n",
        "a: !!str x\n",
    ] {
        becomes(text, &[set("a", json!("x"))], text);
    }
    becomes(
        "a: {b: 1, c: [x]}\n",
        &[set("a", json!({"c": ["x"], "b": 1}))],
        "a: {b: 1, c: [x]}\n",
    );
    becomes("a: b\n", &[], "a: b\n");
}

#[test]
fn a_value_is_laid_out_as_what_is_around() {
    let nested = || json!({"k": "x\ny\n", "l": ["m"]});
    becomes(
        "a: 1\n",
        &[set("a", nested())],
        "a:\n  k: |\n    x\n    y\n  l:\n  - m\n",
    );
    // A literal tells how deep mappings are, not how deep lists are.
    becomes(
        "a: |\n    x\nb: 1\n",
        &[set("b", nested())],
        "a: |\n    x\nb:\n    k: |\n        x\n        y\n    l:\n    - m\n",
    );
    becomes(
        "a: |\n    x\n",
        &[set("a", json!(["x", {"w": ["z"]}]))],
        "a:\n- x\n- w:\n  - z\n",
    );
    // One with a number in its header tells nothing, nor does an empty one.
    for text in ["a: |4\n    x\nb: 1\n", "a: |+\n\nb: 1\n"] {
        let rest = text.strip_suffix("1\n").unwrap();
        becomes(
            text,
            &[set("b", json!({"k": {"l": 1}}))],
            &format!("{}\n  k:\n    l: 1\n", rest.trim_end_matches(' ')),
        );
    }
    becomes(
        "a:\n  - x: 1\n    y: 2\n  - z\n",
        &[
            set("a/0", json!({"x": 1, "w": ["v"]})),
            set("b", json!(["w"])),
        ],
        "a:\n  - x: 1\n    w:\n      - v\n  - z\nb:\n  - w\n",
    );
    becomes(
        "a: >-\n    x\nb:\n  k: v\n",
        &[set("b", json!({"l": 1}))],
        "a: >-\n    x\nb:\n  l: 1\n",
    );
    becomes(
        "a:\n    - x\n    - y\n",
        &[set("a", json!([["v", "w"], {"x": 1, "w": 2}]))],
        "a:\n    - - v\n      - w\n    - x: 1\n      w: 2\n",
    );
}

#[test]
fn a_value_below_its_key_stays_below() {
    becomes("a:\n  x\n  y\n", &[set("a", json!([]))], "a:\n  []\n");
    becomes("a:\n  x\n", &[set("a", json!("y: z"))], "a:\n  'y: z'\n");
    becomes(
        "a:\n    {x: 1}\nb: 2\n",
        &[set("a", json!(["v", "w"]))],
        "a:\n    - v\n    - w\nb: 2\n",
    );
}

#[test]
fn what_stands_in_a_list_makes_way() {
    becomes(
        "- >+\n  v\n\n  w\n- x\n",
        &[set("0", json!([["k", "l"], "m"]))],
        "-\n  - - k\n    - l\n  - m\n- x\n",
    );
    becomes(
        "-\n- b\n",
        &[set("0", json!({"k": "v", "l": "w"}))],
        "- k: v\n  l: w\n- b\n",
    );
    becomes("-\n- b\n", &[set("0", json!("v"))], "- v\n- b\n");
}

#[test]
fn a_text_without_final_line_break_gets_one_only_where_a_literal_ends_it() {
    line_becomes("a: 1", &[set("a", json!(["x"]))], "a:\n- x");
    line_becomes("a: 1", &[set("a", json!({"k": "x"}))], "a:\n  k: x");
    for value in [json!({"k": "x\ny\n"}), json!({"k": {"l": "x\ny\n"}})] {
        let expected = format!(
            "a:\n{}",
            match value["k"].as_str() {
                Some(_) => "  k: |\n    x\n    y\n",
                None => "  k:\n    l: |\n      x\n      y\n",
            }
        );
        line_becomes("a: 1", &[set("a", value)], &expected);
    }
    line_becomes(
        "a:",
        &[set("a", json!(["v", "x\ny\n"]))],
        "a:\n- v\n- |\n  x\n  y\n",
    );
}

#[test]
fn keys_that_no_route_can_name_are_replaced_with_their_mapping() {
    becomes(
        "a: {? [x] : 1, b: 2}\n",
        &[set("a", json!({"b": 2}))],
        "a:\n  b: 2\n",
    );
    becomes("a: {}\n", &[set("a", json!({"k": "v"}))], "a:\n  k: v\n");
    becomes("a: []\n", &[set("a", json!(["v"]))], "a:\n- v\n");
    becomes("a: {b: 1}\n", &[set("a", json!({}))], "a: {}\n");
    becomes("a: [b]\n", &[set("a", json!([]))], "a: []\n");
    becomes("a:\n- x\n- y\n", &[set("a", json!([]))], "a: []\n");
}

#[test]
fn a_tag_goes_with_its_value_and_stays_on_a_collection_of_its_kind() {
    becomes(
        "a: !!str 1\nb: 2\n",
        &[set("a", json!("2"))],
        "a: \"2\"\nb: 2\n",
    );
    becomes("a: !!str 'x'\n", &[set("a", json!("z"))], "a: z\n");
    becomes(
        "a: !!binary 'aGk='\n",
        &[set("a", json!("true"))],
        "a: \"true\"\n",
    );
    becomes("a: !!str\nb: 1\n", &[set("a", json!("x"))], "a: x\nb: 1\n");
    becomes("a: &x\nb: 1\n", &[set("b", json!(2))], "a: &x\nb: 2\n");
    let map = "a: !!map # c\n  x: 1\nb: 1\n";
    becomes(map, &[set("a", json!("v"))], "a: v # c\nb: 1\n");
    becomes(map, &[set("a/x", json!(2))], "a: !!map # c\n  x: 2\nb: 1\n");
    becomes(
        map,
        &[set("a", json!({"w": 2}))],
        "a: !!map # c\n  w: 2\nb: 1\n",
    );
    becomes(map, &[remove("a/x")], "a: !!map {} # c\nb: 1\n");
    becomes(
        "- !!map\n  x: 1\n- b\n",
        &[set("0", json!(5)), set("1", json!(6))],
        "- 5\n- 6\n",
    );
    becomes(
        "- !!map\n  x: 1\n- b\n",
        &[set("0", json!(["v"]))],
        "-\n  - v\n- b\n",
    );
    // The dashes of a tag are no dashes of its list.
    becomes(
        "a: !my-own-list\n- x\n- y\n",
        &[remove("a/0"), set("a/2", json!("z"))],
        "a: !my-own-list\n- y\n- z\n",
    );
    becomes(
        "a: !<tag:x-y,[z]>\n- x\n",
        &[set("a/1", json!("z"))],
        "a: !<tag:x-y,[z]>\n- x\n- z\n",
    );
}

#[test]
fn a_whole_float_is_written_as_it_is_read() {
    becomes(
        "a: 1\n",
        &[set("k", json!([1000.0, {"x": 0.5}]))],
        "a: 1\nk:\n- 1000\n- x: 0.5\n",
    );
}
