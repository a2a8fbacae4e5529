//! What a room has to say beside its result; `commands` prints it on stderr.

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteLevel {
    /// Good to know; `--quiet` leaves it out.
    Note,
    /// The one next step; `--quiet` leaves it out.
    Next,
    /// Something to look at before going on.
    Warning,
    /// Never left out: `--quiet` makes it a warning.
    Always,
    /// The outcome of a command; among several instances it goes into the report.
    Outcome {
        /// Whether nothing has to be done.
        is_well: bool,
    },
}

/// Something to say on stderr.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How much it matters.
    pub level: NoteLevel,
    /// One or more sentences.
    pub text: String,
}

impl Note {
    fn of(level: NoteLevel, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { level, text }
    }

    /// Something good to know.
    pub fn new(text: impl Into<String>) -> Self {
        Self::of(NoteLevel::Note, text)
    }

    /// The one next step.
    pub fn next(text: impl Into<String>) -> Self {
        Self::of(NoteLevel::Next, text)
    }

    /// Something to look at before going on.
    pub fn warning(text: impl Into<String>) -> Self {
        Self::of(NoteLevel::Warning, text)
    }

    /// Something that must be known whatever was asked for.
    pub fn always(text: impl Into<String>) -> Self {
        Self::of(NoteLevel::Always, text)
    }

    /// The outcome of a command.
    pub fn outcome(is_well: bool, text: impl Into<String>) -> Self {
        Self::of(NoteLevel::Outcome { is_well }, text)
    }
}
