//! Statements about all questions at once: what a subject may never do, what everybody may do, and
//! what a change of policy changes. All of it is computed from the rules; examples are asked of the
//! enforcer itself before they are shown.

mod compare;
pub(super) mod concerned;
mod effective;
pub(super) mod prove;
mod regex_pieces;
pub(super) mod sample;

pub use compare::{Change, Comparison, SubjectChange, Whom, compare};
pub use effective::{Cell, Entry, State, effective, subjects};
pub use prove::{Objects, Proof, Prover, Refusal, Verb, verbs};
