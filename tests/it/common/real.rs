//! Real programs, where they are.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::skip::skip;

/// The path of a program, or `None` with a message that the test is skipped; under
/// `REQUIRE_REAL_TOOLS=1` a missing one fails.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|p| p.is_file());
    if found.is_none() {
        skip(&format!("{program} is not on PATH"));
    }
    found
}

/// Our own binary.
pub fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_kubectl-octopus_argo"))
}

/// A program that is run with a text on stdin, without a terminal.
#[expect(clippy::disallowed_methods, reason = "tests start the real programs")]
pub fn run(program: &Path, args: &[&str], stdin: &str, prepare: impl Fn(&mut Command)) -> Output {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    prepare(&mut command);
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let text = stdin.to_owned();
    let writer = std::thread::spawn(move || {
        // A program that does not read its stdin closes it.
        let _ = pipe.write_all(text.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}
