//! Which bytes of a decoded value came from which bytes of the text.

use std::ops::Range;

/// Runs in the order of the value, without a gap in the value.
pub(super) type Runs = Box<[Run]>;

/// A stretch of a decoded value and the source it came from: byte for byte where both are equally
/// long, else as a whole (an escape, a folded line break).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) value: usize,
    pub(super) source: Range<usize>,
}
