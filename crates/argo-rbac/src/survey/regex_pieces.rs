//! A regular expression read loosely, for making texts that it matches. What is not understood is
//! taken for a literal: the enforcer has the last word on every text.

use std::iter::Peekable;
use std::str::Chars;

use super::piece::{DEEPEST, Piece};

type Rest<'p> = Peekable<Chars<'p>>;

/// The most copies of a part that is repeated.
const MOST_COPIES: u32 = 16;

/// What is repeated more often has place for any of the names that are made.
const LONGEST_NAME: u32 = 20;

/// The parts of an expression; anchors are none.
pub(super) fn regex_pieces(pattern: &str) -> Vec<Piece> {
    vec![alternatives(&mut pattern.chars().peekable(), 0)]
}

/// Alternatives up to a closing parenthesis or the end.
fn alternatives(rest: &mut Rest<'_>, depth: usize) -> Piece {
    let mut arms = vec![Vec::new()];
    while let Some(c) = rest.next() {
        if c == ')' {
            break;
        }
        if c == '|' {
            arms.push(Vec::new());
            continue;
        }
        let atom = atom(c, rest, depth);
        let atom = repeated(atom, rest);
        if let Some(arm) = arms.last_mut() {
            arm.extend(atom);
        }
    }
    Piece::Choice(arms)
}

/// One part, of which the first character was read.
fn atom(c: char, rest: &mut Rest<'_>, depth: usize) -> Vec<Piece> {
    match c {
        '^' | '$' => Vec::new(),
        '.' => vec![Piece::OneOf(vec!['a', '-', '/', '0'])],
        '[' => vec![Piece::OneOf(class(rest))],
        '(' if depth < DEEPEST => {
            if rest.next_if_eq(&'?').is_some() {
                // Up to the end of a name or of flags.
                match rest.by_ref().find(|c| matches!(c, ')' | '>' | ':')) {
                    // Flags alone.
                    Some(')') | None => return Vec::new(),
                    Some(_) => {}
                }
            }
            vec![alternatives(rest, depth + 1)]
        }
        '\\' => escape(rest),
        c => vec![Piece::Text(c.to_string())],
    }
}

fn escape(rest: &mut Rest<'_>) -> Vec<Piece> {
    let one_of = |chars: &str| vec![Piece::OneOf(chars.chars().collect())];
    match rest.next() {
        None | Some('b' | 'B' | 'A' | 'z' | 'E') => Vec::new(),
        Some('d') => one_of("01"),
        Some('w') => one_of("a0_"),
        Some('s') => one_of(" "),
        Some('D') => one_of("a-/"),
        Some('W') => one_of("-/"),
        Some('S') => one_of("a-/0"),
        Some('p' | 'P') => {
            if rest.next() == Some('{') {
                rest.by_ref().find(|c| *c == '}');
            }
            one_of("aA0-")
        }
        Some('Q') => {
            let mut quoted = String::new();
            while let Some(c) = rest.next() {
                if c == '\\' && rest.next_if_eq(&'E').is_some() {
                    break;
                }
                quoted.push(c);
            }
            vec![Piece::Text(quoted)]
        }
        Some('n') => one_of("\n"),
        Some('t') => one_of("\t"),
        Some(c) => vec![Piece::Text(c.to_string())],
    }
}

/// Characters of a class, of which the bracket was read.
fn class(rest: &mut Rest<'_>) -> Vec<char> {
    let not = rest.next_if_eq(&'^').is_some();
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut first = true;
    while let Some(c) = rest.next() {
        match c {
            ']' if !first => break,
            '[' if rest.next_if_eq(&':').is_some() => {
                rest.by_ref().find(|c| *c == ']');
                ranges.extend([('a', 'z'), ('0', '9')]);
            }
            '\\' => match rest.next() {
                Some('d') => ranges.push(('0', '9')),
                Some('w') => ranges.extend([('a', 'z'), ('0', '9'), ('_', '_')]),
                Some(c) => ranges.push((c, c)),
                None => {}
            },
            '-' if rest.peek().is_some_and(|next| *next != ']') && !first => {
                if let (Some(to), Some(last)) = (rest.next(), ranges.last_mut()) {
                    last.1 = to;
                }
            }
            c => ranges.push((c, c)),
        }
        first = false;
    }
    let inside = |c: &char| ranges.iter().any(|(from, to)| (from..=to).contains(&c)) != not;
    let mut chars: Vec<char> = ['a', '-', '/', '0']
        .into_iter()
        .chain('b'..='z')
        .chain('1'..='9')
        .chain(['A', '_', '.', ' '])
        .filter(inside)
        .take(6)
        .collect();
    if !not {
        chars.extend(ranges.iter().map(|(from, _)| *from));
    }
    chars
}

/// A part with what repeats it.
fn repeated(atom: Vec<Piece>, rest: &mut Rest<'_>) -> Vec<Piece> {
    let Some((min, many)) = repetition(rest) else {
        return atom;
    };
    rest.next_if_eq(&'?');
    if let [Piece::OneOf(chars)] = atom.as_slice()
        && many
        && min < 2
        && chars.contains(&'a')
        && chars.contains(&'-')
    {
        let slash = chars.contains(&'/');
        return vec![Piece::Open { slash }];
    }
    let copies = (0..min.clamp(1, MOST_COPIES)).flat_map(|_| atom.clone());
    let copies: Vec<Piece> = copies.collect();
    if min == 0 {
        vec![Piece::Choice(vec![copies, Vec::new()])]
    } else {
        copies
    }
}

/// The least number of copies, and whether there may be many.
fn repetition(rest: &mut Rest<'_>) -> Option<(u32, bool)> {
    let found = match rest.peek()? {
        '*' => (0, true),
        '+' => (1, true),
        '?' => (0, false),
        '{' => {
            // Braces that are no repetition stand for themselves.
            let mut ahead = rest.clone();
            ahead.next();
            let inner: String = ahead.by_ref().take_while(|c| *c != '}').collect();
            let (min, max) = inner.split_once(',').unwrap_or((&inner, &inner));
            let min: u32 = min.parse().ok()?;
            let max = if max.is_empty() {
                1000
            } else {
                max.parse().ok()?
            };
            *rest = ahead;
            return Some((min, max > LONGEST_NAME));
        }
        _ => return None,
    };
    rest.next();
    Some(found)
}
