//! What is not edited, and with which words.

use serde_json::json;
use yaml_splice::{Edit, Source, Step, Stream, edit};

use super::{becomes, parse, refused, remove, route, set};

#[test]
#[expect(clippy::too_many_lines, reason = "a table of inputs")]
fn shared_parts_are_refused_and_others_are_not() {
    let key = || [set("d/k", json!("v"))];
    refused(
        "x: &x {}\nd: *x\n",
        &key(),
        "2:4",
        "this alias repeats what the anchor `&x` names in line 1",
    );
    refused(
        "d: &x {a: b}\nx: *x\n",
        &key(),
        "1:4",
        "its anchor `&x` is used again in line 2",
    );
    refused("d: &x\n  a: b\ny:\n  <<: *x\n", &key(), "1:4", "line 4");
    refused(
        "d:\n  k: &x v\n  e: *x\n",
        &[set("d/k", json!("w"))],
        "2:6",
        "line 3",
    );
    refused(
        "d:\n  k: &x v\n  e: *x\n",
        &[remove("d/k")],
        "2:6",
        "line 3",
    );
    refused(
        "d:\n  k:\n    a: &x v\n  e: *x\n",
        &[remove("d/k")],
        "3:8",
        "line 4",
    );
    refused("e: &x w\nd:\n  k: *x\n", &key(), "3:6", "line 1");
    refused(
        "x: &x {k: 1}\nd:\n  <<: *x\n  k: 2\n",
        &[remove("d/k")],
        "3:3",
        "would come back",
    );
    refused(
        "x: &x {k: 1}\nd:\n  <<: [*x]\n",
        &[remove("d/k")],
        "3:3",
        "comes from this merge key",
    );
    refused(
        "x: &x {d: {a: b}}\n<<: *x\n",
        &key(),
        "2:1",
        "takes it from line 1",
    );
    refused("d: {k: a, k: b}\n", &key(), "1:11", "duplicate key `k`");
    refused(
        "d:\n  k: a\nd:\n  k: b\n",
        &key(),
        "3:1",
        "duplicate key `d`",
    );
    refused("d: text\n", &key(), "1:4", "a mapping");
    refused(
        "d: [a: b]\n",
        &[set("d/0/k", json!("v"))],
        "1:5",
        "without braces",
    );
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
    // Anchors beside what is edited, and those that nothing repeats, do no harm.
    becomes("d: {e: &x f}\n", &key(), "d: {e: &x f, k: v}\n");
    becomes(
        "x: &x 1\nd:\n  e: *x\n",
        &key(),
        "x: &x 1\nd:\n  e: *x\n  k: v\n",
    );
    becomes(
        "x: &x {}\nd:\n  <<: *x\n",
        &key(),
        "x: &x {}\nd:\n  <<: *x\n  k: v\n",
    );
    becomes(
        "x: &x {k: 1}\nd:\n  <<: *x\n",
        &key(),
        "x: &x {k: 1}\nd:\n  <<: *x\n  k: v\n",
    );
    becomes("d: &x {a: b}\n", &key(), "d: &x {a: b, k: v}\n");
    becomes("d: &x  # c\n", &key(), "d: &x  # c\n  k: v\n");
    becomes("d: &x ~\n", &key(), "d: &x\n  k: v\n");
    becomes("{d: &x }\n", &key(), "{d: &x {k: v} }\n");
    becomes(
        "d:\n  k: &x v # c\n",
        &[set("d/k", json!("w"))],
        "d:\n  k: w # c\n",
    );
    becomes(
        "d:\n  k: &x v\ne: &y 1\nf: *y\n",
        &[remove("d/k")],
        "d: {}\ne: &y 1\nf: *y\n",
    );
    becomes(
        "e: &x v\nd:\n  k: *x\n  l: w\n",
        &[remove("d/k")],
        "e: &x v\nd:\n  l: w\n",
    );
    becomes(
        "x: &x {}\n<<: *x\n",
        &[set("k", json!("v"))],
        "x: &x {}\n<<: *x\nk: v\n",
    );
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
        "cm.yaml:2:4: a mapping (`key: value`) is needed here, not something else"
    );
}

#[test]
fn an_anchor_without_a_value_is_shared_too() {
    refused("d: &x\ny: *x\n", &[set("d/k", json!("v"))], "1:4", "line 2");
    refused(
        "d:\n- &x\n- *x\n",
        &[set("d/0/k", json!("v"))],
        "2:3",
        "line 3",
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

#[test]
fn comments_of_others_stay_whatever_goes() {
    becomes(
        "a:\n  # one\n  k: 1 # two\n  # three\nb: 2\n",
        &[remove("a/k")],
        "a:\n  # one\n  # two\n  # three\nb: 2\n",
    );
    becomes(
        "a: # one\n  k: 1\nb: 2\n",
        &[remove("a/k")],
        "a: # one\nb: 2\n",
    );
    becomes("a: {} # c\n", &[remove("a/k")], "a: {} # c\n");
    becomes(
        "a: !!map\n  k: 1 # c\nb: 2\n",
        &[remove("a/k")],
        "a: !!map {}\n  # c\nb: 2\n",
    );
    becomes("a:\n- k: 1 # c\n- l\n", &[remove("a/0")], "a:\n# c\n- l\n");
    becomes(
        "a:\n- k: 1 # c\n  l: 2\n",
        &[remove("a/0/k")],
        "a:\n  # c\n- l: 2\n",
    );
    becomes("# head\nk: 1\n", &[remove("k")], "# head\n");
    becomes(
        "k: # one\n  l: # two\n  - m # three\nb: 1",
        &[remove("k")],
        "# one\n# two\n# three\nb: 1",
    );
    becomes(
        "b: |\n  x\nk: # one\n  # two\n  l: 1\n",
        &[remove("k")],
        "b: |\n  x\n# one\n# two\n",
    );
    becomes("b: 1\nk: 1 # one", &[remove("k")], "b: 1\n# one");
    becomes(
        "# only\n",
        &[set("a/k", json!("v"))],
        "# only\na:\n  k: v\n",
    );
}

#[test]
fn lines_stay_outside_of_a_templates_blocks() {
    let key = || [set("d/k", json!("v"))];
    becomes(
        "{{- if x }}\nd:\n  a: {{ b }}\n  {{- if y }}\n  c: 1\n  {{- end }}\n{{- end }}\n",
        &key(),
        "{{- if x }}\nd:\n  a: {{ b }}\n  {{- if y }}\n  c: 1\n  {{- end }}\n  k: v\n{{- end }}\n",
    );
    becomes(
        "d:\n  {{- toYaml .Values.d | nindent 2 }}\n",
        &key(),
        "d:\n  {{- toYaml .Values.d | nindent 2 }}\n  k: v\n",
    );
    becomes(
        "d:\n{% if y %}\n  c: 1\n{% else %}\n  c: 2\n{% endif %}\n# tail\n",
        &key(),
        "d:\n{% if y %}\n  c: 1\n{% else %}\n  c: 2\n{% endif %}\n  k: v\n# tail\n",
    );
    becomes(
        "d:\n  %{ if y }\n  k: v\n  %{ endif }\n",
        &[remove("d/k")],
        "d:\n  %{ if y }\n  %{ endif }\n",
    );
    refused(
        "d:\n  {{- if y }}\n  c: 1\ne: 1\n  {{- end }}\n",
        &key(),
        "4:1",
        "a block of a template is open",
    );
}

#[test]
fn lines_of_a_text_that_a_template_fills_in_stay_together() {
    let key = || [set("d/k", json!("v"))];
    // The tag gives lines to the text, however it is indented.
    becomes(
        "d:\n  p: |\n{{ .Values.p | indent 4 }}\n",
        &key(),
        "d:\n  p: |\n{{ .Values.p | indent 4 }}\n  k: v\n",
    );
    becomes(
        "d:\n  p: |\n    a\n{{- range .Values.p }}\n    b {{ . }}\n{{- end }}\n    c\n# tail\n",
        &key(),
        "d:\n  p: |\n    a\n{{- range .Values.p }}\n    b {{ . }}\n{{- end }}\n    c\n  k: v\n# tail\n",
    );
    // A block that opens behind the text does not belong to it, and neither does the end of one around it.
    becomes(
        "{{- if .x }}\nd:\n  p: |\n    a\n{{- if .y }}\n  q: 1\n{{- end }}\n{{- end }}\n",
        &key(),
        "{{- if .x }}\nd:\n  p: |\n    a\n{{- if .y }}\n  q: 1\n{{- end }}\n  k: v\n{{- end }}\n",
    );
    // A tag behind a mapping may give it lines, and behind a text that we add it would become a part of that.
    becomes(
        "d:\n{{ toYaml .Values.d | indent 2 }}\ne: 1\n",
        &[set("d/k", json!("a\nb\n"))],
        "d:\n{{ toYaml .Values.d | indent 2 }}\n  k: |\n    a\n    b\ne: 1\n",
    );
    let stream = parse("p: |\n  a\n{{- with .x }}\n  b {{ . }}\n{{- end }}\n  c\n");
    let document = &stream.documents()[0];
    let text = document.get(&[Step::key("p")]).unwrap();
    assert_eq!(
        text.as_str(),
        Some("a\n{{- with .x }}\nb {{ . }}\n{{- end }}\nc\n")
    );
    let at = text.as_str().unwrap().find("b {{").unwrap();
    assert_eq!(
        document.location(document.locate(text, at)).to_string(),
        "test.yaml:4:3"
    );
}

#[test]
fn what_a_template_fills_in_is_not_edited() {
    refused(
        "d: {{ .Values.d | toYaml }}\n",
        &[set("d/k", json!("v"))],
        "1:4",
        "a mapping (`key: value`) is needed here, not a tag of a template",
    );
    refused(
        "d:\n  p: |\n{{ .Values.p | indent 4 }}\n",
        &[Edit::SetText {
            document: 0,
            route: route("d/p"),
            text: "{{ .Values.p | indent 4 }}\na\n".to_owned(),
        }],
        "3:1",
        "without touching lines that a template fills in",
    );
}

#[test]
fn an_edit_does_not_make_broken_json_of_yaml() {
    let is_refused = |text, edits: &[Edit]| refused(text, edits, "1:1", "begin as JSON does");
    is_refused("{a, \"b\": c}\n", &[remove("a")]);
    is_refused("{a}\n", &[remove("a"), set("b\u{1}", json!("c"))]);
    becomes("{a, \"b\": \"c\"}\n", &[remove("a")], "{\"b\": \"c\"}\n");
    becomes("# c\n{a, \"b\": c}\n", &[remove("a")], "# c\n{\"b\": c}\n");
}

#[test]
fn what_a_tab_indents_is_not_edited() {
    refused(
        "\ta:\n",
        &[set("b", json!("c"))],
        "1:2",
        "a tab indents this",
    );
    refused(
        "\ta: 1\n",
        &[remove("a"), set("b", json!(1))],
        "1:2",
        "a tab indents this",
    );
}
