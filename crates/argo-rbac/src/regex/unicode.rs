//! The Unicode data of Go 1.26 (Unicode 15.0): simple case folding and the classes that `\p{…}`
//! may name. `tests/oracle/tables` writes the file and describes its form.

use std::sync::OnceLock;

use super::rune::{MAX_RUNE, Rune, Runes};

const DATA: &[u8] = include_bytes!("unicode.bin");

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

pub(super) struct Tables {
    /// Every rune that folds, with the next one of its orbit, sorted.
    folds: Vec<(Rune, Rune)>,
    pub(super) classes: Vec<Stored>,
}

pub(super) struct Stored {
    /// The names, with commas between them.
    pub(super) names: &'static [u8],
    /// Whether ignoring case adds what its members fold to.
    pub(super) folds: bool,
    pub(super) runes: Runes,
    pub(super) folded: OnceLock<Runes>,
}

pub(super) fn tables() -> &'static Tables {
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
}
