//! The change as texts: objects whole and edited, patches, overlays; each in a format.

mod overlays;
mod own_keys;
mod standalone;
mod whole;

pub use overlays::{beside, for_operator, patches};
pub use own_keys::own_keys;
pub use standalone::standalone;
pub use whole::{EditedStreams, edited_files, whole};

use serde_json::{Value, json};

use crate::error::Result;
use crate::model::{Form, FormOutput, Source, Which};
use crate::site::Selector;
use crate::yaml::{self, Format, Node, Stream};

/// How the texts are wanted.
#[derive(Clone, Debug)]
pub struct OutputOptions {
    /// The format; without one, that of the input, else YAML.
    pub format: Option<Format>,
    /// Whether each text becomes a file of its own, so that one can name another.
    pub into_directory: bool,
    /// Whether `metadata.resourceVersion`, the API server's lock, stays.
    pub keep_lock: bool,
    /// Which objects are meant.
    pub selector: Selector,
}

/// One text to emit, and the file name it has in a directory.
#[derive(Clone, Debug)]
pub struct OutputFile {
    /// The file name.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A text in the format that was asked for, byte for byte where it is in that format already.
fn in_format(text: String, name: &str, format: Option<Format>) -> Result<String> {
    let Some(format) = format else {
        return Ok(text);
    };
    let stream = Stream::parse(Source::new(name, text))?;
    let same = matches!(
        (format, stream.format()),
        (Format::Yaml, yaml::Format::Yaml) | (Format::Json, yaml::Format::Json)
    );
    if same {
        return Ok(stream.source().text().to_owned());
    }
    Ok(convert(&values(&stream)?, format))
}

fn values(stream: &Stream) -> Result<Vec<Value>> {
    let roots = stream
        .documents()
        .iter()
        .filter_map(|document| Some((document, document.root()?)));
    roots
        .map(|(document, root): (_, &Node)| Ok(document.to_json(root)?))
        .collect()
}

/// Documents in another format; several JSON documents become one `List`, as kubectl prints them.
fn convert(values: &[Value], format: Format) -> String {
    match (format, values) {
        (Format::Json, [one]) => format.write(one),
        (Format::Json, several) => format.write(&list_of(several)),
        (Format::Yaml, several) => {
            let texts: Vec<String> = several.iter().map(|value| format.write(value)).collect();
            join(&texts)
        }
    }
}

/// All objects of several texts as one JSON `List`.
fn list(texts: &[OutputFile]) -> Result<OutputFile> {
    let mut all = Vec::new();
    for text in texts {
        all.extend(values(&Stream::parse(Source::new(
            &*text.name,
            &*text.text,
        ))?)?);
    }
    Ok(OutputFile {
        name: "objects.json".to_owned(),
        text: Format::Json.write(&list_of(&all)),
    })
}

fn list_of(values: &[Value]) -> Value {
    let mut items = Vec::new();
    for value in values {
        match value.get("items").and_then(Value::as_array) {
            Some(inner) if value.get("kind").and_then(Value::as_str) == Some("List") => {
                items.extend(inner.iter().cloned());
            }
            _ => items.push(value.clone()),
        }
    }
    json!({"apiVersion": "v1", "items": items, "kind": "List"})
}

/// The file name of what is emitted for one ConfigMap.
fn file_name(namespace: Option<&str>, which: Which, form: Form, format: Format) -> String {
    let is_patch = form.output() == FormOutput::Patches;
    patch_name(namespace, which.name(), is_patch, format)
}

/// The file name of what is emitted for something of this name.
fn patch_name(namespace: Option<&str>, name: &str, is_patch: bool, format: Format) -> String {
    let namespace = namespace.map(|name| format!("{name}.")).unwrap_or_default();
    let patch = if is_patch { ".patch" } else { "" };
    let format = if format == Format::Json {
        "json"
    } else {
        "yaml"
    };
    format!("{namespace}{name}{patch}.{format}")
}

/// Joins texts to one stream of documents.
pub fn join(texts: &[String]) -> String {
    let mut joined = String::new();
    for text in texts {
        if joined.is_empty() {
            joined.push_str(text);
            continue;
        }
        let text = text.trim_start_matches('\u{feff}');
        if !joined.ends_with('\n') {
            joined.push('\n');
        }
        if !text.starts_with("---") {
            joined.push_str("---\n");
        }
        joined.push_str(text);
    }
    joined
}
