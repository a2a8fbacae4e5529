//! Any text, any edits: what comes out is the intended model with nothing else changed, or the
//! editor refuses. NULs stand between choices, key, value and text. The first choice says whether
//! the text is taken as it is, or made from its bytes by the generator of `tests/yaml`; what that
//! makes is never refused.

use serde_json::Value;
use yaml_splice::Source;
use yaml_splice::{Document, Edit, ErrorKind, Format, Stream, edit};

#[path = "yaml_edits.rs"]
mod edits;
#[path = "../../yaml/generate.rs"]
#[allow(dead_code, reason = "its other user needs more of it")]
mod generate;
#[path = "yaml_parts.rs"]
mod parts;

use edits::Drawn;
use generate::{Choices, Generator};
use parts::{comments, leaves};

/// A key of YAML that is longer needs a form of its own.
const LONGEST_KEY: usize = 200;

pub fn run(data: &[u8]) {
    let mut parts = data.splitn(4, |byte| *byte == 0);
    let mut next = || parts.next();
    let (Some(choices), Some(key), Some(value), Some(text)) = (next(), next(), next(), next())
    else {
        return;
    };
    let (Ok(key), Ok(value)) = (std::str::from_utf8(key), std::str::from_utf8(value)) else {
        return;
    };
    if key.len() > LONGEST_KEY {
        return;
    }
    let mut choices = Choices::new(choices);
    let made = choices.one_in(2);
    let text = match std::str::from_utf8(text) {
        _ if made => Generator::new(text).stream(),
        Ok(text) => text.to_owned(),
        Err(_) => return,
    };
    let Some(stream) = parse(&text) else {
        assert!(!made, "the generator makes YAML:\n{text}");
        return;
    };
    let Some(models) = models(&stream) else {
        assert!(!made, "the generator makes plain keys:\n{text}");
        return;
    };
    let drawn = Drawn::new(&mut choices, &stream, &models, key, value);
    if drawn.edits.is_empty() {
        return;
    }
    match edit(&stream, &drawn.edits) {
        Ok(edited) => {
            holds(&stream, &models, &drawn, &edited);
            if made && drawn.only_adds_to_filled() {
                goes_without_a_trace(&drawn, &edited, &text);
            }
            let is_for_others = text.contains('\n') && !text.contains(['\r', '\u{feff}']);
            if is_for_others && choices.one_in(3) {
                is_so_with_other_line_breaks(&text, &drawn.edits, &edited);
            }
        }
        Err(error) => {
            let shown = || format!("{error}\n{:?}\n{text}", drawn.edits);
            assert_eq!(error.kind(), ErrorKind::Input, "{}", shown());
            assert!(!made || key == "<<", "refused: {}", shown());
            assert!(error.location().is_some(), "no place: {}", shown());
        }
    }
}

fn parse(text: &str) -> Option<Stream> {
    Stream::parse(Source::new("fuzz.yaml", text)).ok()
}

/// The model of each document; `None` where one cannot be had (a key that is no text).
fn models(stream: &Stream) -> Option<Vec<Value>> {
    let model = |document: &Document| match document.root() {
        Some(root) => document.to_json(root).ok(),
        None => Some(Value::Null),
    };
    stream.documents().iter().map(model).collect()
}

/// What was read, with the empty collection where a null is read instead: a collection that lost its
/// last entry and holds comments is a null.
fn emptied((now, wanted): (Value, &Value)) -> Value {
    match (now, wanted) {
        (Value::Null, Value::Object(map)) if map.is_empty() => wanted.clone(),
        (Value::Null, Value::Array(items)) if items.is_empty() => wanted.clone(),
        (Value::Object(now), Value::Object(wanted)) if now.len() == wanted.len() => {
            let pairs = now.into_iter().map(|(key, now)| match wanted.get(&key) {
                Some(wanted) => (key, emptied((now, wanted))),
                None => (key, now),
            });
            pairs.collect()
        }
        (Value::Array(now), Value::Array(wanted)) if now.len() == wanted.len() => {
            now.into_iter().zip(wanted).map(emptied).collect()
        }
        (now, _) => now,
    }
}

/// What comes out is the intended model; what is not concerned is there byte for byte.
fn holds(stream: &Stream, models: &[Value], drawn: &Drawn, edited: &str) {
    let text = stream.source().text();
    let shown = || format!("{:?}\n{text}\n=>\n{edited}", drawn.edits);
    let again = parse(edited).unwrap_or_else(|| panic!("no YAML: {}", shown()));
    let became = self::models(&again).unwrap_or_else(|| panic!("no model: {}", shown()));
    let read = became.iter().cloned().zip(&drawn.wanted).map(emptied);
    assert_eq!(read.collect::<Vec<_>>(), drawn.wanted, "{}", shown());
    for (before, after) in models.iter().zip(&became) {
        assert!(keeps_order(before, after), "in another order: {}", shown());
    }
    let is_unique = |document: &Document| document.duplicates().is_empty();
    if stream.documents().iter().all(is_unique) {
        let after = leaves(&again);
        for ((document, route), written) in leaves(stream) {
            if drawn.concerns(document, &route) {
                continue;
            }
            let now = after.get(&(document, route.clone()));
            assert_eq!(
                now.map(|now| now.trim_end()),
                Some(written.trim_end()),
                "{route:?} is written otherwise: {}",
                shown()
            );
        }
    }
    comments_stay(stream, &again, drawn, &shown);
    if drawn.repeats {
        let twice = edit(&again, &drawn.edits);
        assert_eq!(
            twice.ok().as_deref(),
            Some(edited),
            "twice is once: {}",
            shown()
        );
    }
    // Any JSON reader agrees, where it was JSON to one before.
    if stream.format() == Format::Json && json(text).is_some() {
        assert_eq!(json(edited).as_ref(), Some(&drawn.wanted), "{}", shown());
    }
}

fn json(text: &str) -> Option<Vec<Value>> {
    let all = serde_json::Deserializer::from_str(text).into_iter();
    all.collect::<Result<_, _>>().ok()
}

/// Keys that were there and still are stand in the order in which they stood.
fn keeps_order(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let were = before.keys().filter(|key| after.contains_key(*key));
            let are = after.keys().filter(|key| before.contains_key(*key));
            were.eq(are)
                && before.iter().all(|(key, value)| {
                    after.get(key).is_none_or(|other| keeps_order(value, other))
                })
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => before
            .iter()
            .zip(after)
            .all(|(one, other)| keeps_order(one, other)),
        _ => true,
    }
}

/// Comments are nobody's value: where something is added all of them stay; where something goes or
/// is another, none comes or changes its place, and those before it stay.
fn comments_stay(stream: &Stream, again: &Stream, drawn: &Drawn, shown: &dyn Fn() -> String) {
    let (before, after) = (comments(stream), comments(again));
    let first = if drawn.only_adds {
        usize::MAX
    } else {
        drawn.first
    };
    let mut left = after.iter().map(|(_, text)| text);
    for (at, text) in before.iter().filter(|(at, _)| *at < first) {
        assert_eq!(left.next(), Some(text), "at {at}: {}", shown());
    }
    let mut there = before.iter().map(|(_, text)| text);
    for (_, text) in &after {
        assert!(
            there.any(|other| other == text),
            "{text:?} is new, or elsewhere: {}",
            shown()
        );
    }
}

/// What was added and is taken out again leaves the text as it was.
fn goes_without_a_trace(drawn: &Drawn, edited: &str, text: &str) {
    let [
        Edit::Set {
            document, route, ..
        },
    ] = &drawn.edits[..]
    else {
        return;
    };
    let (document, route) = (*document, route.clone());
    let again = parse(edited).expect("it was read before");
    let removed = edit(&again, &[Edit::Remove { document, route }]);
    let removed = removed.unwrap_or_else(|error| panic!("{error}\n{edited}"));
    assert_eq!(removed, text, "a trace of {:?}\n{edited}", drawn.edits);
}

/// The same edit of the same text with CRLF, or with a byte order mark, gives the same.
fn is_so_with_other_line_breaks(text: &str, edits: &[Edit], edited: &str) {
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let marked = |text: &str| format!("\u{feff}{text}");
    let ways: [&dyn Fn(&str) -> String; 2] = [&crlf, &marked];
    for way in ways {
        let other = parse(&way(text)).unwrap_or_else(|| panic!("unread: {:?}", way(text)));
        let same = edit(&other, edits).unwrap_or_else(|error| panic!("{error}\n{:?}", way(text)));
        assert_eq!(same, way(edited), "{edits:?}\n{text}");
    }
}
