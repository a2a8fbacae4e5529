//! Text that is shared without copies, and places in it as people count them.
//!
//! A [`Text`] is cheap to clone. A [`Source`] is a text with the name it was read under, and turns a byte offset
//! into a [`Location`]: `name:line:column`, counted from 1, columns in characters.
//!
//! ```
//! use source_text::Source;
//!
//! let source = Source::new("values.yaml", "a: 1\nb: ü!\n");
//! let offset = source.text().find('!').expect("it is there");
//! assert_eq!(source.location(offset).to_string(), "values.yaml:2:5");
//! ```

#![warn(missing_docs, clippy::missing_errors_doc)]

mod shared;
mod source;

pub use shared::Text;
pub use source::{Location, Source};

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
