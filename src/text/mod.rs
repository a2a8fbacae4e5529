//! Text with its place, secrets, and times: what every room needs, and nothing that is Argo CD's.

mod count;
mod note;
mod secret;
mod time;

pub use count::counted;
pub use note::{Note, NoteLevel};
pub use secret::{Secret, SecretBytes};
pub use source_text::{Location, Source, Text};
pub use time::{Moment, Span};
