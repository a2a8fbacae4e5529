//! Text with its place, secrets, and times: what every room needs, and nothing that is Argo CD's.

mod note;
mod secret;
mod shared;
mod source;
mod time;

pub use note::{Note, NoteLevel};
pub use secret::{Secret, SecretBytes};
pub use shared::Text;
pub use source::{Location, Source};
pub use time::{Moment, Span};
