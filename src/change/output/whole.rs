//! The files that were read, whole and edited: printed, or put in their own place.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::super::{Planned, server_fields};
use super::{OutputFile, OutputOptions, in_format, list};
use crate::error::{Error, Result};
use crate::input::{File, Inlined, Origin};
use crate::model::Source;
use crate::site::Object;
use crate::yaml::{self, Edit, Format, Stream};

/// Files that were edited already, by their index: what is printed is what is asked about permissions.
pub type EditedStreams = BTreeMap<usize, Stream>;

/// The files that hold an object of ours, and stdin, whole and edited.
///
/// # Errors
/// A text that cannot be edited; two files of one name for a directory.
pub fn whole(
    options: &OutputOptions,
    files: &[File],
    found: &[Object<'_>],
    planned: &[Planned<'_>],
) -> Result<(Vec<OutputFile>, EditedStreams)> {
    let mut streams = EditedStreams::new();
    let format = options.format;
    let mut texts: Vec<OutputFile> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let Some(stream) = file.stream() else {
            continue;
        };
        let ours = || planned.iter().filter(move |one| is_written_in(one, index));
        if ours().count() == 0 && file.origin != Origin::Stdin {
            continue;
        }
        let stripped = found
            .iter()
            .filter(|object| object.file == index && object.from_server());
        let lock = options.keep_lock;
        let stripped = stripped
            .flat_map(|object| server_fields(object.document, &object.route, object.node, lock));
        let name = match &file.origin {
            Origin::Named(path) | Origin::Found(path) => path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            Origin::Stdin => "stdin.yaml".to_owned(),
            Origin::Live if index > 0 => format!("live-{}.yaml", index + 1),
            Origin::Live => "live.yaml".to_owned(),
            Origin::Inlined(_) => continue,
            Origin::Sample | Origin::Made => "sample.yaml".to_owned(),
        };
        if options.into_directory && texts.iter().any(|text| text.name == name) {
            return Err(Error::usage(format!("two files are named {name}"))
                .hint("render them one at a time, each into its own directory"));
        }
        let ours: Vec<_> = ours().collect();
        let edited = with_edits(stream, index, &ours, stripped, &mut streams)?;
        let text = edited.source().text().to_owned();
        let text = in_format(text, stream.source().name(), format)?;
        texts.push(OutputFile { name, text });
        if let Cow::Owned(edited) = edited {
            streams.insert(index, edited);
        }
    }
    let many = format == Some(Format::Json) && !options.into_directory && texts.len() > 1;
    if many {
        texts = vec![list(&texts)?];
    }
    Ok((texts, streams))
}

/// Whether an object is in a file, or in a patch that is written inside of it.
fn is_written_in(planned: &Planned<'_>, index: usize) -> bool {
    match planned.object.origin() {
        Origin::Inlined(inlined) => inlined.file == index,
        _ => planned.object.file == index,
    }
}

/// A file with the changes of the objects in it, and of the patches inside of it, which are streams of their own.
fn with_edits<'s>(
    stream: &'s Stream,
    index: usize,
    planned: &[&Planned<'_>],
    more: impl IntoIterator<Item = Edit>,
    streams: &mut EditedStreams,
) -> Result<Cow<'s, Stream>> {
    let (own, mut inlined): (Vec<&Planned<'_>>, Vec<_>) =
        planned.iter().partition(|one| one.object.file == index);
    let own = own.iter().flat_map(|planned| planned.edits.iter().cloned());
    let own: Vec<Edit> = own.chain(more).collect();
    if inlined.is_empty() {
        return Ok(yaml::edited(stream, &own)?);
    }
    let mut text = stream.source().text().to_owned();
    // From the last to the first, so that the places of the others stay.
    inlined.sort_by_key(|planned| std::cmp::Reverse(planned.object.file));
    for planned in inlined {
        if let Origin::Inlined(Inlined { body, .. }) = planned.object.origin() {
            let patch = yaml::edited(planned.object.stream(), &planned.edits)?.into_owned();
            let edited = patch.source().text();
            refuse_unquoted(stream.source(), body, edited)?;
            text.replace_range(body.clone(), edited);
            streams.insert(planned.object.file, patch);
        }
    }
    let stream = Stream::parse(stream.source().with_text(text)).map_err(|error| {
        Error::internal("the edited text does not read as intended").caused_by(error)
    })?;
    Ok(Cow::Owned(yaml::edited(&stream, &own)?.into_owned()))
}

/// Between quotes only a patch fits that needs no escape.
fn refuse_unquoted(around: &Source, body: &Range<usize>, edited: &str) -> Result<()> {
    let fits = match around.text()[..body.start].chars().next_back() {
        Some('\'') => !edited.contains(['\'', '\n', '\r']),
        Some('"') => !edited.contains(['"', '\\', '\n', '\r']),
        _ => true,
    };
    if fits {
        return Ok(());
    }
    Err(
        Error::input("the change of this patch does not fit between its quotes")
            .at(around.location(body.start))
            .hint("write the patch as a block: `patch: |-`"),
    )
}

/// The files on disk that change, edited.
///
/// # Errors
/// A text that cannot be edited.
pub fn edited_files(files: &[File], planned: &[Planned<'_>]) -> Result<EditedStreams> {
    let mut edited = EditedStreams::new();
    for (index, file) in files.iter().enumerate() {
        let (Some(stream), Origin::Named(_) | Origin::Found(_)) = (file.stream(), &file.origin)
        else {
            continue;
        };
        let ours: Vec<_> = planned
            .iter()
            .filter(|one| is_written_in(one, index))
            .collect();
        let changed = with_edits(stream, index, &ours, [], &mut edited)?;
        if changed.source().text() != stream.source().text() {
            edited.insert(index, changed.into_owned());
        }
    }
    Ok(edited)
}
