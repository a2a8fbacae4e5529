//! Any edit of any YAML. The target is that of `tests/replay`.
//!
//! `scripts/fuzz.sh yaml`

#![no_main]

#[path = "../../tests/replay/targets/yaml.rs"]
mod target;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| target::run(data));
