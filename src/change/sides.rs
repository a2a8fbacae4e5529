//! Each object before and after the change, as `diff` compares them.

use std::borrow::Cow;

use super::output::EditedStreams;
use super::{ChangeRequest, Desired, Planned, server_fields};
use crate::error::{Error, Result};
use crate::input::Origin;
use crate::site::Object;
use crate::yaml::{self, Stream};

/// One object before and after.
#[derive(Clone, Debug)]
pub struct Side {
    /// `v1.ConfigMap.argocd.argocd-cm`, as `kubectl diff` calls it.
    pub name: String,
    /// Its text now.
    pub live: String,
    /// Its text after the change.
    pub desired: String,
}

impl Side {
    /// Whether the change alters the object.
    pub fn differs(&self) -> bool {
        self.live != self.desired
    }
}

/// The manifests of an Argo CD that has none yet, beside nothing.
pub fn fresh_sides(request: &ChangeRequest, namespace: &str) -> Result<Vec<Side>> {
    let variables = request.variables(namespace, request.match_mode());
    Desired::render(&request.engine, &variables)?;
    let sides = request.wants().map(|which| {
        let desired = request.engine.manifest(which, &variables)?.text;
        Ok(Side {
            name: format!("v1.ConfigMap.{namespace}.{which}"),
            live: String::new(),
            desired,
        })
    });
    sides.collect()
}

/// The text of each object before and after, without what only the server writes; and the edited
/// files, by their index, in which that is all that differs.
pub fn sides(planned: &[Planned<'_>]) -> Result<(Vec<Side>, EditedStreams)> {
    let (mut sides, mut edited) = (Vec::new(), EditedStreams::new());
    for of_one_file in planned.chunk_by(|one, other| one.object.file == other.object.file) {
        let (mut server, mut changes) = (Vec::new(), Vec::new());
        for Planned { object, edits, .. } in of_one_file {
            let Object {
                document,
                route,
                node,
                ..
            } = object;
            if object.from_server() {
                server.extend(server_fields(*document, route, node, true));
            }
            changes.extend(edits.iter().cloned());
        }
        let stream = of_one_file[0].object.stream();
        let is_plain = server.is_empty();
        let live = yaml::edited(stream, &server)?;
        let desired = yaml::edited(stream, &[changes, server].concat())?;
        for planned in of_one_file {
            let object = &planned.object;
            sides.push(Side {
                name: planned.name(),
                live: excerpt(&live, object)?,
                desired: excerpt(&desired, object)?,
            });
        }
        if let (true, Cow::Owned(stream)) = (is_plain, desired) {
            edited.insert(of_one_file[0].object.file, stream);
        }
    }
    Ok((sides, edited))
}

/// The text of one object: its document, or the item of a list moved to the left margin. JSON on
/// one line is shown as YAML, so that there is something to see.
fn excerpt(stream: &Stream, object: &Object<'_>) -> Result<String> {
    let Object {
        document, route, ..
    } = object;
    let text = stream.source().text();
    let lost = || Error::internal("an edited object is not where it was");
    let document = stream.documents().get(*document).ok_or_else(lost)?;
    let root = document.root().ok_or_else(lost)?;
    let node = route
        .iter()
        .try_fold(root, |node, step| node.step(step))
        .ok_or_else(lost)?;
    let span = node.span();
    if stream.format() == yaml::Format::Json && !text[span.clone()].contains('\n') {
        return Ok(yaml::write::document(&document.to_json(node)?));
    }
    if route.is_empty() {
        return Ok(match object.origin() {
            Origin::Inlined(_) => to_the_margin(&text[document.span()]),
            _ => text[document.span()].to_owned(),
        });
    }
    let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let indent = span.start - line_start;
    let end = if text[..span.end].ends_with('\n') {
        span.end
    } else {
        let rest = text[span.end..].find('\n');
        rest.map_or(text.len(), |at| span.end + at)
    };
    let mut shown = String::new();
    for (number, line) in text[span.start..end].lines().enumerate() {
        let margin = line.len() - line.trim_start_matches(' ').len();
        shown.push_str(if number == 0 {
            line
        } else {
            &line[margin.min(indent)..]
        });
        shown.push('\n');
    }
    Ok(shown)
}

/// The lines of a patch that is written inside of another text, moved to the left margin.
fn to_the_margin(text: &str) -> String {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let margin = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let least = lines().map(margin).min().unwrap_or_default();
    lines().flat_map(|line| [&line[least..], "\n"]).collect()
}
