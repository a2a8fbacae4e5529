//! Whole commands, run in-process with a recording host, and a few through the real binary.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::needless_raw_string_hashes,
    reason = "tests use the real world, say when they skip, and fail where they cannot go on"
)]
#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod common;
mod diff;
mod forms;
mod input;
mod render;
mod templates;
