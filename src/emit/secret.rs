//! Secrets that must arrive: a file that no one else can read, or a stdout that took every byte.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::file::{self, Access, Existing};
use crate::error::{Error, Result};
use crate::text::Secret;

/// What every pipe takes at once when it takes anything (POSIX), and then does not block.
const AT_ONCE: usize = 512;
/// How often someone who asks to stop is heard while stdout is full.
const TICK: Duration = Duration::from_millis(50);

/// Where a secret goes: into a file of its own, or to stdout.
#[derive(Clone, Debug)]
pub struct SecretTarget {
    /// The file; otherwise stdout.
    pub path: Option<PathBuf>,
    /// Whether a file that exists is replaced.
    pub existing: Existing,
}

impl SecretTarget {
    /// A file, or stdout.
    pub fn new(path: Option<PathBuf>, overwrites: bool) -> Self {
        let existing = if overwrites {
            Existing::Replace
        } else {
            Existing::Keep
        };
        Self { path, existing }
    }

    /// Finds out what can be found out before there is a secret.
    ///
    /// # Errors
    /// Why it could not be written there.
    pub fn probe(&self) -> Result<()> {
        let path = self.path.as_deref();
        path.map_or(Ok(()), |path| probe(path, self.existing))
    }

    /// Writes the secret; `ready` and `stop` are as for [`stdout`].
    ///
    /// # Errors
    /// Why it did not arrive.
    pub fn write(
        &self,
        secret: &Secret,
        to: &mut dyn Write,
        ready: fn(Duration) -> bool,
        stop: &dyn Fn() -> bool,
    ) -> Result<()> {
        match &self.path {
            Some(path) => file(path, secret, self.existing),
            None => stdout(to, ready, stop, secret),
        }
    }
}

/// Where a secret is to be written, before there is one: finds out what can be found out without
/// writing.
///
/// # Errors
/// Why it could not be written there.
fn probe(path: &Path, existing: Existing) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if existing == Existing::Keep => {
            let what = if found.is_dir() {
                "a directory"
            } else {
                "there already"
            };
            return Err(Error::usage(format!("{} is {what}", path.display()))
                .hint("name another file, or replace this one with --force"));
        }
        Ok(found) if !found.is_file() => {
            return Err(Error::usage(format!("{} is not a file", path.display()))
                .hint("a secret goes into a regular file, which is replaced as a whole"));
        }
        _ => {}
    }
    file::temporary(file::directory(path), Access::Private)
        .map(drop)
        .map_err(|cause| file::failed(path, cause))
}

/// Writes a secret to a file of its own (0600), atomically. It has arrived when this returns:
/// written, synced and read back.
fn file(path: &Path, secret: &Secret, existing: Existing) -> Result<()> {
    let bytes = secret.expose().as_bytes();
    file::write_checked(path, bytes, Access::Private, existing, |written| {
        let read = zeroize::Zeroizing::new(fs::read(written)?);
        if read.as_slice() == bytes {
            Ok(())
        } else {
            Err(std::io::Error::other(
                "what was read back is not what was written",
            ))
        }
    })
}

/// Writes a secret to stdout. It has arrived when this returns: stdout took every byte. While
/// stdout is full, `stop` is asked again and again whether to give up.
///
/// # Errors
/// Why it did not arrive, a closed reader among the reasons; some of it may have been taken.
fn stdout(
    stdout: &mut dyn Write,
    ready: fn(Duration) -> bool,
    stop: &dyn Fn() -> bool,
    secret: &Secret,
) -> Result<()> {
    let failed = |cause: std::io::Error| {
        let what = match cause.kind() {
            ErrorKind::BrokenPipe => "the reader of stdout has closed it",
            _ => "cannot write to stdout",
        };
        Error::external(what).caused_by(cause)
    };
    for chunk in secret.expose().as_bytes().chunks(AT_ONCE) {
        loop {
            if stop() {
                return Err(Error::new(crate::error::Kind::Interrupted, "interrupted"));
            }
            if ready(TICK) {
                break;
            }
        }
        stdout
            .write_all(chunk)
            .and_then(|()| stdout.flush())
            .map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_stays_unless_it_may_go() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        let secret = Secret::new("eyJ.new");
        probe(&path, Existing::Keep).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        file(&path, &secret, Existing::Keep).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "eyJ.new");
        let error = probe(&path, Existing::Keep).unwrap_err();
        assert!(error.to_string().contains("there already"), "{error}");
        probe(&path, Existing::Replace).unwrap();
        let error = probe(directory.path(), Existing::Replace).unwrap_err();
        assert!(error.to_string().contains("not a file"), "{error}");
        let error = probe(&directory.path().join("no/token"), Existing::Keep).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::EXTERNAL);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_never_replaced() {
        let error = probe(Path::new("/dev/null"), Existing::Replace).unwrap_err();
        assert!(error.to_string().contains("not a file"), "{error}");
    }

    #[test]
    fn a_full_stdout_can_be_given_up() {
        let mut taken = Vec::new();
        let error = stdout(&mut taken, |_| false, &|| true, &Secret::new("x")).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::INTERRUPTED);
        assert!(taken.is_empty());
        let long = Secret::new("x".repeat(5000));
        stdout(&mut taken, |_| true, &|| false, &long).unwrap();
        assert_eq!(taken.len(), 5000);
    }
}
