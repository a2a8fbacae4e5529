//! How two globs relate, for patterns of literals and stars alone: which matches all that the other
//! matches, and whether they have a text in common. Both answers are exact for those and follow the
//! matcher, for which runs of stars are one star, and the two literals around a single run of stars
//! may overlap.

use memchr::memmem;

use super::is_plain;

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
    // `plain_matches` reads a star of `narrow` as a character. No literal of `wide` has one, so only a
    // star of `wide` matches it. It comes first because most pairs differ in their first characters.
    plain_matches(wide, narrow)
        && is_plain(wide)
        && is_plain(narrow)
        && overlaps(&literals(narrow)).all(|text| plain_matches(wide, &text))
}

/// Whether some text may match both globs. A no is certain; a yes is so only for patterns of
/// literals and stars.
pub(crate) fn may_meet(one: &str, other: &str) -> bool {
    if !is_plain(one) || !is_plain(other) {
        return true;
    }
    let (Some(mine), Some(theirs)) = (ends(one), ends(other)) else {
        return if one.contains('*') {
            plain_matches(one, other)
        } else {
            plain_matches(other, one)
        };
    };
    // Between beginnings that agree and ends that agree each has a star for all that the other asks.
    let begin = mine.0.starts_with(theirs.0) || theirs.0.starts_with(mine.0);
    begin && (mine.1.ends_with(theirs.1) || theirs.1.ends_with(mine.1))
}

/// Returns the literals before the first star of a plain pattern and behind the last, or `None` for a
/// pattern without a star.
fn ends(pattern: &str) -> Option<(&str, &str)> {
    let (begin, _) = pattern.split_once('*')?;
    let (_, end) = pattern.rsplit_once('*')?;
    Some((begin, end))
}

/// Whether a plain pattern matches a text, as its compiled form does.
fn plain_matches(pattern: &str, text: &str) -> bool {
    let Some((begin, end)) = ends(pattern) else {
        return pattern == text;
    };
    let inner = &pattern[begin.len()..pattern.len() - end.len()];
    if !text.starts_with(begin) || !text.ends_with(end) {
        return false;
    }
    if inner.bytes().all(|byte| byte == b'*') {
        // The two literals may overlap.
        return true;
    }
    let Some(between) = text.len().checked_sub(end.len()) else {
        return false;
    };
    let Some(mut rest) = text.as_bytes().get(begin.len()..between) else {
        return false;
    };
    inner.split('*').all(|literal| {
        let found = memmem::find(rest, literal.as_bytes());
        found.is_some_and(|at| {
            rest = &rest[at + literal.len()..];
            true
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::glob::Glob;

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
            ("é*", "éa*"),
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

    #[test]
    fn what_meets_what() {
        for (one, other, meets) in [
            ("a*b*c", "ab*dc", true),
            ("a*", "*b", true),
            ("*a*", "*b*", true),
            ("a*a", "a", true),
            ("a*b*a", "aba", true),
            ("a*b*a", "a", false),
            ("a*b", "b*", false),
            ("ab*", "a*c*b", true),
            ("ab*c", "a*dc", true),
            ("a*cb", "*ab", false),
        ] {
            assert_eq!(may_meet(one, other), meets, "{one} {other}");
            assert_eq!(may_meet(other, one), meets, "{other} {one}");
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
                prop_assert_eq!(plain_matches(&one, &text), both.0, "{} {}", one, text);
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
