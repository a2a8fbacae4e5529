//! Any text as a policy. The target is that of `tests/replay`.
//!
//! `scripts/fuzz.sh policy`

#![no_main]

#[path = "../../tests/replay/targets/policy.rs"]
mod target;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| target::run(data));
