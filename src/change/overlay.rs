//! What is rendered for a form that is beside the objects (a values file, a kustomize patch),
//! with what was read taken into account.

use serde_json::Value;

use super::{Desired, KeyChange, pruned};
use crate::error::{Error, Result};
use crate::model::{Data, Source, Which};
use crate::render::Rendered;
use crate::yaml::{self, Edit, Node, Step, Stream};

/// What each ConfigMap is to get: everything that is wanted, or, where it was read, what changes.
#[derive(Clone, Copy, Debug)]
pub struct Overlay<'a> {
    /// What is wanted.
    pub desired: &'a Desired,
    /// The changes of each ConfigMap that was read; `None` without input.
    pub changes: Option<&'a [(Which, Vec<KeyChange>)]>,
}

impl Overlay<'_> {
    /// The changes of one ConfigMap, if it was read.
    pub(super) fn of(&self, which: Which) -> Option<&[KeyChange]> {
        let mut all = self.changes?.iter();
        Some(
            all.find(|(of, _)| *of == which)
                .map_or(&[][..], |(_, changes)| changes),
        )
    }

    /// The ConfigMaps among these for which there is something to write.
    pub(super) fn concerned(&self, wanted: &[Which]) -> Vec<Which> {
        let concerned = |which: &&Which| self.of(**which).is_none_or(|some| !some.is_empty());
        wanted.iter().filter(concerned).copied().collect()
    }

    /// Edits that turn the entries that were rendered at `route` into the changes. A key that goes
    /// becomes null.
    pub(super) fn edits(&self, which: Which, route: &[Step]) -> Vec<Edit> {
        let Some(changes) = self.of(which) else {
            return Vec::new();
        };
        let at = |key: &str| {
            let key = [Step::key(key)];
            route.iter().cloned().chain(key).collect::<Vec<_>>()
        };
        let kept = |key: &str| changes.iter().any(|change| change.key == key);
        let rendered = self.desired.data(which);
        let removed = rendered
            .iter()
            .filter(|(key, _)| !kept(key))
            .map(|(key, _)| Edit::Remove {
                document: 0,
                route: at(key),
            });
        let set = changes.iter().map(|change| Edit::Set {
            document: 0,
            route: at(&change.key),
            value: change.after.as_deref().map_or(Value::Null, Value::from),
        });
        removed.chain(set).collect()
    }
}

/// Reads a rendered text that is one document.
pub(super) fn parsed(rendered: &Rendered) -> Result<Stream> {
    let source = Source::new(format!("{} (rendered)", rendered.template), &*rendered.text);
    let stream = Stream::parse(source).map_err(|error| {
        Error::from(error)
            .hint("this is what the template rendered; correct the template or its values")
    })?;
    if stream.documents().len() == 1 {
        Ok(stream)
    } else {
        Err(Error::input(format!(
            "{}: a template renders one document",
            rendered.template
        )))
    }
}

/// Whether the entries at a place are exactly these.
pub(super) fn has_exactly(stream: &Stream, route: &[Step], data: &Data) -> bool {
    let document = stream.documents().first();
    let node = document.and_then(|document| document.get(route));
    let entries = node.and_then(Node::entries).unwrap_or_default();
    entries.len() == data.iter().count()
        && data.iter().all(|(key, text)| {
            node.and_then(|node| node.get(key)).and_then(Node::as_str) == Some(text)
        })
}

/// The rendered text after edits of its one document; what they leave empty goes.
pub(super) fn spliced(stream: &Stream, edits: Vec<Edit>, keep: usize) -> Result<String> {
    let edits = match stream.documents().first() {
        Some(document) => pruned(edits, document, keep),
        None => edits,
    };
    Ok(yaml::edit(stream, &edits)?)
}
