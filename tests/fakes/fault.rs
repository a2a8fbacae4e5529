//! What goes wrong, and when.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::{Answer, finish};

/// Something that goes wrong.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Fault {
    /// The first words of the call: `account generate-token`.
    on: String,
    /// Which call of that kind, from 1; every one where it is not said.
    #[serde(default)]
    nth: Option<usize>,
    /// `before` the call has an effect, or `after`.
    when: String,
    /// What happens, in this order.
    #[serde(rename = "do")]
    steps: Vec<Step>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Step {
    /// Nothing more comes, ever.
    Hang,
    /// Killed, as by the system.
    Die,
    /// Sends whoever called a Ctrl-C.
    Interrupt,
    /// Kills whoever called, as by the system; and goes on.
    Orphan,
    /// Waits this many milliseconds.
    Sleep(u64),
    /// Prints this; `{out}` stands for what would have been printed.
    Print(String),
    /// Says this.
    Say(String),
    /// Prints this many MiB.
    Flood(usize),
    /// Ends with this exit code.
    Exit(i32),
}

/// The words of a call that name its command, without what it is about.
pub(crate) fn command(argv: &[String]) -> String {
    let words: Vec<_> = argv.iter().take(3).map(String::as_str).collect();
    match words[..] {
        ["proj", "role", third] => format!("proj role {third}"),
        [first, second, ..] if !second.starts_with('-') => format!("{first} {second}"),
        [first, ..] => first.to_owned(),
        [] => String::new(),
    }
}

/// The faults that this call meets.
pub(crate) fn load(directory: &Path, argv: &[String], nth: usize) -> Vec<Fault> {
    let Ok(text) = std::fs::read_to_string(directory.join("faults.json")) else {
        return Vec::new();
    };
    let mut faults: Vec<Fault> = serde_json::from_str(&text).expect("faults.json holds faults");
    faults.retain(|fault| fault.on == command(argv) && fault.nth.is_none_or(|n| n == nth));
    faults
}

/// Goes through the faults of this point in time.
pub(crate) fn suffer(faults: &[Fault], when: &str, answer: &Answer) {
    for step in faults
        .iter()
        .filter(|f| f.when == when)
        .flat_map(|f| &f.steps)
    {
        match step {
            Step::Hang => loop {
                std::thread::sleep(Duration::from_secs(3600));
            },
            Step::Die => die(),
            Step::Interrupt => interrupt_parent(),
            Step::Orphan => kill_parent(),
            Step::Sleep(milliseconds) => std::thread::sleep(Duration::from_millis(*milliseconds)),
            Step::Print(text) => {
                print!("{}", text.replace("{out}", answer.stdout.trim_end()));
                let _ = std::io::stdout().flush();
            }
            Step::Say(text) => eprint!("{text}"),
            Step::Flood(mebibytes) => {
                let block = vec![b'x'; 1024 * 1024];
                for _ in 0..*mebibytes {
                    if std::io::stdout().write_all(&block).is_err() {
                        break;
                    }
                }
            }
            Step::Exit(code) => finish(&Answer {
                code: *code,
                ..Answer::default()
            }),
        }
    }
}

#[cfg(unix)]
fn die() {
    let own = rustix::process::getpid();
    let _ = rustix::process::kill_process(own, rustix::process::Signal::KILL);
}

#[cfg(not(unix))]
fn die() {
    std::process::abort();
}

#[cfg(unix)]
fn interrupt_parent() {
    let parent = rustix::process::getppid().expect("somebody called");
    let _ = rustix::process::kill_process(parent, rustix::process::Signal::INT);
    // The signal is noted by the parent before anything else comes from here.
    std::thread::sleep(Duration::from_millis(50));
}

#[cfg(unix)]
fn kill_parent() {
    let parent = rustix::process::getppid().expect("somebody called");
    let _ = rustix::process::kill_process(parent, rustix::process::Signal::KILL);
}

#[cfg(not(unix))]
fn interrupt_parent() {}

#[cfg(not(unix))]
fn kill_parent() {}
