//! Every object in what was read.

use super::generator::generators;
use super::object::{DataShape, Object};
use super::operations::find_targets;
use crate::input::{File, Origin};
use crate::yaml::{Node, Step};

/// Every object of every file, in the order in which they are written.
pub fn objects(files: &[File]) -> Vec<Object<'_>> {
    let mut found = Vec::new();
    for (file, read) in files.iter().enumerate() {
        let Some(stream) = read.stream() else {
            continue;
        };
        for (document, parsed) in stream.documents().iter().enumerate() {
            let origin = &read.origin;
            // A named file of nothing but comments can be a values file.
            let is_named = matches!(origin, Origin::Named(_)) && stream.documents().len() == 1;
            let nothing = is_named.then(Node::nothing);
            let Some(root) = parsed.root().or(nothing) else {
                continue;
            };
            let object = |node, route, shape| Object {
                file,
                document,
                route,
                node,
                shape,
                stream,
                origin,
            };
            let kind = root.get("kind").and_then(Node::as_str).unwrap_or_default();
            let items = root.get("items").and_then(Node::items);
            match items {
                Some(items) if kind.ends_with("List") => {
                    for (index, item) in items.iter().enumerate() {
                        let route = vec![Step::key("items"), Step::Index(index)];
                        found.push(object(item, route, DataShape::Data));
                    }
                }
                _ => {
                    let whole = object(root, Vec::new(), DataShape::Data);
                    let generators = generators(&whole).into_iter();
                    let generators = generators.map(|(which, node, route)| {
                        object(node, route, DataShape::Literals(which))
                    });
                    found.push(whole);
                    found.extend(generators);
                }
            }
        }
    }
    find_targets(&mut found);
    found
}
