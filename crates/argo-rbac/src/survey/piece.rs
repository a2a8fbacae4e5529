//! Parts of a pattern, from which texts are made that it matches.

/// The deepest nesting that is followed.
pub(super) const DEEPEST: usize = 32;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// Any text, with slashes in it or without.
    Open {
        slash: bool,
    },
    /// One of these characters.
    OneOf(Vec<char>),
    Choice(Vec<Vec<Piece>>),
}
