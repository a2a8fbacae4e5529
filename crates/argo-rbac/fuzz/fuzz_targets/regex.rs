//! Any regular expression against any text. The target is that of `tests/replay`.
//!
//! `scripts/fuzz.sh regex`

#![no_main]

#[path = "../../tests/replay/targets/regex.rs"]
mod target;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| target::run(data));
