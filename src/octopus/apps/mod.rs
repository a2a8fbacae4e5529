//! Which sources of which Applications a deployment updates, as Octopus Deploy decides it.
//!
//! Octopus reads annotations of an Application ([`annotation`]) and compares them with the slugs of
//! a deployment, source by source ([`mapping`]). [`read`] takes Applications and ApplicationSets out
//! of documents, [`writable`] tells the sources that Octopus cannot write to, and [`images`] reads
//! the annotations of Helm charts.

pub mod annotation;
pub mod choose;
pub mod elsewhere;
pub mod images;
pub mod mapping;
pub mod read;
pub mod repository;
pub mod selector;
pub mod writable;

pub use annotation::{AnnotationField, Key, is_slug, is_templated, slug_of};
pub use choose::{ChosenSource, Unchosen, choose};
pub use mapping::{AnnotationScope, Deployment, Mapping, MappingVerdict, Match, mappings};
pub use read::{AppKind, AppSource, Application, Parent};
pub use selector::LabelSelector;
pub use writable::{Unwritable, unwritable};
