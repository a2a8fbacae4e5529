//! Builds and drives the Go program.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

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

/// The running oracle.
pub(crate) struct Oracle(Child);

impl Oracle {
    /// Builds the program and starts it; `None` where that cannot be done.
    #[expect(clippy::disallowed_methods, reason = "the oracle is another program")]
    pub(crate) fn start() -> Option<Self> {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oracle");
        let built = Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(".")
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle"))
            .stderr(Stdio::null())
            .status();
        if !built.is_ok_and(|status| status.success()) {
            return None;
        }
        let child = Command::new(program)
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
