//! The only place that starts programs: arguments as a list, never through a shell; a bounded
//! time and a bounded output; secrets by environment or stdin, and masked wherever something is
//! shown.

mod failure;
mod interrupt;
mod lookup;
mod mask;
mod prompt;
mod reader;
mod system;
#[cfg(all(test, unix))]
mod tests_system;
mod tree;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

pub use crate::model::shell::quoted;
use crate::text::Secret;
pub use failure::Failure;
pub use interrupt::Hold;
pub use mask::Masks;
pub use prompt::Prompt;
pub use system::{System, trace};

/// How long a program may take, where the user says nothing else.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// How much a program may print on stdout before it is ended.
pub const OUTPUT_LIMIT: usize = 16 * 1024 * 1024;

/// One program to run: what it is, its arguments, what it gets in its environment and on stdin.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The program: a name looked up in PATH, or a path.
    pub program: PathBuf,
    /// Its arguments, never through a shell. Never a secret of ours.
    pub args: Vec<OsString>,
    /// Variables set in its environment beside the inherited ones.
    pub env: Vec<(OsString, Secret)>,
    /// Variables removed of its environment.
    pub env_remove: Vec<OsString>,
    /// What it reads on stdin.
    pub stdin: Stdin,
    /// How long it may take before its whole process group is ended. Not used where it talks to
    /// the user ([`Stdin::Terminal`]), who may take as long as they like.
    pub timeout: Option<Duration>,
    /// What must not be seen in anything that is shown of this call.
    pub masks: Masks,
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
    /// A terminal of its own, on which each prompt that it prints to stdout is answered.
    Prompts(Vec<Prompt>),
}

impl Invocation {
    /// A program without arguments, with the inherited environment, a closed stdin and the default
    /// timeout.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            env: Vec::new(),
            env_remove: Vec::new(),
            stdin: Stdin::Closed,
            timeout: Some(DEFAULT_TIMEOUT),
            masks: Masks::default(),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets a variable in its environment; its value is masked in what is shown.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: Secret) -> Self {
        self.masks.add(&value);
        self.env.push((name.into(), value));
        self
    }
}

/// The call as one would type it, with secrets as `***`: for traces and errors, not for a shell.
impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::new();
        for (name, _) in &self.env {
            line.push_str(&name.to_string_lossy());
            line.push_str("=*** ");
        }
        line.push_str(&word(self.program.as_os_str()));
        for arg in &self.args {
            line.push(' ');
            line.push_str(&word(arg));
        }
        f.write_str(&self.masks.apply(&line))
    }
}

/// A word as a POSIX shell would take it.
fn word(text: &OsStr) -> String {
    quoted(&text.to_string_lossy()).into_owned()
}

/// What a program answered.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it printed; it can be a secret. Empty where it talked to the user.
    pub stdout: Secret,
    /// What it said, with the secrets of the call masked; the end of it where it was very long.
    pub stderr: String,
}

/// Starts programs. The system's own is [`System`]; tests record.
pub trait Runner: Sync {
    /// Runs a program to its end.
    ///
    /// # Errors
    /// What kept it from starting or from coming to its own end. A non-zero exit code is not an error
    /// here.
    fn run(&self, invocation: &Invocation) -> Result<Output, Failure>;

    /// Whether the user has asked to stop, and no one has acted on it yet. While that is so,
    /// [`Runner::run`] starts nothing.
    fn interrupted(&self) -> bool {
        false
    }

    /// Takes note that the user has asked to stop: from here on programs run again, to put things
    /// in order, until the user asks once more.
    fn acknowledge(&self) {}

    /// A runner for one of several tasks at the same time, each of which acts by itself on the
    /// user's wish to stop; `None` where this one serves all of them.
    fn task(&self) -> Option<Box<dyn Runner>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_shown_quoted_and_without_secrets() {
        let call = Invocation::new("/opt/my argocd")
            .args([
                "account",
                "can-i",
                "get",
                "logs",
                "*/*",
                "it's",
                "s3cret-word",
            ])
            .env("ARGOCD_AUTH_TOKEN", Secret::new("s3cret-word"));
        assert_eq!(
            call.to_string(),
            r"ARGOCD_AUTH_TOKEN=*** '/opt/my argocd' account can-i get logs '*/*' 'it'\''s' ***"
        );
        assert!(!format!("{call:?}").contains("hunter"));
    }
}
