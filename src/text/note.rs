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
    /// Something good to know.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            level: NoteLevel::Note,
            text: text.into(),
        }
    }

    /// The one next step.
    pub fn next(text: impl Into<String>) -> Self {
        Self {
            level: NoteLevel::Next,
            text: text.into(),
        }
    }

    /// Something to look at before going on.
    pub fn warning(text: impl Into<String>) -> Self {
        Self {
            level: NoteLevel::Warning,
            text: text.into(),
        }
    }
}
