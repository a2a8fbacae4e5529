//! Texts get other lines in the style that they are written in.

use serde_json::json;

use super::{becomes, set};

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
fn the_header_of_a_literal_says_what_the_text_needs_and_no_more() {
    let text = |text: &str| set("a", json!(text));
    becomes("a: |+\n  x\n", &[text("y\n")], "a: |+\n  y\n");
    becomes("a: |+\n  x\n\n\nb: 1\n", &[text("y")], "a: |-\n  y\nb: 1\n");
    becomes(
        "a: |-\n  x\nb: 1\n",
        &[text("x\n\n")],
        "a: |+\n  x\n\nb: 1\n",
    );
    becomes(
        "a: |2\n    x\n  y\nb: 1\n",
        &[text("y\n\n")],
        "a: |2+\n  y\n\nb: 1\n",
    );
    // Blank lines below would become part of the text, or are not there to stay.
    becomes(
        "a: |\n  x\n\nb: 1\n",
        &[text("x\n\n")],
        "a: \"x\\n\\n\"\n\nb: 1\n",
    );
    becomes("a: |\n  x\n", &[text("x\n\n")], "a: \"x\\n\\n\"\n");
    becomes("a: |\n  x\nb: 1\n", &[text("")], "a: |\nb: 1\n");
    becomes("a: |\nb: 1\n", &[text("x\ny")], "a: |-\n  x\n  y\nb: 1\n");
    becomes("a: |\nb: 1\n", &[text("x")], "a: |-\n  x\nb: 1\n");
}

#[test]
fn blank_lines_of_a_literal_are_content_only_where_they_are_deeper() {
    becomes(
        "a: |\n  x\n  \nb: 1\n",
        &[set("a", json!("x\ny\n"))],
        "a: |\n  x\n  y\n  \nb: 1\n",
    );
    becomes(
        "a: |1\n x\n  \nb: 1\n",
        &[set("a", json!("x\n \ny\n"))],
        "a: |1\n x\n  \n y\nb: 1\n",
    );
    becomes(
        "a: |\n  \nb: 1\n",
        &[set("a", json!("x"))],
        "a: |-\n  x\n  \nb: 1\n",
    );
}

#[test]
fn a_folded_text_keeps_the_paragraphs_that_stay() {
    let folded = "a: >\n    one\n    two\n\n    three\nb: 1\n";
    let text = |text: &str| set("a", json!(text));
    becomes(
        folded,
        &[text("x\nthree\n")],
        "a: >\n    x\n\n    three\nb: 1\n",
    );
    becomes(folded, &[text("x\ny\n")], "a: >\n    x\n\n    y\nb: 1\n");
    becomes(folded, &[text("three\n")], "a: >\n    three\nb: 1\n");
    becomes(
        folded,
        &[text("one two\n")],
        "a: >\n    one\n    two\nb: 1\n",
    );
    becomes(
        folded,
        &[text("x\none two\nthree\n")],
        "a: >\n    x\n\n    one\n    two\n\n    three\nb: 1\n",
    );
    becomes(
        "a: >+\n  one\n\n\nb: 1\n",
        &[text("one\n\nx\n")],
        "a: >+\n  one\n\n\n  x\nb: 1\n",
    );
    becomes(
        "a: >2\n    one\n  two\n",
        &[text("  one\ntwo\nx\n")],
        "a: >2\n    one\n  two\n\n  x\n",
    );
    becomes(
        "a: >-\n  one\n  two\n",
        &[text("x\ny")],
        "a: >-\n  x\n\n  y\n",
    );
}

#[test]
fn what_folding_cannot_say_becomes_a_literal() {
    let text = |text: &str| set("a", json!(text));
    // A chomping that no longer fits, an empty paragraph, blanks at an end.
    becomes(
        "a: >-\n  one\n  two\n",
        &[text("x\ny\n")],
        "a: |\n  x\n  y\n",
    );
    becomes(
        "a: >-\n  one\n  two\n",
        &[text("one two\nx ")],
        "a: |-\n  one two\n  x \n",
    );
    becomes(
        "a: >-\n  one\n  two\n",
        &[text("one two\n x")],
        "a: |-\n  one two\n   x\n",
    );
    becomes(
        "a: >+\n  one\n\n\nb: 1\n",
        &[text("x\n\n\ny\n")],
        "a: |\n  x\n\n\n  y\nb: 1\n",
    );
    becomes("a: 'one\n\n  two'\n", &[text("x\ny\n")], "a: |\n  x\n  y\n");
    for header in [">", ">-", ">+"] {
        becomes(&format!("a: {header}\n  one\n"), &[text("")], "a: ''\n");
    }
}

#[test]
fn plain_and_quoted_paragraphs_stay_where_they_are() {
    becomes(
        "- one\n\n  two\n- x\n",
        &[set("0", json!("one\ntwo\nthree"))],
        "- one\n\n  two\n\n  three\n- x\n",
    );
    becomes(
        "- x\n- one\n\n  two\n",
        &[set("1", json!("new\ntwo"))],
        "- x\n- new\n\n  two\n",
    );
    becomes(
        "a: 'it''s''\n\n    two'\n",
        &[set("a", json!("it's'\nthree"))],
        "a: 'it''s''\n\n    three'\n",
    );
}

#[test]
fn an_empty_text_in_double_quotes_keeps_them() {
    let text = |text: &str| set("a", json!(text));
    becomes("a: \"\"\n", &[text("x")], "a: \"x\"\n");
    becomes(
        "a: \"\"\n",
        &[text("x\n y\n\tz\n\n")],
        "a: \"\\\n  x\\n\\\n  \\ y\\n\\\n  \\tz\\n\\\n  \\n\\\n  \"\n",
    );
    becomes(
        "- a: \"\"\n",
        &[set("0/a", json!("x\ny"))],
        "- a: \"x\n\n    y\"\n",
    );
    becomes("{a: \"\"}\n", &[text("x\ny\n")], "{a: \"x\\ny\\n\"}\n");
    becomes(
        "{\"a\": \"\"}\n",
        &[text("x\ny\n")],
        "{\"a\": \"x\\ny\\n\"}\n",
    );
    becomes("a: ''\n", &[text("x\ny\n")], "a: 'x\n\n  y\n\n  '\n");
    becomes("a: \"x\"\n", &[text("y\nz\n")], "a: \"y\\nz\\n\"\n");
    becomes("a: \"\"\n", &[text("\u{7}")], "a: \"\\u0007\"\n");
    becomes("a: ''\n", &[text("\u{7}")], "a: \"\\u0007\"\n");
}

#[test]
fn of_a_double_quoted_text_only_what_differs_is_written() {
    let text = |text: &str| set("a", json!(text));
    let continued = "a: \"x\\\n   y\\n\\\n   z\\n\\\n   \"\n";
    becomes(
        continued,
        &[text("xy\nz")],
        "a: \"x\\\n   y\\n\\\n   z\\\n   \"\n",
    );
    becomes(
        continued,
        &[text("y\nz\n")],
        "a: \"\\\n   y\\n\\\n   z\\n\\\n   \"\n",
    );
    becomes(continued, &[text("true")], "a: \"true\\\n   \"\n");
    let escaped = "a: \"\\x41\\n\\U0001f600\\N\\_\\L\\P\\ud83d\\ude00\\/y\\n\"\n";
    becomes(
        escaped,
        &[text(
            "A\n\u{1f600}\u{85}\u{a0}\u{2028}\u{2029}\u{1f600}/new\nz\n",
        )],
        "a: \"\\x41\\n\\U0001f600\\N\\_\\L\\P\\ud83d\\ude00\\/new\\nz\\n\"\n",
    );
    becomes(
        escaped,
        &[text(
            "A\n\u{1f600}\u{85}\u{a0}\u{2028}new\u{2029}\u{1f600}/y\n",
        )],
        "a: \"\\x41\\n\\U0001f600\\N\\_\\Lnew\\P\\ud83d\\ude00\\/y\\n\"\n",
    );
    becomes(escaped, &[text("x\nA\n")], "a: \"x\\n\\x41\\n\"\n");
    becomes(
        "a: \"x\\ny\\n\"\n",
        &[text("x\ny\nz\n")],
        "a: \"x\\ny\\nz\\n\"\n",
    );
    becomes("a: \"x\\ny\\n\"\n", &[text("x\ny")], "a: \"x\\ny\"\n");
    becomes("a: \"x\\ny\\n\"\n", &[text("")], "a: \"\"\n");
}
