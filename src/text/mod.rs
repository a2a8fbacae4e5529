//! Text with its place, secrets, and times: what every room needs, and nothing that is Argo CD's.

mod note;
mod secret;
mod source;
mod text;
mod time;

pub use note::{Note, NoteLevel};
pub use secret::{Secret, SecretBytes};
pub use source::{Location, Source};
pub use text::Text;
pub use time::{Moment, Span};
