//! The one reader of an Argo CD: from documents to everything in them that decides.
//!
//! [`Site`] is everything that was read, sorted by Argo CD. It reads leniently: aliases and merge
//! keys are followed, and a kind that it does not know is left out and counted. [`select()`] and the
//! readers beside it are for what is edited, and refuse what cannot be.

mod accounts;
mod argocd;
mod ask;
mod ask_one;
mod decide;
mod gather;
mod generator;
mod graph;
mod inline;
mod kustomization;
mod marks;
mod namespace;
mod object;
mod objects;
mod operations;
mod operator;
mod options;
mod places;
mod policy;
mod project;
mod select;
mod setting;
mod settings;
mod sort;
mod spot;
mod template_lines;
mod unknown;
mod values;

pub(crate) use accounts::{AccountKey, Ignored, account_key};
pub use argocd::{ArgoCd, OPERATOR_DEFAULT_ROLE};
pub use ask::{ArgoCds, Inquiry, ask};
pub use ask_one::{ask_at_most_one, ask_one, foreign_note, overlooked};
pub use decide::text_of;
pub use gather::Site;
pub(crate) use generator::{is_quoted, sources};
pub use inline::{inline_patches, unread_patch, with_inline_patches};
pub(crate) use kustomization::is_kustomization;
pub use marks::marks;
pub use namespace::NamespaceScope;
pub use object::{DataShape, Object};
pub use objects::objects;
pub(crate) use operations::{operations, pointer};
pub use operator::OperatorResource;
pub use options::GatherOptions;
pub use places::{Below, Both, Places};
pub(crate) use policy::{Located, PolicySource, WholePolicy, field_range};
pub use project::AppProject;
pub use select::{
    InstanceObjects, ObjectRole, Selection, Selector, TargetConfigMap, select, select_roles,
};
pub(crate) use setting::{Setting, entries};
pub(crate) use settings::{OLD_PATHS, PART_OF, SCOPES_KEY, Settings, SettingsForm};
pub(crate) use sort::PARAMS;
pub use spot::Place;
pub(crate) use spot::Spot;
pub use unknown::{UnknownLines, too_costly};
pub use values::ChartValues;
