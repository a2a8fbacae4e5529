//! Whole commands, run in-process with a recording host, and a few through the real binary.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod argocd_transcripts;
mod common;
mod diff;
mod faults_create;
mod input;
mod render;
mod templates;
