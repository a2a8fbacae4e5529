//! Plays argocd, for tests: a real executable, so that the process code runs as in life.
//!
//! `FAKE_ARGOCD` names a directory. With a `transcript.json` in it, the fake plays that one
//! recorded call of the real argocd. Otherwise `world.json` holds accounts, tokens and rules,
//! which its calls read and change, and `faults.json` what goes wrong, and when. Every call is
//! noted in `calls.jsonl`: its arguments, the names of its environment, the id of its token.
//!
//! A directory in it that has the name of the `--argocd-context` is an Argo CD of its own.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    reason = "a program of its own, that does what programs do"
)]

mod fault;
mod transcript;
mod words;
mod world;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

/// What a call gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// The exit code.
    pub(crate) code: i32,
    /// What is printed.
    pub(crate) stdout: String,
    /// What is said.
    pub(crate) stderr: String,
}

impl Answer {
    fn ok(stdout: impl Into<String>) -> Self {
        Self {
            stdout: stdout.into(),
            ..Self::default()
        }
    }

    /// A fatal error as argocd logs it.
    fn fatal(code: i32, message: &str) -> Self {
        let line = json!({"level": "fatal", "msg": message, "time": "2026-11-22T04:09:51Z"});
        Self {
            code,
            stdout: String::new(),
            stderr: format!("{line}\n"),
        }
    }
}

fn main() {
    let argv: Vec<String> = std::env::args().skip(1).collect();
    let Some(directory) = std::env::var_os("FAKE_ARGOCD").map(PathBuf::from) else {
        eprintln!("FAKE_ARGOCD is not set");
        std::process::exit(99);
    };
    let context = argv.iter().position(|word| word == "--argocd-context");
    let own = context.and_then(|at| Some(directory.join(argv.get(at + 1)?)));
    let directory = own.filter(|own| own.is_dir()).unwrap_or(directory);
    let nth = note(&directory, &argv);
    if let Some(answer) = transcript::play(&directory, &argv) {
        finish(&answer);
    }
    let faults = fault::load(&directory, &argv, nth);
    fault::suffer(&faults, "before", &Answer::default());
    let answer = world::answer(&directory, &argv);
    fault::suffer(&faults, "after", &answer);
    finish(&answer);
}

/// Writes the call down; how many calls with the same first words there were before, with this.
fn note(directory: &Path, argv: &[String]) -> usize {
    let mut names: Vec<String> = std::env::vars_os()
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    let token = std::env::var("ARGOCD_AUTH_TOKEN").ok();
    let line = json!({
        "argv": argv,
        "env": names,
        "token": token.as_deref().and_then(world::id_of),
        "opts": std::env::var("ARGOCD_OPTS").ok(),
        "config": config(),
    });
    locked(directory, || {
        let path = directory.join("calls.jsonl");
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .expect("calls.jsonl can be written");
        // In one piece, whoever else writes or is killed meanwhile.
        file.write_all(format!("{line}\n").as_bytes())
            .expect("calls.jsonl can be written");
        let same = |line: &&str| fault::command(&argv_of(line)) == fault::command(argv);
        before.lines().filter(same).count() + 1
    })
}

/// The configuration in the directory that was named for this call.
fn config() -> Option<String> {
    let directory = std::env::var_os("ARGOCD_CONFIG_DIR")?;
    std::fs::read_to_string(Path::new(&directory).join("config")).ok()
}

fn argv_of(line: &str) -> Vec<String> {
    let call: serde_json::Value = serde_json::from_str(line).expect("calls.jsonl holds JSON");
    serde_json::from_value(call["argv"].clone()).expect("argv is a list")
}

/// Lets one fake at a time read and write the directory.
fn locked<T>(directory: &Path, work: impl FnOnce() -> T) -> T {
    let lock = directory.join("lock");
    let taken = || std::fs::File::create_new(&lock).is_ok();
    // A fake that was killed leaves its lock behind; nobody holds it for as long as this.
    for _ in 0..500 {
        if taken() {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let result = work();
    let _ = std::fs::remove_file(&lock);
    result
}

/// Prints and ends.
fn finish(answer: &Answer) -> ! {
    print!("{}", answer.stdout);
    eprint!("{}", answer.stderr);
    let _ = std::io::stdout().flush();
    std::process::exit(answer.code);
}
