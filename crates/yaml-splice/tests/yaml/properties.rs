//! Documents in every style, edited at random places.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde_json::{Map, Value, json};
use yaml_splice::{Document, Edit, Format, Node, NodeKind, Step, Stream, edit};

use crate::common::{kubectl, parse};
use crate::generate::{Choices, Generator};

/// Every mapping and sequence, with the way to it.
fn collections(document: &Document) -> Vec<(Vec<Step>, &Node)> {
    fn walk<'a>(node: &'a Node, route: &[Step], found: &mut Vec<(Vec<Step>, &'a Node)>) {
        match node.kind() {
            NodeKind::Mapping(entries) => {
                found.push((route.to_vec(), node));
                for entry in entries {
                    let step = Step::Key(entry.key.key_text().unwrap().into_owned());
                    walk(&entry.value, &[route, &[step]].concat(), found);
                }
            }
            NodeKind::Sequence(items) => {
                found.push((route.to_vec(), node));
                for (index, item) in items.iter().enumerate() {
                    walk(item, &[route, &[Step::Index(index)]].concat(), found);
                }
            }
            NodeKind::Scalar(_) | NodeKind::Alias(_) => {}
        }
    }
    let mut found = Vec::new();
    if let Some(root) = document.root() {
        walk(root, &[], &mut found);
    }
    found
}

fn models(stream: &Stream) -> Vec<Value> {
    let model = |document: &Document| {
        document
            .root()
            .map_or(Value::Null, |root| document.to_json(root).unwrap())
    };
    stream.documents().iter().map(model).collect()
}

fn at<'a>(model: &'a mut Value, route: &[Step]) -> &'a mut Value {
    route.iter().fold(model, |value, step| match step {
        Step::Key(key) => {
            if value.is_null() {
                *value = Value::Object(Map::new());
            }
            value
                .as_object_mut()
                .unwrap()
                .entry(key.clone())
                .or_insert(Value::Null)
        }
        Step::Index(index) => {
            let items = value.as_array_mut().unwrap();
            if *index == items.len() {
                items.push(Value::Null);
            }
            &mut items[*index]
        }
    })
}

fn remove(model: &mut Value, route: &[Step]) {
    let (last, before) = route.split_last().unwrap();
    match (at(model, before), last) {
        (Value::Object(map), Step::Key(key)) => drop(map.shift_remove(key)),
        (Value::Array(items), Step::Index(index)) => drop(items.remove(*index)),
        _ => panic!("no collection"),
    }
}

fn texts() -> Vec<Value> {
    vec![
        json!("apiKey"),
        json!("p, octopus, applications, get, *, allow\np, octopus, logs, get, */*, allow\n"),
        json!("true"),
        json!("one: two # three\nfour"),
        json!("trailing \n\ttab\n\n"),
        json!(""),
        json!("\n"),
        json!(" lead\nx"),
        json!({"a": "x\ny\n", "b": [], "c": {"d": null}}),
        json!(["x", {"y": 1, "z": [1, 2]}]),
        json!(7),
        json!("\u{85}\u{e9}"),
    ]
}

fn check(text: &str, edits: &[Edit], expected: &[Value]) -> String {
    let stream = parse(text);
    let edited = edit(&stream, edits).unwrap_or_else(|error| {
        panic!(
            "{error} {:?}\n{edits:?}\n{text}",
            std::error::Error::source(&error).map(ToString::to_string)
        )
    });
    let became = models(&parse(&edited)).into_iter();
    assert_eq!(
        became.zip(expected).map(lost).collect::<Vec<_>>(),
        expected,
        "{edits:?}\n{text}\n=>\n{edited}"
    );
    edited
}

/// A place where something can be set that is not there.
fn place(choices: &mut Choices<'_>, stream: &Stream) -> Option<(usize, Vec<Step>, bool)> {
    let document = choices.below(stream.documents().len());
    let found = collections(&stream.documents()[document]);
    if found.is_empty() {
        return None;
    }
    let (route, node) = &found[choices.below(found.len())];
    let (last, filled) = match node.kind() {
        NodeKind::Sequence(items) => (Step::Index(items.len()), !items.is_empty()),
        NodeKind::Mapping(entries) => (Step::key("accounts.octopus"), !entries.is_empty()),
        _ => return None,
    };
    Some((document, [route.clone(), vec![last]].concat(), filled))
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..160)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_set_can_be_removed_without_a_trace(bytes in bytes(), picks in prop::collection::vec(any::<u8>(), 8)) {
        let text = Generator::new(&bytes).stream();
        let stream = parse(&text);
        let mut picks = Choices::new(&picks);
        let Some((document, route, filled)) = place(&mut picks, &stream) else { return Ok(()) };
        let value = texts().swap_remove(picks.below(12));
        let mut expected = models(&stream);
        let before = expected.clone();
        *at(&mut expected[document], &route) = value.clone();
        let set = [Edit::Set { document, route: route.clone(), value }];
        let edited = check(&text, &set, &expected);
        prop_assert_eq!(edit(&parse(&edited), &set).unwrap(), edited.clone());
        let removed = check(&edited, &[Edit::Remove { document, route }], &before);
        if filled {
            prop_assert_eq!(removed, text);
        }
    }

    #[test]
    fn a_change_touches_its_entry_only(bytes in bytes(), picks in prop::collection::vec(any::<u8>(), 8)) {
        let text = Generator::new(&bytes).stream();
        let stream = parse(&text);
        let mut picks = Choices::new(&picks);
        let document = picks.below(stream.documents().len());
        let found = collections(&stream.documents()[document]);
        if found.is_empty() { return Ok(()); }
        let (route, node) = &found[picks.below(found.len())];
        let children: Vec<(Step, &Node)> = match node.kind() {
            NodeKind::Mapping(entries) => entries
                .iter()
                .map(|entry| (Step::Key(entry.key.key_text().unwrap().into_owned()), &entry.value))
                .collect(),
            NodeKind::Sequence(items) => {
                items.iter().enumerate().map(|(index, item)| (Step::Index(index), item)).collect()
            }
            _ => Vec::new(),
        };
        if children.is_empty() { return Ok(()); }
        let index = picks.below(children.len());
        let (step, child) = &children[index];
        let route = [route.clone(), vec![step.clone()]].concat();
        let mut expected = models(&stream);
        let edited = if picks.one_in(3) {
            remove(&mut expected[document], &route);
            check(&text, &[Edit::Remove { document, route }], &expected)
        } else {
            let value = texts().swap_remove(picks.below(12));
            *at(&mut expected[document], &route) = value.clone();
            check(&text, &[Edit::Set { document, route, value }], &expected)
        };
        // Nothing changes up to the line that the sibling before ends on, but for its comma.
        if index > 0 && !text[node.span()].starts_with(['{', '[']) {
            let before = text[..children[index - 1].1.span().end].trim_end();
            prop_assert!(edited.starts_with(before), "{}\n=>\n{}", text, edited);
        }
        // And nothing behind its last line.
        let rest = &text[child.span().end..];
        let rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        let later = rest.split_inclusive('\n').find(|line| {
            let line = line.trim();
            !(line.is_empty() || line.starts_with('#') || line.starts_with(['}', ']']))
        });
        if let Some(later) = later.and_then(|later| rest.find(later)) {
            prop_assert!(edited.ends_with(rest[later..].trim_start()), "{}\n=>\n{}", text, edited);
        }
    }

    #[test]
    fn texts_get_other_lines(bytes in bytes(), picks in prop::collection::vec(any::<u8>(), 24)) {
        let text = Generator::new(&bytes).stream();
        let stream = parse(&text);
        let mut picks = Choices::new(&picks);
        let document = picks.below(stream.documents().len());
        let mut found = Vec::new();
        for (route, node) in collections(&stream.documents()[document]) {
            for entry in node.entries().unwrap_or_default() {
                if entry.value.as_str().is_some() && entry.value.tag().is_none() {
                    found.push(([route.clone(), vec![Step::Key(entry.key.key_text().unwrap().into_owned())]].concat(), &entry.value));
                }
            }
        }
        if found.is_empty() { return Ok(()); }
        let (route, node) = &found[picks.below(found.len())];
        let old = node.as_str().unwrap();
        let mut lines: Vec<&str> = old.split('\n').collect();
        for _ in 0..=picks.below(3) {
            let at = picks.below(lines.len() + 1);
            match picks.below(4) {
                0 | 1 => lines.insert(at, picks.of(&["p, octopus, logs, get, */*, allow", "# it's \"x\" \\", "", "\tx", "  y", "z "])),
                2 if at < lines.len() => drop(lines.remove(at)),
                _ => {}
            }
        }
        let new = lines.join("\n");
        let mut expected = models(&stream);
        *at(&mut expected[document], route) = json!(new);
        let set = |text: &str| Edit::SetText { document, route: route.clone(), text: text.to_owned() };
        let edited = check(&text, &[set(&new)], &expected);
        prop_assert_eq!(edit(&parse(&edited), &[set(&new)]).unwrap(), edited.clone());
        let before = &text[..node.span().start];
        prop_assert!(edited.starts_with(before), "{}\n=>\n{}", text, edited);
    }

    #[test]
    fn several_edits_at_once_are_all_made(bytes in bytes(), picks in prop::collection::vec(any::<u8>(), 24)) {
        let text = Generator::new(&bytes).stream();
        let stream = parse(&text);
        let mut picks = Choices::new(&picks);
        let mut expected = models(&stream);
        let (mut edits, mut routes) = (Vec::new(), Vec::<(usize, Vec<Step>)>::new());
        for index in 0..4 {
            let Some((document, mut route, _)) = place(&mut picks, &stream) else { continue };
            let inside_another = routes.iter().any(|(other, taken)| {
                *other == document && (route.starts_with(taken) || taken.starts_with(&route))
            });
            if inside_another || matches!(route.last(), Some(Step::Index(_))) {
                continue;
            }
            route.pop();
            route.push(Step::Key(format!("new{index}")));
            if picks.one_in(3) {
                route.push(Step::key("deeper"));
            }
            let value = texts().swap_remove(picks.below(12));
            *at(&mut expected[document], &route) = value.clone();
            edits.push(Edit::Set { document, route: route.clone(), value });
            routes.push((document, route));
        }
        check(&text, &edits, &expected);
    }

    #[test]
    fn every_byte_of_a_value_is_located(bytes in bytes()) {
        let text = Generator::new(&bytes).stream();
        let stream = parse(&text);
        for document in stream.documents() {
            for (_, node) in collections(document) {
                for entry in node.entries().unwrap_or_default() {
                    let Some(scalar) = entry.value.as_scalar() else { continue };
                    let mut last = 0;
                    for (offset, c) in scalar.value().char_indices() {
                        let at = document.locate(&entry.value, offset);
                        prop_assert!(at >= last && entry.value.span().contains(&at) || at == text.len(), "{offset} {at}\n{text}");
                        last = at;
                        let found = text[at..].chars().next();
                        // Itself, an escape, a doubled quote, or a fold.
                        let fold = matches!(c, ' ' | '\n') && matches!(found, None | Some(' ' | '\n' | '\r' | '\t'));
                        prop_assert!(found == Some(c) || found == Some('\\') || fold, "{offset} {c:?} {found:?}\n{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_the_writer_writes_is_read_back(value in values()) {
        let text = yaml_splice::write::document(&value);
        let stream = parse(&text);
        let document = &stream.documents()[0];
        let read = document.root().map_or(Value::Null, |root| document.to_json(root).unwrap());
        prop_assert_eq!(read, value, "{}", text);
    }

    #[test]
    fn json_stays_json_in_its_own_form(value in values(), form in 0..5_usize, picks in prop::collection::vec(any::<u8>(), 8)) {
        let value = json!({"data": {"key": value}});
        let text = json_text(&value, form);
        // The odd blanks may stand in a text, and change or break it.
        let Ok(value) = serde_json::from_str::<Value>(&text) else { return Ok(()) };
        let stream = parse(&text);
        prop_assert_eq!(stream.format(), Format::Json);
        prop_assert_eq!(&models(&stream)[0], &value);
        let mut picks = Choices::new(&picks);
        let Some((document, route, filled)) = place(&mut picks, &stream) else { return Ok(()) };
        let new = texts().swap_remove(picks.below(12));
        let mut expected = value.clone();
        *at(&mut expected, &route) = new.clone();
        let set = Edit::Set { document, route: route.clone(), value: new };
        let edited = check(&text, &[set], std::slice::from_ref(&expected));
        // Any JSON reader agrees, and every form but the hand-made one prints the same bytes.
        prop_assert_eq!(&serde_json::from_str::<Value>(&edited).unwrap(), &expected);
        if filled && form < 4 {
            prop_assert_eq!(unescaped(&edited), unescaped(&json_text(&expected, form)));
        }
        if filled {
            prop_assert_eq!(check(&edited, &[Edit::Remove { document, route }], &[value]), text);
        }
    }

    #[test]
    fn no_text_makes_reader_or_editor_panic(text in tokens()) {
        if let Ok(stream) = Stream::parse(yaml_splice::Source::new("x", text.as_str())) {
            let mut end = 0;
            for document in stream.documents() {
                prop_assert_eq!(document.span().start, end);
                end = document.span().end;
                if let Some(root) = document.root() {
                    let _ = document.to_json(root);
                }
                for (route, node) in all(document) {
                    let length = node.as_scalar().map_or(0, |scalar| scalar.value().len());
                    for offset in 0..=length {
                        prop_assert!(document.locate(node, offset) <= text.len());
                    }
                    for value in [json!("x\ny\n"), json!({"a": ["b", {"c": "d\ne"}]})] {
                        let _ = edit(&stream, &[Edit::Set { document: 0, route: route.clone(), value: value.clone() }]);
                        let inside = [route.clone(), vec![Step::key("new")]].concat();
                        let _ = edit(&stream, &[Edit::Set { document: 0, route: inside, value }]);
                    }
                    let _ = edit(&stream, &[Edit::Remove { document: 0, route }]);
                }
            }
            prop_assert!(stream.documents().is_empty() || end == text.len());
        }
    }
}

/// A value as JSON: pretty with several indents, compact, or with odd blanks.
fn json_text(value: &Value, form: usize) -> String {
    use serde_json::ser::{PrettyFormatter, Serializer};
    let indent = match form {
        0 => "  ",
        1 => "    ",
        2 => "\t",
        3 => return value.to_string(),
        _ => {
            return format!(
                " {} \n",
                value
                    .to_string()
                    .replace("\":", "\" : ")
                    .replace(",\"", ",\n\"")
            );
        }
    };
    let mut out = Vec::new();
    let formatter = PrettyFormatter::with_indent(indent.as_bytes());
    let mut serializer = Serializer::with_formatter(&mut out, formatter);
    serde::Serialize::serialize(value, &mut serializer).unwrap();
    String::from_utf8(out).unwrap() + "\n"
}

/// Without the escapes that only we make.
fn unescaped(text: &str) -> String {
    text.replace("\\u0085", "\u{85}")
        .replace("\\u0007", "\u{7}")
}

/// Texts of pieces that mean something to YAML.
fn tokens() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a",
        "b: ",
        "- ",
        "\n",
        "\n",
        "\n",
        " ",
        "  ",
        "    ",
        "|\n",
        "|-\n",
        ">\n",
        "|+\n",
        "|2\n",
        "'",
        "\"",
        "# c",
        "{",
        "}",
        "[",
        "]",
        ", ",
        ": ",
        "? ",
        "k: v",
        "\n  ",
        "\n- ",
        "\n    ",
        "d: {e: f}",
        "'q'",
        "\"w\"",
        "...\n",
        "---\n",
        "\t",
        "\\n",
        "\r\n",
        "\r",
        "é",
        "\u{feff}",
        "\"a\": ",
        "\\\n",
        "\\x41",
        "!!str ",
        "!<x> ",
        "&x ",
        "*x",
        "~",
        "<<: ",
        "%YAML 1.2\n",
        "@",
        "`",
    ];
    let piece = prop::sample::select(PIECES);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn all(document: &Document) -> Vec<(Vec<Step>, &Node)> {
    fn walk<'a>(node: &'a Node, route: &[Step], found: &mut Vec<(Vec<Step>, &'a Node)>) {
        found.push((route.to_vec(), node));
        for entry in node.entries().unwrap_or_default() {
            let key = entry.key.key_text().unwrap_or_default().into_owned();
            walk(&entry.value, &[route, &[Step::Key(key)]].concat(), found);
        }
        for (index, item) in node.items().unwrap_or_default().iter().enumerate() {
            walk(item, &[route, &[Step::Index(index)]].concat(), found);
        }
    }
    let mut found = Vec::new();
    if let Some(root) = document.root() {
        walk(root, &[], &mut found);
    }
    found
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~\n\t\u{85}\u{a0}é😀]{0,12}".prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[ -~\n]{0,6}", inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// kubectl agrees with our reader about documents in every style, before and after an edit.
#[test]
fn kubectl_reads_what_we_read() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut manifest, mut ours) = (String::new(), Vec::new());
    for _ in 0..150 {
        let bytes = bytes().new_tree(&mut runner).unwrap().current();
        let text = Generator::new(&bytes).object();
        let stream = parse(&text);
        let mut picks = Choices::new(&bytes);
        let Some((document, route, _)) = place(&mut picks, &stream) else {
            continue;
        };
        let value = texts().swap_remove(picks.below(12));
        if route.len() < 2 {
            continue;
        }
        let edited = edit(
            &stream,
            &[Edit::Set {
                document,
                route,
                value,
            }],
        )
        .unwrap();
        for text in [text, edited] {
            ours.extend(models(&parse(&text)));
            manifest.push_str("---\n");
            manifest.push_str(&text);
        }
    }
    assert!(ours.len() > 100);
    let Some(read) = kubectl(&manifest) else {
        return;
    };
    for (theirs, ours) in read.unwrap().iter().zip(&ours) {
        assert_eq!(theirs, ours);
    }
}

/// What was read; a collection that lost its last entry and has comments reads as nothing.
fn lost((now, wanted): (Value, &Value)) -> Value {
    match (now, wanted) {
        (Value::Null, Value::Object(map)) if map.is_empty() => json!({}),
        (Value::Null, Value::Array(items)) if items.is_empty() => json!([]),
        (Value::Object(now), Value::Object(wanted)) if now.len() == wanted.len() => {
            let pairs = now.into_iter().zip(wanted.values());
            pairs
                .map(|((key, now), wanted)| (key, lost((now, wanted))))
                .collect()
        }
        (Value::Array(now), Value::Array(wanted)) if now.len() == wanted.len() => {
            now.into_iter().zip(wanted).map(lost).collect()
        }
        (now, _) => now,
    }
}
