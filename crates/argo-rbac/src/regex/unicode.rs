//! The Unicode data of Go 1.26 (Unicode 15.0): simple case folding and the classes that `\p{…}`
//! may name. `tests/oracle/tables` writes the file and describes its form.

use std::sync::OnceLock;

use super::class::{Rune, Runes, folded};

const DATA: &[u8] = include_bytes!("unicode.bin");

/// The last rune.
pub(super) const MAX_RUNE: Rune = 0x0010_FFFF;

/// Reads the file's numbers and names one after the other.
struct Reader(&'static [u8]);

impl Reader {
    fn number(&mut self) -> usize {
        let (mut number, mut shift) = (0, 0);
        while let Some((&byte, rest)) = self.0.split_first() {
            self.0 = rest;
            number |= usize::from(byte & 0x7F) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        number
    }

    fn rune(&mut self) -> Rune {
        Rune::try_from(self.number()).unwrap_or(MAX_RUNE)
    }

    fn bytes(&mut self) -> &'static [u8] {
        let count = self.number();
        let (bytes, rest) = self.0.split_at_checked(count).unwrap_or((self.0, &[]));
        self.0 = rest;
        bytes
    }
}

struct Tables {
    /// Every rune that folds, with the next one of its orbit, sorted.
    folds: Vec<(Rune, Rune)>,
    classes: Vec<Stored>,
}

struct Stored {
    /// The names, with commas between them.
    names: &'static [u8],
    /// Whether ignoring case adds what its members fold to.
    folds: bool,
    runes: Runes,
    folded: OnceLock<Runes>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut reader = Reader(DATA);
        Tables {
            folds: read_folds(&mut reader),
            classes: read_classes(&mut reader),
        }
    })
}

fn read_folds(reader: &mut Reader) -> Vec<(Rune, Rune)> {
    let mut folds = Vec::new();
    let mut first = 0;
    for _ in 0..reader.number() {
        first += reader.rune();
        let mut member = first;
        for _ in 0..reader.number() {
            let next = member + reader.rune();
            folds.push((member, next));
            member = next;
        }
        folds.push((member, first));
    }
    folds.sort_unstable();
    folds
}

fn read_classes(reader: &mut Reader) -> Vec<Stored> {
    let mut classes = Vec::new();
    while !reader.0.is_empty() {
        let names = reader.bytes();
        let folds = reader.number() == 1;
        let mut ranges = Reader(reader.bytes());
        let mut runes = Runes::new();
        let mut end = 0;
        while !ranges.0.is_empty() {
            let start = end + ranges.rune();
            end = start + ranges.rune();
            runes.extend([start, end]);
        }
        classes.push(Stored {
            names,
            folds,
            runes,
            folded: OnceLock::new(),
        });
    }
    classes
}

/// Every rune that is the same as others when case is ignored, with the next one of them.
pub(super) fn folds() -> &'static [(Rune, Rune)] {
    &tables().folds
}

/// The next rune that is the same when case is ignored; the rune itself where there is no other.
pub(super) fn simple_fold(rune: Rune) -> Rune {
    if let Ok(byte) = u8::try_from(rune)
        && byte < 0x80
    {
        return match byte {
            b'k' => 0x212A,
            b's' => 0x017F,
            b'A'..=b'Z' => rune + 0x20,
            b'a'..=b'z' => rune - 0x20,
            _ => rune,
        };
    }
    let folds = folds();
    folds
        .binary_search_by_key(&rune, |(from, _)| *from)
        .map_or(rune, |at| folds[at].1)
}

/// A class that has a name.
pub(super) struct Named {
    /// Its ranges, clean.
    pub(super) runes: &'static [Rune],
    /// The name stands for all runes but these.
    pub(super) negated: bool,
}

/// The class of a name as it stands in `\p{…}`, where case, spaces, hyphens and underscores do not
/// count. (So the scripts whose proper names have an underscore cannot be named at all.)
pub(super) fn named(name: &str, fold: bool) -> Option<Named> {
    let name = canonical(name);
    let runes: &[Rune] = match (name.as_str(), fold) {
        ("Any", _) => &[0, MAX_RUNE],
        ("Ascii", false) => &[0, 0x7F],
        // The long s and the sign for kelvin.
        ("Ascii", true) => &[0, 0x7F, 0x017F, 0x017F, 0x212A, 0x212A],
        ("Assigned", _) => stored("Cn", fold)?,
        (name, _) => stored(name, fold)?,
    };
    let negated = name == "Assigned";
    Some(Named { runes, negated })
}

fn canonical(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')) {
        out.push(if out.is_empty() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        });
    }
    out
}

fn stored(name: &str, fold: bool) -> Option<&'static [Rune]> {
    let is_named = |class: &&Stored| {
        let mut names = class.names.split(|byte| *byte == b',');
        names.any(|own| own == name.as_bytes())
    };
    let class = tables().classes.iter().find(is_named)?;
    if fold && class.folds {
        return Some(class.folded.get_or_init(|| folded(&class.runes)));
    }
    Some(&class.runes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_walks_an_orbit_and_returns() {
        for orbit in [
            &['K', 'k', '\u{212A}'][..],
            &['S', 's', 'ſ'],
            &['ß', 'ẞ'],
            &['Σ', 'ς', 'σ'],
        ] {
            for (at, c) in orbit.iter().enumerate() {
                let next = orbit[(at + 1) % orbit.len()];
                assert_eq!(simple_fold(*c as Rune), next as Rune, "{c}");
            }
        }
        for c in ['1', '/', '語', '\u{10FFFF}', '\u{80}'] {
            assert_eq!(simple_fold(c as Rune), c as Rune);
        }
        // The short way for ASCII is what the table says.
        for (from, next) in tables().folds.iter().filter(|(from, _)| *from < 0x80) {
            assert_eq!(simple_fold(*from), *next);
        }
    }

    #[test]
    fn names_are_read_loosely() {
        for name in [
            "Lu",
            "lu",
            "L_U",
            "uppercase letter",
            "Uppercase_Letter",
            "Greek",
            "han",
            "lc",
        ] {
            assert!(named(name, false).is_some(), "{name}");
        }
        for name in [
            "",
            "Alphabetic",
            "Old_Italic",
            "Script=Greek",
            "IsGreek",
            "Grek",
            ",",
            "Lu,",
        ] {
            assert!(named(name, false).is_none(), "{name}");
        }
        assert_eq!(named("ascii", false).unwrap().runes, [0, 0x7F]);
        assert!(named("Assigned", false).unwrap().negated);
        let same = |name| named(name, false).unwrap().runes == named(name, true).unwrap().runes;
        assert!(same("LC") && same("Nd") && !same("Lu") && !same("ASCII"));
    }
}
