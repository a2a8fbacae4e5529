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

/// The version of Argo CD that the programs are built from.
pub fn argocd_version() -> &'static str {
    let modules = include_str!("../go.mod").lines();
    let mut versions =
        modules.filter_map(|line| line.trim().strip_prefix("github.com/argoproj/argo-cd/v3 v"));
    let version = versions.next().expect("go.mod names Argo CD");
    version.split(' ').next().unwrap_or(version)
}
