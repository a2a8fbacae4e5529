//! Whether an edited text reads as intended: the new nodes against the old ones and the intents.

use std::collections::HashMap;

use serde_json::Value;

use super::intent::Intent;
use crate::document::Document;
use crate::node::{Entry, Node, NodeKind, Step};

/// Whether one document became what it should.
pub(super) fn document(before: &Document, after: &Document, intent: Option<&Intent>) -> bool {
    match (before.root(), after.root()) {
        (Some(old), Some(new)) => Check::new(after).is(old, new, intent),
        (None, Some(new)) => {
            let made = intent.and_then(Intent::made);
            made.is_some_and(|value| equals(new, &value, after))
        }
        (Some(old), None) => is_emptied(old, intent),
        (None, None) => intent.and_then(Intent::made).is_none(),
    }
}

fn equals(node: &Node, value: &Value, document: &Document) -> bool {
    document.to_json(node).is_ok_and(|read| read == *value)
}

/// Whether nothing is left of a node once the edits are made.
pub(super) fn is_emptied(node: &Node, intent: Option<&Intent>) -> bool {
    let Some(intent @ Intent::Inside(children)) = intent else {
        return false;
    };
    let gone = |step: &Step| {
        let found = children.iter().find(|(of, _)| of == step);
        found.is_some_and(|(_, intent)| *intent == Intent::Remove)
    };
    let all = match &node.kind {
        NodeKind::Mapping(entries) => entries.iter().all(|entry| {
            let key = entry.key.key_text();
            key.is_some_and(|key| gone(&Step::key(key)))
        }),
        NodeKind::Sequence(items) => (0..items.len()).all(|index| gone(&Step::Index(index))),
        NodeKind::Scalar(_) | NodeKind::Alias(_) => false,
    };
    all && intent.made().is_none()
}

struct Check<'d> {
    after: &'d Document,
    /// The numbers of the anchors that stay, before and after.
    anchors: HashMap<usize, usize>,
}

impl<'d> Check<'d> {
    fn new(after: &'d Document) -> Self {
        Self {
            after,
            anchors: HashMap::new(),
        }
    }

    fn is(&mut self, old: &Node, new: &Node, intent: Option<&Intent>) -> bool {
        match intent {
            None => self.unchanged(old, new),
            Some(Intent::Set(value)) => {
                if let (Some(old), Some(new)) = (old.anchor(), new.anchor()) {
                    self.anchors.insert(old, new);
                }
                equals(new, value, self.after)
            }
            Some(Intent::Remove) => false,
            Some(Intent::Inside(children)) => match (&old.kind, &new.kind) {
                (NodeKind::Mapping(olds), NodeKind::Mapping(news)) => {
                    self.tagged_alike(old, new) && self.mapping(olds, news, children)
                }
                (NodeKind::Sequence(olds), NodeKind::Sequence(news)) => {
                    self.tagged_alike(old, new) && self.sequence(olds, news, children)
                }
                (NodeKind::Mapping(_) | NodeKind::Sequence(_), _) if is_emptied(old, intent) => {
                    self.tagged_alike(old, new) && new.is_null()
                }
                _ => match intent.and_then(Intent::made) {
                    Some(value) => equals(new, &value, self.after),
                    None => self.unchanged(old, new),
                },
            },
        }
    }

    /// Whether tags are the same, and anchors those of the same values.
    fn tagged_alike(&mut self, old: &Node, new: &Node) -> bool {
        let anchored = match (old.anchor(), new.anchor()) {
            (Some(old), Some(new)) => *self.anchors.entry(old).or_insert(new) == new,
            (None, None) => true,
            _ => false,
        };
        anchored && old.tag() == new.tag()
    }

    fn unchanged(&mut self, old: &Node, new: &Node) -> bool {
        let alike = match (&old.kind, &new.kind) {
            (NodeKind::Scalar(old), NodeKind::Scalar(new)) => {
                old.value() == new.value() && old.scalar_type == new.scalar_type
            }
            (NodeKind::Alias(old), NodeKind::Alias(new)) => self.anchors.get(old) == Some(new),
            (NodeKind::Mapping(old), NodeKind::Mapping(new)) => old.len() == new.len(),
            (NodeKind::Sequence(old), NodeKind::Sequence(new)) => old.len() == new.len(),
            _ => false,
        };
        // In the order of the text, in which an anchor comes before its aliases.
        alike
            && self.tagged_alike(old, new)
            && old
                .children()
                .zip(new.children())
                .all(|(old, new)| self.unchanged(old, new))
    }

    /// The entries that stay must be there in their order, and the new ones somewhere among them.
    fn mapping(&mut self, olds: &[Entry], news: &[Entry], children: &[(Step, Intent)]) -> bool {
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
            if let Some((old, intent)) =
                staying.next_if(|(old, _)| self.unchanged(&old.key, &new.key))
            {
                if !self.is(&old.value, &new.value, intent) {
                    return false;
                }
                continue;
            }
            let made = new
                .key
                .key_text()
                .and_then(|key| wanted.remove(key.as_ref()));
            let made = made.and_then(Intent::made);
            if !made.is_some_and(|value| equals(&new.value, &value, self.after)) {
                return false;
            }
        }
        staying.next().is_none() && wanted.values().all(|intent| intent.made().is_none())
    }

    fn sequence(&mut self, olds: &[Node], news: &[Node], children: &[(Step, Intent)]) -> bool {
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
            if !news.next().is_some_and(|new| self.is(old, new, intent)) {
                return false;
            }
        }
        let appended = children.iter().filter_map(|(step, intent)| match step {
            Step::Index(index) if *index >= olds.len() => intent.made(),
            _ => None,
        });
        appended.into_iter().all(|value| {
            news.next()
                .is_some_and(|new| equals(new, &value, self.after))
        }) && news.next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;
    use crate::stream::Stream;

    /// Whether a text counts as what another becomes when what is at a route becomes 1.
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
