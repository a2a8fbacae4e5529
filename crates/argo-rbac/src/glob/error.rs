//! What compiling and matching can fail with, worded as the original words it.

/// A pattern that does not compile. Argo CD lets such a pattern match nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// U+FFFD is in the pattern.
    #[error("could not read rune")]
    UnreadableCharacter,
    /// Two steps back in a row.
    #[error("could not unread rune")]
    UnreadTwice,
    /// The pattern ends inside `[…]`.
    #[error("unexpected end of input")]
    UnexpectedEndOfInput,
    /// Something follows the upper bound of `[lo-hi`.
    #[error("expected close range character")]
    ExpectedRangeClose,
    /// `[]…]`, `[!]…]` and the like.
    #[error("could not parse range")]
    EmptyRange,
    /// `[z-a]`
    #[error("hi character '{hi}' should be greater than lo '{lo}'")]
    RangeOrder {
        /// The lower bound as written.
        lo: char,
        /// The upper bound as written.
        hi: char,
    },
}

/// A match that ended in a panic of the original: Casbin turns it into an error, and so the whole
/// request is denied. The last two kinds are limits of ours, where the original would hang or die.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Panicked {
    /// A fixed-length row reached the end of the text before an empty alternative.
    #[error("runtime error: slice bounds out of range [:{end}] with length {length}")]
    SliceBounds {
        /// Where the slice would have ended.
        end: usize,
        /// The length of what was sliced.
        length: usize,
    },
    /// The pattern is nested or chained too deeply to be compiled in bounded space.
    #[error("the pattern is too complex to be decided")]
    TooComplex,
    /// The match took more steps than any sensible pattern does.
    #[error("the match took too many steps and was given up")]
    GaveUp,
}
