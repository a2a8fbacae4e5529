//! Any text as a configuration. The target is that of `tests/replay`.
//!
//! `scripts/fuzz.sh config`

#![no_main]

#[path = "../../tests/replay/targets/config.rs"]
mod target;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| target::run(data));
