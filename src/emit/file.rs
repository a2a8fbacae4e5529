//! Files that are whole or not there: written beside the target, synced, then renamed.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use crate::error::{Error, Result};
use crate::process::Hold;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// As the user's umask has it.
    Normal,
    /// No one but the user (0600), from the first byte on.
    Private,
}

/// What to do where the file exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Put the new one in its place.
    Replace,
    /// Refuse.
    Keep,
}

/// Writes a file atomically: a reader sees the old one or the whole new one, and after an error
/// nothing has changed.
pub fn write(path: &Path, bytes: &[u8], access: Access, existing: Existing) -> Result<()> {
    write_checked(path, bytes, access, existing, |_| Ok(()))
}

/// Puts a file in its place that can be made again at any time: a reader sees the old one or the
/// whole new one, but no one waits for the disk. One that is there with these very bytes stays.
pub fn place(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    // Ctrl-C would leave the temporary file.
    let _hold = Hold::new();
    let failed = |cause| failed(path, cause);
    let mut file = temporary(directory(path), Access::Normal).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// The same for several files of one directory: nothing is put in its place before all of them are
/// on the disk, so that a full one leaves none.
pub fn place_all<'t>(
    in_directory: &Path,
    files: impl IntoIterator<Item = (&'t str, &'t str)>,
) -> Result<()> {
    let _hold = Hold::new();
    let mut staged = Vec::new();
    for (name, text) in files {
        let path = in_directory.join(name);
        if fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
            continue;
        }
        let written = temporary(directory(&path), Access::Normal).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            Ok(file)
        });
        let written =
            written.map_err(|cause| failed(&path, cause).hint("none of the files was written"));
        staged.push((written?, path));
    }
    for (file, path) in staged {
        file.persist(&path)
            .map_err(|error| failed(&path, error.error).hint("some of the files may be written"))?;
    }
    Ok(())
}

/// The same as [`write`], and looks at what was written before it takes its place.
pub(super) fn write_checked(
    path: &Path,
    bytes: &[u8],
    access: Access,
    existing: Existing,
    check: impl FnOnce(&Path) -> std::io::Result<()>,
) -> Result<()> {
    // Ctrl-C would leave the temporary file, which may hold a secret.
    let _hold = Hold::new();
    let failed = |cause| failed(path, cause);
    let directory = directory(path);
    let mut file = temporary(directory, access).map_err(failed)?;
    file.write_all(bytes)
        .and_then(|()| file.as_file().sync_all())
        .and_then(|()| check(file.path()))
        .map_err(failed)?;
    let moved = match existing {
        Existing::Replace => file.persist(path),
        Existing::Keep => file.persist_noclobber(path),
    };
    moved.map_err(|error| failed(error.error))?;
    sync_directory(directory);
    Ok(())
}

/// The directory of a file.
pub(super) fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// What kept a file from being written, as the user sees it.
pub(super) fn failed(path: &Path, cause: std::io::Error) -> Error {
    let error = match cause.kind() {
        ErrorKind::AlreadyExists => {
            return Error::usage(format!("{} exists", path.display()))
                .hint("name another file, or remove this one first");
        }
        ErrorKind::NotFound => Error::external(format!("cannot write {}", path.display()))
            .hint("does its directory exist?"),
        _ => Error::external(format!("cannot write {}", path.display())),
    };
    error.caused_by(cause)
}

pub(super) fn temporary(directory: &Path, access: Access) -> std::io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".octopus-argo-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = if access == Access::Private {
            0o600
        } else {
            0o666
        };
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = access;
    builder.tempfile_in(directory)
}

/// Makes the rename itself survive a power cut, where the system can.
pub(super) fn sync_directory(directory: &Path) {
    #[cfg(unix)]
    if let Ok(directory) = fs::File::open(directory) {
        // Some file systems cannot; the file's bytes are safe already.
        let _ = directory.sync_all();
    }
    #[cfg(not(unix))]
    let _ = directory;
}

/// Makes a directory and its parents; one that is there already is fine.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that makes directories"
)]
pub fn create_directory(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|cause| {
        Error::external(format!("cannot make the directory {}", path.display())).caused_by(cause)
    })
}

/// Makes a temporary directory that no one but the user can enter (0700); it goes when dropped.
pub fn private_directory(prefix: &str) -> std::io::Result<tempfile::TempDir> {
    let mut builder = Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_files_none_is_written_where_one_cannot_be() {
        let directory = tempfile::tempdir().unwrap();
        let files = [("a", "1"), ("none/b", "2")];
        let error = place_all(directory.path(), files).unwrap_err();
        assert!(
            error
                .hints()
                .contains(&"none of the files was written".to_owned())
        );
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        place_all(directory.path(), [("a", "1"), ("b", "2")]).unwrap();
        assert_eq!(fs::read_to_string(directory.path().join("b")).unwrap(), "2");
    }

    #[test]
    fn replaces_or_refuses() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f");
        write(&path, b"one", Access::Normal, Existing::Keep).unwrap();
        let error = write(&path, b"two", Access::Normal, Existing::Keep).unwrap_err();
        assert!(error.to_string().ends_with("f exists"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"two", Access::Normal, Existing::Replace).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(
            fs::read_dir(directory.path()).unwrap().count(),
            1,
            "no temporary file is left"
        );
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("missing/f");
        let error = write(&path, b"x", Access::Normal, Existing::Replace).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::EXTERNAL);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_0600() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f");
        write(&path, b"x", Access::Private, Existing::Keep).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
