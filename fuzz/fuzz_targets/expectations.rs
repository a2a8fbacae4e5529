//! A policy and a file of expectations. The target is that of `tests/replay`.
//!
//! `scripts/fuzz.sh expectations`

#![no_main]

#[path = "../../tests/replay/targets/expectations.rs"]
mod target;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| target::run(data));
