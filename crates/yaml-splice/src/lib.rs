//! Lossless YAML and JSON: texts are parsed into nodes that know their bytes, and edited by
//! splicing, so that whatever an edit does not concern stays byte for byte.
//!
//! ```
//! use yaml_splice::{Edit, Source, Step, Stream};
//! # fn main() -> yaml_splice::Result<()> {
//! let text = "data:  # ours\n  policy.csv: |\n    p, a, logs, get, */*, allow\n  old: 'x'\n";
//! let stream = Stream::parse(Source::new("cm.yaml", text))?;
//! let document = &stream.documents()[0];
//! let policy = document.get(&[Step::key("data"), Step::key("policy.csv")]);
//! let policy = policy.expect("it is there");
//!
//! // Where something found in a policy's text is in the file.
//! let lines = policy.as_str().expect("it is a text");
//! let at = document.locate(policy, lines.find("logs").expect("it is there"));
//! assert_eq!(document.location(at).to_string(), "cm.yaml:3:11");
//!
//! // Keys set, a line appended, a key removed: all routes are those of the text as it is now.
//! let route = |key: &str| vec![Step::key("data"), Step::key(key)];
//! let text = format!("{lines}g, b, a\n");
//! let edits = [
//!     Edit::Set { document: 0, route: route("accounts.octopus"), value: "apiKey".into() },
//!     Edit::Set { document: 0, route: route("accounts.octopus.enabled"), value: "true".into() },
//!     Edit::SetText { document: 0, route: route("policy.csv"), text },
//!     Edit::Remove { document: 0, route: route("old") },
//! ];
//! assert_eq!(
//!     yaml_splice::edit(&stream, &edits)?,
//!     "data:  # ours\n  policy.csv: |\n    p, a, logs, get, */*, allow\n    g, b, a\n  \
//!      accounts.octopus: apiKey\n  accounts.octopus.enabled: \"true\"\n"
//! );
//! # Ok(())
//! # }
//! ```
//!
//! Reading: [`Stream`] → [`Document`] → [`Node`]. The events come from `granit-parser`; what it
//! leaves open (where a `-`, a `?`, a block scalar's header is) is found in the gaps between
//! events. Types are decided as kubectl's YAML 1.1 reader decides them, because that is what
//! reaches the API server.

#![warn(missing_docs, clippy::missing_errors_doc)]

mod block_scalar;
mod build;
mod comments;
mod decode;
mod document;
mod edit;
mod error;
mod frame;
mod json;
mod node;
mod resolve;
mod runs;
mod stream;
mod syntax;
mod template;
mod trivia;
mod value;

pub mod write;

pub use document::{Document, Duplicate};
pub use edit::{Edit, edit, edited};
pub use error::{Error, ErrorKind, Result};
pub use node::{Entry, Node, NodeKind, Scalar, Step};
pub use resolve::{ScalarStyle, ScalarType};
pub use source_text::{Location, Source, Text};
pub use stream::{Format, Stream};

/// The largest document that is read, in bytes. Kubernetes objects stay below 1.5 MiB.
pub const MAX_DOCUMENT_BYTES: usize = 8 << 20;
/// How deep collections may be nested, aliases followed.
pub const MAX_DEPTH: usize = 100;
/// How many keys and values a document may have, aliases not followed.
pub const MAX_NODES: usize = 1_000_000;
/// What a document may weigh with its aliases followed: sixteen bytes a node, and its text.
pub const MAX_EXPANDED_BYTES: usize = 64 << 20;

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
