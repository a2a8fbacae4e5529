//! The error of reading and editing.

use std::fmt;

use source_text::Location;

/// A result of reading or editing.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whose mistake an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text is not valid, or cannot be edited as asked without a change to something else.
    Input,
    /// The call makes no sense, or no way to write the edit read back as intended: a mistake of the caller or of
    /// this library. Nothing was changed.
    Internal,
}

/// What went wrong, where, and what to do about it.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    location: Option<Location>,
    hints: Vec<String>,
    cause: Option<Box<Error>>,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            location: None,
            hints: Vec::new(),
            cause: None,
        }
    }

    /// The text is not valid or cannot be edited as asked.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// The call makes no sense, or an edit did not read back as intended.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// Says where it happened.
    pub(crate) fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Adds a line that says what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Says what it was caused by.
    pub(crate) fn caused_by(mut self, cause: Self) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// Whose mistake it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What happened: a sentence without a capital and without a full stop.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it happened, if that is a place in a text.
    pub fn location(&self) -> Option<&Location> {
        self.location.as_ref()
    }

    /// What it was caused by.
    pub fn cause(&self) -> Option<&Self> {
        self.cause.as_deref()
    }

    /// What to do next, a line each.
    pub fn hints(&self) -> &[String] {
        &self.hints
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

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause().map(|cause| cause as _)
    }
}
