//! What the other layers speak of: pure data, no input or output, no import of a sibling.

mod account;
mod complete;
mod configmap;
mod configuration;
mod connection;
mod form;
mod gateway;
mod instance;
mod names;

mod ownership;
mod project;
mod severity;
pub mod shell;
pub mod spelling;
mod terminal;
mod token;

pub use crate::rbac::{ArgoCdVersion, MatchMode, POLICY_KEY, is_policy_key};
pub use crate::text::{Location, Moment, Source, Span, Text};
pub use account::{API_KEY, AccountName, Capabilities, LOGIN, parse_bool};
pub use configmap::{
    ConfigMap, DEFAULT_NAMESPACE, DEFAULT_ROLE_KEY, Data, MATCH_MODE_KEY, Which, is_data_key,
};
pub use configuration::{Configuration, FailOn, FleetSettings, LintSettings};
pub use connection::Connection;
pub use form::{Form, FormOutput};
pub use gateway::{FieldKind, Gateway, GatewayField};
pub use instance::{
    ArgocdSettings, Defaults, Destination, Instance, Permissions, check_values_root,
};
pub use names::{is_namespace, is_object_name};

pub use ownership::{ExternalOwner, ExternalTool, LastApplied, Manager, Marks, Owner, is_upstream};
pub use project::ProjectName;
pub use severity::Severity;
pub use terminal::printable;
pub use token::{Expiry, Subject, TokenClaims, TokenOwner, TokenRecord};

/// How a user calls the program: in help, usage and hints.
pub const PROGRAM: &str = "kubectl octopus-argo";
