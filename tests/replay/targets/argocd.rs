//! Any answer of argocd to any of our calls: exit code in the first byte, stderr up to the first
//! line feed, stdout behind it. No panic, one of our own exit codes, and nothing that a terminal
//! obeys.

use super::world::{Answer, obeys_nothing, run as command};

const CALLS: &[&[&str]] = &[
    &["account", "list"],
    &["account", "get", "-o", "yaml"],
    &["account", "can-i", "get", "logs", "a/b"],
    &["token", "list"],
    &["token", "list", "--role", "ci", "--project", "web"],
    &["token", "prune", "--expired", "--yes"],
    &["check", "--live"],
    &["lint", "--live", "-o", "json"],
];

pub fn run(data: &[u8]) {
    let Some((code, rest)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let (stderr, stdout) = text.split_once('\n').unwrap_or((text, ""));
    let answer = Answer {
        code: i32::from(*code % 32),
        stdout,
        stderr,
    };
    for call in CALLS {
        let ran = command(call, "", &answer);
        assert!(matches!(ran.code, 0..=5 | 130), "{call:?}: {}", ran.code);
        obeys_nothing(&ran.stderr);
        obeys_nothing(&ran.stdout);
    }
}
