//! Any text as a token. The target is that of `tests/replay`.
//!
//! `scripts/fuzz.sh claims`

#![no_main]

#[path = "../../tests/replay/targets/claims.rs"]
mod target;
#[path = "../../tests/replay/world.rs"]
mod world;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| target::run(data));
