//! Values that someone has already, and the places in them.

use serde_json::{Map, Value};

use super::Fault;
use crate::error::{Error, Result};
use crate::input::File;
use crate::model::Location;

/// Returns the values of a file: its one document.
///
/// # Errors
/// A file that holds something else.
pub fn values_of(file: &File) -> Result<Value> {
    let wrong = || {
        Error::input(format!(
            "{} holds no values: names and their values are expected",
            file.source().name()
        ))
    };
    let stream = file.stream().ok_or_else(wrong)?;
    let [document] = stream.documents() else {
        return Err(wrong());
    };
    stream.refuse_duplicates()?;
    match document.root() {
        None => Ok(Value::Object(Map::new())),
        Some(root) => {
            let value = document.to_json(root)?;
            if !value.is_object() || value.get("kind").is_some() {
                return Err(wrong().hint(
                    "of an Application the values are below spec.source.helm.valuesObject: put them into a file of their own",
                ));
            }
            Ok(value)
        }
    }
}

/// Returns where a fault's path leads in the last file that has any of it.
///
/// # Errors
/// Files without values.
pub fn place_of(fault: &Fault, files: &[File]) -> Result<Location> {
    let mut best = None;
    for file in files {
        let document = file.stream().and_then(|stream| stream.documents().first());
        let Some((document, root)) = document.and_then(|one| Some((one, one.root()?))) else {
            continue;
        };
        let mut node = document.resolve(root);
        let (mut start, mut depth) = (node.span().start, 0);
        for key in &fault.path {
            let Some(entry) = node.entry(key) else {
                break;
            };
            start = entry.key.span().start;
            node = document.resolve(&entry.value);
            depth += 1;
        }
        if best.as_ref().is_none_or(|(most, _)| depth >= *most) {
            best = Some((depth, file.source().location(start)));
        }
    }
    best.map(|(_, place)| place)
        .ok_or_else(|| Error::input("the values are empty").hint("`gateway values` prints some"))
}
