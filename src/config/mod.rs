//! The configuration file `octopus-argo.yaml`: where it is found, and what it says.

mod explain;
mod nodes;
mod validate;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::{Configuration, Source};
use crate::yaml::{Document, Node, Stream};
use serde::Deserialize as _;

/// The name under which a configuration is looked up.
pub const FILE_NAME: &str = "octopus-argo.yaml";
/// The name under which it is looked up next, for those who keep configuration in dot files.
const HIDDEN_FILE_NAME: &str = ".octopus-argo.yaml";
/// The variable that names a configuration, instead of the one that is looked up.
pub const VARIABLE: &str = "OCTOPUS_ARGO_CONFIG";
/// No sensible configuration is longer: it is enough for some hundred thousand instances.
const LONGEST: u64 = 64 * 1024 * 1024;
/// No Krew manifest is longer; a configuration that is need not be parsed twice.
const LONGEST_MANIFEST: u64 = 64 * 1024;

/// Finds the configuration that applies in `directory`: the one in the directory itself, or in a
/// parent up to the root of the Git repository. Outside a repository only the directory itself is
/// searched, because a shared parent directory belongs to others too.
///
/// The returned path is relative to `directory`.
pub fn find(directory: &Path) -> Option<PathBuf> {
    let is_root = |path: &&Path| path.join(".git").exists();
    let depth = directory.ancestors().position(|path| is_root(&path));
    let mut up = PathBuf::new();
    for ancestor in directory.ancestors().take(depth.unwrap_or(0) + 1) {
        for name in [FILE_NAME, HIDDEN_FILE_NAME] {
            let path = ancestor.join(name);
            if path.is_file() && !is_krew_manifest(&path) {
                return Some(up.join(name));
            }
        }
        up.push("..");
    }
    None
}

/// Returns whether the file is a Krew manifest: the Krew index wants ours to have the very name of
/// the configuration, and in the directory of a downloaded release it must not break commands.
/// A file that cannot be read or parsed is not one: reading it as a configuration names the error.
fn is_krew_manifest(path: &Path) -> bool {
    let mut text = String::new();
    let opened = fs::File::open(path);
    let read = opened.and_then(|file| file.take(LONGEST_MANIFEST + 1).read_to_string(&mut text));
    if read.is_err() || text.len() as u64 > LONGEST_MANIFEST {
        return false;
    }
    let Ok(stream) = Stream::parse(Source::new("", text)) else {
        return false;
    };
    let root = stream.documents().first().and_then(Document::root);
    let kind = root.and_then(|root| root.get("kind"));
    kind.and_then(Node::as_str) == Some("Plugin")
}

/// Who chose the configuration, which decides what reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Someone named it.
    Named,
    /// It was found in the directory or above it, and may be a stranger's: our own reader reads it,
    /// which is Rust without `unsafe`.
    Found,
}

/// Reads the configuration at `path`, which relative to `directory` is what is shown. Relative
/// paths in it become relative to `directory`.
///
/// # Errors
/// Bad input, with the place: not YAML, unknown or doubled keys, names that cannot be.
pub fn read(path: &Path, directory: &Path, choice: Choice) -> Result<Configuration> {
    let mut text = String::new();
    let opened = fs::File::open(directory.join(path));
    opened
        .and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text))
        .map_err(|cause| {
            Error::input(format!("cannot read {}", path.display())).caused_by(cause)
        })?;
    if text.len() as u64 > LONGEST {
        return Err(Error::input(format!(
            "{} is too long for a configuration",
            path.display()
        )));
    }
    let mut configuration = parse(&Source::new(&*path.to_string_lossy(), text), choice)?;
    let base = path.parent().unwrap_or(Path::new(""));
    for instance in &mut configuration.instances {
        instance.rebase(base);
    }
    // Defaults have paths too; rebasing what was completed from them would do it twice.
    let mut defaults = crate::model::Instance::from(&configuration.defaults);
    defaults.rebase(base);
    configuration.defaults.template_dir = defaults.template_dir;
    configuration.defaults.argocd = defaults.argocd;
    for instance in &mut configuration.instances {
        instance.complete(&configuration.defaults);
    }
    Ok(configuration)
}

/// What a text says, checked; paths are as written, instances not completed.
///
/// # Errors
/// See [`read`].
pub fn parse(source: &Source, choice: Choice) -> Result<Configuration> {
    let configuration = match choice {
        Choice::Named => {
            let text = source.text();
            let bom = text.len() - text.trim_start_matches('\u{feff}').len();
            serde_yaml::from_str(&text[bom..]).map_err(|error| {
                // The parser counts bytes as we do, but other line breaks.
                let offset = error.location().map(|mark| mark.index() + bom);
                explain::explain(&error.to_string(), offset, source)
            })?
        }
        Choice::Found => found(source)?,
    };
    validate::validate(&configuration, source)?;
    Ok(configuration)
}

/// What a text says that no one named.
fn found(source: &Source) -> Result<Configuration> {
    let explain = |message: &str, offset| explain::explain(message, offset, source);
    let stream = Stream::parse(source.clone())?;
    let documents = stream.documents();
    if documents.iter().any(|one| !one.duplicates().is_empty()) {
        return Err(explain("a key is there twice", None));
    }
    if let Some(offset) = stream.template() {
        return Err(explain("it is a template", Some(offset)));
    }
    let document = match documents {
        [] => return Ok(Configuration::default()),
        [document] => document,
        _ => return Err(explain("it has more than one document", None)),
    };
    let Some(root) = document.root() else {
        return Ok(Configuration::default());
    };
    Configuration::deserialize(nodes::NodeReading::new(document, root))
        .map_err(|error| explain(&error.to_string(), error.offset))
}

#[cfg(test)]
mod tests;
