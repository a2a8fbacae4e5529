//! Runes, and classes of them as ranges.

/// A code point as Go counts it: surrogates included.
pub(super) type Rune = i32;

/// Pairs of first and last rune.
pub(super) type Runes = Vec<Rune>;

/// The last rune.
pub(super) const MAX_RUNE: Rune = 0x0010_FFFF;
