//! What the other layers speak of: pure data, no input or output, no import of a sibling.

mod account;
mod configmap;
mod ownership;
mod project;
mod source;

pub use account::{API_KEY, AccountName, Capabilities, LOGIN, parse_bool};
pub use configmap::{
    ConfigMap, DEFAULT_ROLE_KEY, Data, MATCH_MODE_KEY, POLICY_KEY, Which, is_data_key,
    is_policy_key,
};
pub use ownership::{Manager, Marks, Owner, is_upstream};
pub use project::{MatchMode, ProjectName};
pub use source::{Location, Source};
