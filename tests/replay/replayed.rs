//! Replays the corpus of a package's fuzz targets: each input was new to the code when it was found.

use std::fs;
use std::path::Path;

const CORPUS: &str = "tests/replay/corpus";

/// Replays every input of a target.
pub fn replay(name: &str, target: fn(&[u8])) {
    let mut paths: Vec<_> = fs::read_dir(Path::new(CORPUS).join(name))
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

/// Fails unless the targets are those with a corpus and those of the package's `fuzz/`.
pub fn check_targets(targets: &[&str]) {
    for entry in fs::read_dir(CORPUS).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(targets.contains(&name.as_str()), "nobody replays {name}");
    }
    let manifest = fs::read_to_string("fuzz/Cargo.toml").unwrap();
    assert_eq!(manifest.matches("[[bin]]").count(), targets.len());
    for name in targets {
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "nobody fuzzes {name}"
        );
        assert!(
            Path::new("fuzz/fuzz_targets")
                .join(format!("{name}.rs"))
                .exists()
        );
        assert!(Path::new("fuzz/dict").join(format!("{name}.dict")).exists());
    }
}

/// One test for each target, and one for all.
macro_rules! replay_targets {
    ($($name:ident,)*) => {
        $(
            #[test]
            fn $name() {
                replayed::replay(stringify!($name), targets::$name::run);
            }
        )*

        #[test]
        fn every_corpus_has_its_target_here_and_in_fuzz() {
            replayed::check_targets(&[$(stringify!($name)),*]);
        }
    };
}
