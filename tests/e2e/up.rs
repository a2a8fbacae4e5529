//! The system of the end-to-end tests for people: starts it, writes a file
//! `env` for a shell into the directory that is given, and stays until it is ended.
//! `scripts/e2e.sh up` runs this; `cargo test` does not.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    dead_code,
    unused_imports,
    reason = "shares the tests' harness, of which it needs only a part"
)]
#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod system;

use std::path::PathBuf;

use system::{ArgoCd, Session, cluster};

fn main() {
    let directory = PathBuf::from(std::env::args_os().nth(1).expect("a directory"));
    let Some(cluster) = cluster() else { return };
    let plain = ArgoCd::install(cluster, "argocd");
    let tls = ArgoCd::start(cluster, "argocd", true);
    let user = Session::admin(cluster, &plain);
    let text = format!(
        "export PATH='{}'\nexport HOME='{}'\nexport KUBECONFIG='{}'\n\
         # argocd-server of namespace argocd, in plain text and with TLS; admin's password\n\
         export E2E_PLAIN='{}' E2E_TLS='{}' E2E_PASSWORD='{}'\n",
        system::path(),
        user.path().display(),
        cluster.kubeconfig.display(),
        plain.address(),
        tls.address(),
        ArgoCd::PASSWORD,
    );
    // Complete at once for whoever waits for it.
    std::fs::write(directory.join("env.new"), text).unwrap();
    std::fs::rename(directory.join("env.new"), directory.join("env")).unwrap();
    loop {
        std::thread::park();
    }
}
