//! Several files edited at once: all of them, or none.
//!
//! Every new text is written beside its target and synced before the first one is put in place.
//! If a later one cannot be, those in place already are put back.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::file::{directory, sync_directory};
use super::staged::Staged;
use crate::error::{Error, Result};
use crate::process::Hold;

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
    // Ctrl-C in between would leave some files edited and others not, and copies beside them.
    let _hold = Hold::new();
    let mut prepared: Vec<Prepared<'_>> = Vec::new();
    for file in files {
        let one = Prepared::new(file, backup)?;
        if prepared.iter().all(|other| other.target != one.target) {
            prepared.push(one);
        }
    }
    commit(prepared, &mut Staged::replace)
}

/// A file whose new and old texts lie beside it, synced.
struct Prepared<'a> {
    file: &'a Replacement,
    target: PathBuf,
    new: Staged,
    old: Staged,
    backup: Option<(Staged, PathBuf)>,
}

impl<'a> Prepared<'a> {
    fn new(file: &'a Replacement, suffix: Option<&str>) -> Result<Self> {
        let failed = |cause: io::Error| {
            Error::external(format!("cannot edit {}", file.shown))
                .caused_by(cause)
                .hint(
                    "nothing was written; an edit needs the right to write in the file's directory",
                )
        };
        let target = fs::canonicalize(&file.path).map_err(failed)?;
        file.is_unchanged(&target)
            .map_err(|error| error.hint("nothing was written; run the command again"))?;
        let metadata = fs::metadata(&target).map_err(failed)?;
        refuse_hard_link(file, &metadata)?;
        let beside = |text: &str| Staged::beside(&target, &metadata, text).map_err(failed);
        let backup = suffix.map(|suffix| {
            let mut path = target.as_os_str().to_owned();
            path.push(suffix);
            let path = PathBuf::from(path);
            if path.symlink_metadata().is_ok() {
                return Err(exists(&path)
                    .hint("nothing was written; move it away, or choose another suffix"));
            }
            Ok((beside(&file.before)?, path))
        });
        Ok(Self {
            file,
            new: beside(&file.after)?,
            old: beside(&file.before)?,
            backup: backup.transpose()?,
            target,
        })
    }
}

impl Replacement {
    /// Refuses a file that is not what was read any more.
    fn is_unchanged(&self, target: &Path) -> Result<()> {
        // Whatever is there now, no more of it is read than is needed to see that it is another.
        let mut bytes = Vec::with_capacity(self.before.len() + 1);
        let most = self.before.len() as u64 + 1;
        let read = fs::File::open(target).and_then(|file| file.take(most).read_to_end(&mut bytes));
        match read {
            Ok(_) if bytes == self.before.as_bytes() => Ok(()),
            Ok(_) => Err(Error::external(format!(
                "{} has changed since it was read",
                self.shown
            ))),
            Err(cause) => {
                Err(Error::external(format!("cannot edit {}", self.shown)).caused_by(cause))
            }
        }
    }
}

fn exists(backup: &Path) -> Error {
    Error::usage(format!("{} exists", backup.display()))
}

/// A rename would give the file a life of its own, apart from its other names.
fn refuse_hard_link(file: &Replacement, metadata: &fs::Metadata) -> Result<()> {
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(metadata) > 1 {
        return Err(Error::input(format!(
            "{} has other names (hard links), which would keep the old text",
            file.shown
        ))
        .hint("nothing was written; edit a copy, or print the change and write it through: render … > new && cat new > FILE"));
    }
    #[cfg(not(unix))]
    let _ = (file, metadata);
    Ok(())
}

/// Puts everything in place, or everything back. `put` renames one file.
fn commit(
    files: Vec<Prepared<'_>>,
    put: &mut dyn FnMut(Staged, &Path) -> io::Result<()>,
) -> Result<()> {
    let mut done: Vec<Done<'_>> = Vec::new();
    for one in files {
        // Others may have been at work while the texts were written and synced.
        if let Err(error) = one.file.is_unchanged(&one.target) {
            return Err(restore(done, error));
        }
        let mut made = None;
        if let Some((copy, path)) = one.backup {
            // Never over something, nor through a link that has appeared since.
            if let Err(cause) = copy.create(&path) {
                let error = match cause.kind() {
                    io::ErrorKind::AlreadyExists => exists(&path),
                    _ => {
                        Error::external(format!("cannot write {}", path.display())).caused_by(cause)
                    }
                };
                return Err(restore(done, error));
            }
            made = Some(path);
        }
        let put = put(one.new, &one.target);
        done.push(Done {
            file: one.file,
            target: one.target,
            old: one.old,
            backup: made,
        });
        if let Err(cause) = put {
            let error = Error::external(format!("cannot edit {}", one.file.shown));
            return Err(restore(done, error.caused_by(cause)));
        }
    }
    for one in &done {
        sync_directory(directory(&one.target));
    }
    Ok(())
}

/// A file that was put in its place, or should have been.
struct Done<'a> {
    file: &'a Replacement,
    target: PathBuf,
    old: Staged,
    backup: Option<PathBuf>,
}

/// Puts back what was written. What cannot be put back is kept and named.
#[expect(
    clippy::disallowed_methods,
    reason = "this room writes, and reverts what it wrote"
)]
fn restore(done: Vec<Done<'_>>, error: Error) -> Error {
    let mut error = error;
    let mut all = true;
    for one in done {
        match one.old.replace_or_keep(&one.target) {
            Ok(()) => {
                if let Some(path) = one.backup {
                    // A backup that stays does no harm.
                    let _ = fs::remove_file(path);
                }
            }
            Err(kept) => {
                all = false;
                let shown = &one.file.shown;
                error = match kept {
                    Some(kept) => error.hint(format!(
                        "{shown} could not be restored; its text is in {}",
                        kept.display()
                    )),
                    None => error.hint(format!("{shown} could not be restored")),
                };
            }
        }
        sync_directory(directory(&one.target));
    }
    if all {
        error.hint("every file was restored")
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

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

    fn prepare<'a>(files: &'a [Replacement], backup: Option<&str>) -> Vec<Prepared<'a>> {
        let prepared = files.iter().map(|file| Prepared::new(file, backup));
        prepared.collect::<Result<_>>().unwrap()
    }

    #[test]
    fn a_failure_half_way_puts_everything_back() {
        let directory = tempfile::tempdir().unwrap();
        let paths = ["a", "b", "c"].map(|name| put(directory.path(), name, name));
        let files =
            ["a", "b", "c"].map(|name| replacement(&directory.path().join(name), name, "new"));
        for fails_at in 0..3 {
            let prepared = prepare(&files, Some(".orig"));
            let mut count = 0;
            let error = commit(prepared, &mut |file, target| {
                if count == fails_at {
                    return Err(io::Error::other("disk on fire"));
                }
                count += 1;
                file.replace(target)
            })
            .unwrap_err();
            assert_eq!(error.hints(), ["every file was restored"]);
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

    /// Someone writes between the preparation and the end.
    #[test]
    fn a_file_that_changes_at_the_last_moment_is_not_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let files =
            ["a", "b"].map(|name| replacement(&put(directory.path(), name, name), name, "new"));
        let prepared = prepare(&files, Some(".orig"));
        let error = commit(prepared, &mut |file, target| {
            put(directory.path(), "b", "theirs");
            file.replace(target)
        })
        .unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("b has changed since it was read")
        );
        assert_eq!(error.hints(), ["every file was restored"]);
        assert_eq!(names(directory.path()), ["a", "b"]);
        let texts = [&files[0].path, &files[1].path].map(|path| fs::read_to_string(path).unwrap());
        assert_eq!(texts, ["a", "theirs"]);
    }

    /// A link that is put where the backup is to be, after the look at it, leads nowhere.
    #[cfg(unix)]
    #[test]
    fn a_backup_is_not_written_through_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let victim = put(directory.path(), "victim", "precious");
        let files = [replacement(&put(directory.path(), "a", "a"), "a", "new")];
        let prepared = prepare(&files, Some(".orig"));
        std::os::unix::fs::symlink("victim", directory.path().join("a.orig")).unwrap();
        let error = commit(prepared, &mut |_, _| panic!("the edit is not made")).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::USAGE);
        assert_eq!(fs::read_to_string(victim).unwrap(), "precious");
        assert_eq!(names(directory.path()), ["a", "a.orig", "victim"]);
    }

    /// A file that becomes a link after it was read is not followed to where it leads.
    #[cfg(unix)]
    #[test]
    fn a_file_that_becomes_a_link_is_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let victim = put(directory.path(), "victim", "a");
        let files = [replacement(&put(directory.path(), "a", "a"), "a", "new")];
        let prepared = prepare(&files, None);
        let link = directory.path().join("link");
        std::os::unix::fs::symlink("victim", &link).unwrap();
        tempfile::TempPath::try_from_path(link)
            .unwrap()
            .persist(&files[0].path)
            .unwrap();
        commit(prepared, &mut |file, target| file.replace(target)).unwrap();
        assert_eq!(fs::read_to_string(victim).unwrap(), "a");
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
    fn a_file_with_other_names_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let a = put(directory.path(), "a", "a");
        fs::hard_link(&a, directory.path().join("b")).unwrap();
        let error = replace_all(&[replacement(&a, "a", "new")], None).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::INPUT);
        assert_eq!(fs::read_to_string(&a).unwrap(), "a");
        assert_eq!(names(directory.path()), ["a", "b"]);
    }

    /// Half an edit, as a process that is killed leaves it.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_prepared_has_no_name_yet() {
        let directory = tempfile::tempdir().unwrap();
        let files = [replacement(&put(directory.path(), "a", "a"), "a", "new")];
        let prepared = prepare(&files, Some(".orig"));
        assert_eq!(names(directory.path()), ["a"]);
        commit(prepared, &mut Staged::replace).unwrap();
        assert_eq!(names(directory.path()), ["a", "a.orig"]);
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
