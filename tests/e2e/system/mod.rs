//! Starts and ends the programs, and runs command lines against them.

mod argocd;
mod cluster;
mod janitor;
mod program;
mod session;
#[path = "../../it/common/skip.rs"]
pub mod skip;

pub use argocd::ArgoCd;
pub use cluster::{Cluster, cluster, find, path};
pub(crate) use janitor::directory;
pub use session::{Outcome, Session};
