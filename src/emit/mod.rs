//! The only place that writes: stdout, and files, atomically.

mod file;
mod in_place;
pub mod secret;
mod staged;
mod state;

use std::io::{ErrorKind, Write};

pub use file::{Access, Existing, create_directory, place, place_all, private_directory, write};
pub use in_place::{Replacement, replace_all};
pub use staged::DirectoryLocks;
pub use state::{Lock, Log, create_private_directory, is_open_to_others, own_directory};

use crate::error::{Error, Result};

/// Writes data to stdout. A reader that has closed its end has seen enough: that is not an error.
pub fn stdout(stdout: &mut dyn Write, text: &str) -> Result<()> {
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => {
            Err(Error::external("cannot write to stdout").caused_by(cause))
        }
        _ => Ok(()),
    }
}
