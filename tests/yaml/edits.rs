//! Edits, each with the very bytes that must come out.

use kubectl_octopus_argo::error::Kind;
use kubectl_octopus_argo::model::Source;
use kubectl_octopus_argo::yaml::{Edit, Step, Stream, edit};
use serde_json::{Value, json};

use crate::common::parse;

fn route(path: &str) -> Vec<Step> {
    path.split('/')
        .map(|step| step.parse().map_or_else(|_| Step::key(step), Step::Index))
        .collect()
}

fn set(path: &str, value: Value) -> Edit {
    Edit::Set {
        document: 0,
        route: route(path),
        value,
    }
}

fn remove(path: &str) -> Edit {
    Edit::Remove {
        document: 0,
        route: route(path),
    }
}

#[track_caller]
fn becomes(before: &str, edits: &[Edit], after: &str) {
    assert_eq!(edit(&parse(before), edits).unwrap(), after);
    let crlf = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(
        edit(&parse(&crlf(before)), edits).unwrap(),
        crlf(after),
        "with CRLF"
    );
}

#[track_caller]
fn refused(before: &str, edits: &[Edit], place: &str, message: &str) {
    let error = edit(&parse(before), edits).unwrap_err();
    assert_eq!(error.kind(), Kind::Input, "{error}");
    assert_eq!(
        error.location().unwrap().to_string(),
        format!("test.yaml:{place}")
    );
    assert!(error.to_string().contains(message), "{error}");
}

const POLICY: &str = "p, octopus, logs, get, */*, allow\n# two\n";

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
        "keys:\n  k: |\n    p, octopus, logs, get, */*, allow\n    # two\n  # example: |\n  #   text\nx: 1\n",
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
    for empty in ["data:\n", "data: {}\n", "data: ~\n", "data: null\n"] {
        becomes(empty, &[set("data/k", json!("v"))], "data:\n  k: v\n");
    }
    becomes(
        "data: {} # c\n",
        &[set("data/k", json!("v"))],
        "data: # c\n  k: v\n",
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
    let edited = edit(&parse("spec:"), &[set("spec/k", json!("v"))]).unwrap();
    assert_eq!(
        edited,
        "spec:
  k: v"
    );
}

#[test]
fn a_key_replaces_the_last_one_of_a_text_without_a_final_line_break() {
    // What ends the text is a block scalar before, after, or only once the last key is gone.
    for block in ["|+\n  x\n\n", "|\n  x\n", "|-\n  x\n", ">\n  x\n"] {
        becomes(
            &format!("a: {block}b: y"),
            &[set("k", json!("v")), remove("b")],
            &format!("a: {block}k: v\n"),
        );
        becomes(
            &format!("a: {block}b: y\nc: z"),
            &[remove("b"), set("k", json!("v")), remove("c")],
            &format!("a: {block}k: v\n"),
        );
    }
    becomes(
        "a: 1\nb: y",
        &[set("k", json!("v\nw\n")), remove("b")],
        "a: 1\nk: |\n  v\n  w\n",
    );
    becomes(
        "a: 1\nb: |\n  x",
        &[set("k", json!("v")), remove("b")],
        "a: 1\nk: v\n",
    );
    becomes(
        "a: 1\nb: y",
        &[set("k", json!("v")), remove("b")],
        "a: 1\nk: v",
    );
}

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
        "d: {\n  a: b\n}\n",
    );
    becomes(
        "d: [a, b, c]\n",
        &[remove("d/1"), remove("d/2")],
        "d: [a]\n",
    );
    becomes("d: [a]\n", &[remove("d/0")], "d: []\n");
}

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
fn a_literal_gets_lines_in_its_own_form() {
    let text = |text: &str| set("a", json!(text));
    becomes(
        "a: |\n    x\n    y\n\n\nb: 1\n",
        &[text("x\nz\ny\nw\n")],
        "a: |\n    x\n    z\n    y\n    w\n\n\nb: 1\n",
    );
    becomes(
        "a: |2+ # c\n    x\n\n\nb: 1\n",
        &[text("  x\ny\n\n\n")],
        "a: |2+ # c\n    x\n  y\n\n\nb: 1\n",
    );
    becomes("a: |-\n  x\n", &[text("x\ny")], "a: |-\n  x\n  y\n");
    becomes("a: |-\n  x\n", &[text("x\ny\n")], "a: |\n  x\n  y\n");
    becomes("a: |\n  x\n", &[text("x\ny")], "a: |-\n  x\n  y\n");
    becomes("a: |\n  x\n", &[text("\tx\nx\n")], "a: |2\n  \tx\n  x\n");
    becomes(
        "a:\n- |\n   x\n",
        &[set("a/0", json!(" w\nx\n"))],
        "a:\n- |3\n    w\n   x\n",
    );
    becomes("a: |\n  x", &[text("x\ny\n")], "a: |\n  x\n  y");
    becomes("a: |\n  x\n  y", &[text("x\n")], "a: |\n  x");
    becomes("a: |\n  x\n", &[text("x\r\ny\n")], "a: \"x\\r\\ny\\n\"\n");
    let blank = "\n".repeat(290);
    becomes(
        &format!("a: |\n  x\n{blank}b: 1\n"),
        &[text("x\ny\n")],
        &format!("a: |\n  x\n  y\n{blank}b: 1\n"),
    );
    becomes(
        &format!("a: |+\n  x\n{blank}b: 1\n"),
        &[text(&format!("x\ny\n{blank}"))],
        &format!("a: |+\n  x\n  y\n{blank}b: 1\n"),
    );
}

#[test]
fn other_styles_keep_the_lines_that_stay() {
    becomes(
        "a: \"p, x \\np,\n  y, \\\n    z\\ng\\n\"\n",
        &[set("a", json!("p, x \nnew \"\\\np, y, z\ng\n"))],
        "a: \"p, x \\nnew \\\"\\\\\\np,\n  y, \\\n    z\\ng\\n\"\n",
    );
    becomes(
        "a: 'it''s\n\n  two\n  lines'\n",
        &[set("a", json!("it's\nno, it's\ntwo lines"))],
        "a: 'it''s\n\n  no, it''s\n\n  two\n  lines'\n",
    );
    becomes(
        "a: >\n    one\n    two\n\n    three\n",
        &[set("a", json!("one two\nthree\nfour\n"))],
        "a: >\n    one\n    two\n\n    three\n\n    four\n",
    );
    becomes(
        "a: one # c\n",
        &[set("a", json!("one\ntwo\n"))],
        "a: | # c\n  one\n  two\n",
    );
    becomes("a: ''\n", &[set("a", json!("it's"))], "a: 'it''s'\n");
    becomes("a: plain\n", &[set("a", json!("no"))], "a: \"no\"\n");
}

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
        "a:\n- x # 1\n- z # 3\n",
    );
}

#[test]
fn an_entry_goes_with_its_lines_and_its_comment() {
    becomes(
        "a: 1\n# above\nb: 2 # right\n# below\nc: 3\n",
        &[remove("b")],
        "a: 1\n# above\n# below\nc: 3\n",
    );
    becomes("a:\n  b: 1\n", &[remove("a/b")], "a: {}\n");
    becomes("a:\n  b: 1\nc: 2\n", &[remove("a")], "c: 2\n");
    becomes(
        "- a: 1\n  # about b\n  b: 2\n",
        &[remove("0/a")],
        "- # about b\n  b: 2\n",
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
        "a: |\n    x\nc: 1\n",
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
fn shared_parts_are_refused_and_others_are_not() {
    let key = || [set("d/k", json!("v"))];
    refused("d: {e: &x f}\n", &key(), "1:8", "an anchor");
    refused("x: &x 1\nd:\n  e: *x\n", &key(), "3:6", "an alias");
    refused("x: &x {}\nd:\n  <<: *x\n", &key(), "3:3", "a merge key");
    refused("x: &x {}\nd: *x\n", &key(), "2:4", "an alias");
    refused("d: &x {a: b}\nx: *x\n", &key(), "1:4", "an anchor");
    refused(
        "x: &x {}\n<<: *x\n",
        &[set("k", json!("v"))],
        "2:1",
        "a merge key",
    );
    refused("d: {k: a, k: b}\n", &key(), "1:11", "`k` stands twice");
    refused(
        "d:\n  k: a\nd:\n  k: b\n",
        &key(),
        "3:1",
        "`d` stands twice",
    );
    refused("d: text\n", &key(), "1:4", "a mapping");
    refused(
        "d: [a: b]\n",
        &[set("d/0/k", json!("v"))],
        "1:5",
        "without braces",
    );
    refused("# nothing\n---\n", &key(), "1:1", "empty");
    becomes(
        "x: &x 1\ny: *x\nd: {e: f}\n",
        &key(),
        "x: &x 1\ny: *x\nd: {e: f, k: v}\n",
    );
    becomes(
        "x: &x 1\ny: *x\nd:\n",
        &key(),
        "x: &x 1\ny: *x\nd:\n  k: v\n",
    );
    becomes("x: &x 1\ny: *x\n", &key(), "x: &x 1\ny: *x\nd:\n  k: v\n");
    becomes("d: {e: !!str 1}\n", &key(), "d: {e: !!str 1, k: v}\n");
}

#[test]
fn old_line_ends_are_refused() {
    refused(
        "a: b\rc: d\r",
        &[set("d", json!(1))],
        "1:5",
        "carriage return",
    );
    becomes("{\"a\": 1,\r \"b\": 2}", &[remove("b")], "{\"a\": 1}");
}

#[test]
fn placeholders_elsewhere_do_no_harm() {
    becomes(
        "x: ${X}\ny: '{{ .Values.y }}'\nz: {{ z }}\nd:\n  a: b\n",
        &[set("d/k", json!("v"))],
        "x: ${X}\ny: '{{ .Values.y }}'\nz: {{ z }}\nd:\n  a: b\n  k: v\n",
    );
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
fn errors_name_the_text() {
    let stream = Stream::parse(Source::new("cm.yaml", "a: b\nd: x\n")).unwrap();
    let error = edit(&stream, &[set("d/k", json!(1))]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cm.yaml:2:4: a mapping (`key: value`) is needed here, but something else stands here"
    );
}
