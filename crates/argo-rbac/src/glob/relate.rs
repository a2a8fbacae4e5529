//! How two globs relate, for patterns of literals and stars alone: which matches all that the other
//! matches, and whether they have a text in common. Both answers are exact for those and follow the
//! matcher, for which runs of stars are one star, and the two literals around a single run of stars
//! may overlap.

use super::{Glob, is_plain};

/// Pairs of patterns whose lengths' product is larger are not compared step by step.
const MOST_STEPS: usize = 1 << 18;

/// The literals of a plain pattern, between its runs of stars.
fn literals(pattern: &str) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), pattern);
    while let Some((literal, after)) = rest.split_once('*') {
        parts.push(literal);
        rest = after.trim_start_matches('*');
    }
    parts.push(rest);
    parts
}

/// The texts, shorter than both literals, that a pattern of two literals matches because they may
/// overlap.
fn overlaps<'p>(literals: &[&'p str]) -> impl Iterator<Item = String> + use<'p> {
    let (before, after) = match *literals {
        [before, after] => (before, after),
        _ => ("", ""),
    };
    (1..=before.len().min(after.len()))
        .filter(move |length| {
            after.is_char_boundary(*length) && before.ends_with(&after[..*length])
        })
        .map(move |length| format!("{before}{}", &after[length..]))
}

/// A pattern of literals and stars as wildcards that together match the same: itself, and the texts
/// that it matches because its two literals may overlap. None for any other pattern.
pub(crate) fn plain_variants(pattern: &str) -> Option<Vec<String>> {
    let own = is_plain(pattern).then(|| pattern.to_owned())?;
    Some(
        std::iter::once(own)
            .chain(overlaps(&literals(pattern)))
            .collect(),
    )
}

/// Whether the glob `wide` matches everything that the glob `narrow` matches. A yes is certain; a no
/// is so only for patterns of literals and stars.
pub fn covers(wide: &str, narrow: &str) -> bool {
    if wide == narrow {
        return true;
    }
    if !is_plain(wide) || !is_plain(narrow) {
        return false;
    }
    // A character of which `wide` knows nothing stands for whatever a star of `narrow` stands for:
    // only a star matches it, and a star matches anything in its stead.
    let foreign = ('\u{1}'..=char::MAX).find(|c| *c != '*' && !wide.contains(*c));
    let (Ok(glob), Some(foreign)) = (Glob::compile(wide), foreign) else {
        return false;
    };
    let literals = literals(narrow);
    let text = literals.join(&foreign.to_string());
    glob.matches(&text) == Ok(true)
        && overlaps(&literals).all(|text| glob.matches(&text) == Ok(true))
}

/// Whether some text may match both globs. A no is certain; a yes is so only for patterns of
/// literals and stars that are not too long.
pub fn may_meet(one: &str, other: &str) -> bool {
    if !is_plain(one) || !is_plain(other) || one.len().saturating_mul(other.len()) > MOST_STEPS {
        return true;
    }
    let overlap_meets = |pattern: &str, other: &str| {
        let glob = Glob::compile(other);
        glob.is_ok_and(|glob| {
            overlaps(&literals(pattern)).any(|text| glob.matches(&text) == Ok(true))
        })
    };
    common_text(one.as_bytes(), other.as_bytes())
        || overlap_meets(one, other)
        || overlap_meets(other, one)
}

/// Whether two wildcard patterns have a text in common: from each place in one and in the other on,
/// the last places first.
fn common_text(one: &[u8], other: &[u8]) -> bool {
    let mut below = vec![false; other.len() + 1];
    for i in (0..=one.len()).rev() {
        let mut row = vec![false; other.len() + 1];
        for j in (0..=other.len()).rev() {
            row[j] = match (one.get(i), other.get(j)) {
                (None, None) => true,
                (Some(b'*'), Some(_)) => below[j] || row[j + 1],
                (Some(b'*'), None) => below[j],
                (Some(_), Some(b'*')) => row[j + 1] || below[j],
                (None, Some(b'*')) => row[j + 1],
                (Some(a), Some(b)) => a == b && below[j + 1],
                (None, Some(_)) | (Some(_), None) => false,
            };
        }
        below = row;
    }
    below[0]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn runs_of_stars_are_one_star() {
        // The slash around the stars may be one.
        assert!(!covers("team/*/*", "team/**/app"));
        assert!(!covers("team/*/*", "team/*/app"));
        assert!(covers("team/**", "team/*/app"));
        assert!(covers("a**b", "a*b"));
        assert!(covers("*/*", "team/**"));
        assert!(!covers("action/*/*", "action/**/restart"));
    }

    #[test]
    fn what_covers_what() {
        for (wide, narrow) in [
            ("*", "team-a/*"),
            ("*/*", "team-a/*"),
            ("team-*/*", "team-a/web"),
            ("{a,b}", "{a,b}"),
            ("*b*", "a*b*c"),
            ("a*c", "a*b*c"),
        ] {
            assert!(covers(wide, narrow), "{wide} {narrow}");
        }
        for (wide, narrow) in [
            ("team-a/*", "*/*"),
            ("*/*", "*"),
            ("{a,*}", "a"),
            ("aa*", "a*a"),
            ("*/b", "a/*"),
            ("a*b*c", "a*c"),
        ] {
            assert!(!covers(wide, narrow), "{wide} {narrow}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn relations_agree_with_the_matcher(
            one in "[ab/*]{0,6}", other in "[ab/*]{0,6}",
            texts in prop::collection::vec("[ab/]{0,5}", 40),
        ) {
            let (wide, narrow) = (Glob::compile(&one).unwrap(), Glob::compile(&other).unwrap());
            let fills = ["", "a", "b/", "c"];
            let made = fills.iter().flat_map(|fill| {
                [&one, &other].map(|pattern| pattern.replace('*', fill))
            });
            for text in texts.iter().cloned().chain(made) {
                let both = (wide.matches(&text).unwrap(), narrow.matches(&text).unwrap());
                if covers(&one, &other) {
                    prop_assert!(both.0 || !both.1, "{one} does not cover {other}: {text}");
                }
                if !may_meet(&one, &other) {
                    prop_assert!(!(both.0 && both.1), "{one} meets {other}: {text}");
                }
            }
        }
    }
}
