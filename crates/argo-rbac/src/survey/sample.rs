//! Texts that a pattern matches, most likely: the enforcer has the last word on each.

use super::piece::{DEEPEST, Piece};
use super::regex_pieces::regex_pieces;
use crate::MatchMode;
use crate::server::{Server, unmentioned};

/// The most texts that are made of one pattern.
const MOST: usize = 48;

/// The kinds of filling for an open place.
const FILLS: usize = 5;

/// The alternatives of a choice that are tried.
const CHOICES: usize = 8;

/// Names for what a pattern leaves open, such that no rule mentions them.
#[derive(Clone, Debug)]
pub(super) struct FreshNames {
    project: String,
    namespace: String,
    name: String,
    server: String,
}

impl FreshNames {
    /// Names that are nowhere in a policy, given a test for whether a word does.
    pub(super) fn new(mentioned: impl Fn(&str) -> bool) -> Self {
        Self::of_word(&unmentioned(mentioned))
    }

    /// Names that are nowhere in a server's policies.
    pub(super) fn on(server: &Server) -> Self {
        Self::of_word(server.unmentioned())
    }

    fn of_word(word: &str) -> Self {
        Self {
            project: format!("{word}-project"),
            namespace: format!("{word}-namespace"),
            name: format!("{word}-app"),
            server: format!("https://{word}-cluster.example:6443"),
        }
    }

    /// Writes a text for the `position`-th of `count` open places; `fill` 0 is the plainest.
    fn fill(&self, fill: usize, position: usize, count: usize, slash: bool, text: &mut String) {
        let Self {
            project,
            namespace,
            name,
            server,
        } = self;
        let alone = if position + 1 < count { project } else { name };
        let parts: &[&str] = match (slash, fill) {
            (true, 0) => &[alone],
            (true, 1) => &[project, "/", name],
            (true, 2) => &[project, "/", namespace, "/", name],
            (true, 3) => &[server],
            (false, fill) if fill % 2 == 0 => &[alone],
            _ => &[],
        };
        text.extend(parts.iter().copied());
    }

    /// A resource's namespace and name.
    pub(super) fn resource(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// Objects as Argo CD builds them, of a project or of any.
    pub(super) fn objects(&self, project: Option<&str>) -> Vec<String> {
        let Some(project) = project else {
            let fill = |fill| {
                let mut text = String::new();
                self.fill(fill, 0, 1, true, &mut text);
                text
            };
            return (0..FILLS).map(fill).collect();
        };
        let Self {
            namespace,
            name,
            server,
            ..
        } = self;
        vec![
            format!("{project}/{name}"),
            format!("{project}/{namespace}/{name}"),
            format!("{project}/{server}"),
        ]
    }
}

/// Texts made of a pattern, the plainest first. Not all of them match.
pub(super) fn samples(mode: MatchMode, pattern: &str, names: &FreshNames) -> Vec<String> {
    let pieces = match mode {
        MatchMode::Glob => glob_pieces(&mut pattern.chars().peekable(), 0),
        MatchMode::Regex => regex_pieces(pattern),
    };
    let count = count_open(&pieces);
    let mut all = Vec::new();
    // One kind of filling for every open place, and each alternative in turn.
    for fill in 0..if count == 0 { 1 } else { FILLS } {
        for choice in 0..if has_choice(&pieces) { CHOICES } else { 1 } {
            let mut text = String::new();
            let mut position = 0;
            write(
                &pieces,
                names,
                (fill, choice),
                count,
                &mut position,
                &mut text,
            );
            if !all.contains(&text) {
                all.push(text);
            }
        }
    }
    if mode == MatchMode::Regex {
        // An expression that is not anchored matches more than it says.
        for text in all.clone().into_iter().take(2) {
            all.push(format!("my-{text}"));
            all.push(format!("{text}s"));
        }
    }
    all.truncate(MOST);
    all
}

fn has_choice(pieces: &[Piece]) -> bool {
    let mut pieces = pieces.iter();
    pieces.any(|piece| matches!(piece, Piece::Choice(_) | Piece::OneOf(_)))
}

fn count_open(pieces: &[Piece]) -> usize {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Open { .. } => 1,
            Piece::Choice(arms) => arms.iter().map(|arm| count_open(arm)).max().unwrap_or(0),
            Piece::Text(_) | Piece::OneOf(_) => 0,
        })
        .sum()
}

fn write(
    pieces: &[Piece],
    names: &FreshNames,
    (fill, choice): (usize, usize),
    count: usize,
    position: &mut usize,
    text: &mut String,
) {
    for piece in pieces {
        match piece {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Open { slash } => {
                names.fill(fill, *position, count, *slash, text);
                *position += 1;
            }
            Piece::OneOf(chars) => {
                if let Some(c) = chars.get(choice % chars.len().max(1)) {
                    text.push(*c);
                }
            }
            Piece::Choice(arms) => {
                if let Some(arm) = arms.get(choice % arms.len().max(1)) {
                    write(arm, names, (fill, choice), count, position, text);
                }
            }
        }
    }
}

/// Reads a glob up to its end, or up to the end of an alternative when `depth` is not zero.
fn glob_pieces(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, depth: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let text = |pieces: &mut Vec<Piece>, c: char| {
        if let Some(Piece::Text(text)) = pieces.last_mut() {
            text.push(c);
        } else {
            pieces.push(Piece::Text(c.to_string()));
        }
    };
    while let Some(c) = rest.peek().copied() {
        if depth > 0 && matches!(c, ',' | '}') {
            break;
        }
        rest.next();
        match c {
            '*' => {
                while rest.next_if_eq(&'*').is_some() {}
                pieces.push(Piece::Open { slash: true });
            }
            '?' => pieces.push(Piece::OneOf(vec!['x', '0'])),
            '\\' => {
                if let Some(c) = rest.next() {
                    text(&mut pieces, c);
                }
            }
            '[' => pieces.push(Piece::OneOf(glob_class(rest))),
            '{' if depth < DEEPEST => {
                let mut arms = Vec::new();
                loop {
                    arms.push(glob_pieces(rest, depth + 1));
                    if rest.next() != Some(',') {
                        break;
                    }
                }
                pieces.push(Piece::Choice(arms));
            }
            c => text(&mut pieces, c),
        }
    }
    pieces
}

/// Characters of a class, of which the bracket was read: those named, or some that are not.
fn glob_class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Vec<char> {
    let not = rest.next_if_eq(&'!').is_some();
    let mut named = Vec::new();
    for c in rest.by_ref() {
        if c == ']' {
            break;
        }
        named.push(c);
    }
    if not {
        let mut others: Vec<char> = ('a'..='z').chain('0'..='9').collect();
        others.retain(|c| !named.contains(c));
        if let [from, '-', to] = named[..] {
            others.retain(|c| !(from..=to).contains(c));
        }
        others.truncate(2);
        others
    } else {
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glob::Glob;
    use crate::regex::GoRegex;

    #[test]
    fn samples_match_their_pattern() {
        let names = FreshNames::new(|_| false);
        for pattern in [
            "*", "*/*", "web/*", "a?c", "[abc]x", "[a-c]", "[!a]*", "{a,b*}/x", "\\*", "w*b", "",
        ] {
            let glob = Glob::compile(pattern).unwrap();
            let matching = samples(MatchMode::Glob, pattern, &names)
                .into_iter()
                .find(|text| glob.matches(text).unwrap());
            assert!(matching.is_some(), "{pattern}");
        }
        for pattern in [
            "^web/.*$",
            "web",
            "^(a|b)/x$",
            "[^/]+/[a-z]{3}",
            "a{2,}",
            ".*",
            "",
            "^x?y",
            "\\d+",
        ] {
            let regex = GoRegex::compile(pattern).unwrap();
            let matching = samples(MatchMode::Regex, pattern, &names)
                .into_iter()
                .find(|text| regex.is_match(text));
            assert!(matching.is_some(), "{pattern}");
        }
    }

    #[test]
    fn made_names_stand_nowhere_else() {
        let names = FreshNames::new(|word| "p, a, b, c, some-x/some2-y".contains(word));
        assert_eq!(names.objects(None)[1], "some3-project/some3-app");
    }
}
