//! What tests say that cannot run here. `tests/skipped.rs` counts it at the end of `cargo test`.

use std::fs::OpenOptions;
use std::io::Write as _;

/// Says why the running test skips what it is for; under `REQUIRE_REAL_TOOLS=1` that fails.
pub fn skip(why: &str) {
    let is_required = std::env::var("REQUIRE_REAL_TOOLS").is_ok_and(|value| value == "1");
    assert!(!is_required, "{why}, and REQUIRE_REAL_TOOLS=1");
    note(why);
}

/// Says it where even CI does not have what is missing.
pub fn note(why: &str) {
    let test = std::thread::current();
    let line = format!("{}: {why}\n", test.name().unwrap_or("a test"));
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/skipped");
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    file.write_all(line.as_bytes()).unwrap();
    eprint!("skipped: {line}");
}
