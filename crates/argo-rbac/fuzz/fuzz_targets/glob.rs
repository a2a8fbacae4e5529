//! Any glob against any text. The target is that of `tests/replay`.
//!
//! `scripts/fuzz.sh glob`

#![no_main]

#[path = "../../tests/replay/targets/glob.rs"]
mod target;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| target::run(data));
