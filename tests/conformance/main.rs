//! Answers recorded from the real programs, and what reads them.

#![allow(
    clippy::print_stdout,
    reason = "a test says how many cases it has read"
)]

mod matchers;
