//! What is not edited, and with which words.

use kubectl_octopus_argo::model::Source;
use kubectl_octopus_argo::yaml::{Stream, edit};
use serde_json::json;

use super::{becomes, refused, remove, set};

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
fn errors_name_the_text() {
    let stream = Stream::parse(Source::new("cm.yaml", "a: b\nd: x\n")).unwrap();
    let error = edit(&stream, &[set("d/k", json!(1))]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cm.yaml:2:4: a mapping (`key: value`) is needed here, but something else stands here"
    );
}

#[test]
fn an_anchor_without_a_value_is_shared_too() {
    refused(
        "d: &x\ny: *x\n",
        &[set("d/k", json!("v"))],
        "1:4",
        "an anchor",
    );
    refused(
        "d:\n- &x\n- *x\n",
        &[set("d/0/k", json!("v"))],
        "2:3",
        "an anchor",
    );
}

#[test]
fn a_route_that_fits_nothing_is_refused_with_what_it_needs() {
    refused(
        "d: text\n",
        &[set("d/0", json!("v"))],
        "1:4",
        "a list is needed",
    );
    refused("d: [a]\n", &[set("d/k", json!("v"))], "1:4", "a mapping");
    refused(
        "d: |\n  x\n",
        &[set("d/k/l", json!("v"))],
        "1:4",
        "a mapping",
    );
}
