//! The configuration file `octopus-argo.yaml`: where it is found, and what it says.

mod explain;
mod validate;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::{Configuration, Source};

/// The name under which a configuration is looked up.
pub const FILE_NAME: &str = "octopus-argo.yaml";
/// The variable that names a configuration, in place of the one that is looked up.
pub const VARIABLE: &str = "OCTOPUS_ARGO_CONFIG";
/// No sensible configuration is longer: it is enough for some hundred thousand instances.
const LONGEST: u64 = 64 * 1024 * 1024;

/// The configuration that holds in this directory: that of the directory itself, or of one above
/// it up to the root of the Git repository. Outside of a repository only the directory itself is
/// looked at: what lies in a directory that others share is not ours.
///
/// The path is relative to `directory`.
pub fn find(directory: &Path) -> Option<PathBuf> {
    let is_root = |path: &&Path| path.join(".git").exists();
    let depth = directory.ancestors().position(|path| is_root(&path));
    let mut up = PathBuf::new();
    for ancestor in directory.ancestors().take(depth.unwrap_or(0) + 1) {
        if ancestor.join(FILE_NAME).is_file() {
            return Some(up.join(FILE_NAME));
        }
        up.push("..");
    }
    None
}

/// Reads the configuration at `path`, which relative to `directory` is what is shown. Relative
/// paths in it become relative to `directory`.
///
/// # Errors
/// Bad input, with the place: not YAML, unknown or doubled keys, names that cannot be.
pub fn read(path: &Path, directory: &Path) -> Result<Configuration> {
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
    let mut configuration = parse(&Source::new(&*path.to_string_lossy(), text))?;
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
pub fn parse(source: &Source) -> Result<Configuration> {
    let text = source.text();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let configuration = serde_yaml::from_str(text)
        .map_err(|error| explain::explain(&error.to_string(), error.location(), source))?;
    validate::validate(&configuration, source)?;
    Ok(configuration)
}

#[cfg(test)]
mod tests;
