//! Classes that have a name: `\p{…}`.

use super::class::folded;
use super::rune::{MAX_RUNE, Rune};
use super::unicode::{Stored, tables};

/// A class that has a name.
pub(super) struct Named {
    /// Its ranges, clean.
    pub(super) runes: &'static [Rune],
    /// Whether the class holds every rune except these.
    pub(super) negated: bool,
}

/// The class of a name as it is in `\p{…}`, where case, spaces, hyphens and underscores do not
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
