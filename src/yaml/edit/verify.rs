//! Whether an edited text reads as intended: the new nodes against the old ones and the intents.

use std::collections::HashMap;

use serde_json::Value;

use super::intent::Intent;
use crate::yaml::node::{Entry, Node, NodeKind, Step};
use crate::yaml::stream::Document;

/// Whether one document became what it should.
pub(super) fn document(before: &Document, after: &Document, intent: Option<&Intent>) -> bool {
    match (before.root(), after.root()) {
        (Some(old), Some(new)) => is(old, new, intent, after),
        (None, Some(new)) => {
            let made = intent.and_then(Intent::made);
            made.is_some_and(|value| equals(new, &value, after))
        }
        (old, None) => old.is_none(),
    }
}

fn equals(node: &Node, value: &Value, document: &Document) -> bool {
    document.to_json(node).is_ok_and(|read| read == *value)
}

fn is(old: &Node, new: &Node, intent: Option<&Intent>, document: &Document) -> bool {
    match intent {
        None => unchanged(old, new),
        Some(Intent::Set(value)) => equals(new, value, document),
        Some(Intent::Remove) => false,
        Some(Intent::Inside(children)) => match (&old.kind, &new.kind) {
            (NodeKind::Mapping(olds), NodeKind::Mapping(news)) => {
                tagged_alike(old, new) && mapping(olds, news, children, document)
            }
            (NodeKind::Sequence(olds), NodeKind::Sequence(news)) => {
                tagged_alike(old, new) && sequence(olds, news, children, document)
            }
            _ => match intent.and_then(Intent::made) {
                Some(value) => equals(new, &value, document),
                None => unchanged(old, new),
            },
        },
    }
}

fn tagged_alike(old: &Node, new: &Node) -> bool {
    old.anchor() == new.anchor() && old.tag() == new.tag()
}

fn unchanged(old: &Node, new: &Node) -> bool {
    tagged_alike(old, new)
        && match (&old.kind, &new.kind) {
            (NodeKind::Scalar(old), NodeKind::Scalar(new)) => {
                old.value() == new.value() && old.scalar_type == new.scalar_type
            }
            (NodeKind::Alias(old), NodeKind::Alias(new)) => old == new,
            (NodeKind::Mapping(old), NodeKind::Mapping(new)) => {
                old.len() == new.len()
                    && old.iter().zip(new).all(|(old, new)| {
                        unchanged(&old.key, &new.key) && unchanged(&old.value, &new.value)
                    })
            }
            (NodeKind::Sequence(old), NodeKind::Sequence(new)) => {
                old.len() == new.len() && old.iter().zip(new).all(|(old, new)| unchanged(old, new))
            }
            _ => false,
        }
}

/// The entries that stay must be there in their order, and the new ones somewhere among them.
fn mapping(
    olds: &[Entry],
    news: &[Entry],
    children: &[(Step, Intent)],
    document: &Document,
) -> bool {
    let mut wanted: HashMap<&str, &Intent> = HashMap::new();
    for (step, intent) in children {
        match step {
            Step::Key(key) => wanted.insert(key, intent),
            Step::Index(_) => return false,
        };
    }
    let mut staying = Vec::with_capacity(olds.len());
    for old in olds {
        let intent = old
            .key
            .key_text()
            .and_then(|key| wanted.remove(key.as_ref()));
        if intent != Some(&Intent::Remove) {
            staying.push((old, intent));
        }
    }
    let mut staying = staying.into_iter().peekable();
    for new in news {
        if let Some((old, intent)) = staying.next_if(|(old, _)| unchanged(&old.key, &new.key)) {
            if !is(&old.value, &new.value, intent, document) {
                return false;
            }
            continue;
        }
        let made = new
            .key
            .key_text()
            .and_then(|key| wanted.remove(key.as_ref()));
        let made = made.and_then(Intent::made);
        if !made.is_some_and(|value| equals(&new.value, &value, document)) {
            return false;
        }
    }
    staying.next().is_none() && wanted.values().all(|intent| intent.made().is_none())
}

fn sequence(
    olds: &[Node],
    news: &[Node],
    children: &[(Step, Intent)],
    document: &Document,
) -> bool {
    let of = |index: usize| {
        let found = children
            .iter()
            .find(|(step, _)| *step == Step::Index(index));
        found.map(|(_, intent)| intent)
    };
    let mut news = news.iter();
    for (index, old) in olds.iter().enumerate() {
        let intent = of(index);
        if intent == Some(&Intent::Remove) {
            continue;
        }
        if !news
            .next()
            .is_some_and(|new| is(old, new, intent, document))
        {
            return false;
        }
    }
    let appended = children.iter().filter_map(|(step, intent)| match step {
        Step::Index(index) if *index >= olds.len() => intent.made(),
        _ => None,
    });
    appended
        .into_iter()
        .all(|value| news.next().is_some_and(|new| equals(new, &value, document)))
        && news.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Source;
    use crate::yaml::stream::Stream;

    /// Whether a text counts as what another becomes when what stands at a route becomes 1.
    fn becomes(before: &str, route: &[Step], after: &str) -> bool {
        let parse = |text: &str| Stream::parse(Source::new("x", text)).unwrap();
        let mut intent = Intent::nothing();
        intent.put(route, Intent::Set(Value::from(1)));
        let (before, after) = (parse(before), parse(after));
        document(&before.documents()[0], &after.documents()[0], Some(&intent))
    }

    /// Where, in what, what is right, what is wrong.
    type Case<'c> = (&'c [Step], &'c str, &'c [&'c str], &'c [&'c str]);

    #[test]
    fn nothing_is_lost_made_up_or_changed_beside_what_was_intended() {
        let (key, item) = ([Step::key("k")], [Step::Index(2)]);
        let inside = [Step::key("a"), Step::key("k")];
        let cases: [Case<'_>; 7] = [
            (
                &key,
                "a: x\nb: y",
                &["a: x\nb: y\nk: 1", "k: 1\na: 'x'\nb: y"],
                &[
                    "a: x\nb: y",
                    "a: x\nk: 1",
                    "a: x\nb: z\nk: 1",
                    "a: x\nb: y\nk: 2",
                    "a: x\nb: y\nk: 1\nl: 1",
                    "b: y\na: x\nk: 1",
                    "a: x\nc: y\nk: 1",
                ],
            ),
            (&key, "a: 1", &["a: 1\nk: 1"], &["a: '1'\nk: 1"]),
            (
                &key,
                "a: {x: 1}",
                &["a: {x: 1}\nk: 1"],
                &[
                    "a: {x: 1, y: 2}\nk: 1",
                    "a: {x: 2}\nk: 1",
                    "a: {y: 1}\nk: 1",
                ],
            ),
            (
                &key,
                "a: [1]",
                &["a: [1]\nk: 1"],
                &["a: [1, 2]\nk: 1", "a: [2]\nk: 1", "a: 1\nk: 1"],
            ),
            (
                &key,
                "a: !!str &x 1\nb: *x",
                &["a: !!str &y 1\nb: *y\nk: 1"],
                &[
                    "a: '1'\nb: '1'\nk: 1",
                    "a: &x '1'\nb: *x\nk: 1",
                    "a: !!str 1\nb: &x\nk: 1",
                    "a: !!str &x 1\nb: '1'\nk: 1",
                ],
            ),
            (
                &inside,
                "a: !t {x: y}",
                &["a: !t {x: y, k: 1}"],
                &["a: {x: y, k: 1}", "a: !t &x {x: y, k: 1}"],
            ),
            (
                &item,
                "[x, y]",
                &["[x, y, 1]"],
                &["[x, y]", "[x, y, 1, 1]", "[x, 1]", "[x, z, 1]"],
            ),
        ];
        for (route, before, right, wrong) in cases {
            for after in right {
                assert!(becomes(before, route, after), "{before:?} {after:?}");
            }
            for after in wrong {
                assert!(!becomes(before, route, after), "{before:?} {after:?}");
            }
        }
    }
}
