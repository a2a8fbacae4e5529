//! What everybody may do, as lists of rules.

mod effective;

pub use effective::{Cell, Entry, State, effective, subjects};
