//! Several files edited at once: all of them, or none.
//!
//! Every new text is written beside its target and synced before the first one is put in place.
//! If a later one cannot be, those in place already are put back.

use std::fs::{self, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::file::{Access, sync_directory, temporary};
use crate::error::{Error, Result};

/// A file that gets another text.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// The file; symbolic links are followed.
    pub path: PathBuf,
    /// The name to show.
    pub shown: String,
    /// What was read. A file that has changed since is refused.
    pub before: String,
    /// What it becomes.
    pub after: String,
}

/// Replaces the texts of files, keeping mode and owner. With a suffix each file is first copied to
/// its name with the suffix behind it, which must not exist.
///
/// # Errors
/// [`crate::error::Kind::External`], or [`crate::error::Kind::Usage`] for a backup that exists;
/// every file is then as it was.
pub fn replace_all(files: &[Replacement], backup: Option<&str>) -> Result<()> {
    let mut prepared: Vec<Prepared> = Vec::new();
    for file in files {
        let one = Prepared::new(file, backup)?;
        if prepared.iter().all(|other| other.target != one.target) {
            prepared.push(one);
        }
    }
    commit(prepared, &mut |file, target| {
        file.persist(target).map(drop).map_err(|error| error.error)
    })
}

/// A file whose new and old texts lie beside it, synced.
struct Prepared {
    shown: String,
    target: PathBuf,
    new: NamedTempFile,
    old: NamedTempFile,
    backup: Option<PathBuf>,
}

impl Prepared {
    fn new(file: &Replacement, suffix: Option<&str>) -> Result<Self> {
        let failed = |cause: io::Error| {
            Error::external(format!("cannot edit {}", file.shown))
                .caused_by(cause)
                .hint(
                    "nothing was written; an edit needs the right to write in the file's directory",
                )
        };
        let target = fs::canonicalize(&file.path).map_err(failed)?;
        if fs::read(&target).map_err(failed)? != file.before.as_bytes() {
            return Err(
                Error::external(format!("{} has changed since it was read", file.shown))
                    .hint("nothing was written; run the command again"),
            );
        }
        let backup = suffix.map(|suffix| {
            let mut name = target.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        });
        if let Some(backup) = backup
            .as_ref()
            .filter(|path| path.symlink_metadata().is_ok())
        {
            return Err(Error::usage(format!("{} exists", backup.display()))
                .hint("nothing was written; move it away, or choose another suffix"));
        }
        let metadata = fs::metadata(&target).map_err(failed)?;
        let beside = |text: &str| beside(&target, &metadata, text).map_err(failed);
        Ok(Self {
            shown: file.shown.clone(),
            new: beside(&file.after)?,
            old: beside(&file.before)?,
            backup,
            target,
        })
    }
}

/// A temporary file in the target's directory, with its mode and owner.
fn beside(target: &Path, metadata: &Metadata, text: &str) -> io::Result<NamedTempFile> {
    let mut file = temporary(directory(target), Access::Private)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let made = file.as_file().metadata()?;
        if (made.uid(), made.gid()) != (metadata.uid(), metadata.gid()) {
            fchown(file.as_file(), Some(metadata.uid()), Some(metadata.gid()))?;
        }
    }
    // After the owner: a change of owner takes bits away.
    file.as_file().set_permissions(metadata.permissions())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn directory(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}

/// Puts everything in place, or everything back. `put` renames one file.
fn commit(
    files: Vec<Prepared>,
    put: &mut dyn FnMut(NamedTempFile, &Path) -> io::Result<()>,
) -> Result<()> {
    let mut done = Vec::new();
    for Prepared {
        shown,
        target,
        new,
        old,
        backup,
    } in files
    {
        let kept = match &backup {
            Some(path) => fs::copy(old.path(), path).and_then(|_| fs::File::open(path)?.sync_all()),
            None => Ok(()),
        };
        done.push((shown, target, old, backup));
        let last = done.len() - 1;
        if let Err(cause) = kept.and_then(|()| put(new, &done[last].1)) {
            let error = Error::external(format!("cannot edit {}", done[last].0)).caused_by(cause);
            return Err(restore(done, error));
        }
    }
    for (_, target, ..) in &done {
        sync_directory(directory(target));
    }
    Ok(())
}

type Done = (String, PathBuf, NamedTempFile, Option<PathBuf>);

/// Puts back what was written. What cannot be put back is kept and named.
#[expect(
    clippy::disallowed_methods,
    reason = "this room writes, and takes back what it wrote"
)]
fn restore(done: Vec<Done>, error: Error) -> Error {
    let mut error = error;
    let mut all = true;
    for (shown, target, old, backup) in done {
        match old.persist(&target) {
            Ok(_) => {
                if let Some(path) = backup {
                    // A backup that stays does no harm.
                    let _ = fs::remove_file(path);
                }
            }
            Err(failed) => {
                all = false;
                error = match failed.file.keep() {
                    Ok((_, kept)) => error.hint(format!(
                        "{shown} could not be put back; its text is in {}",
                        kept.display()
                    )),
                    Err(_) => error.hint(format!("{shown} could not be put back")),
                };
            }
        }
        sync_directory(directory(&target));
    }
    if all {
        error.hint("every file is as it was")
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replacement(path: &Path, before: &str, after: &str) -> Replacement {
        Replacement {
            path: path.to_owned(),
            shown: path.display().to_string(),
            before: before.to_owned(),
            after: after.to_owned(),
        }
    }

    fn put(directory: &Path, name: &str, text: &str) -> PathBuf {
        let path = directory.join(name);
        let mut file = fs::File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
        path
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_failure_half_way_puts_everything_back() {
        let directory = tempfile::tempdir().unwrap();
        let paths = ["a", "b", "c"].map(|name| put(directory.path(), name, name));
        for fails_at in 0..3 {
            let prepared: Vec<_> = paths
                .iter()
                .zip(["a", "b", "c"])
                .map(|(path, before)| {
                    Prepared::new(&replacement(path, before, "new"), Some(".orig")).unwrap()
                })
                .collect();
            let mut count = 0;
            let error = commit(prepared, &mut |file, target| {
                if count == fails_at {
                    return Err(io::Error::other("disk on fire"));
                }
                count += 1;
                file.persist(target).map(drop).map_err(|error| error.error)
            })
            .unwrap_err();
            assert_eq!(error.hints(), ["every file is as it was"]);
            assert_eq!(names(directory.path()), ["a", "b", "c"]);
            for (path, text) in paths.iter().zip(["a", "b", "c"]) {
                assert_eq!(fs::read_to_string(path).unwrap(), text, "{fails_at}");
            }
        }
    }

    #[test]
    fn a_file_that_changed_meanwhile_stops_all() {
        let directory = tempfile::tempdir().unwrap();
        let (a, b) = (
            put(directory.path(), "a", "a"),
            put(directory.path(), "b", "X"),
        );
        let files = [replacement(&a, "a", "new"), replacement(&b, "b", "new")];
        let error = replace_all(&files, None).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("b has changed since it was read")
        );
        assert_eq!(fs::read_to_string(&a).unwrap(), "a");
        assert_eq!(names(directory.path()), ["a", "b"]);
    }

    #[test]
    fn a_backup_that_exists_is_not_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let a = put(directory.path(), "a", "a");
        put(directory.path(), "a.orig", "precious");
        let error = replace_all(&[replacement(&a, "a", "new")], Some(".orig")).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::USAGE);
        assert_eq!(fs::read_to_string(&a).unwrap(), "a");
    }

    #[cfg(unix)]
    #[test]
    fn mode_and_link_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let directory = tempfile::tempdir().unwrap();
        let a = put(directory.path(), "a", "a");
        fs::set_permissions(&a, fs::Permissions::from_mode(0o640)).unwrap();
        let link = directory.path().join("link");
        symlink("a", &link).unwrap();
        replace_all(&[replacement(&link, "a", "new")], Some(".bak")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&a).unwrap(), "new");
        assert_eq!(names(directory.path()), ["a", "a.bak", "link"]);
        for name in ["a", "a.bak"] {
            let mode = fs::metadata(directory.path().join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o640, "{name}");
        }
    }
}
