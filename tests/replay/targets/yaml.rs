//! Any text, any key, any value: an edit gives the intended model with nothing else changed, or
//! refuses. NUL stands between key, value and text.

use kubectl_octopus_argo::model::Source;
use kubectl_octopus_argo::yaml::{Document, Edit, Node, NodeKind, Step, Stream, edit};
use serde_json::Value;

/// Places that are tried in one text.
const PLACES: usize = 6;

pub fn run(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else {
        return;
    };
    let mut parts = input.splitn(3, '\0');
    let (Some(key), Some(value), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let Ok(stream) = Stream::parse(Source::new("fuzz.yaml", text)) else {
        return;
    };
    let Some(models) = models(&stream) else {
        return;
    };
    for (index, document) in stream.documents().iter().enumerate() {
        let mut routes = Vec::new();
        if let Some(root) = document.root() {
            mappings(root, &mut Vec::new(), &mut routes);
        }
        for route in routes.into_iter().take(PLACES) {
            let own = Step::Key(key.to_owned());
            let route = [route, vec![own]].concat();
            let mut wanted = models.clone();
            let Some(parent) = at(&mut wanted[index], &route[..route.len() - 1]) else {
                continue;
            };
            let before = parent.insert(key.to_owned(), value.into());
            check(
                &stream,
                Edit::Set {
                    document: index,
                    route: route.clone(),
                    value: value.into(),
                },
                &wanted,
            );
            if before.is_some() {
                let mut wanted = models.clone();
                if let Some(parent) = at(&mut wanted[index], &route[..route.len() - 1]) {
                    parent.shift_remove(key);
                }
                check(
                    &stream,
                    Edit::Remove {
                        document: index,
                        route,
                    },
                    &wanted,
                );
            }
        }
    }
}

/// The model of each document; `None` where one cannot be had (a key that is no text).
fn models(stream: &Stream) -> Option<Vec<Value>> {
    let model = |document: &Document| match document.root() {
        Some(root) => document.to_json(root).ok(),
        None => Some(Value::Null),
    };
    stream.documents().iter().map(model).collect()
}

fn mappings(node: &Node, route: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    if found.len() >= PLACES {
        return;
    }
    match node.kind() {
        NodeKind::Mapping(entries) => {
            found.push(route.clone());
            for entry in entries {
                let Some(key) = entry.key.key_text() else {
                    continue;
                };
                route.push(Step::Key(key.into_owned()));
                mappings(&entry.value, route, found);
                route.pop();
            }
        }
        NodeKind::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                route.push(Step::Index(index));
                mappings(item, route, found);
                route.pop();
            }
        }
        NodeKind::Scalar(_) | NodeKind::Alias(_) => {}
    }
}

fn at<'m>(model: &'m mut Value, route: &[Step]) -> Option<&'m mut serde_json::Map<String, Value>> {
    let found = route.iter().try_fold(model, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    });
    found?.as_object_mut()
}

/// What comes out is the intended model; what is not concerned is there byte for byte.
fn check(stream: &Stream, change: Edit, wanted: &[Value]) {
    let text = stream.source().text();
    let shown = format!("{change:?}");
    let changes = [change];
    let Ok(edited) = edit(stream, &changes) else {
        return;
    };
    let again = Stream::parse(Source::new("edited.yaml", edited.as_str()));
    let again = again.unwrap_or_else(|error| panic!("{shown}\n{text}\n=>\n{edited}\n{error}"));
    assert_eq!(
        models(&again).as_deref(),
        Some(wanted),
        "{shown}\n{text}\n=>\n{edited}"
    );
    // Comments are nobody's value: each one is still there, in its order.
    if !text.contains(['|', '>', '"', '\'', '[', '{', '%'])
        && matches!(changes[0], Edit::Set { .. })
    {
        let mut there = edited.lines();
        for comment in text
            .lines()
            .filter(|line| line.trim_start().starts_with('#'))
        {
            assert!(
                there.any(|line| line == comment),
                "{shown}: {comment:?} is gone\n{text}\n=>\n{edited}"
            );
        }
    }
    assert_eq!(
        edit(&again, &changes).ok().as_deref(),
        Some(edited.as_str()),
        "twice is once: {shown}"
    );
}
