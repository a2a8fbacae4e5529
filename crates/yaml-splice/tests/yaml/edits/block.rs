//! Entries and items of block style come and go.

use serde_json::json;
use yaml_splice::{Edit, Step, edit};

use super::{POLICY, becomes, line_becomes, remove, set};
use crate::common::parse;

#[test]
fn a_key_goes_behind_the_last_one_in_the_style_around() {
    becomes(
        "data:\n    a: 1 # c\n    # about nothing\nkind: X\n",
        &[set("data/accounts.octopus", json!("apiKey, login"))],
        "data:\n    a: 1 # c\n    accounts.octopus: apiKey, login\n    # about nothing\nkind: X\n",
    );
    becomes(
        "data:\n   \"a\": |-\n      x\n\n\n   \"b\": |+\n      x\n\n\n# end\n",
        &[set("data/k", json!(POLICY))],
        "data:\n   \"a\": |-\n      x\n\n\n   \"b\": |+\n      x\n\n\n   \"k\": |\n      p, octopus, logs, get, */*, allow\n      # two\n# end\n",
    );
    becomes(
        "data:\n  a: |\n    x\n\n\nkind: X\n",
        &[set("data/k", json!("true"))],
        "data:\n  a: |\n    x\n  k: \"true\"\n\n\nkind: X\n",
    );
    becomes(
        "items:\n- kind: A\n  data:\n    a: 1\n- kind: B\n",
        &[
            set("items/0/data/k", json!("v")),
            set("items/1/data/k", json!("v")),
        ],
        "items:\n- kind: A\n  data:\n    a: 1\n    k: v\n- kind: B\n  data:\n    k: v\n",
    );
    becomes(
        "keys:\n  {}\n  # example: |\n  #   text\nx: 1\n",
        &[set("keys/k", json!(POLICY))],
        "keys:\n  {k: \"p, octopus, logs, get, */*, allow\\n# two\\n\"}\n  # example: |\n  #   text\nx: 1\n",
    );
}

#[test]
fn several_keys_go_to_one_place_in_order() {
    becomes(
        "data:\nkind: X\n",
        &[
            set("data/b", json!("1")),
            set("data/a", json!("x")),
            remove("data/c"),
            set("data/b", json!("2")),
        ],
        "data:\n  b: \"2\"\n  a: x\nkind: X\n",
    );
    becomes(
        "a:\n  b:\n    c: 1\n",
        &[
            set("x/v/z", json!(1)),
            set("x/w", json!([{"q": []}])),
            set("a/b/d", json!({})),
        ],
        "a:\n  b:\n    c: 1\n    d: {}\nx:\n  v:\n    z: 1\n  w:\n  - q: []\n",
    );
}

#[test]
fn an_empty_mapping_is_filled() {
    for empty in ["data:\n", "data: ~\n", "data: null\n"] {
        becomes(empty, &[set("data/k", json!("v"))], "data:\n  k: v\n");
    }
    becomes(
        "data: {} # c\n",
        &[set("data/k", json!("v"))],
        "data: {k: v} # c\n",
    );
    becomes(
        "data:  # c\n  # d\n",
        &[set("data/k", json!("v"))],
        "data:  # c\n  # d\n  k: v\n",
    );
    becomes(
        "a: {b: {}}\n",
        &[set("a/b/k", json!("v"))],
        "a: {b: {k: v}}\n",
    );
    becomes(
        "a: {b, c: }\n",
        &[set("a/b/k", json!("v"))],
        "a: {b: {k: v}, c: }\n",
    );
    becomes(
        "a: {\n  # c\n  }\n",
        &[set("a/k", json!("v"))],
        "a: {\n  # c\n  k: v\n  }\n",
    );
    becomes(
        "? data\nx: 1\n",
        &[set("data/k", json!("v"))],
        "? data\n:\n  k: v\nx: 1\n",
    );
}

#[test]
fn without_a_final_line_break_none_is_added() {
    becomes(
        "data:\n  a: x",
        &[set("data/k", json!("v"))],
        "data:\n  a: x\n  k: v",
    );
    becomes(
        "data:\n  a: x",
        &[set("data/k", json!("v\nw\n"))],
        "data:\n  k: |\n    v\n    w\n  a: x",
    );
    becomes(
        "data:\n  b: 1\n\n  # about a\n  a: |\n    x",
        &[set("data/k", json!("v"))],
        "data:\n  b: 1\n\n  k: v\n  # about a\n  a: |\n    x",
    );
    becomes(
        "- a: |\n    x",
        &[set("0/k", json!("v"))],
        "- k: v\n  a: |\n    x",
    );
    // Nothing goes in front of a key behind a dash but what must.
    becomes(
        "- b\n- a: x",
        &[set("1/k", json!("v\nw\n"))],
        "- b\n- a: x\n  k: \"v\\nw\\n\"",
    );
    becomes(
        "- b\n- a: x",
        &[set("1/k", json!(["v\nw\n"]))],
        "- b\n- a: x\n  k:\n  - \"v\\nw\\n\"",
    );
    line_becomes("spec:", &[set("spec/k", json!("v"))], "spec:\n  k: v");
}

#[test]
fn an_entry_goes_with_its_lines_and_its_comment() {
    becomes(
        "a: 1\n# above\nb: 2 # right\n# below\nc: 3\n",
        &[remove("b")],
        "a: 1\n# above\n# right\n# below\nc: 3\n",
    );
    becomes("a:\n  b: 1\n", &[remove("a/b")], "a:\n");
    becomes("a:\n  b: 1\nc: 2\n", &[remove("a/b")], "a: {}\nc: 2\n");
    becomes("a:\n  b: 1\nc: 2\n", &[remove("a")], "c: 2\n");
    becomes(
        "- a: 1\n  # about b\n  b: 2\n",
        &[remove("0/a")],
        "  # about b\n- b: 2\n",
    );
    becomes(
        "a: 1\nb: |+\n  x\n\n\nc: 3\n\n\n",
        &[remove("b")],
        "a: 1\nc: 3\n\n\n",
    );
    becomes(
        "b: |+\n  x\n\nc: 3\n\n\nd: 4\n",
        &[remove("c")],
        "b: |+\n  x\n\nd: 4\n",
    );
    becomes(
        "a: |\n    x\nb:\n      # deep\nc: 1\n",
        &[remove("b")],
        "a: |\n    x\n# deep\nc: 1\n",
    );
    becomes("a: 1\nb: 2", &[remove("b")], "a: 1");
    becomes(
        "? a\n: 1\n? b\n: - 2\n  - 3\n",
        &[remove("b/1"), remove("a")],
        "? b\n: - 2\n",
    );
    becomes("a: 1\n", &[remove("x/y")], "a: 1\n");
}

#[test]
fn a_key_that_yaml_takes_for_something_else_is_quoted() {
    for key in [
        "yes", "1e3", "null", "a: b", "#x", "", "a\nb", "- x", "\u{85}",
    ] {
        let edits = [Edit::Set {
            document: 0,
            route: vec![Step::key("d"), Step::key(key)],
            value: json!(key),
        }];
        for text in ["d:\n  a: b\n", "d: {a: b}\n", "{\"d\": {}}"] {
            let edited = edit(&parse(text), &edits).unwrap();
            let read = parse(&edited);
            assert_eq!(
                read.documents()[0]
                    .get(&[Step::key("d"), Step::key(key)])
                    .unwrap()
                    .as_str(),
                Some(key)
            );
        }
    }
}

#[test]
fn the_last_entry_makes_way_for_another_where_no_line_break_ends_the_text() {
    becomes(
        "k: v\na: x",
        &[remove("a"), set("m", json!("y\nz\n"))],
        "k: v\nm: \"y\\nz\\n\"",
    );
    becomes(
        "k: v\na: |\n  x",
        &[remove("a"), set("m", json!(1))],
        "k: v\nm: 1",
    );
    becomes(
        "k: |\n  v\na: x",
        &[remove("a"), set("m", json!(1))],
        "k: |\n  v\nm: 1",
    );
    becomes(
        "- k: v\n  a: |\n    x",
        &[set("0", json!({"k": "v", "m": 1}))],
        "- k: v\n  m: 1",
    );
    becomes("- k\n- a", &[remove("1"), set("2", json!("m"))], "- k\n- m");
    becomes(
        "k:\n- v\na: # x\n- b",
        &[remove("a"), set("m", json!(1))],
        "k:\n- v\n# x\nm: 1",
    );
}

#[test]
fn an_empty_literal_stays_the_last_entry_of_a_text_that_ends_with_its_header() {
    line_becomes("a: |", &[set("k", json!("v"))], "k: v\na: |");
}

#[test]
fn missing_keys_are_in_nobodys_way() {
    becomes("?\n? a\n", &[set("k", json!("v"))], "?\n? a\nk: v\n");
}

#[test]
fn what_stays_of_an_entry_behind_a_dash_is_no_part_of_the_text_above() {
    becomes(
        "- |\n x\n- a: 1 # one\n  b: 2\n",
        &[remove("1/a")],
        "- |\n x\n# one\n- b: 2\n",
    );
    becomes(
        "- x\n- a: 1 # one\n  b: 2\n",
        &[remove("1/a")],
        "- x\n  # one\n- b: 2\n",
    );
    becomes(
        "- a: 1\n  # b\n  b: 2 # two\n\n  c: 3\n",
        &[remove("0/a"), remove("0/b")],
        "  # b\n  # two\n- c: 3\n",
    );
}

#[test]
fn an_entry_comes_to_a_dash_as_others_go_from_it() {
    for (text, value, left) in [
        (
            "- a: 1\n  ? b\n  : {}",
            json!("x\ny"),
            "- k: |-\n    x\n    y\n  ? b\n  : {}",
        ),
        ("- a: 1\n  b: >+\n   x", json!("v"), "- k: v\n  b: >+\n   x"),
        (
            "# x\n- a: 1 # one",
            json!({"c": 1}),
            "# x\n  # one\n- k:\n    c: 1",
        ),
    ] {
        becomes(text, &[remove("0/a"), set("0/k", value)], left);
    }
}

#[test]
fn what_is_added_at_the_end_sees_what_inner_edits_left_there() {
    becomes(
        "a:\n  b: |+\n    x\n  c: 1",
        &[remove("a/c"), set("d", json!([]))],
        "a:\n  b: |+\n    x\nd: []",
    );
    becomes(
        "a:\n- b\n- 'c'",
        &[remove("a/1"), set("a/2", json!("c")), set("d", json!(""))],
        "a:\n- b\n- c\nd: ''",
    );
    becomes(
        "x: |\n  x\na:\n b: 1 # one",
        &[remove("a/b"), set("a/c", json!(1)), set("d", json!(1))],
        "x: |\n  x\na:\n # one\n c: 1\nd: 1",
    );
}

#[test]
fn what_takes_the_place_of_a_whole_document_is_indented_as_that_was() {
    for (text, left) in [
        ("  a: 1\n", "  k:\n    d: 1\n"),
        ("\u{feff}a: 1\n", "\u{feff}k:\n  d: 1\n"),
        ("# x\n a: 1\n", "# x\n k:\n   d: 1\n"),
        ("---\n - 1\n", "---\n - d: 1\n"),
    ] {
        let (gone, there) = if text.contains("- 1") {
            ("0", "1")
        } else {
            ("a", "k/d")
        };
        let value = if gone == "0" {
            json!({"d": 1})
        } else {
            json!(1)
        };
        becomes(text, &[remove(gone), set(there, value)], left);
    }
}

#[test]
fn blank_lines_do_not_come_to_a_block_scalar_that_is_the_last_to_stay() {
    becomes(
        "a:\n  b: |+\n    x\n\n  c: 1\nd: 2\n\n\ne: 3\n",
        &[remove("a/c"), remove("d")],
        "a:\n  b: |+\n    x\n\ne: 3\n",
    );
}

#[test]
fn what_stays_of_the_last_entries_keeps_a_line_of_its_own() {
    for (text, left) in [
        ("--- # one\na: 1\nb: 2\n  # two", "--- # one\n  # two"),
        ("x: 0\na: 1\nb: 2 # two", "x: 0\n# two"),
        ("x: 0 # one\na: 1 # two\nb: 2", "x: 0 # one\n# two"),
        ("x:\n- a: 1\n  b: 2 # two", "x:\n- \n  # two"),
        ("---\na: 1\n# one\nb: 2", "---\n# one"),
        ("--- # one\na: |+\n  x\n# two\nb: 2", "--- # one\n# two"),
        ("---\na: 1\n# one\n\nb: 2", "---\n# one\n"),
        ("---\na: {} # one\n# two\nb: 1", "---\n# one\n# two"),
        ("x:\n- a: 1 # one", "x:\n  # one\n- "),
        ("x:\n- a: 1 # one\n  b: 2", "x:\n  # one\n- "),
        (
            "x:\n- a: 1\n  # one\n  b: 2 # two",
            "x:\n- \n  # one\n  # two",
        ),
    ] {
        let above = if text.starts_with("x:\n") { "x/0/" } else { "" };
        let gone = ["a", "b"].map(|key| remove(&format!("{above}{key}")));
        becomes(text, &gone, left);
    }
}

#[test]
fn the_last_entries_go_from_a_text_without_final_line_break() {
    becomes("a: 1\nb: 2\nc: 3", &[remove("b"), remove("c")], "a: 1");
    becomes(
        "a: 1\n\nb: 2\n\nc: 3",
        &[remove("b"), remove("c")],
        "a: 1\n",
    );
    // A literal stays finished.
    becomes("a: |\n  x\n  y\nb: 2", &[remove("b")], "a: |\n  x\n  y\n");
    becomes("a: |\n  x\n\nb: 2", &[remove("b")], "a: |\n  x\n");
    becomes("- |\n  x\n- b", &[remove("1")], "- |\n  x");
}

#[test]
fn comments_behind_a_blank_line_stay_when_a_value_goes() {
    becomes(
        "a:\n  b: 1\n  # c\n\n  # d\n\n# e\nf: 2\n",
        &[set("a", json!("x"))],
        "a: x\n\n  # d\n\n# e\nf: 2\n",
    );
    becomes(
        "a:\n  b: 1\n  # c\n\n  # d\n\n# e\nf: 2\n",
        &[set("a/k", json!("x"))],
        "a:\n  b: 1\n  k: x\n  # c\n\n  # d\n\n# e\nf: 2\n",
    );
}

#[test]
fn a_new_key_is_quoted_as_all_others_are() {
    becomes(
        "'a': 1\n'b': 2\n",
        &[set("k", json!(3))],
        "'a': 1\n'b': 2\n'k': 3\n",
    );
    becomes(
        "'a': 1\n\"b\": 2\n",
        &[set("k", json!(3))],
        "'a': 1\n\"b\": 2\nk: 3\n",
    );
    becomes(
        "'a': 1\n",
        &[set("\u{7}", json!(3))],
        "'a': 1\n\"\\u0007\": 3\n",
    );
}

#[test]
fn later_edits_of_a_call_see_what_earlier_ones_made() {
    becomes(
        "a: 1\n",
        &[
            set("k", json!("text")),
            set("k/x", json!("v")),
            set("k/m/z", json!("w")),
            remove("k/none"),
        ],
        "a: 1\nk:\n  x: v\n  m:\n    z: w\n",
    );
    becomes(
        "a: 1\n",
        &[set("k", json!({"x": 1, "m": 2})), remove("k/x")],
        "a: 1\nk:\n  m: 2\n",
    );
    becomes(
        "a: 1\n",
        &[
            set("k", json!(["v", "w"])),
            set("k/1", json!("x")),
            set("k/2", json!("m")),
            remove("k/0"),
            set("k/9", json!("z")),
            remove("k/9"),
        ],
        "a: 1\nk:\n- x\n- m\n- z\n",
    );
    becomes(
        "a: 1\n",
        &[set("k", json!(["v", "w"])), remove("k/2")],
        "a: 1\nk:\n- v\n- w\n",
    );
    becomes(
        "a: 1\n",
        &[set("k", json!("text")), set("k/0", json!("v"))],
        "a: 1\nk:\n- v\n",
    );
    becomes(
        "a: 1\n",
        &[remove("a"), set("a/x", json!("v"))],
        "a:\n  x: v\n",
    );
    becomes(
        "a: {b: 1}\n",
        &[remove("a"), set("a/x/m", json!("v"))],
        "a:\n  x:\n    m: v\n",
    );
}

#[test]
fn what_is_not_there_needs_no_removing() {
    for text in [
        "a: ~\n",
        "a:\n",
        "a: {}\n",
        "a: []\n",
        "a: [] # c\n",
        "b: 1\n",
    ] {
        becomes(text, &[remove("a/x"), remove("c")], text);
    }
}

/// In front of a last entry that must stay the last one; what stands above the first is everybody's.
#[test]
fn a_comment_above_the_only_entry_stays_at_the_head() {
    line_becomes(
        "data:\n  # about all\n  a: |-\n    x",
        &[set("data/k", json!("v"))],
        "data:\n  # about all\n  k: v\n  a: |-\n    x",
    );
    line_becomes(
        "data:\n  z: 1\n  # about a\n  a: |-\n    x",
        &[set("data/k", json!("v"))],
        "data:\n  z: 1\n  k: v\n  # about a\n  a: |-\n    x",
    );
}

#[test]
fn the_last_entry_goes_while_the_one_before_gets_lines() {
    line_becomes(
        "data: {} # c\nx: {} # d",
        &[remove("x"), set("data/k", json!("v"))],
        "data: {k: v} # c\n# d",
    );
    line_becomes(
        "data:\nx: 1",
        &[set("data/k", json!("v")), remove("x")],
        "data:\n  k: v\n",
    );
    line_becomes("a: 1\nx: 1", &[set("a", json!(2)), remove("x")], "a: 2");
}
