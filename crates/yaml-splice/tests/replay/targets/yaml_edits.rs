//! Edits drawn for a text: their places, what they do, and the model that must come of them.

use serde_json::Value;
use yaml_splice::{Edit, Entry, Node, NodeKind, Step, Stream};

use super::generate::Choices;

/// Places that are tried in one text.
const PLACES: usize = 64;

/// A way to a place.
pub type Route = Vec<Step>;

/// Edits that do not meet, and what becomes of them.
pub struct Drawn {
    pub edits: Vec<Edit>,
    /// The models of all documents after them.
    pub wanted: Vec<Value>,
    /// Whether nothing that was there goes or changes.
    pub only_adds: bool,
    /// Whether making them once more changes nothing: not where items are counted anew.
    pub repeats: bool,
    /// Where the first thing stands that goes or changes.
    pub first: usize,
    /// What each edit concerns: the place itself, or a list whose items are counted anew.
    claims: Vec<(usize, Route)>,
    /// Whether the one edit is an addition to a collection that has something in it.
    adds_to_filled: bool,
}

impl Drawn {
    pub fn new(
        choices: &mut Choices<'_>,
        stream: &Stream,
        models: &[Value],
        key: &str,
        value: &str,
    ) -> Self {
        let mut drawn = Self {
            edits: Vec::new(),
            wanted: models.to_vec(),
            only_adds: true,
            repeats: true,
            first: usize::MAX,
            claims: Vec::new(),
            adds_to_filled: false,
        };
        let places = places(stream);
        if places.is_empty() {
            return drawn;
        }
        // JSON is a value of any kind, everything else a text.
        let value = match serde_json::from_str(value) {
            Ok(json) if value.len() < 300 && !holds_a_whole_float(&json) => json,
            _ => Value::from(value),
        };
        for _ in 0..=choices.below(4) {
            let place = &places[choices.below(places.len())];
            drawn.draw(choices, place, key, &value);
        }
        drawn
    }

    pub fn only_adds_to_filled(&self) -> bool {
        self.edits.len() == 1 && self.only_adds && self.adds_to_filled
    }

    /// Whether something may be otherwise at this place: in what is edited, or around it.
    pub fn concerns(&self, document: usize, route: &[Step]) -> bool {
        let meets = |claim: &Route| route.starts_with(claim) || claim.starts_with(route);
        self.claims
            .iter()
            .any(|(other, claim)| *other == document && meets(claim))
    }

    fn draw(&mut self, choices: &mut Choices<'_>, place: &Place<'_>, key: &str, value: &Value) {
        let Place {
            document,
            route,
            node,
            start,
        } = place;
        let document = *document;
        let inside = |step: Step| [route.clone(), vec![step]].concat();
        let key = || Step::Key(key.to_owned());
        let set = |route: Route, value: Value| Edit::Set {
            document,
            route,
            value,
        };
        let (edit, claim) = match (choices.below(9), node.kind()) {
            (0..=2, NodeKind::Mapping(_)) => {
                let route = inside(key());
                (set(route.clone(), value.clone()), route)
            }
            (0..=2, NodeKind::Sequence(items)) => {
                let end = inside(Step::Index(items.len()));
                (set(end, value.clone()), route.clone())
            }
            (3, NodeKind::Mapping(entries)) if entries.iter().all(|entry| !has(entry, &key())) => {
                let deeper = [inside(key()), vec![Step::key("deeper")]].concat();
                (set(deeper, value.clone()), inside(key()))
            }
            (4, _) if !route.is_empty() => (set(route.clone(), value.clone()), route.clone()),
            (5 | 6, NodeKind::Scalar(_)) if !route.is_empty() && node.tag().is_none() => {
                let Some(old) = node.as_str() else {
                    return;
                };
                let text = other_lines(choices, old, value.as_str().unwrap_or_default());
                (
                    Edit::SetText {
                        document,
                        route: route.clone(),
                        text,
                    },
                    route.clone(),
                )
            }
            (7, _) => match route.split_last() {
                Some((Step::Index(_), list)) => (
                    Edit::Remove {
                        document,
                        route: route.clone(),
                    },
                    list.to_vec(),
                ),
                Some(_) => (
                    Edit::Remove {
                        document,
                        route: route.clone(),
                    },
                    route.clone(),
                ),
                None => return,
            },
            (8, NodeKind::Mapping(_) | NodeKind::Sequence(_)) if !route.is_empty() => {
                let Some(old) = at(&mut self.wanted[document], route) else {
                    return;
                };
                let new = with_one_change(choices, old.clone(), value);
                (set(route.clone(), new), route.clone())
            }
            _ => return,
        };
        if self.concerns(document, &claim) {
            return;
        }
        let there = at(&mut self.wanted[document], edit_route(&edit)).is_some();
        if !self.apply(&edit) {
            return;
        }
        if there {
            self.only_adds = false;
            self.first = self.first.min(*start);
        }
        let counted = matches!(edit_route(&edit).last(), Some(Step::Index(_)));
        self.repeats &= !(counted && claim.len() < edit_route(&edit).len());
        self.adds_to_filled = match node.kind() {
            NodeKind::Mapping(entries) => !entries.is_empty() && claim == edit_route(&edit),
            NodeKind::Sequence(items) => !items.is_empty(),
            _ => false,
        };
        self.claims.push((document, claim));
        self.edits.push(edit);
    }

    /// What an edit makes of the model; whether there is such a place in it.
    fn apply(&mut self, edit: &Edit) -> bool {
        let model = match edit {
            Edit::Set { document, .. }
            | Edit::SetText { document, .. }
            | Edit::Remove { document, .. } => &mut self.wanted[*document],
        };
        let Some((last, way)) = edit_route(edit).split_last() else {
            return false;
        };
        let new = match edit {
            Edit::Set { value, .. } => value.clone(),
            Edit::SetText { text, .. } => Value::from(text.as_str()),
            Edit::Remove { .. } => match (at(model, way), last) {
                (Some(Value::Object(map)), Step::Key(key)) => {
                    return map.shift_remove(key).is_some();
                }
                (Some(Value::Array(items)), Step::Index(index)) if *index < items.len() => {
                    items.remove(*index);
                    return true;
                }
                _ => return false,
            },
        };
        if let Some(there) = at(model, edit_route(edit)) {
            *there = new;
            return true;
        }
        // `deeper` stands in a mapping that is made on the way.
        if let (Some((Step::Key(made), above)), Step::Key(key)) = (way.split_last(), last)
            && at(model, way).is_none()
            && let Some(Value::Object(map)) = at(model, above)
        {
            let inner = serde_json::Map::from_iter([(key.clone(), new)]);
            map.insert(made.clone(), inner.into());
            return true;
        }
        match (at(model, way), last) {
            (Some(Value::Object(map)), Step::Key(key)) => {
                map.insert(key.clone(), new);
                true
            }
            (Some(Value::Array(items)), Step::Index(index)) if *index == items.len() => {
                items.push(new);
                true
            }
            _ => false,
        }
    }
}

fn has(entry: &Entry, step: &Step) -> bool {
    matches!(step, Step::Key(key) if entry.key.key_text().is_some_and(|own| own == key.as_str()))
}

fn edit_route(edit: &Edit) -> &[Step] {
    match edit {
        Edit::Set { route, .. } | Edit::SetText { route, .. } | Edit::Remove { route, .. } => route,
    }
}

fn at<'m>(model: &'m mut Value, route: &[Step]) -> Option<&'m mut Value> {
    route.iter().try_fold(model, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    })
}

/// A text with lines put in, taken out and put in another's place.
fn other_lines(choices: &mut Choices<'_>, old: &str, new: &str) -> String {
    let mut lines: Vec<&str> = old.split('\n').collect();
    for _ in 0..=choices.below(3) {
        let at = choices.below(lines.len() + 1);
        match choices.below(5) {
            0 | 1 => lines.insert(
                at,
                choices.of(&[
                    "p, a, logs, get, */*, allow",
                    "# \"x\" \\",
                    "",
                    "\tx",
                    "  y",
                    "z ",
                ]),
            ),
            2 => lines.insert(at, new),
            3 if at < lines.len() => drop(lines.remove(at)),
            4 if at < lines.len() => lines[at] = new,
            _ => {}
        }
    }
    lines.join("\n")
}

/// A collection with one thing put in, taken out or changed.
fn with_one_change(choices: &mut Choices<'_>, mut old: Value, value: &Value) -> Value {
    match &mut old {
        Value::Object(map) => {
            let keys: Vec<String> = map.keys().cloned().collect();
            match (choices.below(3), keys.get(choices.below(keys.len().max(1)))) {
                (0, Some(key)) => drop(map.shift_remove(key)),
                (1, Some(key)) => drop(map.insert(key.clone(), value.clone())),
                _ => drop(map.insert("other".to_owned(), value.clone())),
            }
        }
        Value::Array(items) => {
            let index = choices.below(items.len() + 1);
            match choices.below(3) {
                0 if index < items.len() => drop(items.remove(index)),
                1 if index < items.len() => items[index] = value.clone(),
                _ => items.insert(index, value.clone()),
            }
        }
        _ => {}
    }
    old
}

/// A node, and the way to it.
struct Place<'n> {
    document: usize,
    route: Route,
    node: &'n Node,
    /// Where it begins, its key included; for an item, the list.
    start: usize,
}

fn places(stream: &Stream) -> Vec<Place<'_>> {
    fn walk<'n>(place: Place<'n>, found: &mut Vec<Place<'n>>) {
        if found.len() >= PLACES {
            return;
        }
        let (document, node, route) = (place.document, place.node, place.route.clone());
        found.push(place);
        let mut go = |step: Step, node: &'n Node, start: usize| {
            let route = [route.clone(), vec![step]].concat();
            walk(
                Place {
                    document,
                    route,
                    node,
                    start,
                },
                found,
            );
        };
        match node.kind() {
            NodeKind::Mapping(entries) => {
                for entry in entries {
                    if let Some(key) = entry.key.key_text() {
                        go(
                            Step::Key(key.into_owned()),
                            &entry.value,
                            entry.key.span().start,
                        );
                    }
                }
            }
            NodeKind::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    go(Step::Index(index), item, node.span().start);
                }
            }
            NodeKind::Scalar(_) | NodeKind::Alias(_) => {}
        }
    }
    let mut found = Vec::new();
    for (document, read) in stream.documents().iter().enumerate() {
        if let Some(node) = read.root() {
            let place = Place {
                document,
                route: Vec::new(),
                node,
                start: 0,
            };
            walk(place, &mut found);
        }
    }
    found
}

/// Whether a value holds a float that is written, and read, as an integer.
fn holds_a_whole_float(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.is_f64() && number.as_f64().is_some_and(|f| f.fract() == 0.0)
        }
        Value::Array(items) => items.iter().any(holds_a_whole_float),
        Value::Object(map) => map.values().any(holds_a_whole_float),
        _ => false,
    }
}
