//! Lossless YAML and JSON: texts are parsed into nodes that know their bytes, and edited by
//! splicing, so that whatever an edit does not concern stays byte for byte.
//!
//! ```
//! use kubectl_octopus_argo::model::Source;
//! use kubectl_octopus_argo::yaml::{self, Edit, Step, Stream};
//! # fn main() -> kubectl_octopus_argo::error::Result<()> {
//! let stream = Stream::parse(Source::new("cm.yaml", "data:  # ours\n  url: 'x'\n"))?;
//! let edit = Edit::Set {
//!     document: 0,
//!     route: vec![Step::key("data"), Step::key("accounts.octopus")],
//!     value: "apiKey".into(),
//! };
//! assert_eq!(
//!     yaml::edit(&stream, &[edit])?,
//!     "data:  # ours\n  url: 'x'\n  accounts.octopus: apiKey\n"
//! );
//! # Ok(())
//! # }
//! ```
//!
//! Reading: [`Stream`] → [`Document`] → [`Node`]. The events come from `granit-parser`; what it
//! leaves open (where a `-`, a `?`, a block scalar's header stands) is found in the gaps between
//! events. Types are decided as kubectl's YAML 1.1 reader decides them, because that is what
//! reaches the API server.

mod block_scalar;
mod build;
mod decode;
mod edit;
mod frame;
mod json;
mod node;
mod resolve;
mod stream;
mod syntax;
mod trivia;
mod value;

pub mod write;

pub use edit::{Edit, edit, edited};
pub use node::{Entry, Node, NodeKind, Scalar, ScalarStyle, ScalarType, Step};
pub use stream::{Document, Duplicate, Format, Stream};

/// The largest document that is read, in bytes. Kubernetes objects stay below 1.5 MiB.
pub const MAX_DOCUMENT_BYTES: usize = 8 << 20;
/// How deep collections may be nested, aliases followed.
pub const MAX_DEPTH: usize = 100;
/// How many keys and values a document may have, aliases not followed.
pub const MAX_NODES: usize = 1_000_000;
/// What a document may weigh with its aliases followed: sixteen bytes a node, and its text.
pub const MAX_EXPANDED_BYTES: usize = 64 << 20;
