//! Changes of a ConfigMap whose keys are in a list: JSON operations, or literals of a generator.

use serde_json::json;

use super::KeyChange;
use crate::error::{Error, Result};
use crate::site::{DataShape, Object, Settings, is_quoted, operations, pointer, sources};
use crate::yaml::{Edit, Node, Scalar, ScalarStyle, Step};

/// The edits that make `changes` in a list of JSON operations.
pub(super) fn operation_edits(object: &Object<'_>, changes: &[KeyChange]) -> Result<Vec<Edit>> {
    let document = object.document;
    let done = operations(object);
    let items = object.node.items().unwrap_or_default();
    if let Some(unknown) = done.unknown.first().filter(|_| !changes.is_empty()) {
        return Err(Error::input(
            "an operation on `data` that is not `add`, `replace`, `remove` or `test`",
        )
        .at(object.location(unknown.span().start))
        .hint("what it leaves is unknown: write it as `add`, `replace` or `remove`"));
    }
    let (mut edits, mut removed, mut next) = (Vec::new(), 0, items.len());
    for KeyChange { key, after, .. } in changes {
        if let Some(first) = done.repeated.iter().find(|one| one.key == *key) {
            return Err(Error::input(format!(
                "`{key}` is set twice in this list of JSON operations"
            ))
            .at(object.location(first.spot.key().span.start))
            .hint("only the last one counts: remove the other"));
        }
        let held = done
            .settings
            .iter()
            .find(|one| one.key == *key && !one.is_null());
        match (held.map(|held| held.spot.route.clone()), after) {
            (Some(route), Some(text)) => edits.push(Edit::SetText {
                document,
                route,
                text: text.clone(),
            }),
            (Some(mut route), None) => {
                // Of an operation that sets this key alone, all of it goes.
                if route.len() == object.route.len() + 2 {
                    route.pop();
                    removed += 1;
                }
                edits.push(Edit::Remove { document, route });
            }
            (None, Some(text)) => {
                refuse_unfinished(object, object.node)?;
                let mut route = object.route.clone();
                route.push(Step::Index(next));
                next += 1;
                edits.push(Edit::Set {
                    document,
                    route,
                    value: json!({"op": "add", "path": pointer(key), "value": text}),
                });
            }
            (None, None) => {}
        }
    }
    if removed == items.len() && next == items.len() && removed > 0 {
        return Err(Error::input("nothing would be left of this list of JSON operations, and kustomize refuses an empty one")
            .at(object.location(object.node.span().start))
            .hint("remove the patch from the kustomization instead"));
    }
    Ok(edits)
}

/// The edits that make `changes` in the literals of a generator.
pub(super) fn literal_edits(object: &Object<'_>, changes: &[KeyChange]) -> Result<Vec<Edit>> {
    let document = object.document;
    let settings = Settings::of_configmap(object, false);
    let list = object.route_to(&["literals"]);
    let mut next = object.items("literals").count();
    let mut edits = Vec::new();
    for KeyChange { key, after, .. } in changes {
        if let Some((_, file)) = sources(object).find(|(of, _)| *of == Some(key)) {
            return Err(
                Error::input(format!("the generator takes `{key}` from the file {file}"))
                    .at(object.location(object.node.span().start))
                    .hint("edit that file, or choose another key with --policy-key"),
            );
        }
        let held = settings.as_ref().and_then(|settings| settings.get(key));
        match (held, after) {
            (Some(held), None) => edits.push(Edit::Remove {
                document,
                route: held.spot.route.clone(),
            }),
            (Some(held), Some(text)) => {
                let whole = held
                    .spot
                    .resolved()
                    .and_then(Node::as_str)
                    .unwrap_or_default();
                let part = held.spot.part.clone().unwrap_or(0..whole.len());
                let text = if part.start == key.len() + 1 {
                    literal(key, text)
                } else {
                    format!("{}{text}{}", &whole[..part.start], &whole[part.end..])
                };
                edits.push(Edit::SetText {
                    document,
                    route: held.spot.route.clone(),
                    text,
                });
            }
            (None, Some(text)) => {
                if let Some(literals) = object.find(&["literals"]) {
                    refuse_unfinished(object, literals)?;
                }
                let mut route = list.clone();
                route.push(Step::Index(next));
                next += 1;
                let value = literal(key, text).into();
                edits.push(Edit::Set {
                    document,
                    route,
                    value,
                });
            }
            (None, None) => {}
        }
    }
    Ok(edits)
}

/// The value of a block that ends with the text has no line break at its end, and would get one from
/// what follows it.
fn refuse_unfinished(object: &Object<'_>, of: &Node) -> Result<()> {
    let text = object.source().text();
    let mut last = of;
    while let Some(inner) = last
        .items()
        .and_then(<[Node]>::last)
        .or_else(|| Some(&last.entries()?.last()?.value))
    {
        last = inner;
    }
    let style = last.as_scalar().map(Scalar::style);
    let is_block = matches!(style, Some(ScalarStyle::Literal | ScalarStyle::Folded));
    let header = text[last.span()].lines().next().unwrap_or_default();
    let header = header.split_whitespace().next().unwrap_or_default();
    // Of `|-` and `>-` no line break counts.
    let is_block = is_block && !header.contains('-');
    if is_block && !text.ends_with('\n') && last.span().end == text.len() {
        return Err(
            Error::input("the last string of this list does not end with a line break")
                .at(object.location(last.span().start))
                .hint("end the file with a line break, then run the command again"),
        );
    }
    Ok(())
}

/// A literal as kustomize reads it: it takes a pair of quotes off a value.
fn literal(key: &str, value: &str) -> String {
    if is_quoted(value) {
        format!("{key}=\"{value}\"")
    } else {
        format!("{key}={value}")
    }
}

/// Whether operations that are added only work on a ConfigMap that has `data`.
pub(super) fn need_data(object: &Object<'_>) -> bool {
    matches!(object.shape, DataShape::Operations(_)) && {
        let done = operations(object);
        !done.cleared && !done.needs_data
    }
}
