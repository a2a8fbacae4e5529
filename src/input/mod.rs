//! From files, stdin, the cluster or the sample to parsed texts.

mod files;
mod live;
mod live_state;
mod secret;

use std::ops::Range;
use std::path::PathBuf;

pub use files::{Reader, Reading, Skipped, read_text};
pub use live::{Cluster, WantedObjects, get};
pub use live_state::{live_beside_configmaps, live_objects, live_state, skipped_notes};
pub use secret::{LiveSecret, read as read_secret, secret};

use crate::error::Result;
use crate::model::{Source, Which};
use crate::yaml::Stream;

/// Where a text came from. It decides what is printed, and what the next step is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file that the user named.
    Named(PathBuf),
    /// A file found in a directory.
    Found(PathBuf),
    /// stdin.
    Stdin,
    /// The cluster, through kubectl.
    Live,
    /// The built-in example.
    Sample,
    /// Nowhere: it is what would be there after a change.
    Made,
    /// Another file, inside of which it is written.
    Inlined(Inlined),
}

/// Where a text is written inside of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inlined {
    /// The index of the file around it.
    pub file: usize,
    /// The path of that file, if it is one on disk.
    pub path: Option<PathBuf>,
    /// Its bytes there.
    pub body: Range<usize>,
    /// The ConfigMap that it changes, where what is around it says so.
    pub target: Option<Which>,
}

/// A text that was read.
#[derive(Clone, Debug)]
pub struct File {
    /// Where it came from.
    pub origin: Origin,
    /// What is in it.
    pub content: Content,
}

/// What is in a text.
#[derive(Clone, Debug)]
pub enum Content {
    /// YAML or JSON documents.
    Documents(Stream),
    /// A bare policy: CSV without a ConfigMap around it.
    Policy(Source),
}

impl File {
    /// The documents, if it has some.
    pub fn stream(&self) -> Option<&Stream> {
        match &self.content {
            Content::Documents(stream) => Some(stream),
            Content::Policy(_) => None,
        }
    }

    /// Its text and its name.
    pub fn source(&self) -> &Source {
        match &self.content {
            Content::Documents(stream) => stream.source(),
            Content::Policy(source) => source,
        }
    }
}

/// The built-in example of an Argo CD in use.
pub fn sample() -> Result<File> {
    let source = Source::new("<sample>", include_str!("sample.yaml"));
    Ok(File {
        origin: Origin::Sample,
        content: Content::Documents(Stream::parse(source)?),
    })
}
