//! Why a program did not come to its own end.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Kind};

/// Why a program did not start, or did not come to its own end. What it said is masked already.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no such program.
    #[error("{} was not found", .program.display())]
    Missing {
        /// What was looked for.
        program: PathBuf,
    },
    /// It is there, but in a directory that depends on where this program was started.
    #[error("{} is not run: PATH has it in {}", .program.display(), shown(.entry))]
    Relative {
        /// What was looked for.
        program: PathBuf,
        /// The entry of PATH.
        entry: PathBuf,
    },
    /// It is there, and the system would not start it.
    #[error("cannot run {}: {cause}", .program.display())]
    NotStarted {
        /// What was to be started.
        program: PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
    /// It ran too long and was ended, with everything it had started.
    #[error("{call} did not answer within {} s and was ended", .after.as_secs_f32())]
    TimedOut {
        /// The call, without secrets.
        call: String,
        /// How long it had.
        after: Duration,
        /// What it had said.
        stderr: String,
    },
    /// It printed too much and was ended.
    #[error("{call} printed more than {limit} bytes and was ended")]
    TooMuch {
        /// The call, without secrets.
        call: String,
        /// How much it may print.
        limit: usize,
        /// What it had said.
        stderr: String,
    },
    /// It asked something that there is no answer for, and was ended.
    #[error("{call} asked for something unexpected and was ended: {asked}")]
    Asked {
        /// The call, without secrets.
        call: String,
        /// Its question.
        asked: String,
        /// What it had said.
        stderr: String,
    },
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted {
        /// Whether the program had been started; it was ended.
        started: bool,
    },
}

impl Failure {
    /// Whether the program ran at all, so that it may have done something.
    pub fn started(&self) -> bool {
        match self {
            Self::Missing { .. } | Self::Relative { .. } | Self::NotStarted { .. } => false,
            Self::TimedOut { .. } | Self::TooMuch { .. } | Self::Asked { .. } => true,
            Self::Interrupted { started } => *started,
        }
    }

    /// What the program had said before it was ended.
    fn said(&self) -> &str {
        match self {
            Self::TimedOut { stderr, .. }
            | Self::TooMuch { stderr, .. }
            | Self::Asked { stderr, .. } => stderr.trim(),
            _ => "",
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let kind = match failure {
            Failure::Interrupted { .. } => Kind::Interrupted,
            _ => Kind::External,
        };
        let mut error = Self::new(kind, failure.to_string());
        if !failure.said().is_empty() {
            error = error.caused_by(failure.said().to_owned());
        }
        match failure {
            Failure::TimedOut { .. } => {
                error.hint("give it more time with --timeout, or check that the server answers")
            }
            Failure::Relative { .. } => error.hint(
                "this entry depends on the working directory: remove it from PATH, or name the program by its path",
            ),
            _ => error,
        }
    }
}

/// An entry of PATH, in which an empty one means the working directory.
fn shown(entry: &Path) -> String {
    if entry.as_os_str().is_empty() {
        "an empty entry, which is the working directory".to_owned()
    } else {
        format!("the relative entry {}", entry.display())
    }
}
