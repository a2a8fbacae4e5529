//! Everything a command gets from outside: streams, environment, clock, terminal, programs.
//!
//! Commands take a [`Host`], so that whole commands run inside a test.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::process::{Runner, System};
use crate::text::Moment;

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
    pub clock: &'a (dyn Fn() -> SystemTime + Sync),
    /// Starts programs.
    pub runner: &'a dyn Runner,
    /// What is known of stdout, for what must not get lost there.
    pub outlet: Outlet,
}

/// What is known of stdout beside that it can be written to.
#[derive(Clone, Copy, Debug)]
pub struct Outlet {
    /// Why everything written to it is lost, if that is so.
    pub loses: Option<&'static str>,
    /// Waits at most this long for stdout to take a few bytes; whether it does. What it says
    /// is a help for those who want to hear Ctrl-C meanwhile; writing finds out the rest.
    pub ready: fn(Duration) -> bool,
}

impl Default for Outlet {
    fn default() -> Self {
        Self {
            loses: None,
            ready: |_| true,
        }
    }
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

/// Which streams are terminals, and how wide the one for data is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// Someone can type an answer.
    pub stdin: bool,
    /// Someone reads the data.
    pub stdout: bool,
    /// Someone reads the talk.
    pub stderr: bool,
    /// The columns of the terminal that the data goes to, where that is known.
    pub width: Option<usize>,
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
            width: terminal_size::terminal_size_of(&stdout).map(|(width, _)| width.0.into()),
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
            outlet: Outlet::of_stdout(),
        })
    }

    /// A path as the user meant it: relative ones start from the working directory.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.directory.join(path)
    }

    /// The time now.
    pub fn now(&self) -> Moment {
        Moment::from((self.clock)())
    }
}

impl Outlet {
    /// What stdout is really.
    fn of_stdout() -> Self {
        #[cfg(unix)]
        return Self {
            loses: unix::loses(),
            ready: unix::ready,
        };
        #[cfg(not(unix))]
        Self::default()
    }
}

#[cfg(unix)]
mod unix {
    use std::io::stdout;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::{OFlags, fcntl_getfl, fstat, stat};

    /// The standard library opens `/dev/null` where a program is started with stdout closed, and
    /// takes a write to a file that is not open for writing for done: both lose what is written.
    pub(super) fn loses() -> Option<&'static str> {
        let flags = fcntl_getfl(stdout()).ok()?;
        if flags & OFlags::ACCMODE == OFlags::RDONLY {
            return Some("stdout is not open for writing");
        }
        let (own, null) = (fstat(stdout()).ok()?, stat("/dev/null").ok()?);
        let same = (own.st_dev, own.st_ino) == (null.st_dev, null.st_ino);
        same.then_some("stdout is closed or /dev/null")
    }

    /// Whether a pipe or terminal has room for a few bytes, or will say at once why not.
    pub(super) fn ready(within: Duration) -> bool {
        let stdout = stdout();
        let mut streams = [PollFd::new(&stdout, PollFlags::OUT)];
        let within = Timespec::try_from(within).ok();
        // Where no one can say, writing finds out.
        poll(&mut streams, within.as_ref()).is_ok_and(|ready| ready > 0)
    }
}
