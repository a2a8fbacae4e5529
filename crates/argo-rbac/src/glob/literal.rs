//! What every text that a compiled pattern matches must start and end with. Sound, not complete;
//! taken from the compiled form, because the text of a pattern misleads: an unclosed `{a,b`
//! matches `a`, and a NUL ends the pattern.

use super::matcher::{Matcher, Row, TreeMatcher};

/// What every text starts with that this matches, or that starts where this is found.
pub(super) fn prefix(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Text(own) => own.text.to_string(),
        Matcher::Prefix(prefix) | Matcher::PrefixSuffix(prefix, _) => prefix.to_string(),
        Matcher::AnyOf(any) => {
            let mut prefixes = any.matchers.iter().map(prefix);
            let first = prefixes.next().unwrap_or_default();
            prefixes.fold(first, |known, other| common_start(known, &other))
        }
        Matcher::Row(row) => row_prefix(row),
        Matcher::Tree(tree) => tree_prefix(tree),
        _ => String::new(),
    }
}

fn common_start(mut known: String, other: &str) -> String {
    let same = known.chars().zip(other.chars());
    let length = same.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8());
    known.truncate(length.sum());
    known
}

/// A literal is only matched whole, so what follows it follows it in the text.
fn row_prefix(row: &Row) -> String {
    let mut literal = String::new();
    for (_, matcher) in &row.matchers {
        literal += &prefix(matcher);
        if !matches!(matcher, Matcher::Text(_)) {
            break;
        }
    }
    literal
}

fn tree_prefix(tree: &TreeMatcher) -> String {
    if let Some(left) = &tree.left {
        return prefix(left);
    }
    let mut literal = prefix(&tree.value);
    if let (Matcher::Text(_), Some(right)) = (&tree.value, &tree.right) {
        literal += &prefix(right);
    }
    literal
}

/// What every text ends with that this matches.
pub(super) fn suffix(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Text(own) => own.text.to_string(),
        Matcher::Suffix(suffix) | Matcher::PrefixSuffix(_, suffix) => suffix.to_string(),
        Matcher::AnyOf(any) => {
            let mut suffixes = any.matchers.iter().map(suffix);
            let first = suffixes.next().unwrap_or_default();
            suffixes.fold(first, |known, other| common_end(&known, &other))
        }
        // A row may end before the text does, when characters of several bytes confuse its count.
        Matcher::Tree(tree) => tree_suffix(tree),
        _ => String::new(),
    }
}

fn common_end(known: &str, other: &str) -> String {
    let same = known.chars().rev().zip(other.chars().rev());
    let length = same.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8());
    known[known.len() - length.sum::<usize>()..].to_owned()
}

fn tree_suffix(tree: &TreeMatcher) -> String {
    match (&tree.right, &tree.value) {
        (Some(right), _) => suffix(right),
        (None, Matcher::Text(own)) => own.text.to_string(),
        // Found and at the end, a row has taken exactly as many bytes as it counts characters.
        (None, Matcher::Row(row)) => {
            let texts = row.matchers.iter().rev().map_while(|(_, m)| match m {
                Matcher::Text(own) => Some(&*own.text),
                _ => None,
            });
            let mut texts: Vec<_> = texts.collect();
            texts.reverse();
            texts.concat()
        }
        (None, _) => String::new(),
    }
}

/// Whether some text can make this panic: a row that holds something of no length.
pub(super) fn may_panic(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Row(row) => row
            .matchers
            .iter()
            .any(|(len, m)| *len == 0 || may_panic(m)),
        Matcher::AnyOf(any) => any.matchers.iter().any(may_panic),
        Matcher::Tree(tree) => {
            let sides = [&tree.left, &tree.right];
            may_panic(&tree.value) || sides.into_iter().flatten().any(may_panic)
        }
        _ => false,
    }
}
