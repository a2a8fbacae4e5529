//! What the tests share.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;
use yaml_splice::Source;
use yaml_splice::Stream;

/// Parses a text that must be valid.
pub(crate) fn parse(text: &str) -> Stream {
    Stream::parse(Source::new("test.yaml", text)).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The first document as JSON.
pub(crate) fn json(text: &str) -> Value {
    let stream = parse(text);
    let document = &stream.documents()[0];
    document.to_json(document.root().unwrap()).unwrap()
}

/// The objects that the real kubectl reads in a manifest; `None` where it is missing and may be.
#[expect(
    clippy::disallowed_methods,
    reason = "the real program is what is tested against"
)]
pub(crate) fn kubectl(manifest: &str) -> Option<Result<Vec<Value>, String>> {
    let child = Command::new("kubectl")
        .args([
            "patch",
            "--local",
            "-f",
            "-",
            "--type",
            "merge",
            "-p",
            "{}",
            "-o",
            "json",
            "--show-managed-fields",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            assert!(
                std::env::var_os("REQUIRE_REAL_TOOLS").is_none_or(|value| value != "1"),
                "kubectl is required: {error}"
            );
            let _ = writeln!(std::io::stderr(), "skipped: no kubectl: {error}");
            return None;
        }
    };
    let mut stdin = child.stdin.take().unwrap();
    let manifest = manifest.to_owned();
    let writer = std::thread::spawn(move || {
        // kubectl may refuse before it has read everything.
        let _ = stdin.write_all(manifest.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Some(if output.status.success() {
        let objects = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
        Ok(objects.map(Result::unwrap).collect())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    })
}
