//! Random regular expressions, weighted to where engines differ, and texts near them.

use crate::TEXTS;
use crate::random::Random;

const LITERALS: &[&str] = &[
    "a", "b", "c", "ab", "abc", "web", "prod-", "/", "-", "k", "s", "K", "S", "ß", "é", "語", "😀",
    "ſ", "_", "0", "7", "\n", " ", "}", "]", ",", ":", "Σ", "ς",
];
const ATOMS: &[&str] = &[
    ".",
    ".",
    ".*",
    "^",
    "$",
    "\\b",
    "\\B",
    "\\A",
    "\\z",
    "\\d",
    "\\D",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "\\n",
    "\\t",
    "\\.",
    "\\*",
    "\\/",
    "\\x41",
    "\\x{61}",
    "\\x{1F600}",
    "[\\x{D700}-\\x{E000}]",
    "\\101",
    "\\07",
    "\\0",
    "\\pL",
    "\\PL",
    "\\p{Greek}",
    "\\P{Greek}",
    "\\p{^Lu}",
    "\\p{Lu}",
    "\\pN",
    "\\p{Ll}",
    "\\p{any}",
    "\\p{Assigned}",
    "\\p{ASCII}",
    "\\p{LC}",
    "\\Qa.b\\E",
    "\\Q\\E",
    "\\Q*",
    "[^a]",
    "[a-c]",
    "[]a]",
    "[^]a]",
    "[a-]",
    "[-a]",
    "[[:alpha:]]",
    "[[:^space:]b]",
    "[\\d/]",
    "[^\\w]",
    "[\\pL-]",
    "[a-z0-9-]",
    "[^\\n]",
    "[\\s\\S]",
    "[k]",
    "[Ss]",
    "[^k]",
    "[é-語]",
    "[K]",
    "[\\x00-\\x{10FFFF}]",
    "[[:word:]]",
    "[A-Z]",
    "[^/]*",
    "[[:digit:][:upper:]]",
    "[[:alnum:]]",
    "[[:ascii:]]",
    "[[:^ascii:]]",
    "[[:blank:]]",
    "[[:cntrl:]]",
    "[[:^graph:]]",
    "[[:lower:]]",
    "[[:print:]]",
    "[[:punct:]]",
    "[[:xdigit:]]",
    "[\\a-\\r]",
    "\\a",
    "\\f",
    "\\r",
    "\\v",
    "(?i:[^a-k])",
    "(?i:[Z-b])",
    "(?i:[^\\x{17F}])",
    "(?:)",
    "()",
];
const WRONG: &[&str] = &[
    "\\Z",
    "\\C",
    "\\1",
    "\\8",
    "\\_",
    "\\é",
    "\\",
    "\\x",
    "\\x{",
    "\\x{}",
    "\\x{110000}",
    "\\xg",
    "\\p",
    "\\p{",
    "\\p{Foo}",
    "\\pX",
    "\\Q",
    "\\E",
    "[",
    "[a",
    "[z-a]",
    "[[:foo:]]",
    "[[:alpha:",
    "[a-\\d]",
    "[\\d-z]",
    "[]",
    "[^]",
    "[\\",
    "[\\z]",
    "(",
    ")",
    "(?",
    "(?P",
    "(?P<",
    "(?P<n",
    "(?P<n>",
    "(?P<>a)",
    "(?P<a b>x)",
    "(?<n>",
    "(?=a)",
    "(?!a)",
    "(?i",
    "(?i-",
    "(?-)",
    "(?i-s)",
    "(?--i)",
    "(?z)",
    "(?#x)",
    "*",
    "**",
    "+",
    "?",
    "{",
    "{2}",
    "{,2}",
    "{2,1}",
    "{1001}",
    "{1000}",
    "{01}",
    "{2,}",
    "{2,3}",
    "{2,3",
    "{99999999999}",
    "{1,99999999999}",
    "|",
    "||",
    "a**",
    "a*+",
    "a{2}{3}",
    "a*?+",
    "a|*",
    "(*)",
    "(|a)*",
    "(?:^)*",
    "(?:$)+",
    "x{0}",
    "(?:a{30}){40}",
    "(?:a{30}){30}",
    "\\pZ{10}",
    "((a{3}){10}){34}",
];
const FLAGS: &[&str] = &[
    "i", "s", "m", "U", "is", "mi", "-i", "i-s", "-s", "s-mi", "-U",
];
const REPEATS: &[&str] = &[
    "*", "+", "?", "*?", "+?", "??", "{2}", "{0,1}", "{1,}", "{0}", "{0,2}", "{2,3}?", "{3}",
    "{1,2}",
];

/// An expression and texts for it.
pub(crate) fn draw(random: &mut Random) -> (String, Vec<String>) {
    let pattern = pattern(random);
    let texts = (0..TEXTS).map(|_| text(random, &pattern)).collect();
    (pattern, texts)
}

/// An expression whose parts are numbered: near a limit, it compiles for one number and not for
/// the next.
fn sized(random: &mut Random, size: usize) -> String {
    let times = |text: &str, count: usize| text.repeat(count);
    // From 6 on they take a tenth of a second each.
    let kind = if random.one_in(6) {
        6 + random.below(5)
    } else {
        random.below(6)
    };
    match kind {
        0 => times("(", size) + &times(")", size),
        1 => times("(?:", size) + "a" + &times(")*", size),
        2 => times("(a|", size) + &times(")", size),
        3 => times("(?:b|(?i)a", size) + &times(")", size),
        4 => format!("(?:a{{{}}}){{{}}}", size, random.below(4)),
        5 => (0..size / 2).map(|n| ".".repeat(n) + "b|").collect(),
        6 => (0..size).map(|n| "a".repeat(n) + "|").collect(),
        7 => times("(?:a?){999}", 10 * size),
        8 => times("(?:ab{9}){99}", 40 * size),
        9 => times("\\pL", 60 * size),
        _ => times("((a{10}){10}){10}", 8 * size),
    }
}

/// Expressions near what is refused as too large, too deep or repeated too often.
pub(crate) fn draw_large(random: &mut Random) -> (String, Vec<String>) {
    let size = match random.below(3) {
        0 => 230 + random.below(60),
        1 => 460 + random.below(80),
        _ => 960 + random.below(80),
    };
    let texts = ["", "a", "ab\u{E9}"].map(str::to_owned);
    (sized(random, size), texts.to_vec())
}

fn pattern(random: &mut Random) -> String {
    let mut out = String::new();
    match random.below(10) {
        0 => {
            for _ in 0..random.below(8) {
                out.push_str(random.pick(&[
                    "(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "^", "$", ".", "\\", "a",
                    "b", "-", ",", "1", ":", "<", "P", "i", "ß",
                ]));
            }
        }
        1 | 2 => simple(random, &mut out),
        _ => alternation(random, 0, &mut out),
    }
    out
}

/// What policies mostly hold.
fn simple(random: &mut Random, out: &mut String) {
    if random.one_in(2) {
        out.push('^');
    }
    for _ in 0..random.below(5) {
        match random.below(4) {
            0 => out.push_str(".*"),
            1 => out.push_str(random.pick(&["\\.", "\\/", "\\*", "(.*)", "(a)", ".", "(?:b.*)"])),
            _ => out.push_str(random.pick(LITERALS)),
        }
    }
    if random.one_in(2) {
        out.push('$');
    }
}

fn alternation(random: &mut Random, depth: usize, out: &mut String) {
    if depth == 0 && random.one_in(4) {
        out.extend(["(?", random.pick(FLAGS), ")"]);
    }
    let ways = if random.one_in(2) {
        1
    } else {
        1 + random.below(4)
    };
    let mut common = String::new();
    if ways > 1 && random.one_in(3) {
        concatenation(random, depth + 2, &mut common);
    }
    for way in 0..ways {
        if way > 0 {
            out.push('|');
        }
        if !random.one_in(6) {
            out.push_str(&common);
        }
        concatenation(random, depth, out);
    }
}

fn concatenation(random: &mut Random, depth: usize, out: &mut String) {
    let most = if depth == 0 { 6 } else { 4 };
    for _ in 0..random.below(most) {
        match random.below(20) {
            0..=7 => out.push_str(random.pick(LITERALS)),
            8..=13 => out.push_str(random.pick(ATOMS)),
            14 if random.one_in(4) => out.push_str(random.pick(WRONG)),
            _ if depth < 3 => {
                match random.below(6) {
                    0 => out.extend(["(?", random.pick(FLAGS), ":"]),
                    1 => out.push_str("(?:"),
                    2 => out.push_str("(?P<n>"),
                    _ => out.push('('),
                }
                alternation(random, depth + 1, out);
                out.push(')');
            }
            _ => out.push('a'),
        }
        if random.one_in(4) {
            out.push_str(random.pick(REPEATS));
        }
    }
}

/// A text made of the expression's own characters and of what is near them.
fn text(random: &mut Random, pattern: &str) -> String {
    let characters: Vec<char> = pattern
        .chars()
        .filter(|c| !"()[]\\^$*+?".contains(*c))
        .collect();
    let mut out = String::new();
    let mut at = random.below(characters.len() + 1);
    if random.one_in(2) {
        at = 0;
    }
    for _ in 0..random.below(12) {
        match random.below(8) {
            0..=4 if at < characters.len() => {
                let c = characters[at];
                at += 1;
                match c {
                    '.' => out.push(character(random)),
                    '|' => at += random.below(4),
                    c if random.one_in(8) => out.extend(c.to_uppercase()),
                    c => out.push(c),
                }
            }
            _ => out.push(character(random)),
        }
    }
    out
}

fn character(random: &mut Random) -> char {
    const ALL: &[char] = &[
        'a', 'b', 'c', 'A', 'k', 'K', '\u{212A}', 's', 'S', 'ſ', 'ß', 'ẞ', 'é', '語', '😀', '\n',
        ' ', '/', '-', '.', '_', '0', '7', 'Σ', 'σ', 'ς', 'ǅ', '\u{FFFD}', '\0', '\u{345}', 'ι',
        '\u{85}', '٣', '\u{2028}', '^', 'z', 'F', 'g', '~', '\t', '\r', '\u{7}', '\u{B}', '\u{C}',
        '\u{7F}',
    ];
    ALL[random.below(ALL.len())]
}
