//! Decisions as Argo CD's own enforcer makes them.
//!
//! Policy text → lines ([`lines`]) → a compiled policy ([`Enforcer`]) → decisions ([`Decision`]) and
//! their reasons ([`Explanation`]). Around the enforcer are the rules of Argo CD's server
//! ([`Server`]: tokens, groups, projects) and of its CLI ([`AdminCan`]); [`survey`] makes
//! statements about all questions at once.

#![warn(missing_docs, clippy::missing_errors_doc)]

mod admin;
mod builtin;
mod claims;
mod csv;
mod engine;
pub mod glob;
mod policy;
mod project;
mod quote;
pub mod regex;
mod server;
mod set;
pub mod survey;
mod version;
pub mod vocabulary;

pub use admin::{AdminAnswer, AdminCan, Fatal, looks_like_group, missing_roles_warning};
pub use builtin::builtin_policy;
pub use claims::Claims;
pub use engine::{
    BUILTIN_KEY, Decision, Effect, Enforcer, Explanation, LineId, MAX_HOPS, Request, SourceLine,
    Verdict,
};
pub use policy::{Grouping, Line, Numbered, Policy, PolicyError, Reason, Value, lines};
pub use project::{Project, ProjectRole, project_role};
pub use server::{Answer, Grounds, Server, ServerSettings, UnknownArgument};
pub use set::{MatchMode, POLICY_KEY, PolicySet, PolicyText, is_policy_key, load_order};
pub use source_text::Text;
pub use version::{ArgoCdVersion, BadVersion};

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
