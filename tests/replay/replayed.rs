//! Replays the corpus of a package's fuzz targets: each input was new to the code when it was found. And inputs made of
//! those, without coverage to guide them, but in a build without a sanitizer thirty times as many in a minute.

#![allow(
    clippy::disallowed_methods,
    reason = "rules of the program: a test writes what fails, and is told how much to try"
)]

use std::fs;
use std::path::Path;

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
    let mut mutator = Mutator::new(seed, &inputs, words);
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
    state: u64,
    inputs: &'a [Vec<u8>],
    words: Vec<Vec<u8>>,
}

impl<'a> Mutator<'a> {
    fn new(seed: u64, inputs: &'a [Vec<u8>], words: Vec<Vec<u8>>) -> Self {
        let state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Self {
            state,
            inputs,
            words,
        }
    }

    /// Marsaglia's xorshift.
    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 11).unwrap() % limit.max(1)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    fn one<'b, T>(&mut self, of: &'b [T]) -> &'b T {
        &of[self.below(of.len())]
    }

    fn input(&mut self) -> Vec<u8> {
        let inputs = self.inputs;
        let mut parts: Vec<Vec<u8>> = self.parts();
        for _ in 0..self.below(3) {
            let at = self.below(parts.len());
            parts[at] = match self.below(3) {
                0 => (0..self.below(200)).map(|_| self.byte().max(1)).collect(),
                1 if !self.words.is_empty() => {
                    let word = self.below(self.words.len());
                    self.words[word].clone()
                }
                _ => self.parts().into_iter().nth(at).unwrap_or_default(),
            };
        }
        let mut data = parts.join(&0);
        for _ in 0..self.below(4) {
            let at = self.below(data.len() + 1);
            let end = (at + self.below(8)).min(data.len());
            match self.below(4) {
                0 => drop(data.drain(at..end)),
                1 => data.insert(at, self.byte()),
                2 if at < end => data[at] = self.byte(),
                _ => {
                    let other = self.one(inputs);
                    let from = self.below(other.len() + 1);
                    let to = (from + self.below(20)).min(other.len());
                    drop(data.splice(at..at, other[from..to].iter().copied()));
                }
            }
        }
        data
    }

    fn parts(&mut self) -> Vec<Vec<u8>> {
        let inputs = self.inputs;
        let parts = self.one(inputs).split(|byte| *byte == 0);
        parts.map(<[u8]>::to_vec).collect()
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
