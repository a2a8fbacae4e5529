//! Any glob against any text; behind the first line feed begins the text. The short ways answer as
//! the long one does, what the index relies on holds, and no short pattern is given up.

use argo_rbac::glob::{Glob, Panicked, Shape, quick_shape};

/// Longer patterns and texts may take seconds before they are given up: where the corpus is
/// replayed they are tried all the same.
const LONGEST: usize = 128;
/// Pattern and text together: too short for so much work that a match may be given up.
const SHORT: usize = 64;

pub fn run(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else {
        return;
    };
    if input.len() > LONGEST && !cfg!(test) {
        return;
    }
    let (pattern, text) = input.split_once('\n').unwrap_or((input, ""));
    let quick = quick_shape(pattern);
    let Ok(glob) = Glob::compile(pattern) else {
        assert_eq!(quick, None, "what has a shape compiles");
        return;
    };
    let answer = glob.matches(text);
    match &answer {
        Err(Panicked::GaveUp | Panicked::TooComplex) => {
            assert!(input.len() > SHORT, "given up: {pattern:?} {text:?}");
        }
        Err(Panicked::SliceBounds { .. }) => {
            assert!(glob.may_panic(), "a panic that was not foretold");
        }
        Ok(_) => assert_eq!(glob.matches(text), answer),
    }
    let possible = text.starts_with(glob.literal_prefix()) && text.ends_with(glob.literal_suffix());
    if !possible {
        assert_ne!(answer, Ok(true), "the literals are not in the text");
        assert!(answer == Ok(false) || glob.may_panic());
    }
    let by_shape = match glob.shape() {
        Shape::Any => Some(true),
        Shape::Literal(literal) => Some(text == literal),
        Shape::Prefix(prefix) => Some(text.starts_with(prefix)),
        Shape::Suffix(suffix) => Some(text.ends_with(suffix)),
        Shape::Generic => None,
    };
    if let Some(decided) = by_shape {
        assert_eq!(answer, Ok(decided), "the shape decides otherwise");
    }
    if let Some(quick) = quick {
        assert_eq!(quick, glob.shape());
        the_long_way(pattern, text, &answer);
        assert_eq!(answer, Ok(by_stars(pattern, text)));
    }
}

/// With a backslash in front of a letter the same pattern is lexed, parsed and compiled.
fn the_long_way(pattern: &str, text: &str, answer: &Result<bool, Panicked>) {
    let Some(letter) = pattern.find(|c| c != '*') else {
        return;
    };
    let escaped = format!("{}\\{}", &pattern[..letter], &pattern[letter..]);
    let long = Glob::compile(&escaped).expect("an escaped letter is a letter");
    let same = long.matches(text);
    if same != Err(Panicked::GaveUp) {
        assert_eq!(&same, answer, "{escaped:?}");
    }
}

/// Literals and stars, obviously: each literal where it can stand. Two literals with nothing but
/// stars between them may overlap.
fn by_stars(pattern: &str, text: &str) -> bool {
    let literals: Vec<&str> = pattern.split('*').collect();
    let (first, last) = (literals[0], literals[literals.len() - 1]);
    let middle = || literals[1..literals.len() - 1].iter();
    if literals.len() > 1 && middle().all(|literal| literal.is_empty()) {
        return text.starts_with(first) && text.ends_with(last);
    }
    let pattern: Vec<char> = pattern.chars().collect();
    // Which places of the pattern can be reached with the text so far.
    let mut reached = vec![false; pattern.len() + 1];
    reached[0] = true;
    let stars = |reached: &mut Vec<bool>| {
        for (at, c) in pattern.iter().enumerate() {
            if *c == '*' && reached[at] {
                reached[at + 1] = true;
            }
        }
    };
    stars(&mut reached);
    for c in text.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (at, wanted) in pattern.iter().enumerate() {
            if !reached[at] {
                continue;
            }
            if *wanted == '*' {
                next[at] = true;
            } else if *wanted == c {
                next[at + 1] = true;
            }
        }
        stars(&mut next);
        reached = next;
    }
    reached[pattern.len()]
}
