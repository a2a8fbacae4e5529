//! A new text on the disk that is not in its place yet.
//!
//! Where the system can (Linux), the file has no name until it takes its place, so that a process
//! that is killed leaves nothing behind.

use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::file::{Access, directory, temporary};

/// A synced text beside the file that it will replace.
pub(super) struct Staged(StagedFile);

enum StagedFile {
    #[cfg(target_os = "linux")]
    Unnamed(File, PathBuf),
    Named(NamedTempFile),
}

impl Staged {
    /// Writes a text beside `target`, with the owner and mode of `like`.
    pub(super) fn beside(target: &Path, like: &Metadata, text: &str) -> io::Result<Self> {
        let staged = Self::new(directory(target))?;
        let mut file = staged.file();
        file.write_all(text.as_bytes())?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            let made = file.metadata()?;
            if (made.uid(), made.gid()) != (like.uid(), like.gid()) {
                fchown(file, Some(like.uid()), Some(like.gid()))?;
            }
        }
        // After the owner: a change of owner takes bits away.
        file.set_permissions(like.permissions())?;
        file.sync_all()?;
        Ok(staged)
    }

    fn new(directory: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(file) = unnamed(directory) {
            return Ok(Self(StagedFile::Unnamed(file, directory.to_owned())));
        }
        Ok(Self(StagedFile::Named(temporary(
            directory,
            Access::Private,
        )?)))
    }

    fn file(&self) -> &File {
        match &self.0 {
            #[cfg(target_os = "linux")]
            StagedFile::Unnamed(file, _) => file,
            StagedFile::Named(file) => file.as_file(),
        }
    }

    /// Puts the text in the place of `target`.
    pub(super) fn replace(self, target: &Path) -> io::Result<()> {
        self.named()?
            .persist(target)
            .map(drop)
            .map_err(|error| error.error)
    }

    /// Puts the text at `path`, where nothing must be.
    pub(super) fn create(self, path: &Path) -> io::Result<()> {
        match self.0 {
            #[cfg(target_os = "linux")]
            StagedFile::Unnamed(file, _) => link(&file, path),
            StagedFile::Named(file) => file
                .persist_noclobber(path)
                .map(drop)
                .map_err(|error| error.error),
        }
    }

    /// Returns the text as a file with a name, for a rename.
    fn named(self) -> io::Result<tempfile::TempPath> {
        match self.0 {
            #[cfg(target_os = "linux")]
            StagedFile::Unnamed(file, directory) => {
                let name = tempfile::Builder::new()
                    .prefix(".octopus-argo-")
                    .make_in(directory, |path| link(&file, path))?;
                Ok(name.into_temp_path())
            }
            StagedFile::Named(file) => Ok(file.into_temp_path()),
        }
    }

    /// Puts the text in the place of `target`, or keeps it under a name beside it, which is
    /// returned.
    pub(super) fn replace_or_keep(self, target: &Path) -> Result<(), Option<PathBuf>> {
        let named = self.named().map_err(|_| None)?;
        named
            .persist(target)
            .map_err(|failed| failed.path.keep().ok())
    }
}

/// A file without a name, if the file system has such files and they can be given one later.
#[cfg(target_os = "linux")]
fn unnamed(directory: &Path) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = openat(CWD, directory, flags, Mode::RUSR | Mode::WUSR).ok()?;
    let file = File::from(file);
    fs::exists(own_path(&file))
        .is_ok_and(|there| there)
        .then_some(file)
}

/// Gives a file without a name one; what is there is never replaced.
#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    Ok(linkat(
        CWD,
        own_path(file),
        CWD,
        path,
        AtFlags::SYMLINK_FOLLOW,
    )?)
}

#[cfg(target_os = "linux")]
fn own_path(file: &File) -> String {
    use std::os::fd::AsRawFd as _;
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

/// Directories in which no other process of ours edits files until this is dropped.
///
/// The lock is on the directory itself, so that it leaves nothing behind; where the file system has
/// no locks, there is none.
#[must_use]
pub struct DirectoryLocks {
    _held: Vec<File>,
}

impl DirectoryLocks {
    /// Waits for the directories of `files`, symbolic links followed, always in the same order.
    pub fn take<'p>(files: impl IntoIterator<Item = &'p Path>) -> Self {
        let targets = files
            .into_iter()
            .filter_map(|path| fs::canonicalize(path).ok());
        let mut directories: Vec<PathBuf> =
            targets.map(|path| directory(&path).to_owned()).collect();
        directories.sort();
        directories.dedup();
        let held = directories.iter().filter_map(|path| lock(path));
        Self {
            _held: held.collect(),
        }
    }
}

#[cfg(unix)]
fn lock(directory: &Path) -> Option<File> {
    let file = File::open(directory).ok()?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).ok()?;
    Some(file)
}

#[cfg(not(unix))]
fn lock(_directory: &Path) -> Option<File> {
    None
}
