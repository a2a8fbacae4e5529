//! The one error type, and the one place that turns its kinds into exit codes.

use std::error::Error as StdError;
use std::fmt;
use std::process::ExitCode;

use crate::model::Location;
use crate::yaml;

/// A specialised result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(u8);

impl Code {
    /// Yes, clean, no difference.
    pub const OK: Self = Self(0);
    /// No, findings, differences.
    pub const NO: Self = Self(1);
    /// Wrong usage.
    pub const USAGE: Self = Self(2);
    /// Bad input.
    pub const INPUT: Self = Self(3);
    /// An external program failed or is missing, or a secret could not be delivered.
    pub const EXTERNAL: Self = Self(4);
    /// Someone else's permissions would change.
    pub const COLLATERAL: Self = Self(5);
    /// Interrupted.
    pub const INTERRUPTED: Self = Self(130);

    /// The number the process exits with.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code.0)
    }
}

/// What kind of failure an [`Error`] is; it alone decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command line does not make sense.
    Usage,
    /// Something that was read is wrong or missing.
    Input,
    /// A program that was run failed or is missing, or output could not be delivered.
    External,
    /// The change would alter what someone else may do.
    Collateral,
    /// Ctrl-C, or a signal that ends the program.
    Interrupted,
    /// Our own mistake: a result that was checked before it was shown is not what it must be.
    Internal,
}

impl Kind {
    /// The exit code of this kind. An internal error counts as bad input: it is always some input
    /// that we could not treat safely, and nothing was written.
    pub fn code(self) -> Code {
        match self {
            Self::Usage => Code::USAGE,
            Self::Input | Self::Internal => Code::INPUT,
            Self::External => Code::EXTERNAL,
            Self::Collateral => Code::COLLATERAL,
            Self::Interrupted => Code::INTERRUPTED,
        }
    }
}

/// What went wrong, where, why, and what to do next.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    location: Option<Location>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    hints: Vec<String>,
}

impl Error {
    /// An error of `kind` that says `message`: a sentence without a capital and without a full stop.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            location: None,
            source: None,
            hints: Vec::new(),
        }
    }

    /// The command line does not make sense.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Something that was read is wrong or missing.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Kind::Input, message)
    }

    /// A program that was run failed or is missing, or output could not be delivered.
    pub fn external(message: impl Into<String>) -> Self {
        Self::new(Kind::External, message)
    }

    /// Our own mistake; asks the user to report it.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, message)
            .hint("this is a bug in kubectl octopus-argo: nothing was written; please report it")
    }

    /// Says where it happened.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Says what it was caused by.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds a line that says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its exit code.
    pub fn code(&self) -> Code {
        self.kind.code()
    }

    /// Where it happened, if that is a place in a text.
    pub fn location(&self) -> Option<&Location> {
        self.location.as_ref()
    }

    /// What to do next, a line each.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl From<yaml::Error> for Error {
    fn from(error: yaml::Error) -> Self {
        let told = match error.kind() {
            yaml::ErrorKind::Input => Self::input(error.message()),
            yaml::ErrorKind::Internal => Self::internal(error.message()),
        };
        let told = match error.location() {
            Some(location) => told.at(location.clone()),
            None => told,
        };
        let told = match error.cause() {
            Some(cause) => told.caused_by(cause.clone()),
            None => told,
        };
        error.hints().iter().fold(told, Self::hint)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.location {
            Some(location) => write!(f, "{location}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
