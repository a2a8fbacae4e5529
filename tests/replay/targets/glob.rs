//! Any glob against any text; behind the first line feed begins the text. What the index relies on
//! holds.

use kubectl_octopus_argo::rbac::glob::{Glob, Panicked};

pub fn run(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else {
        return;
    };
    let (pattern, text) = input.split_once('\n').unwrap_or((input, ""));
    let Ok(glob) = Glob::compile(pattern) else {
        return;
    };
    let answer = glob.matches(text);
    if !glob.may_panic() {
        // Giving up after too much work is not Argo CD's panic.
        let panicked = matches!(answer, Err(Panicked::SliceBounds { .. }));
        assert!(!panicked, "a panic that was not foretold");
    }
    if let Ok(true) = answer {
        assert!(text.starts_with(glob.literal_prefix()));
        assert!(text.ends_with(glob.literal_suffix()));
    }
    assert_eq!(glob.matches(text), answer);
}
