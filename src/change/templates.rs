//! The templates and values that a user brings.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::input::read_text;
use crate::model::Source;
use crate::render::{Override, names};
use crate::yaml::Stream;

/// The values of `--template-values`, then those of `--template-set`, which win.
///
/// # Errors
/// A file that holds no mapping, and names that no template can use.
pub fn template_values(
    set: &[String],
    files: &[PathBuf],
    base: &Path,
) -> Result<Map<String, Value>> {
    let mut values = Map::new();
    for path in files {
        values.extend(read_mapping(path, base)?);
    }
    for pair in set {
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            Error::usage(format!("--template-set {}: no `=`", pair.escape_debug()))
                .hint("write --template-set NAME=VALUE")
        })?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty()
            || !name.chars().all(plain)
            || name.starts_with(|c: char| c.is_ascii_digit())
        {
            return Err(Error::usage(format!(
                "--template-set: `{}` cannot be the name of a value",
                name.escape_debug()
            ))
            .hint("names have letters, digits and `_`, as templates use them"));
        }
        values.insert(name.to_owned(), value.into());
    }
    Ok(values)
}

/// Reads a file with a mapping; relative paths start from `base`.
///
/// # Errors
/// A file that holds something else.
pub fn read_mapping(path: &Path, base: &Path) -> Result<Map<String, Value>> {
    let text = read_text(&base.join(path), path)?;
    let stream = Stream::parse(Source::new(&*path.to_string_lossy(), text))?;
    let wrong = || {
        Error::input(format!(
            "{}: names and their values are expected",
            path.display()
        ))
    };
    let [document] = stream.documents() else {
        return Err(wrong());
    };
    stream.refuse_duplicates()?;
    let root = document.root().map(|root| document.to_json(root));
    match root.transpose()? {
        Some(Value::Object(read)) => Ok(read),
        _ => Err(wrong()),
    }
}

/// The templates of `--template-dir`: single files with the names of built-in ones.
///
/// # Errors
/// A directory without any, and what is not a regular file in it.
pub fn template_overrides(directory: Option<&Path>, base: &Path) -> Result<Vec<Override>> {
    let Some(directory) = directory else {
        return Ok(Vec::new());
    };
    let path = base.join(directory);
    let root = path.canonicalize().map_err(|cause| {
        Error::input(format!("cannot read {}", directory.display())).caused_by(cause)
    })?;
    let mut overrides = Vec::new();
    for name in names() {
        let shown = directory.join(name);
        let Ok(file) = path.join(name).canonicalize() else {
            continue;
        };
        if !file.starts_with(&root) {
            return Err(
                Error::input(format!("{} leads out of its directory", shown.display()))
                    .hint("put the template itself there, not a link"),
            );
        }
        // Reading a FIFO or a device may never end.
        if !file.metadata().is_ok_and(|found| found.is_file()) {
            return Err(
                Error::input(format!("{} is not a regular file", shown.display()))
                    .hint("put the template itself there"),
            );
        }
        let text = read_text(&file, &shown)?;
        overrides.push(Override {
            name: name.to_owned(),
            path: shown.display().to_string(),
            text,
        });
    }
    if overrides.is_empty() {
        return Err(
            Error::usage(format!("{} has no template of ours", directory.display())).hint(format!(
                "templates that can be replaced: {}",
                names().collect::<Vec<_>>().join(", ")
            )),
        );
    }
    Ok(overrides)
}
