//! Two policies, compared. The target is that of `tests/replay`.
//!
//! `scripts/fuzz.sh compare`

#![no_main]

#[path = "../../tests/replay/targets/compare.rs"]
mod target;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| target::run(data));
