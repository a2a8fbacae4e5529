//! Answers recorded from the real programs, and what reads them.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its input must fail"
)]
#![allow(
    clippy::print_stdout,
    reason = "a test says how many cases it has read"
)]

mod admin;
mod analysis;
mod claims;
mod common;
mod decisions;
mod engine;
mod explain;
mod generated;
mod matchers;
mod obvious;
mod policies;
mod reference;
mod rollback;
mod server;
mod servers;
mod sites;
mod strategies;
