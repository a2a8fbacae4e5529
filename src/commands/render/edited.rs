//! The files that were read, whole and edited: printed, or put in their own place.

use super::texts::{Text, in_format, list};
use crate::cli::{Format, RenderArgs};
use crate::commands::context::Context;
use crate::commands::forms::Planned;
use crate::emit::{Replacement, replace_all};
use crate::error::{Error, Result};
use crate::input::{File, Object, Origin};
use crate::plan::server_fields;
use crate::yaml::{self, Edit};

/// The files that hold an object of ours, and stdin, whole and edited.
pub(super) fn texts(
    args: &RenderArgs,
    files: &[File],
    found: &[Object<'_>],
    planned: &[Planned<'_>],
    format: Option<Format>,
) -> Result<Vec<Text>> {
    let mut texts: Vec<Text> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let Some(stream) = file.stream() else {
            continue;
        };
        let ours = || {
            let planned = planned.iter();
            planned.filter(move |planned| planned.object.file == index)
        };
        if ours().count() == 0 && file.origin != Origin::Stdin {
            continue;
        }
        let stripped = found
            .iter()
            .filter(|object| object.file == index && object.from_server());
        let lock = !args.change.strip_resource_version;
        let edits: Vec<Edit> = ours()
            .flat_map(|planned| planned.edits.iter().cloned())
            .chain(stripped.flat_map(|object| {
                server_fields(object.document, &object.route, object.node, lock)
            }))
            .collect();
        let name = match &file.origin {
            Origin::Named(path) | Origin::Found(path) => path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            Origin::Stdin => "stdin.yaml".to_owned(),
            Origin::Live if index > 0 => format!("live-{}.yaml", index + 1),
            Origin::Live => "live.yaml".to_owned(),
            Origin::Sample | Origin::Made => "sample.yaml".to_owned(),
        };
        if args.output_dir.is_some() && texts.iter().any(|text| text.name == name) {
            return Err(Error::usage(format!("two of the files are called {name}"))
                .hint("render them one after the other, into directories of their own"));
        }
        let edited = yaml::edit(stream, &edits)?;
        let text = in_format(edited, stream.source().name(), format)?;
        texts.push(Text { name, text });
    }
    let many = format == Some(Format::Json) && args.output_dir.is_none() && texts.len() > 1;
    if many {
        Ok(vec![list(&texts)?])
    } else {
        Ok(texts)
    }
}

/// Edits the files themselves, all or none, and returns the names of those that changed.
pub(super) fn in_place(
    args: &RenderArgs,
    files: &[File],
    planned: &[Planned<'_>],
    context: &Context<'_, '_>,
) -> Result<Vec<String>> {
    let mut replacements = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let (Some(stream), Origin::Named(path) | Origin::Found(path)) =
            (file.stream(), &file.origin)
        else {
            continue;
        };
        let edits: Vec<Edit> = planned
            .iter()
            .filter(|planned| planned.object.file == index)
            .flat_map(|planned| planned.edits.iter().cloned())
            .collect();
        let before = stream.source().text();
        let after = yaml::edit(stream, &edits)?;
        if after != before {
            replacements.push(Replacement {
                path: context.host.path(path),
                shown: path.display().to_string(),
                before: before.to_owned(),
                after,
            });
        }
    }
    replace_all(&replacements, args.backup.as_deref())?;
    Ok(replacements.into_iter().map(|file| file.shown).collect())
}
