//! The corpus of the fuzz targets, replayed. The targets themselves are those that `fuzz/` runs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test says how much it has read, and fails where it cannot go on"
)]
#![allow(unreachable_pub, reason = "a test binary exports nothing")]

#[macro_use]
mod replayed;
mod targets {
    pub mod argocd;
    pub mod claims;
    pub mod config;
    pub mod expectations;
    pub mod values;
    #[path = "../world.rs"]
    pub mod world;
}

replay_targets! {
    argocd,
    claims,
    config,
    expectations,
    values,
}
