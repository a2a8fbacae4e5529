//! Editing by splicing: what is not concerned stays byte for byte.
//!
//! The edits of a call become one tree of intents. From it and the parsed text come splices, the
//! spliced text is parsed again and compared with the old text's nodes and the intents. Where the
//! nicest way to write something turns out to read as something else, a more cautious one is
//! tried; a text that does not read as intended is never returned.

mod block;
mod flow;
mod intent;
mod layout;
mod lines;
mod plan;
mod refuse;
mod remove;
mod replace;
mod splice;
mod text;
mod verify;

use std::borrow::Cow;

use serde_json::Value;

use self::intent::Intent;
use self::plan::{Caution, Planner};
use self::splice::Splice;
use super::document::Document;
use super::node::Step;
use super::stream::{Format, Stream, looks_like_json};
use crate::{Error, Result};

/// A change of one document of a stream. A route is that of the text before any edit of the call.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Gives a key (or an item of a list) a value, and makes the mappings on the way to it. The
    /// index that is one too large appends. What already has that value is not touched; of a
    /// collection only what differs is.
    Set {
        /// Which document.
        document: usize,
        /// Where in it.
        route: Vec<Step>,
        /// What it becomes.
        value: Value,
    },
    /// Gives a text other lines; unchanged lines are not touched. The same as setting a string.
    SetText {
        /// Which document.
        document: usize,
        /// Where in it.
        route: Vec<Step>,
        /// The new text.
        text: String,
    },
    /// Takes a key (or an item of a list) out, with its lines; all comments on and between them
    /// stay. What is not there needs no removing.
    Remove {
        /// Which document.
        document: usize,
        /// Where in it.
        route: Vec<Step>,
    },
}

/// Makes all edits at once and returns the new text.
///
/// # Errors
/// Those of [`edited`].
pub fn edit(stream: &Stream, edits: &[Edit]) -> Result<String> {
    Ok(edited(stream, edits)?.source().text().to_owned())
}

/// Makes all edits at once and returns the new text, parsed; the stream itself where nothing
/// changes.
///
/// # Errors
/// [`crate::ErrorKind::Input`], with place and hint, where an alias elsewhere repeats what is
/// edited, where it comes from a merge key or is there twice, where new lines would have to go into
/// a block of a template, where lines end in a lone carriage return, or where a route leads through
/// something that is not a mapping; [`crate::ErrorKind::Internal`] where no way to write the change reads as intended.
pub fn edited<'s>(stream: &'s Stream, edits: &[Edit]) -> Result<Cow<'s, Stream>> {
    let intents = intents(stream, edits)?;
    let text = stream.source().text();
    refuse::old_line_breaks(stream)?;
    let mut why = Error::internal("nothing was tried");
    for caution in [Caution::Preferred, Caution::Cautious] {
        let mut splices = Vec::new();
        for (document, intent) in stream.documents().iter().zip(&intents) {
            if let Some(intent) = intent {
                let planner = Planner::new(stream.format(), document, caution);
                splices.extend(planner.plan(intent)?);
            }
        }
        if splices.is_empty() {
            return Ok(Cow::Borrowed(stream));
        }
        match verified(stream, &intents, apply(text, splices)) {
            Ok(edited) => return Ok(Cow::Owned(edited)),
            Err(error) => why = error,
        }
    }
    Err(match stream.template() {
        Some(at) => refuse::tags_in_the_way(stream.source(), at),
        None => why,
    })
}

fn intents(stream: &Stream, edits: &[Edit]) -> Result<Vec<Option<Intent>>> {
    let mut intents: Vec<Option<Intent>> = Vec::new();
    intents.resize_with(stream.documents().len(), || None);
    for edit in edits {
        let (document, route, leaf) = match edit {
            Edit::Set {
                document,
                route,
                value,
            } => (document, route, Intent::Set(as_read(value))),
            Edit::SetText {
                document,
                route,
                text,
            } => (document, route, Intent::Set(Value::from(text.as_str()))),
            Edit::Remove { document, route } => (document, route, Intent::Remove),
        };
        let slot = intents
            .get_mut(*document)
            .ok_or_else(|| Error::internal(format!("there is no document {document}")))?;
        slot.get_or_insert_with(Intent::nothing).put(route, leaf);
    }
    Ok(intents)
}

/// Of several splices at one place the first stays first; those that overlap remove what either
/// removes.
fn apply(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| (splice.start, splice.end));
    let added: usize = splices.iter().map(|splice| splice.text.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut at = 0;
    for splice in splices {
        out.push_str(&text[at.min(splice.start)..splice.start]);
        out.push_str(&splice.text);
        at = at.max(splice.end);
    }
    out.push_str(&text[at..]);
    out
}

/// Returns a value with its numbers as the reader gives them: `1000.0` is read as `1000`.
fn as_read(value: &Value) -> Value {
    match value {
        Value::Number(float) if float.is_f64() => {
            let read = float.as_f64().and_then(crate::resolve::of_float);
            Value::Number(read.unwrap_or_else(|| float.clone()))
        }
        Value::Array(items) => items.iter().map(as_read).collect(),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), as_read(value)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

/// Reads the edited text again: every document must be what it was, but for what was intended.
fn verified(before: &Stream, intents: &[Option<Intent>], edited: String) -> Result<Stream> {
    let source = before.source().with_text(edited);
    let wrong = |place: &str| {
        Error::internal(format!(
            "{}: the edited text does not read as intended{place}",
            before.source().name()
        ))
    };
    let became_json = before.format() == Format::Yaml && looks_like_json(source.text());
    let after = Stream::parse(source).map_err(|error| match before.documents().first() {
        Some(first) if became_json => {
            let place = before.source().location(first.span().start);
            Error::input("with this edit the text would begin as JSON does, but it is not JSON")
                .at(place)
                .hint("write the keys between its outermost braces on lines of their own, without the braces")
        }
        _ => wrong("").caused_by(error),
    })?;
    if after.tag_lines() < before.tag_lines() {
        return Err(wrong(": a tag of a template would become text"));
    }
    let (old, new) = (before.documents(), after.documents());
    let pairs = old.iter().zip(intents);
    let pairs: Vec<_> = if old.len() == new.len() {
        pairs.zip(new).collect()
    } else {
        // A document of which only comments are left may be none any more.
        let stays = |(before, intent): &(&Document, &Option<Intent>)| match before.root() {
            Some(root) => !verify::is_emptied(root, intent.as_ref()),
            None => intent.as_ref().and_then(Intent::made).is_some(),
        };
        let stay: Vec<_> = pairs.filter(stays).collect();
        let new: Vec<_> = new.iter().filter(|new| new.root().is_some()).collect();
        if stay.len() != new.len() {
            return Err(wrong(": other documents"));
        }
        stay.into_iter().zip(new).collect()
    };
    for ((before, intent), after) in pairs {
        if !verify::document(before, after, intent.as_ref()) {
            return Err(wrong(": other values"));
        }
    }
    Ok(after)
}
