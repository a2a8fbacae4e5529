//! The corpus of the fuzz targets, replayed: each input was new to the code when it was found. The
//! targets themselves are those that `fuzz/` runs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test says how much it has read, and fails where it cannot go on"
)]
#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod targets {
    pub mod argocd;
    pub mod claims;
    pub mod compare;
    pub mod config;
    pub mod enforcer;
    pub mod expectations;
    pub mod glob;
    pub mod policy;
    pub mod regex;
    pub mod values;
    #[path = "../world.rs"]
    pub mod world;
    pub mod yaml;
}

use std::fs;
use std::path::Path;

/// Replays every input of a target.
fn replay(name: &str, target: fn(&[u8])) {
    let directory = Path::new("tests/replay/corpus").join(name);
    let mut paths: Vec<_> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in &paths {
        let data = fs::read(path).unwrap();
        let outcome = std::panic::catch_unwind(|| target(&data));
        assert!(outcome.is_ok(), "{} fails", path.display());
    }
    println!("{name}: {} inputs", paths.len());
    assert!(!paths.is_empty(), "{name} has no corpus");
}

macro_rules! targets {
    ($($name:ident,)*) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name), targets::$name::run);
            }
        )*

        #[test]
        fn every_corpus_has_its_target_here_and_in_fuzz() {
            let here = [$(stringify!($name)),*];
            for entry in fs::read_dir("tests/replay/corpus").unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                assert!(here.contains(&name.as_str()), "nobody replays {name}");
            }
            let manifest = fs::read_to_string("fuzz/Cargo.toml").unwrap();
            for name in here {
                assert!(manifest.contains(&format!("name = \"{name}\"")), "nobody fuzzes {name}");
                assert!(Path::new("fuzz/fuzz_targets").join(format!("{name}.rs")).exists());
                assert!(Path::new("fuzz/dict").join(format!("{name}.dict")).exists());
            }
        }
    };
}

targets! {
    argocd,
    claims,
    compare,
    config,
    enforcer,
    expectations,
    glob,
    policy,
    regex,
    values,
    yaml,
}
