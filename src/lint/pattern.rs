//! Patterns, and texts that they match: witnesses for what a rule claims.

use crate::rbac::MatchMode;
use crate::rbac::glob::Glob;
use crate::rbac::regex::GoRegex;

/// A pattern of a rule's resource, action or object.
#[derive(Debug)]
pub(crate) enum Pattern {
    /// A glob.
    Glob(Box<Glob>),
    /// A regular expression.
    Regex(Box<GoRegex>),
    /// A pattern that does not compile, and why.
    Broken(String),
}

impl Pattern {
    pub(crate) fn new(mode: MatchMode, pattern: &str) -> Self {
        match mode {
            MatchMode::Glob => match Glob::compile(pattern) {
                Ok(glob) => Self::Glob(Box::new(glob)),
                Err(error) => Self::broken(error),
            },
            MatchMode::Regex => match GoRegex::compile(pattern) {
                Ok(regex) => Self::Regex(Box::new(regex)),
                Err(error) => Self::broken(error),
            },
        }
    }

    fn broken(why: impl std::fmt::Display) -> Self {
        Self::Broken(why.to_string())
    }

    /// Whether it matches; a pattern that cannot be evaluated does not.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Glob(glob) => glob.matches(text).unwrap_or(false),
            Self::Regex(regex) => regex.is_match(text),
            Self::Broken(_) => false,
        }
    }
}

/// Whether a glob is literals and stars alone.
pub(crate) fn is_plain(pattern: &str) -> bool {
    !pattern.contains([
        '?',
        '[',
        ']',
        '{',
        '}',
        '\\',
        '\0',
        char::REPLACEMENT_CHARACTER,
    ])
}

/// Texts that a pattern of objects is likely to match, all of which it does match.
pub(crate) fn objects(mode: MatchMode, pattern: &str) -> Vec<String> {
    let compiled = Pattern::new(mode, pattern);
    let mut texts: Vec<String> = match mode {
        MatchMode::Glob => {
            let stars = ["x", "x/y", "default", ""];
            stars.iter().map(|star| fill(pattern, star)).collect()
        }
        MatchMode::Regex => {
            let bare = pattern.trim_start_matches('^').trim_end_matches('$');
            let stars = ["x", ""];
            stars
                .iter()
                .map(|star| bare.replace(".*", star).replace('\\', ""))
                .collect()
        }
    };
    let common = [
        "default/guestbook",
        "default/argocd/guestbook",
        "https://kubernetes.default.svc",
        "default",
        "x",
    ];
    texts.extend(common.map(str::to_owned));
    texts.retain(|text| compiled.matches(text));
    texts
}

/// A glob with its stars filled in, its first alternatives taken and its `?` a letter.
fn fill(pattern: &str, star: &str) -> String {
    alternatives(pattern)
        .first()
        .map(|tokens| text_of(tokens, star, 'x'))
        .unwrap_or_default()
}

/// Texts that a glob may have to do with, in whatever way.
pub(crate) fn guesses(pattern: &str) -> Vec<String> {
    let all = alternatives(pattern);
    let stars = ["", "x"].into_iter();
    stars
        .flat_map(|star| all.iter().map(move |tokens| text_of(tokens, star, 'x')))
        .collect()
}

/// A part of a glob as everybody reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Literal(char),
    Star,
    Any,
    /// A class: a member of it, and a text that is none.
    Class {
        member: char,
        foreign: char,
    },
}

/// The most alternatives that are looked at.
const MOST: usize = 64;

/// What a glob's alternatives are, each as its parts.
fn alternatives(pattern: &str) -> Vec<Vec<Token>> {
    let chars: Vec<char> = pattern.chars().collect();
    let (all, _) = expand(&chars, 0, false);
    all
}

/// The alternatives of a pattern from an offset on, up to the `,` or `}` that ends it inside
/// braces; and where that is.
fn expand(chars: &[char], mut at: usize, inside: bool) -> (Vec<Vec<Token>>, usize) {
    let mut done = Vec::new();
    let mut current: Vec<Vec<Token>> = vec![Vec::new()];
    while let Some(c) = chars.get(at) {
        at += 1;
        let token = match c {
            '}' if inside => break,
            ',' if inside => {
                done.append(&mut current);
                current.push(Vec::new());
                continue;
            }
            '{' => {
                let (inner, end) = expand(chars, at, true);
                at = end;
                current = current
                    .iter()
                    .flat_map(|head| inner.iter().map(move |tail| [&head[..], tail].concat()))
                    .take(MOST)
                    .collect();
                continue;
            }
            '*' => Token::Star,
            '?' => Token::Any,
            '[' => {
                let (token, end) = class(chars, at);
                at = end;
                token
            }
            '\\' => {
                let escaped = chars.get(at).copied().unwrap_or('\\');
                at += 1;
                Token::Literal(escaped)
            }
            c => Token::Literal(*c),
        };
        for alternative in &mut current {
            alternative.push(token.clone());
        }
    }
    done.append(&mut current);
    done.truncate(MOST);
    (done, at)
}

/// A class from behind its `[` on, and where it ends.
fn class(chars: &[char], start: usize) -> (Token, usize) {
    let negated = matches!(chars.get(start), Some('!' | '^'));
    let first = start + usize::from(negated);
    let rest = &chars[first.min(chars.len())..];
    let length = rest.iter().position(|c| *c == ']').unwrap_or(rest.len());
    let listed = &rest[..length];
    let member = listed.first().copied().unwrap_or('x');
    let in_class = |c: char| {
        listed.contains(&c)
            || listed
                .windows(3)
                .any(|range| range[1] == '-' && (range[0]..=range[2]).contains(&c))
    };
    let foreign = ('a'..='z')
        .chain('0'..='9')
        .find(|c| !in_class(*c))
        .unwrap_or('~');
    let token = if negated {
        Token::Class {
            member: foreign,
            foreign: member,
        }
    } else {
        Token::Class { member, foreign }
    };
    (token, first + length + 1)
}

fn text_of(tokens: &[Token], star: &str, any: char) -> String {
    let mut text = String::new();
    for token in tokens {
        match token {
            Token::Literal(c) => text.push(*c),
            Token::Star => text.push_str(star),
            Token::Any => text.push(any),
            Token::Class { member, .. } => text.push(*member),
        }
    }
    text
}

/// Texts that a glob matches as everybody reads it.
pub(crate) fn meant(pattern: &str) -> Vec<String> {
    let any = if pattern.is_ascii() {
        &['x'][..]
    } else {
        &['x', 'ö']
    };
    let mut texts = Vec::new();
    for tokens in alternatives(pattern) {
        for star in ["1", "x-y", ""] {
            texts.extend(any.iter().map(|any| text_of(&tokens, star, *any)));
        }
    }
    texts
}

/// Texts that a glob does not match as everybody reads it: something foreign in the place of a class.
pub(crate) fn not_meant(pattern: &str) -> Vec<String> {
    let all = alternatives(pattern);
    let [tokens] = &all[..] else {
        // Another alternative may match.
        return Vec::new();
    };
    let mut texts = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Class { foreign, .. } = token else {
            continue;
        };
        let mut other = tokens.clone();
        other[at] = Token::Literal(*foreign);
        if !tokens.contains(&Token::Star) {
            texts.push(text_of(&other, "", 'x'));
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_match() {
        for (mode, pattern) in [
            (MatchMode::Glob, "team-{a,b}/*"),
            (MatchMode::Glob, "*"),
            (MatchMode::Glob, "https://*"),
            (MatchMode::Regex, "^team-a/.*$"),
            (MatchMode::Regex, ".*"),
        ] {
            assert!(!objects(mode, pattern).is_empty(), "{pattern}");
        }
    }
}
