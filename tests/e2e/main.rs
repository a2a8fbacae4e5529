//! The plugin against a real Argo CD, a real Kubernetes API server, kubectl and argocd, on loopback.
//!
//! `scripts/e2e.sh build` makes the two programs that no package holds. Where a program is missing
//! every test is skipped with one line; under `REQUIRE_REAL_TOOLS=1` it fails instead.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests use the real world, say what they did, and fail where they cannot go on"
)]
#![allow(
    dead_code,
    unused_imports,
    reason = "the harness is shared with the system for people, which needs other parts of it"
)]
#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod accounts;
mod decisions;
mod doctor;
mod fleet;
mod live;
mod projects;
mod proofs;
#[path = "../../crates/argo-rbac/tests/oracle/random.rs"]
mod random;
mod readme;
mod recipes;
mod survival;
mod system;
mod tokens;
mod unreached;
mod wrong;
