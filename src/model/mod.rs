//! What the other layers speak of: pure data, no input or output, no import of a sibling.

mod source;

pub use source::{Location, Source};
