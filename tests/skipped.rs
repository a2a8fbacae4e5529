//! The last test binary of `cargo test`: counts what the others could not run here.

#![allow(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "it talks past the test harness, which would keep it to itself"
)]

use std::collections::BTreeMap;
use std::fs;

fn main() {
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/skipped");
    let text = fs::read_to_string(path).unwrap_or_default();
    // The next run counts anew.
    let _ = fs::remove_file(path);
    let mut tests: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (test, why) in text.lines().filter_map(|line| line.split_once(": ")) {
        let tests = tests.entry(why).or_default();
        if !tests.contains(&test) {
            tests.push(test);
        }
    }
    let count: usize = tests.values().map(Vec::len).sum();
    eprintln!("\nskipped tests: {count} (REQUIRE_REAL_TOOLS=1 makes them fail)");
    for (why, tests) in tests {
        eprintln!("  {why}: {}", tests.join(", "));
    }
}
