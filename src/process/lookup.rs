//! Finding a program in PATH.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::Failure;

/// Finds a program: a name in PATH, and a path as it is.
///
/// # Errors
/// If an entry of PATH that depends on the working directory (empty, `.`, any relative one) is the
/// first that has the program: anyone who can write there would get the token. Go refuses it for the
/// same reason.
#[cfg(unix)]
pub(super) fn find(program: &Path) -> Result<PathBuf, Failure> {
    #[expect(
        clippy::disallowed_methods,
        reason = "programs are looked up where the system would look them up"
    )]
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    find_in(program, &path)
}

/// The system looks programs up.
#[cfg(not(unix))]
pub(super) fn find(program: &Path) -> Result<PathBuf, Failure> {
    Ok(program.to_owned())
}

#[cfg(unix)]
fn find_in(program: &Path, path: &OsStr) -> Result<PathBuf, Failure> {
    if program.components().count() != 1 || program.is_absolute() {
        return Ok(program.to_owned());
    }
    for directory in std::env::split_paths(path) {
        let found = if directory.as_os_str().is_empty() {
            Path::new(".").join(program)
        } else {
            directory.join(program)
        };
        if !is_executable(&found) {
            continue;
        }
        if directory.is_absolute() {
            return Ok(found);
        }
        return Err(Failure::Relative {
            program: program.to_owned(),
            entry: directory,
        });
    }
    Err(Failure::Missing {
        program: program.to_owned(),
    })
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let found = std::fs::metadata(path);
    found.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_comes_from_an_absolute_entry_or_not_at_all() {
        let find = |path: &str| find_in(Path::new("sh"), OsStr::new(path));
        assert_eq!(find("/nowhere:/bin:.").unwrap(), Path::new("/bin/sh"));
        assert!(matches!(find("/nowhere"), Err(Failure::Missing { .. })));
        let named = find_in(Path::new("./sh"), OsStr::new("/bin"));
        assert_eq!(named.unwrap(), Path::new("./sh"));
        // An entry that depends on the working directory, and has the program.
        let here = std::path::absolute(".").unwrap();
        let up = "../".repeat(here.components().count());
        let relative = format!("{up}bin");
        let error = find(&format!("/nowhere:{relative}:/bin")).unwrap_err();
        let text = crate::error::Error::from(error).to_string();
        assert!(text.contains(&relative), "{text}");
        // One without the program does no harm.
        assert_eq!(find("nowhere::/bin").unwrap(), Path::new("/bin/sh"));
    }
}
