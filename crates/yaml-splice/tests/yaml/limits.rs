//! How much is read: each limit exactly, and what hostile texts cost.

use std::fmt::Write as _;

use yaml_splice::ErrorKind;
use yaml_splice::Source;
use yaml_splice::{MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_EXPANDED_BYTES, Stream};

use crate::common::parse;

fn refused(text: &str) -> String {
    let error = Stream::parse(Source::new("f", text))
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    error.to_string()
}

#[test]
fn as_many_levels_are_read_as_are_allowed() {
    for (open, inside, close) in [
        ("[", "", "]"),
        ("[", "1", "]"),
        ("{\"a\":", "1", "}"),
        ("[", "a", "]"),
        ("{a: ", "b", "}"),
        ("- ", "a", ""),
    ] {
        let nested =
            |levels: usize| format!("{}{inside}{}", open.repeat(levels), close.repeat(levels));
        let _ = parse(&nested(MAX_DEPTH));
        let message = refused(&nested(MAX_DEPTH + 1));
        assert!(
            message.contains("more than 100 levels deep"),
            "{open} {message}"
        );
    }
}

/// An alias is as deep as what it stands for.
#[test]
fn aliases_count_with_the_depth_that_they_add() {
    let text = |above: usize, below: usize| {
        let nested = |levels: usize, inside: &str| {
            format!("{}{inside}{}", "[".repeat(levels), "]".repeat(levels))
        };
        format!("- &a {}\n- {}\n", nested(below, "x"), nested(above, "*a"))
    };
    for below in [1, 40, MAX_DEPTH - 1] {
        let _ = parse(&text(MAX_DEPTH - 1 - below, below));
        let message = refused(&text(MAX_DEPTH - below, below));
        assert!(message.contains("aliases that expand to more"), "{message}");
    }
}

/// Each node weighs as much as its text and sixteen bytes.
#[test]
fn aliases_stand_for_as_many_bytes_as_are_allowed() {
    const MIB: usize = 1 << 20;
    let text = |last: usize| {
        format!(
            "- &a {}\n{}- {}\n",
            "x".repeat(MIB - 16),
            "- *a\n".repeat(62),
            "y".repeat(last)
        )
    };
    let rest = MAX_EXPANDED_BYTES - 63 * MIB - 16 - 16;
    let _ = parse(&text(rest));
    let message = refused(&text(rest + 1));
    assert!(message.contains("aliases that expand to more"), "{message}");
}

#[test]
fn as_many_bytes_are_read_as_are_allowed() {
    let json = |length: usize| format!("\n[\"{}\"]\n", "x".repeat(length - 4));
    let yaml = |length: usize| format!("{}\n", "x".repeat(length));
    for text in [&json as &dyn Fn(usize) -> String, &yaml] {
        let _ = parse(&text(MAX_DOCUMENT_BYTES));
        let message = refused(&text(MAX_DOCUMENT_BYTES + 1));
        assert!(
            message.contains("a document of more than 8 MiB"),
            "{message}"
        );
    }
}

/// Anything here that were not linear would keep this test from ending.
#[test]
fn hostile_texts_cost_little() {
    let lines = |line: &str, count: usize| line.repeat(count);
    let bombs = [
        ("[".repeat(100_000), "levels deep"),
        ("{\"a\":".repeat(100_000), "levels deep"),
        ("- ".repeat(100_000), "levels deep"),
        ("? ".repeat(100_000), "levels deep"),
        (format!("a: \"{}", lines("x\\\n", 100_000)), "not closed"),
        (format!("a: [{}", lines("{", 100_000)), "levels deep"),
        (lines("&a ", 100_000), "not valid YAML"),
        (
            format!(
                "data:\n  a: |\n{}",
                lines("    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", 300_000)
            ),
            "more than 8 MiB",
        ),
        ("a: &a [*a]\n".into(), "inside the value"),
    ];
    for (text, words) in bombs {
        let message = refused(&text);
        assert!(message.contains(words), "{message}");
    }
    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(laughs, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    for level in 1..200 {
        writeln!(chain, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    for text in [laughs, chain] {
        assert!(refused(&text).contains("aliases that expand to more"));
    }
    let mut keys = String::from("data:\n");
    for index in 0..100_000 {
        writeln!(keys, "  key{index}: v").unwrap();
    }
    assert!(parse(&keys).documents()[0].duplicates().is_empty());
    let policy = format!(
        "data:\n  policy.csv: |\n{}",
        lines("    p, role:a, applications, get, */*, allow\n", 100_000)
    );
    let _ = parse(&policy);
}
