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
mod claims;
mod common;
mod decisions;
mod matchers;
mod policies;
mod rollback;
mod server;
