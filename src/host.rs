//! Everything a command gets from outside: streams, environment, clock, terminal, programs.
//!
//! Commands take a [`Host`], so that whole commands run inside a test.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::process::{Runner, System};

/// What a command may use of the outside world.
pub struct Host<'a> {
    /// Data in.
    pub stdin: &'a mut dyn Read,
    /// Data out: nothing but the result.
    pub stdout: &'a mut dyn Write,
    /// Talk: notes, hints, errors.
    pub stderr: &'a mut dyn Write,
    /// The environment.
    pub env: Environment,
    /// Which streams are terminals.
    pub terminal: Terminal,
    /// The working directory, that relative paths start from.
    pub directory: PathBuf,
    /// The time now.
    pub clock: &'a dyn Fn() -> SystemTime,
    /// Starts programs.
    pub runner: &'a dyn Runner,
}

/// The environment variables, read once.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// A variable's value, if it is set and not empty.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        Self(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

/// Which streams are terminals, and how wide.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// Somebody can type an answer.
    pub stdin: bool,
    /// Somebody reads the data.
    pub stdout: bool,
    /// Somebody reads the talk.
    pub stderr: bool,
}

impl Host<'_> {
    /// Gives `work` the real world.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn with_system<T>(work: impl FnOnce(&mut Host<'_>) -> T) -> T {
        let (mut stdin, mut stdout, mut stderr) = (io::stdin(), io::stdout(), io::stderr());
        let terminal = Terminal {
            stdin: stdin.is_terminal(),
            stdout: stdout.is_terminal(),
            stderr: stderr.is_terminal(),
        };
        work(&mut Host {
            stdin: &mut stdin,
            stdout: &mut stdout,
            stderr: &mut stderr,
            env: std::env::vars_os().collect(),
            terminal,
            directory: std::env::current_dir().unwrap_or_default(),
            clock: &SystemTime::now,
            runner: &System,
        })
    }

    /// A path as the user meant it: relative ones start from the working directory.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.directory.join(path)
    }
}
