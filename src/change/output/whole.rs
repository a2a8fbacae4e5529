//! The files that were read, whole and edited: printed, or put in their own place.

use super::super::{Planned, server_fields};
use super::{OutputFile, OutputOptions, in_format, list};
use crate::error::{Error, Result};
use crate::input::{File, Origin};
use crate::site::Object;
use crate::yaml::{self, Edit, Format};

/// The files that hold an object of ours, and stdin, whole and edited.
pub fn whole(
    options: &OutputOptions,
    files: &[File],
    found: &[Object<'_>],
    planned: &[Planned<'_>],
) -> Result<Vec<OutputFile>> {
    let format = options.format;
    let mut texts: Vec<OutputFile> = Vec::new();
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
        let lock = options.keep_lock;
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
            Origin::Sample | Origin::Made | Origin::Inlined => "sample.yaml".to_owned(),
        };
        if options.into_directory && texts.iter().any(|text| text.name == name) {
            return Err(Error::usage(format!("two of the files are called {name}"))
                .hint("render them one after the other, into directories of their own"));
        }
        let edited = yaml::edit(stream, &edits)?;
        let text = in_format(edited, stream.source().name(), format)?;
        texts.push(OutputFile { name, text });
    }
    let many = format == Some(Format::Json) && !options.into_directory && texts.len() > 1;
    if many {
        Ok(vec![list(&texts)?])
    } else {
        Ok(texts)
    }
}

/// A file of the input and its new text.
#[derive(Clone, Debug)]
pub struct EditedFile {
    /// The index of the file.
    pub file: usize,
    /// The new text.
    pub text: String,
}

/// The files on disk that change, with their new texts.
pub fn edited_files(files: &[File], planned: &[Planned<'_>]) -> Result<Vec<EditedFile>> {
    let mut edited = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let (Some(stream), Origin::Named(_) | Origin::Found(_)) = (file.stream(), &file.origin)
        else {
            continue;
        };
        let edits: Vec<Edit> = planned
            .iter()
            .filter(|planned| planned.object.file == index)
            .flat_map(|planned| planned.edits.iter().cloned())
            .collect();
        let text = yaml::edit(stream, &edits)?;
        if text != stream.source().text() {
            edited.push(EditedFile { file: index, text });
        }
    }
    Ok(edited)
}
