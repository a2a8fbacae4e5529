//! Any policy, beside the obvious enforcer. The target is that of `tests/replay`.
//!
//! `scripts/fuzz.sh enforcer`

#![no_main]

#[path = "../../tests/replay/targets/enforcer.rs"]
mod target;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| target::run(data));
