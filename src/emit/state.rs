//! Files that outlive a run: a log whose lines are on the disk before what they announce begins,
//! and a lock that goes with the process that holds it. For the user alone.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::file::{Access, Existing, directory, failed, sync_directory, write};
use crate::error::{Error, Result};

/// What is said of who holds a lock is no longer than this.
const LONGEST_HOLDER: u64 = 1000;

/// Makes a directory that no one but the user can enter (0700), and its parents. One that is there
/// stays as it is.
pub fn create_private_directory(path: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|cause| {
        Error::external(format!("cannot make the directory {}", path.display())).caused_by(cause)
    })
}

/// Makes a directory that no one but the user can enter (0700), and its parents; one that is there
/// becomes so.
pub fn own_directory(path: &Path) -> Result<()> {
    create_private_directory(path)?;
    #[cfg(unix)]
    if is_open_to_others(path) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(|cause| {
            Error::external(format!("{} is open to others", path.display())).caused_by(cause)
        })?;
    }
    Ok(())
}

/// Whether someone beside the user can read a file or enter a directory.
pub fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A log: lines are only ever added.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    file: File,
    /// How long it is.
    length: u64,
}

impl Log {
    /// Begins a log with this text, instead of one that is there.
    pub fn begin(path: &Path, text: &str) -> Result<Self> {
        write(path, text.as_bytes(), Access::Private, Existing::Replace)?;
        Self::resume(path, text.len() as u64)
    }

    /// Goes on with a log, of which so many bytes count: what is behind them goes.
    pub fn resume(path: &Path, length: u64) -> Result<Self> {
        let failed = |cause| failed(path, cause);
        let mut file = private().open(path).map_err(failed)?;
        file.set_len(length).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            file,
            length,
        })
    }

    /// Adds a line. It is on the disk when this returns; where that fails, nothing is added.
    pub fn add(&mut self, line: &str) -> Result<()> {
        let line = format!("{line}\n");
        let added = self.file.write_all(line.as_bytes());
        let added = added.and_then(|()| self.file.sync_data());
        if let Err(cause) = added {
            // Half a line would spoil the next one.
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::End(0));
            return Err(failed(&self.path, cause));
        }
        self.length += line.len() as u64;
        Ok(())
    }

    /// Removes it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that removes what it began"
    )]
    pub fn end(self) -> Result<()> {
        let Self { path, file, .. } = self;
        drop(file);
        fs::remove_file(&path).map_err(|cause| failed(&path, cause))?;
        sync_directory(directory(&path));
        Ok(())
    }
}

/// A lock on a file: as long as this lives no one else has it. The system releases it from a
/// process that ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes it, and writes down who has it; who has it already, where that is someone else.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn take(path: &Path, holder: &str) -> Result<std::result::Result<Self, String>> {
        let failed = |cause| failed(path, cause);
        let mut options = private();
        options.create(true).truncate(false);
        #[cfg(windows)]
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0);
        let mut file = match options.open(path) {
            // A file that is shared with no one cannot be opened twice.
            Err(cause) if cfg!(windows) && cause.raw_os_error() == Some(32) => {
                return Ok(Err("another process".to_owned()));
            }
            opened => opened.map_err(failed)?,
        };
        match lock(&file) {
            Ok(()) => {}
            Err(cause) if cause.kind() == ErrorKind::WouldBlock => {
                let mut text = String::new();
                let read = (&mut file).take(LONGEST_HOLDER).read_to_string(&mut text);
                let known = read.is_ok() && !text.trim().is_empty();
                let text = if known {
                    text.trim()
                } else {
                    "another process"
                };
                return Ok(Err(text.to_owned()));
            }
            Err(cause) => return Err(failed(cause)),
        }
        let written = file.set_len(0).and_then(|()| file.rewind());
        written
            .and_then(|()| file.write_all(holder.as_bytes()))
            .map_err(failed)?;
        Ok(Ok(Self { _file: file }))
    }
}

#[cfg(unix)]
fn lock(file: &File) -> std::io::Result<()> {
    use rustix::fs::{FlockOperation, flock};
    Ok(flock(file, FlockOperation::NonBlockingLockExclusive)?)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
fn lock(_file: &File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_grows_line_by_line_and_loses_half_a_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let mut log = Log::begin(&path, "one\n").unwrap();
        log.add("two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        drop(log);
        let mut log = Log::resume(&path, 6).unwrap();
        log.add("3").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntw3\n");
        log.end().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_lock_is_held_once_and_says_by_whom() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let lock = Lock::take(&path, "the first, with a long name").unwrap();
        assert!(lock.is_ok());
        let held = Lock::take(&path, "the second").unwrap().unwrap_err();
        assert_eq!(held, "the first, with a long name");
        drop(lock);
        assert!(Lock::take(&path, "the third").unwrap().is_ok());
        assert_eq!(fs::read_to_string(&path).unwrap(), "the third");
    }

    #[cfg(unix)]
    #[test]
    fn everything_is_for_the_user_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b");
        create_private_directory(&path).unwrap();
        create_private_directory(&path).unwrap();
        assert!(!is_open_to_others(&path) && !is_open_to_others(path.parent().unwrap()));
        Lock::take(&path.join("lock"), "x").unwrap().unwrap();
        Log::begin(&path.join("log"), "").unwrap();
        assert!(!is_open_to_others(&path.join("lock")) && !is_open_to_others(&path.join("log")));
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        fs::set_permissions(path.join("log"), open).unwrap();
        assert!(is_open_to_others(&path.join("log")));
    }
}
