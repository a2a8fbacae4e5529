//! Whole commands, and the programs they run.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot do its work must fail"
)]

mod argocd_transcripts;
mod common;
