//! Random glob patterns, weighted to what the library does oddly, and texts near them.

use crate::TEXTS;
use crate::random::Random;

const LITERALS: &[&str] = &[
    "a", "b", "c", "ab", "abc", "a", "/", "-", "dev", "prod-", "ß", "é", "語", "😀", "-", "!", "^",
    "]", "}", ",", "ba", "aa", "x",
];
const ODD: &[&str] = &[
    "\\", "\\*", "\\?", "\\{", "\\,", "\\}", "\\[", "\\\\", "\\a", "\0", "{", "}", "[", "]", "{}",
    "[]", "\u{FFFD}", "{,}", "{a", "[a", "[!", "[^", "\\\0", "**", "***",
];
const RANGES: &[&str] = &[
    "[a-c]",
    "[!a-c]",
    "[ab]",
    "[!ab]",
    "[^a]",
    "[!a]",
    "[a]",
    "[b-a]",
    "[a-cx]",
    "[ab-d]",
    "[a-z]",
    "[é-語]",
    "[!é]",
    "[éß]",
    "[a-😀]",
    "[!a-😀]",
    "[]a]",
    "[!]a]",
    "[\\]a]",
    "[a\0]",
    "[-a]",
    "[a-]",
    "[!-]",
    "[!!]",
    "[!!a]",
    "[--a]",
    "[+--]",
    "[a--]",
    "[*]",
    "[?{]",
    "[\\-x]",
    "[,]",
];

/// A pattern and texts for it. The library tries every way to share a text among stars, so that a
/// pattern with many takes it hours on a long text: such patterns are not drawn.
pub(crate) fn draw(random: &mut Random) -> (String, Vec<String>) {
    let mut drawn = pattern(random);
    while drawn.matches(['*', '{']).count() > 14 {
        drawn = pattern(random);
    }
    let texts = (0..TEXTS).map(|_| text(random, &drawn)).collect();
    (drawn, texts)
}

fn pattern(random: &mut Random) -> String {
    let mut out = String::new();
    match random.below(12) {
        0 => {
            // Soup.
            for _ in 0..random.below(10) {
                let c = random.pick(&[
                    "*", "?", "[", "]", "{", "}", "!", "^", "-", ",", "\\", "a", "b", "ß", "\0",
                    "/",
                ]);
                out.push_str(c);
            }
        }
        1 | 2 => {
            // Literals and stars.
            for _ in 0..random.below(7) {
                out.push_str(if random.one_in(2) {
                    "*"
                } else {
                    random.pick(LITERALS)
                });
            }
        }
        _ => parts(random, 0, &mut out),
    }
    out
}

fn parts(random: &mut Random, depth: usize, out: &mut String) {
    let odd = random.one_in(4);
    let most = if depth == 0 { 8 } else { 4 };
    for _ in 0..random.below(most) {
        match random.below(20) {
            0..=6 => out.push_str(random.pick(LITERALS)),
            7..=9 => out.push('*'),
            10..=12 => out.push('?'),
            13 | 14 => out.push_str(random.pick(RANGES)),
            15 if odd => out.push_str(random.pick(ODD)),
            15..=18 if depth < 3 => terms(random, depth, out),
            _ => out.push_str(random.pick(&["a", "b", "**"])),
        }
    }
}

fn terms(random: &mut Random, depth: usize, out: &mut String) {
    // Common first and last parts are what the compiler rewrites.
    let mut common = [String::new(), String::new()];
    for part in &mut common {
        if random.one_in(3) {
            parts(random, depth + 2, part);
        }
    }
    out.push('{');
    for alternative in 0..=random.below(4) {
        if alternative > 0 {
            out.push(',');
        }
        if !random.one_in(6) {
            out.push_str(&common[0]);
        }
        parts(random, depth + 1, out);
        if !random.one_in(6) {
            out.push_str(&common[1]);
        }
    }
    if !random.one_in(25) {
        out.push('}');
    }
}

fn text(random: &mut Random, pattern: &str) -> String {
    if random.one_in(8) {
        return noise(random, 6);
    }
    let characters: Vec<char> = pattern.chars().collect();
    let mut text = String::new();
    let mut at = 0;
    expand(random, &characters, &mut at, 0, &mut text);
    if random.one_in(2) {
        mutate(random, &mut text);
    }
    text.chars().take(40).collect()
}

fn noise(random: &mut Random, most: usize) -> String {
    let count = random.below(most);
    (0..count).map(|_| character(random)).collect()
}

fn character(random: &mut Random) -> char {
    let all = [
        'a', 'b', 'c', 'x', '/', '-', 'ß', 'é', '語', '😀', '*', '\\', '!', '\0', '\u{FFFD}', 'a',
        'b',
    ];
    all[random.below(all.len())]
}

/// A text that the pattern should match if it meant what it says.
fn expand(random: &mut Random, pattern: &[char], at: &mut usize, depth: usize, out: &mut String) {
    while let Some(c) = pattern.get(*at).copied() {
        *at += 1;
        match c {
            '*' => out.push_str(&noise(random, 4)),
            '?' => out.push(character(random)),
            '\\' => {
                out.extend(pattern.get(*at));
                *at += 1;
            }
            '[' => {
                let end = pattern[*at..].iter().position(|c| *c == ']');
                let inside = &pattern[*at..*at + end.unwrap_or(0)];
                if !inside.is_empty() && !random.one_in(4) {
                    out.push(inside[random.below(inside.len())]);
                } else {
                    out.push(character(random));
                }
                *at += end.map_or(0, |end| end + 1);
            }
            '{' => {
                // Expands every alternative and keeps one.
                let mut choices = Vec::new();
                loop {
                    let mut choice = String::new();
                    expand(random, pattern, at, depth + 1, &mut choice);
                    choices.push(choice);
                    if *at == 0 || pattern.get(*at - 1) != Some(&',') {
                        break;
                    }
                }
                out.push_str(&choices[random.below(choices.len())]);
            }
            ',' | '}' if depth > 0 => return,
            c => out.push(c),
        }
    }
    // An unclosed brace: nothing is left to look at.
    *at = pattern.len() + 1;
}

fn mutate(random: &mut Random, text: &mut String) {
    let mut characters: Vec<char> = text.chars().collect();
    let at = random.below(characters.len() + 1);
    match random.below(4) {
        0 => characters.insert(at, character(random)),
        1 if at < characters.len() => {
            characters.remove(at);
        }
        2 if at < characters.len() => characters[at] = character(random),
        _ => characters.truncate(at),
    }
    *text = characters.into_iter().collect();
}
