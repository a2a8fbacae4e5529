//! Where something that is found in a value stands in the text.

use yaml_splice::Step;

use crate::common::parse;

/// The line and column of a byte of the value of `a`; of its end if it is as long.
fn place(text: &str, offset: impl Fn(&str) -> usize) -> String {
    let stream = parse(text);
    let document = &stream.documents()[0];
    let node = document.get(&[Step::key("a")]).unwrap();
    let value = node.as_scalar().map_or("", |scalar| scalar.value());
    let at = document.location(document.locate(node, offset(value)));
    format!("{}:{}", at.line, at.column)
}

#[track_caller]
fn stands(text: &str, part: &str, at: &str) {
    assert_eq!(place(text, |value| value.find(part).unwrap()), at);
}

#[track_caller]
fn ends(text: &str, at: &str) {
    assert_eq!(place(text, str::len), at);
}

#[test]
fn a_place_in_a_value_is_found_in_the_text() {
    let text = "a: |2-\n    x\n   yé\n\nb: \"1\\n2\\\n   3 \\u00e94\n\n   5\"\nc: 'it''s\n  two'\nd: >\n  one\n  two\n\n  three\n";
    let stream = parse(text);
    let document = &stream.documents()[0];
    for (key, part, place) in [
        ("a", "x", "2:5"),
        ("a", "yé", "3:4"),
        ("a", "é", "3:5"),
        ("b", "2", "5:8"),
        ("b", "3", "6:4"),
        ("b", "é", "6:6"),
        ("b", "4", "6:12"),
        ("b", "5", "8:4"),
        ("c", "s", "9:9"),
        ("c", "two", "10:3"),
        ("d", "two", "13:3"),
        ("d", "three", "15:3"),
    ] {
        let node = document.root().unwrap().get(key).unwrap();
        let offset = node.as_str().unwrap().find(part).unwrap();
        let at = document.location(document.locate(node, offset));
        assert_eq!(format!("{}:{}", at.line, at.column), place, "{key} {part}");
    }
}

#[test]
fn behind_blanks_escapes_and_folds() {
    stands("a: one  two\tthree four\n", "four", "1:19");
    stands("a: \"\\x41 \\u00e9 \\U0001f600 b\"\n", "b", "1:28");
    stands("a: \"\\N\\_\\L\\P\\t\\\\ b\"\n", "b", "1:18");
    stands("{\"a\": \"\\ud83d\\ude00b\"}", "b", "1:20");
    stands("a: 'it''s ''b'''\n", "b", "1:13");
    stands("a: \"x \\\n\n\n   y\"\n", "y", "4:4");
    stands("a: x\n\n\n  y\n  z\n", "z", "5:3");
    stands("a: \"x\r\n\r\n  y\"\r\n", "y", "3:3");
    stands("a: \"x\r\r  y\"\n", "\n", "1:7");
    stands("a: \"x\r\r  y\"\n", "y", "1:10");
    let folded = "a: >\n  one\n\n  two\n    deep\n  end\n";
    stands(folded, "two", "4:3");
    stands(folded, "deep", "5:5");
    stands(folded, "end", "6:3");
    stands("a: >\n\n\n  one\n", "one", "4:3");
}

#[test]
fn a_value_ends_where_its_last_byte_does() {
    ends("a: x y # c\n", "1:7");
    ends("a: 'x'' '\n", "1:9");
    ends("a: \"x\\n\"\n", "1:8");
    ends("a: \"x\\\n  \"\n", "1:6");
    ends("a: |\n  x\n  y\nb: 1\n", "4:1");
    ends("a: |-\n  x\n  y\nb: 1\n", "3:4");
    ends("a: |-\r\n  x\r\n  y\r\n\r\nb: 1\r\n", "3:4");
    ends("a: |+\n  x\n\n\nb: 1\n", "5:1");
    ends("a: |\n  x", "2:4");
    ends("a: >-\n  x\n  y\n\nb: 1\n", "3:4");
    ends("a: >\n  x\n  y\n\nb: 1\n", "4:1");
}

#[test]
fn an_empty_value_stands_where_its_text_would_begin() {
    ends("a:\n", "1:3");
    ends("a: ~\n", "1:5");
    ends("a: ''\n", "1:5");
    ends("a: \"\"\n", "1:5");
    ends("{\"a\": \"\"}", "1:8");
    ends("a: |\n\nb: 1\n", "2:1");
    ends("a: |", "1:5");
}

#[test]
fn a_collection_stands_where_it_begins() {
    ends("a: [b]\n", "1:4");
    ends("c: 1\na:\n  d: 1\n", "3:3");
}
