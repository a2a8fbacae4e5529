//! Any pattern against any text, in both modes; behind the first line feed begins the text.
//!
//! `cargo +nightly fuzz run patterns`

#![no_main]

use kubectl_octopus_argo::rbac::glob::Glob;
use kubectl_octopus_argo::rbac::regex::GoRegex;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (pattern, text) = input.split_once('\n').unwrap_or((input, ""));
    if let Ok(glob) = Glob::compile(pattern)
        && !glob.may_panic()
        && glob.matches(text).is_ok_and(|matches| matches)
    {
        assert!(text.starts_with(glob.literal_prefix()));
        assert!(text.ends_with(glob.literal_suffix()));
    }
    if let Ok(regex) = GoRegex::compile(pattern)
        && regex.is_match(text)
    {
        assert!(text.starts_with(regex.literal_prefix()));
    }
    if let Some(shape) = GoRegex::quick(pattern) {
        let regex = GoRegex::compile(pattern);
        assert!(regex.is_ok_and(|regex| regex.is_match(text) == shape.matches(text)));
    }
});
