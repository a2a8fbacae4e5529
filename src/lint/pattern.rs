//! Patterns, and texts that they match: witnesses for what a rule claims.

use crate::rbac::MatchMode;
use crate::rbac::glob::{Effort, Glob, Panicked};
use crate::rbac::regex::GoRegex;
use crate::site::WholePolicy;

/// A glob of a rule, which may cost a share of what all of the policy's may.
#[derive(Debug)]
pub(crate) struct RuleGlob<'p> {
    glob: Box<Glob>,
    text: &'p str,
    effort: &'p Effort,
}

impl RuleGlob<'_> {
    /// Whether it matches a text; where that takes too many steps, the policy remembers it.
    pub(crate) fn matches(&self, text: &str) -> Result<bool, Panicked> {
        let answer = self.glob.matches_within(text, self.effort);
        if matches!(answer, Err(Panicked::TooComplex | Panicked::GaveUp)) {
            self.effort.leave_undecided(self.text);
        }
        answer
    }

    /// Whether the original may panic on some text.
    pub(crate) fn may_panic(&self) -> bool {
        self.glob.may_panic()
    }
}

/// A pattern of a rule's resource, action or object.
#[derive(Debug)]
pub(crate) enum Pattern<'p> {
    /// A glob.
    Glob(RuleGlob<'p>),
    /// A regular expression.
    Regex(Box<GoRegex>),
    /// A pattern that does not compile, and why.
    Broken(String),
}

impl<'p> Pattern<'p> {
    pub(crate) fn new(policy: &'p WholePolicy<'_>, pattern: &'p str) -> Self {
        match policy.mode {
            MatchMode::Glob => match Glob::compile(pattern) {
                Ok(glob) => Self::Glob(RuleGlob {
                    glob: Box::new(glob),
                    text: pattern,
                    effort: &policy.effort,
                }),
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
    let is_special = |byte| matches!(byte, b'?' | b'[' | b']' | b'{' | b'}' | b'\\' | 0);
    !pattern.bytes().any(is_special) && !pattern.contains(char::REPLACEMENT_CHARACTER)
}

/// Texts that a pattern of objects is likely to match, all of which it does match.
pub(crate) fn objects(policy: &WholePolicy<'_>, pattern: &str) -> Vec<String> {
    let compiled = Pattern::new(policy, pattern);
    let mut texts: Vec<String> = match policy.mode {
        MatchMode::Glob => {
            let stars = ["x", "x/y", "default", ""];
            let all = alternatives(pattern);
            let first = all.first().map_or(&[][..], Vec::as_slice);
            stars.iter().map(|star| text_of(first, star, 'x')).collect()
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
enum GlobToken {
    Literal(char),
    Star,
    Any,
    /// A class: a member of it, and a text that is none.
    Class {
        member: char,
        foreign: char,
    },
}

/// The most alternatives that are looked at, and the most parts that they have together.
const MOST: usize = 64;
const MOST_PARTS: usize = 4096;

/// How deep braces are looked into: a matcher takes no deeper ones.
const DEEPEST: usize = 200;

/// What a glob's alternatives are, each as its parts.
fn alternatives(pattern: &str) -> Vec<Vec<GlobToken>> {
    let chars: Vec<char> = pattern.chars().collect();
    let most = (MOST_PARTS / chars.len().max(1)).clamp(1, MOST);
    let (all, _) = expand(&chars, 0, (0, most));
    all
}

/// The alternatives of a pattern from an offset on, up to the `,` or `}` that ends it inside
/// braces; and where that is. `depth` counts the braces around, and `most` the alternatives that
/// are wanted.
fn expand(
    chars: &[char],
    mut at: usize,
    (depth, most): (usize, usize),
) -> (Vec<Vec<GlobToken>>, usize) {
    let inside = depth > 0;
    let mut done = Vec::new();
    let mut current: Vec<Vec<GlobToken>> = vec![Vec::new()];
    while let Some(c) = chars.get(at) {
        at += 1;
        let token = match c {
            '}' if inside => break,
            ',' if inside => {
                done.append(&mut current);
                done.truncate(most);
                current.push(Vec::new());
                continue;
            }
            '{' if depth < DEEPEST => {
                let (inner, end) = expand(chars, at, (depth + 1, most));
                at = end;
                current = current
                    .iter()
                    .flat_map(|head| inner.iter().map(move |tail| [&head[..], tail].concat()))
                    .take(most)
                    .collect();
                continue;
            }
            '*' => GlobToken::Star,
            '?' => GlobToken::Any,
            '[' => {
                let (token, end) = class(chars, at);
                at = end;
                token
            }
            '\\' => {
                let escaped = chars.get(at).copied().unwrap_or('\\');
                at += 1;
                GlobToken::Literal(escaped)
            }
            c => GlobToken::Literal(*c),
        };
        for alternative in &mut current {
            alternative.push(token.clone());
        }
    }
    done.append(&mut current);
    done.truncate(most);
    (done, at)
}

/// A class from behind its `[` on, and where it ends.
fn class(chars: &[char], start: usize) -> (GlobToken, usize) {
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
        GlobToken::Class {
            member: foreign,
            foreign: member,
        }
    } else {
        GlobToken::Class { member, foreign }
    };
    (token, first + length + 1)
}

fn text_of(tokens: &[GlobToken], star: &str, any: char) -> String {
    let mut text = String::new();
    for token in tokens {
        match token {
            GlobToken::Literal(c) => text.push(*c),
            GlobToken::Star => text.push_str(star),
            GlobToken::Any => text.push(any),
            GlobToken::Class { member, .. } => text.push(*member),
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
        let GlobToken::Class { foreign, .. } = token else {
            continue;
        };
        let mut other = tokens.clone();
        other[at] = GlobToken::Literal(*foreign);
        if !tokens.contains(&GlobToken::Star) {
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
            let policy = WholePolicy::of_mode(mode);
            assert!(!objects(&policy, pattern).is_empty(), "{pattern}");
        }
    }

    #[test]
    fn what_is_foreign_to_a_class_is_not_meant() {
        for (pattern, texts) in [
            ("[a-c]x/[!b]", &["dx/a", "ax/b"][..]),
            ("[acz]?", &["bx"]),
            ("[a-z0-9]", &["~"]),
            ("[a]*", &[]),
            ("{[a],b}", &[]),
        ] {
            assert_eq!(not_meant(pattern), texts, "{pattern}");
        }
    }
}
