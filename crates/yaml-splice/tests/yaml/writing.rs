//! What the writer makes of texts, to the byte.

use serde_json::json;
use yaml_splice::write;

#[test]
fn a_text_is_plain_where_every_reader_sees_a_text() {
    for text in [
        "x",
        "x y",
        "x-1",
        "$x",
        "(x)",
        "/x",
        "_x",
        "a:b",
        "a#b",
        "é",
        "12agy",
        "nano",
        "offer",
        "yesno",
        "x=",
        "http://x/?a=b",
        "p q; r",
        "a'b",
        "a\"b",
        "0xg",
    ] {
        assert_eq!(write::value(text), text);
        assert_eq!(write::key(text), text);
    }
}

#[test]
fn a_text_that_some_reader_takes_for_something_else_is_double_quoted() {
    for text in [
        "~",
        "null",
        "NULL",
        "y",
        "N",
        "yes",
        "No",
        "on",
        "Off",
        "true",
        "FALSE",
        "nan",
        "Inf",
        "=",
        "<<",
        "1",
        "-1",
        "+1",
        "1.5",
        ".5",
        "5.",
        "1e5",
        "0x1f",
        "0o17",
        "0b1",
        "1_000",
        "1:30",
        "-1:30",
        "2001-01-01",
        "2001-01-01T00:00:00Z",
        "2001-01-01 00:00:00",
        ".inf",
        "-.inf",
        ".NaN",
        "- 1",
        "-",
        ".",
        "...",
        "12a",
        "1f",
    ] {
        let quoted = format!("\"{text}\"");
        assert_eq!(write::value(text), quoted);
        assert_eq!(write::key(text), quoted);
    }
}

#[test]
fn other_texts_are_quoted_as_needs_least_escapes() {
    for (text, written) in [
        ("", "''"),
        ("a: b", "'a: b'"),
        ("a #b", "'a #b'"),
        ("a:", "'a:'"),
        ("a ", "'a '"),
        (" a", "' a'"),
        ("- q", "'- q'"),
        ("?", "'?'"),
        ("#x", "'#x'"),
        ("it's: x", "'it''s: x'"),
        ("[x", "'[x'"),
        ("a,b", "'a,b'"),
        ("...q", "'...q'"),
        ("a\n", "\"a\\n\""),
        ("\ta\r\"\\", "\"\\ta\\r\\\"\\\\\""),
        ("\u{7}\u{7f}\u{85}", "\"\\u0007\\u007f\\u0085\""),
        (
            "\u{a0}\u{ad}\u{200b}\u{2028}",
            "\"\\u00a0\\u00ad\\u200b\\u2028\"",
        ),
        ("\u{feff}\u{fff9}\u{ffff}", "\"\\ufeff\\ufff9\\uffff\""),
        ("\u{1f600}", "'\u{1f600}'"),
        ("\u{20000}", "\"\\U00020000\""),
        ("\u{10ffff}", "\"\\U0010ffff\""),
    ] {
        assert_eq!(write::value(text), written);
    }
}

#[test]
fn a_document_is_written_as_kubectl_prints_it() {
    assert_eq!(
        write::document(&json!({
            "a": {"b": "x\ny\n", "c": ["v", {"k": 1, "l": []}, [["w"], {}]]},
            "d": "x\n\ny", "e": "x\n\n", "f": null, "g, h": "i, j",
        })),
        "a:\n  b: |\n    x\n    y\n  c:\n  - v\n  - k: 1\n    l: []\n  - - - w\n    - {}\nd: |-\n  x\n\n  y\ne: |+\n  x\n\nf: null\ng, h: i, j\n"
    );
    assert_eq!(write::document(&json!("x")), "x\n");
    assert_eq!(write::document(&json!("x\ny")), "|-\n x\n y\n");
    assert_eq!(write::document(&json!({})), "{}\n");
}

#[test]
fn only_a_text_that_shows_its_indentation_is_a_literal() {
    for text in ["x\n", "x\ny", "x\n\n\ty"] {
        let written = write::document(&json!({"a": text}));
        assert!(written.starts_with("a: |"), "{written}");
    }
    let texts = [
        " x\ny",
        "\tx\ny",
        "\nx\n",
        "x\n  \ny",
        "x\n\t\n",
        "x\ny\u{7}\n",
        "x\r\ny",
    ];
    for text in texts {
        let written = write::document(&json!({"a": text}));
        assert!(written.starts_with("a: \""), "{written}");
    }
}

#[test]
fn a_long_key_is_announced() {
    let (short, long) = ("k".repeat(1000), "k".repeat(1001));
    assert_eq!(
        write::document(&json!({ short.as_str(): 1 })),
        format!("{short}: 1\n")
    );
    assert_eq!(
        write::document(&json!({"a": { long.as_str(): ["v"] }})),
        format!("a:\n  ? {long}\n  :\n  - v\n")
    );
}
