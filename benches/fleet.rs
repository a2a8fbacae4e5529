//! How long a fleet of 1,000 Argo CDs takes, beside the goals: rendered, checked and linted from
//! files in under a second together on two cores, in under 100 MB. `cargo bench --bench fleet`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark prints, makes its own files, and stops at what it cannot measure"
)]

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use kubectl_octopus_argo::host::{Environment, Host, Outlet, Terminal};
use kubectl_octopus_argo::process::System;
use tempfile::TempDir;

const INSTANCES: usize = 1_000;
const ROUNDS: usize = 5;
const GOAL: Duration = Duration::from_secs(1);
const GOAL_KIB: usize = 100_000_000 / 1024;

/// Instances with ConfigMaps in files of their own, as the built-in example has them.
fn fleet() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let example = include_str!("../src/input/sample.yaml").replace("octopus-argo-sample", "argocd");
    let (cm, rbac) = example.split_once("\n---\n").unwrap();
    let mut configuration = String::from("defaults: {namespace: argocd}\ninstances:\n");
    for number in 0..INSTANCES {
        let name = format!("i{number}");
        let own = directory.path().join(&name);
        fs::create_dir(&own).unwrap();
        fs::write(own.join("argocd-cm.yaml"), cm).unwrap();
        fs::write(own.join("argocd-rbac-cm.yaml"), rbac).unwrap();
        writeln!(
            configuration,
            "- {{name: {name}, files: [{name}/argocd-cm.yaml, {name}/argocd-rbac-cm.yaml]}}"
        )
        .unwrap();
    }
    fs::write(directory.path().join("octopus-argo.yaml"), configuration).unwrap();
    directory
}

fn run(directory: &Path, line: &str) -> Duration {
    let words = std::iter::once("kubectl-octopus_argo").chain(line.split_whitespace());
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut host = Host {
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        env: Environment::default(),
        terminal: Terminal::default(),
        directory: directory.to_owned(),
        clock: &SystemTime::now,
        runner: &System,
        outlet: Outlet::default(),
    };
    let start = Instant::now();
    let code = kubectl_octopus_argo::run(words.map(OsString::from), &mut host);
    let took = start.elapsed();
    let said = String::from_utf8_lossy(&stderr);
    assert_eq!(code.number(), 0, "{line}: {said}");
    took
}

fn median(mut of: Vec<Duration>) -> Duration {
    of.sort();
    of[of.len() / 2]
}

/// The most memory that this process has held, in KiB, where the system tells it.
fn peak() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn main() {
    let directory = fleet();
    let commands = ["render --all --output-dir out", "check --all", "lint --all"];
    println!("{INSTANCES} instances, median of {ROUNDS} rounds");
    let mut all = Duration::ZERO;
    for command in commands {
        let rounds = (0..ROUNDS).map(|_| {
            let out = directory.path().join("out");
            if out.exists() {
                fs::remove_dir_all(&out).unwrap();
            }
            run(directory.path(), command)
        });
        let took = median(rounds.collect());
        all += took;
        println!("{command:<32}{:>6} ms", took.as_millis());
    }
    let verdict = |met: bool| if met { "met" } else { "missed" };
    println!(
        "{:<32}{:>6} ms   goal {} ms: {}",
        "together",
        all.as_millis(),
        GOAL.as_millis(),
        verdict(all < GOAL)
    );
    if let Some(peak) = peak() {
        println!(
            "{:<32}{:>6} KiB  goal {GOAL_KIB} KiB: {}",
            "most memory at a time",
            peak,
            verdict(peak < GOAL_KIB)
        );
    }
}
