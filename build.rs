//! Tells the program what it was built from: the commit and the target.
//!
//! The commit comes from the first that knows it: the variable `OCTOPUS_ARGO_COMMIT` (for
//! packagers), git, the note that `cargo package` leaves in a crate; else it is `unknown`. Nothing
//! that depends on the time or on the machine goes in, so the same commit gives the same bytes.

use std::fs;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=OCTOPUS_ARGO_COMMIT");
    let commit = named().or_else(from_git).or_else(from_package);
    let commit = commit.unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=OCTOPUS_ARGO_COMMIT={commit}");
    println!(
        "cargo::rustc-env=OCTOPUS_ARGO_TARGET={}",
        variable("TARGET")
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "Cargo speaks to build scripts through the environment"
)]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn named() -> Option<String> {
    commit(&variable("OCTOPUS_ARGO_COMMIT"))
}

/// A commit, if the text is one; nothing else gets into the program.
fn commit(text: &str) -> Option<String> {
    let text = text.trim();
    let is_commit = (7..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    is_commit.then(|| text.to_ascii_lowercase())
}

fn from_git() -> Option<String> {
    // An archive that was unpacked inside another repository is not that repository's commit.
    let top = git(&["rev-parse", "--show-toplevel"])?;
    let here = variable("CARGO_MANIFEST_DIR");
    if fs::canonicalize(top).ok()? != fs::canonicalize(here).ok()? {
        return None;
    }
    // HEAD names a branch, whose file moves with every commit; a packed one has no file.
    for name in [
        "HEAD",
        &git(&["rev-parse", "--symbolic-full-name", "HEAD"])?,
    ] {
        if let Some(path) = git(&["rev-parse", "--git-path", name])
            && Path::new(&path).exists()
        {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    commit(&git(&["rev-parse", "HEAD"])?)
}

#[expect(clippy::disallowed_methods, reason = "git alone knows the commit")]
fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// From the file that `cargo package` writes: `{"git": {"sha1": "…"}, …}`.
fn from_package() -> Option<String> {
    println!("cargo::rerun-if-changed=Cargo.toml");
    let text = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    commit(rest.split('"').nth(1)?)
}
