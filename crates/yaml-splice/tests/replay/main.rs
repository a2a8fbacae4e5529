//! The corpus of the fuzz targets, replayed. The targets themselves are those that `fuzz/` runs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test says how much it has read, and fails where it cannot go on"
)]
#![allow(unreachable_pub, reason = "a test binary exports nothing")]

#[macro_use]
#[path = "../../../../tests/replay/replayed.rs"]
mod replayed;
mod targets {
    pub mod yaml;
}

replay_targets! {
    yaml,
}
