//! Builds and drives the Go program.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::random::Random;

#[derive(Serialize)]
struct Request<'a> {
    engine: &'a str,
    pattern: &'a str,
    texts: &'a [String],
}

#[derive(Deserialize)]
struct Response {
    error: Option<String>,
    results: String,
}

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle");

/// What a Go program beside this file writes; `None` where it cannot be built.
#[expect(
    clippy::disallowed_methods,
    reason = "the tables come from another program"
)]
pub(crate) fn output(package: &str) -> Option<Vec<u8>> {
    let mut command = Command::new("go");
    command
        .args(["run", package])
        .current_dir(SOURCES)
        .stderr(Stdio::null());
    let output = command.output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// The built program; tests that run side by side build it once.
#[expect(clippy::disallowed_methods, reason = "the compiler is another program")]
fn program() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oracle");
        let mut command = Command::new("go");
        command.args(["build", "-o"]).arg(&program).arg(".");
        let built = command.current_dir(SOURCES).stderr(Stdio::null()).status();
        built
            .is_ok_and(|status| status.success())
            .then_some(program)
    };
    PROGRAM.get_or_init(build).as_deref()
}

/// The running oracle.
pub(crate) struct Oracle(Child);

impl Oracle {
    /// Starts the program; `None` where it cannot be built.
    #[expect(clippy::disallowed_methods, reason = "the oracle is another program")]
    pub(crate) fn start() -> Option<Self> {
        let child = Command::new(program()?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        child.ok().map(Self)
    }

    /// Asks so many questions and hands every answer on, in order.
    pub(crate) fn ask(
        mut self,
        engine: &str,
        seed: u64,
        patterns: u64,
        mut draw: impl FnMut(&mut Random) -> (String, Vec<String>) + Send + 'static,
        mut answer: impl FnMut(Result<String, String>),
    ) {
        let mut input = BufWriter::new(self.0.stdin.take().unwrap());
        let output = BufReader::new(self.0.stdout.take().unwrap());
        let engine = engine.to_owned();
        let writer = std::thread::spawn(move || {
            let mut random = Random::new(seed);
            for _ in 0..patterns {
                let (pattern, texts) = draw(&mut random);
                let request = Request {
                    engine: &engine,
                    pattern: &pattern,
                    texts: &texts,
                };
                serde_json::to_writer(&mut input, &request).unwrap();
                input.write_all(b"\n").unwrap();
            }
        });
        let mut lines = 0;
        for line in output.lines() {
            let response: Response = serde_json::from_str(&line.unwrap()).unwrap();
            lines += 1;
            answer(response.error.map_or(Ok(response.results), Err));
        }
        writer.join().unwrap();
        assert!(self.0.wait().unwrap().success());
        assert_eq!(lines, patterns, "the oracle stopped early");
    }
}
