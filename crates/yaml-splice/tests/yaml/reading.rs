//! What is read, what is refused, and with which words.

use serde_json::json;
use yaml_splice::Source;
use yaml_splice::{Error, ErrorKind};
use yaml_splice::{Format, Node, ScalarStyle, Step, Stream};

use crate::common::{json, parse};

fn error(text: &str) -> Error {
    let error = Stream::parse(Source::new("f", text))
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    error
}

/// An error at a place, with words that must be in it and in its hint.
#[track_caller]
fn refused(text: &str, place: &str, words: &str, hint: &str) {
    let error = error(text);
    assert_eq!(
        error.location().unwrap().to_string(),
        format!("f:{place}"),
        "{error}"
    );
    assert!(error.to_string().contains(words), "{error}");
    assert!(
        error.hints().join("\n").contains(hint),
        "{:?}",
        error.hints()
    );
}

#[test]
fn syntax_errors_say_where_and_why() {
    refused(
        "a: 1\nb: c: d\n",
        "2:5",
        "`:` with a value is not allowed here",
        "",
    );
    refused("a: b\n\tc: d\n", "1:4", "TAB", "");
    refused("a: |\n\tx\n", "1:4", "TAB", "");
    refused("a: @x\n", "1:4", "cannot begin with `@`", "quotes");
    refused("a: x\u{1}\n", "1:4", "control character U+0001", "");
    refused(
        "a: b # \u{0}\nc: d\n",
        "1:8",
        "control character U+0000",
        "",
    );
    refused("a: \"\u{7f}\"\n", "1:5", "control character U+007F", "");
    refused("a: *b\n", "1:4", "alias", "");
    refused("a: \"b\nc: d\n", "2:1", "not closed", "");
    refused(
        "{{- if x }}\na: b\n c: d\n{{- end }}\n",
        "3:3",
        "not valid YAML",
        "template",
    );
    refused("a:\n  - b\n c\n", "3:2", "indentation", "");
    refused("a: # \u{2028}b: c\n", "1:6", "U+2028", "\\u2028");
    refused("a: b\u{85}c: d\n", "1:5", "U+0085", "\\u0085");
}

#[test]
fn json_errors_say_where_and_why() {
    refused(
        "{\"a\": 1,}",
        "1:9",
        "a key in double quotes was expected",
        "",
    );
    refused(
        "{\"a\": 1",
        "1:8",
        "the text ends where `,` or `}` was expected",
        "",
    );
    refused("{\"a\" 1}", "1:6", "`:` was expected", "");
    refused("{\"a\": 01}", "1:8", "`,` or `}` was expected", "");
    refused("{\"a\": 1.}", "1:9", "a digit", "");
    refused("{\"a\": tru}", "1:7", "a value was expected", "");
    refused("{\"a\": \"\n\"}", "1:8", "line break", "");
    refused("{\"a\": \"x}", "1:7", "not closed", "");
    refused("{\"a\": \"\\ud800x\"}", "1:8", "surrogate", "");
    refused("{\"a\": \"\\x\"}", "1:8", "escape", "");
    refused("{\"a\": 1} x", "1:10", "a value was expected", "");
    refused("{\"a\": \"\u{0}\"}", "1:8", "control character", "");
    refused("{\"a\": 1e+}", "1:10", "a digit", "");
}

#[test]
fn a_text_that_begins_with_a_brace_is_json() {
    for text in [
        "{\"a\": 1}",
        "\u{feff} \n{\"a\": 1}\n",
        "{}",
        "{\"a\":1}{\"b\":2}",
        "[1]",
        "[]\n",
    ] {
        assert_eq!(parse(text).format(), Format::Json, "{text}");
    }
    for text in [
        "{a: 1}",
        "{\"a\": 1}\n---\n{\"b\": 2}\n",
        "# c\n{\"a\": 1}",
        "[a]",
        "a: {}",
        "{'a': 1}",
    ] {
        assert_eq!(parse(text).format(), Format::Yaml, "{text}");
    }
    assert_eq!(
        json("{\"a\": [1, -2.5e3, true, null, \"\\u00e9\\ud83d\\ude00\\/\\t\"], \"a\": {}}"),
        json!({"a": {}})
    );
    assert_eq!(
        json("[1, -2.5e3, true, null, \"\\ud83d\\ude00\\/\"]"),
        json!([1, -2500, true, null, "😀/"])
    );
    let text = r#"[1e+2, 25E-1, 0.5, "\b\f\n\r\t\"\\"]"#;
    assert_eq!(parse(text).format(), Format::Json);
    assert_eq!(json(text), json!([100, 2.5, 0.5, "\u{8}\u{c}\n\r\t\"\\"]));
}

#[test]
fn documents_cover_the_text() {
    let spans = |text: &str| {
        let stream = parse(text);
        let shown = |span: std::ops::Range<usize>| text[span].to_owned();
        stream
            .documents()
            .iter()
            .map(|document| shown(document.span()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        spans("a: b\n# c\n---\nd: e\n...\n# f\n---\n# g\n"),
        ["a: b\n# c\n", "---\nd: e\n...\n", "# f\n---\n# g\n"]
    );
    assert_eq!(
        spans("\u{feff}# c\n%YAML 1.2\n---\na: b"),
        ["\u{feff}# c\n%YAML 1.2\n---\na: b"]
    );
    assert_eq!(
        spans("--- a\n--- |\n b\n---\n"),
        ["--- a\n", "--- |\n b\n", "---\n"]
    );
    assert_eq!(spans("{\"a\": 1}\n {}\n"), ["{\"a\": 1}\n ", "{}\n"]);
    assert_eq!(spans("# only\n"), ["# only\n"]);
    assert_eq!(spans(""), Vec::<String>::new());
    assert!(
        parse("---\n# c\n---\n")
            .documents()
            .iter()
            .all(|document| document.root().is_none())
    );
}

#[test]
fn duplicate_keys_are_told_and_the_last_one_counts() {
    let text = "a: 1\nb: {x: 1, 'x': 2}\n\"a\": 3\nyes: 1\ntrue: 2\n";
    let stream = parse(text);
    let document = &stream.documents()[0];
    let told: Vec<_> = document
        .duplicates()
        .iter()
        .map(|one| {
            format!(
                "{} {} {}",
                one.key,
                document.location(one.first),
                document.location(one.second)
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "x test.yaml:2:5 test.yaml:2:11",
            "a test.yaml:1:1 test.yaml:3:1",
            "true test.yaml:4:1 test.yaml:5:1"
        ]
    );
    assert_eq!(json(text), json!({"a": 3, "b": {"x": 2}, "true": 2}));
    assert_eq!(
        document
            .root()
            .unwrap()
            .get("a")
            .unwrap()
            .as_scalar()
            .unwrap()
            .value(),
        "3"
    );
    assert_eq!(
        parse("{\"a\": 1, \"a\": 2}").documents()[0]
            .duplicates()
            .len(),
        1
    );
}

#[test]
fn aliases_and_merges_are_resolved_as_kubectl_does() {
    let text = "base: &b {x: 1, z: 0}\nother: &o [1, *b]\ncopy: *o\nm: {x: 0, <<: *b, z: 2}\nq: {<<: [*b, {x: 5, w: 6}]}\n";
    assert_eq!(
        json(text),
        json!({
            "base": {"x": 1, "z": 0}, "other": [1, {"x": 1, "z": 0}], "copy": [1, {"x": 1, "z": 0}],
            "m": {"x": 1, "z": 2}, "q": {"x": 1, "z": 0, "w": 6},
        })
    );
    let stream = parse(text);
    let document = &stream.documents()[0];
    let route = [Step::key("copy"), Step::Index(1), Step::key("x")];
    assert_eq!(
        document.get(&route).unwrap().as_scalar().unwrap().value(),
        "1"
    );
    assert_eq!(
        json("- x\n- &a [v, &b w]\n- *b\n- k: *a\n"),
        json!(["x", ["v", "w"], "w", {"k": ["v", "w"]}])
    );
    // An anchor's name may be used again.
    assert_eq!(
        json("a: &x 1\nb: *x\nc: &x 2\nd: *x\n"),
        json!({"a": 1, "b": 1, "c": 2, "d": 2})
    );
}

#[test]
fn what_json_cannot_hold_is_an_error_where_it_stands() {
    for (text, place, words) in [
        ("a: .inf\n", "1:4", "not finite"),
        ("a: 1\n? [b]\n: 1\n", "2:3", "a key that is"),
        ("~: 1\n", "1:1", "a key that is null"),
        ("? &a\n: b\n", "1:5", "a key that is null"),
        ("a: !!bool x\n", "1:11", "not of its tag's type"),
        ("a: !!null x\n", "1:11", "not of its tag's type"),
        ("a: {{b: c}: d}\n", "1:5", "a key that is"),
        ("a: !!int x\n", "1:10", "not of its tag's type"),
        ("a: !!binary '*'\n", "1:13", "!!binary"),
        ("<<: x\n", "1:5", "merge key"),
    ] {
        let stream = parse(text);
        let document = &stream.documents()[0];
        let error = document.to_json(document.root().unwrap()).unwrap_err();
        assert_eq!(
            error.location().unwrap().to_string(),
            format!("test.yaml:{place}"),
            "{error}"
        );
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(json("a: !!binary aGk=\n"), json!({"a": "hi"}));
    assert_eq!(
        json("a: !!bool 'yes'\nb: !!null ''\nc: !!str ~\n"),
        json!({"a": true, "b": null, "c": "~"})
    );
}

#[test]
fn nodes_tell_what_they_are() {
    let text = "p: x\ns: 'x'\nd: \"x\"\nl: |+  # c\n  x\n\n\nf: >-\n  x\nt: !!str &t 1\nm: {a: b}\nq:\ne: [~]\n";
    let stream = parse(text);
    let root = stream.documents()[0].root().unwrap();
    let style = |key: &str| root.get(key).unwrap().as_scalar().unwrap().style();
    assert_eq!(style("p"), ScalarStyle::Plain);
    assert_eq!(style("s"), ScalarStyle::SingleQuoted);
    assert_eq!(style("d"), ScalarStyle::DoubleQuoted);
    assert_eq!(style("l"), ScalarStyle::Literal);
    assert_eq!(style("f"), ScalarStyle::Folded);
    let span = |key: &str| &text[root.get(key).unwrap().span()];
    assert_eq!(span("l"), "|+  # c\n  x\n\n\n");
    assert_eq!(span("f"), ">-\n  x\n");
    assert_eq!(span("s"), "'x'");
    assert_eq!(span("m"), "{a: b}");
    assert_eq!(span("t"), "1");
    assert_eq!(span("q"), "");
    let tagged = root.get("t").unwrap();
    assert!(tagged.has_anchor());
    assert_eq!(
        (tagged.tag(), tagged.as_str()),
        (Some("tag:yaml.org,2002:str"), Some("1"))
    );
    assert!(root.get("q").unwrap().is_null() && root.get("missing").is_none());
    assert!(root.get("e").and_then(Node::items).unwrap()[0].is_null());
    assert_eq!(&text[root.entry("m").unwrap().key.span()], "m");
}

#[test]
fn only_a_bare_or_tagged_double_arrow_merges() {
    let base = "x: &x {a: 1}\n";
    let read = |key: &str| json(&format!("{base}m: {{{key}: *x}}\n"))["m"].clone();
    assert_eq!(read("<<"), json!({"a": 1}));
    assert_eq!(read("!!merge <<"), json!({"a": 1}));
    assert_eq!(read("'<<'"), json!({"<<": {"a": 1}}));
    assert_eq!(read("!!str <<"), json!({"<<": {"a": 1}}));
    // Of merge keys several may stand in a mapping.
    let stream = parse("m: {<<: {a: 1}, <<: {b: 2}}\n");
    let document = &stream.documents()[0];
    assert!(document.duplicates().is_empty());
    let mapping = document.root().unwrap().get("m").unwrap();
    let merge = &mapping.entries().unwrap()[0].key;
    assert!(merge.is_merge_key() && merge.key_text().is_none());
}

#[test]
fn a_missing_value_stands_behind_what_announces_it() {
    let place = |text: &str, step: Step| {
        let stream = parse(text);
        let span = stream.documents()[0].get(&[step]).unwrap().span();
        assert!(span.is_empty(), "{text}");
        span.start
    };
    let a = |text: &str| place(text, Step::key("a"));
    assert_eq!(a("a: !!str\nb: c\n"), 8);
    assert_eq!(a("a: !!null &x\nb: c\n"), 12);
    assert_eq!(a("a: &x\n&y b: c\n"), 5);
    assert_eq!(a("a: !<tag:x,[y]>\nb: c\n"), 15);
    assert_eq!(a("{a: !x, b: c}\n"), 6);
    assert_eq!(a("{a: !!null }\n"), 10);
    assert_eq!(place("- !x\n- &y\n", Step::Index(0)), 4);
    assert_eq!(place("- !x\n- &y\n", Step::Index(1)), 9);
}

#[test]
fn a_text_is_shared_as_it_reads() {
    let long = "long ".repeat(1000);
    let text = format!("a: short\nb: \"{long}\"\nc: 1\n");
    let stream = parse(&text);
    let root = stream.documents()[0].root().unwrap();
    let shared = |key: &str| {
        let text = root.get(key).unwrap().shared_str();
        text.map(|text| text.to_string())
    };
    assert_eq!(shared("a").as_deref(), Some("short"));
    assert_eq!(shared("b"), Some(long));
    assert_eq!(shared("c"), None);
    let number = root.get("c").unwrap().as_scalar().unwrap();
    assert_eq!(&*number.shared(), "1");
}

#[test]
fn a_step_shows_as_a_key_or_an_index() {
    assert_eq!(Step::key("a.b").to_string(), "a.b");
    assert_eq!(Step::Index(3).to_string(), "[3]");
}
