//! Argo CD's Account Service through the `argocd` command line: a method a call, typed answers,
//! and a typed reason for every no.

mod answers;
mod calls;
mod client;
mod commands;
mod context;
mod hints;
mod log;
mod login;
mod options;
mod own_config;
mod problem;
mod refusal;
mod setup;
mod tokens;

pub use answers::{CanIAnswer, ServerAccount, User};
pub use client::{Client, OPTIONS_VARIABLE, Setup, TOKEN_VARIABLE};
pub use commands::HintCommands;
pub use context::{Logins, comparable, config_file, is_core, remembered};
pub use login::Login;
pub use options::Options;
pub use problem::Problem;
pub use refusal::{Refusal, RefusalReason};
pub use setup::{ArgocdOptions, options_hold_a_token, refuse_core, server_variable, set_up};
pub use tokens::{ATTEMPTS, Gone, PAUSE, twin};
