//! The only place that starts programs.

mod secret;
mod system;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub use secret::Secret;
pub use system::System;

/// One program to run: what it is, its arguments, what it gets in its environment and on stdin.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The program: a name looked up in PATH, or a path.
    pub program: PathBuf,
    /// Its arguments, never through a shell. Never a secret.
    pub args: Vec<OsString>,
    /// Variables set in its environment beside the inherited ones.
    pub env: Vec<(OsString, Secret)>,
    /// Variables taken out of its environment.
    pub env_remove: Vec<OsString>,
    /// What it reads on stdin.
    pub stdin: Stdin,
    /// How long it may take before its whole process group is ended.
    pub timeout: Option<Duration>,
}

/// What a program reads on stdin.
#[derive(Clone, Debug)]
pub enum Stdin {
    /// Nothing: closed from the start.
    Closed,
    /// These bytes.
    Bytes(Secret),
    /// Our own stdin, stdout and stderr: the program talks to the user.
    Terminal,
}

/// What a program answered.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it printed; it can be a secret.
    pub stdout: Secret,
    /// What it said.
    pub stderr: String,
}

/// Starts programs. The system's own is `process::System`; tests record.
pub trait Runner: Sync {
    /// Runs a program to its end.
    fn run(&self, invocation: &Invocation) -> crate::error::Result<Output>;
}
