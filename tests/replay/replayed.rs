//! Replays the corpus of a package's fuzz targets: each input was new to the code when it was found. And inputs made of
//! those, without coverage to guide them, but in a build without a sanitizer thirty times as many in a minute.

#![allow(
    clippy::disallowed_methods,
    reason = "rules of the program: a test writes what fails, and is told how much to try"
)]

use std::fs;
use std::path::Path;

#[path = "../../crates/argo-rbac/tests/oracle/random.rs"]
#[allow(dead_code, reason = "its other users need more of it")]
mod random;

use random::Random;

const CORPUS: &str = "tests/replay/corpus";

/// Replays every input of a target, and as many that are made of them as `MUTATED` says: other ones for another
/// `MUTATED_SEED`.
pub fn replay(name: &str, target: fn(&[u8])) {
    let mut paths: Vec<_> = fs::read_dir(Path::new(CORPUS).join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let inputs: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    let holds = |data: &[u8]| std::panic::catch_unwind(|| target(data)).is_ok();
    for (path, data) in paths.iter().zip(&inputs) {
        assert!(holds(data), "{} fails", path.display());
    }
    let words = fs::read_to_string(format!("fuzz/dict/{name}.dict")).unwrap();
    let words = words.lines().filter_map(word).collect();
    let seed = number("MUTATED_SEED", 1);
    let random = Random::new(seed);
    let mut mutator = Mutator {
        random,
        inputs: &inputs,
        words,
    };
    let more = number("MUTATED", 200);
    for at in 0..more {
        let data = mutator.input();
        if !holds(&data) {
            let path = format!("fuzz/artifacts/{name}/mutated-{seed}-{at}");
            fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
            fs::write(&path, data).unwrap();
            panic!("{path} fails");
        }
    }
    println!("{name}: {} inputs, {more} made of them", inputs.len());
    assert!(!inputs.is_empty(), "{name} has no corpus");
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |number| number.parse().unwrap())
}

/// A word of a dictionary of libFuzzer, without its escapes.
fn word(line: &str) -> Option<Vec<u8>> {
    let word = line.strip_prefix('"')?.strip_suffix('"')?;
    (!word.contains('\\')).then(|| word.into())
}

/// Makes inputs of those of a corpus. NULs stand between the parts of an input.
struct Mutator<'a> {
    random: Random,
    inputs: &'a [Vec<u8>],
    words: Vec<Vec<u8>>,
}

impl Mutator<'_> {
    fn input(&mut self) -> Vec<u8> {
        let mut parts = self.parts();
        for _ in 0..self.random.below(3) {
            let at = self.random.below(parts.len());
            parts[at] = match self.random.below(3) {
                0 => {
                    let length = self.random.below(200);
                    (0..length).map(|_| self.byte().max(1)).collect()
                }
                1 if !self.words.is_empty() => {
                    self.words[self.random.below(self.words.len())].clone()
                }
                _ => self.parts().into_iter().nth(at).unwrap_or_default(),
            };
        }
        let mut data = parts.join(&0);
        for _ in 0..self.random.below(4) {
            let at = self.random.below(data.len() + 1);
            let end = (at + self.random.below(8)).min(data.len());
            match self.random.below(4) {
                0 => drop(data.drain(at..end)),
                1 => data.insert(at, self.byte()),
                2 if at < end => data[at] = self.byte(),
                _ => {
                    let other = &self.inputs[self.random.below(self.inputs.len())];
                    let from = self.random.below(other.len() + 1);
                    let to = (from + self.random.below(20)).min(other.len());
                    drop(data.splice(at..at, other[from..to].iter().copied()));
                }
            }
        }
        data
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.random.below(256)).unwrap()
    }

    fn parts(&mut self) -> Vec<Vec<u8>> {
        let input = &self.inputs[self.random.below(self.inputs.len())];
        input.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()
    }
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
