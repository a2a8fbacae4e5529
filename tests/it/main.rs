//! Whole commands, run in-process with a recording host, and a few through the real binary.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::format_collect,
    clippy::needless_raw_string_hashes,
    reason = "tests use the real world, say when they skip, and fail where they cannot go on"
)]
#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod account;
mod apps;
mod argocd_transcripts;
mod browser;
mod can;
mod check;
mod common;
mod compare;
mod config;
mod consistency;
mod coverage;
mod diff;
mod docs;
mod doctor;
mod expectations;
mod faults_create;
mod faults_fleet;
mod faults_kills;
mod faults_random;
mod faults_rotate;
mod faults_strace;
mod fleet;
mod fleet_render;
mod fleet_tokens;
mod fleet_verify;
mod forms;
mod gateway;
mod hooks;
mod hostile;
mod input;
mod krew;
mod lint;
mod lint_cases;
mod lint_fix;
mod lint_forms;
mod lint_rules;
mod lint_sarif;
mod live;
mod matrix;
mod packaging;
#[path = "../../crates/argo-rbac/tests/oracle/random.rs"]
mod random;
mod reference;
mod render;
mod security;
mod shell;
#[path = "../../crates/argo-rbac/tests/conformance/sites.rs"]
mod sites;
mod templates;
mod terminal;
mod token;
mod token_prompts;
mod token_reach;
mod token_rotate;
mod truths;
mod verify;
mod who_can;
mod words;
