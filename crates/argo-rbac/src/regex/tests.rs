use proptest::prelude::*;

use super::*;

mod characters;
mod limits;

fn is_match(pattern: &str, text: &str) -> bool {
    GoRegex::compile(pattern).unwrap().is_match(text)
}

fn error(pattern: &str) -> String {
    GoRegex::compile(pattern).unwrap_err().to_string()
}

/// Expressions of the characters that mean something.
fn pattern() -> impl Strategy<Value = String> {
    let parts =
        r"([ab/ß\n]|\.|\.\*|\.\*|\^|\$|\\[.*bBdQEzA]|[*+?|()]|\{1,2\}|\[\^?[ab-]\]|\(\?i\))";
    proptest::string::string_regex(&format!("{parts}{{0,8}}")).unwrap()
}

fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[abAB/ß\n.]{0,8}").unwrap()
}

/// Both ways to run a program.
fn searches(pattern: &str, text: &str) -> [bool; 2] {
    let (tree, root) = parser::parse(pattern).unwrap();
    let Ok(program) = program::compile(&tree, root) else {
        panic!("too large");
    };
    let starts = || text.char_indices().map(|(at, _)| at).chain([text.len()]);
    [
        program.matches(text, starts()),
        program.follow(text, starts()),
    ]
}

proptest! {
    #[test]
    fn every_way_gives_the_same_answer(
        pattern in pattern(),
        texts in proptest::collection::vec(text(), 20),
    ) {
        let Ok(regex) = GoRegex::compile(&pattern) else {
            prop_assert_eq!(GoRegex::quick(&pattern), None);
            return Ok(());
        };
        let quick = GoRegex::quick(&pattern);
        let (tree, root) = parser::parse(&pattern).unwrap();
        let simple = shape::simple(&tree, root);
        if let Some(quick) = &quick {
            let is_shape = matches!(&simple, Some(Simple::Shape(shape)) if shape == quick);
            prop_assert!(is_shape, "{:?}: {:?}, {:?}", pattern, quick, simple);
        }
        for text in texts {
            let answer = regex.is_match(&text);
            prop_assert_eq!(searches(&pattern, &text), [answer; 2], "{:?} on {:?}", pattern, text);
            if let Some(quick) = &quick {
                prop_assert_eq!(quick.matches(&text), answer, "{:?} on {:?}", pattern, text);
            }
            if answer {
                prop_assert!(text.starts_with(regex.literal_prefix()), "{:?}", text);
            }
        }
    }

    #[test]
    fn nothing_panics(pattern in ".{0,30}", text in ".{0,30}") {
        let _ = GoRegex::quick(&pattern).map(|quick| quick.matches(&text));
        if let Ok(regex) = GoRegex::compile(&pattern) {
            let _ = regex.is_match(&text);
        }
    }
}

/// Of what is between dots nothing is left out.
#[test]
fn every_part_between_dots_is_looked_for() {
    for (pattern, right, wrong) in [
        (".*b.*c", "bc", ["b", "c", "cb"]),
        ("a.*b.*", "ab", ["a", "b", "ba"]),
        ("^.*b.*c$", "abc", ["ab", "c", "cb"]),
        ("^a.*b.*$", "abc", ["a", "b", "ba"]),
        (".*a.*b.*c.*", "abc", ["ab", "bc", "acb"]),
    ] {
        let regex = GoRegex::compile(pattern).unwrap();
        assert!(regex.is_match(right), "{pattern}");
        for text in wrong {
            assert!(!regex.is_match(text), "{pattern} on {text}");
        }
    }
}

#[test]
fn quick_shapes() {
    let shape = |pattern: &str| format!("{:?}", GoRegex::quick(pattern));
    for (pattern, expected) in [
        ("", "Some(Any)"),
        (".*", "Some(Any)"),
        ("^.*", "Some(Any)"),
        ("^$", "Some(Exact(\"\"))"),
        ("^.*$", "Some(PrefixLine(\"\"))"),
        ("^web$", "Some(Exact(\"web\"))"),
        ("^web", "Some(Prefix(\"web\"))"),
        ("^web/.*", "Some(Prefix(\"web/\"))"),
        ("^web/.*$", "Some(PrefixLine(\"web/\"))"),
        ("^.*web$", "Some(SuffixLine(\"web\"))"),
        ("web$", "Some(Suffix(\"web\"))"),
        ("web", "Some(Contains(\"web\"))"),
        (".*web.*", "Some(Contains(\"web\"))"),
        (
            "^https://10\\.0\\.0\\.1:6443$",
            "Some(Exact(\"https://10.0.0.1:6443\"))",
        ),
        ("^\\*/\\*$", "Some(Exact(\"*/*\"))"),
        // In one line, or not simple.
        ("^.*web", "None"),
        ("web.*$", "None"),
        ("^.*web.*$", "None"),
        ("^a.*b$", "None"),
        ("^web*$", "None"),
        ("^web.*?$", "None"),
        ("*", "None"),
        ("a\\d", "None"),
        ("a.b", "None"),
        ("^a|b$", "None"),
        ("a\\", "None"),
        ("^^a", "None"),
    ] {
        assert_eq!(shape(pattern), expected, "{pattern}");
    }
}

#[test]
fn anchors_and_dots_mind_newlines() {
    assert!(is_match("^web/.*$", "web/a"));
    assert!(!is_match("^web/.*$", "web/a\n"));
    assert!(is_match("^web/.*", "web/a\nb"));
    assert!(!is_match("^.*a", "b\na"));
    assert!(is_match("^.*a.*b", "xaxb\n"));
    assert!(!is_match("a.*b$", "ab\nc"));
    assert!(is_match("a.*b$", "c\nab"));
    assert!(is_match("a.*b.*c", "a\nabc\n"));
    assert!(!is_match("a.*b.*c", "a\nb\nc"));
    assert!(is_match("(?m)^b$", "a\nb\nc"));
    assert!(is_match("(?s)a.b", "a\nb"));
}

/// What differs from Rust's own syntax, and from other engines.
#[test]
fn the_syntax_is_gos() {
    assert!(is_match("^\\Qa.b\\E$", "a.b"));
    assert!(is_match("^a{,2}$", "a{,2}"));
    assert!(is_match("^\\057$", "/"));
    assert!(!is_match("^\\w$", "é"));
    assert!(is_match("\\bé", "aé"));
    assert!(is_match("^[a&&b]$", "&"));
    assert!(is_match("^[[a]$", "["));
    assert!(is_match("(?i)^k$", "\u{212A}"));
    assert!(is_match("^\\p{greek}$", "Σ"));
    assert!(is_match("(?P<n>a)(?P<n>b)", "ab"));
    assert!(is_match("(|a)*b", "aab"));
    assert!(is_match("(?:^)*a", "ba"));
    for (pattern, message) in [
        ("a**", "invalid nested repetition operator: `**`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("(?:a{30}){40}", "invalid repeat count: `{40}`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?P<n", "invalid named capture: `(?P<n`"),
        ("\\Z", "invalid escape sequence: `\\Z`"),
        ("[a", "missing closing ]: `[a`"),
        ("[b-a]", "invalid character class range: `b-a`"),
        ("\\p{Foo}", "invalid character class range: `\\p{Foo}`"),
        ("(", "missing closing ): `(`"),
        ("a)", "unexpected ): `a)`"),
        ("|*", "missing argument to repetition operator: `*`"),
        ("a\\", "trailing backslash at end of expression: ``"),
    ] {
        assert_eq!(error(pattern), format!("error parsing regexp: {message}"));
    }
}

#[test]
fn what_nests_too_deeply_or_is_too_large_is_refused() {
    let nested = |count: usize| "(".repeat(count) + &")".repeat(count);
    assert!(GoRegex::compile(&nested(999)).is_ok());
    assert!(
        error(&nested(1000)).starts_with("error parsing regexp: expression nests too deeply: `(")
    );
    assert!(error(&"(?:a?){999}".repeat(4000)).contains("expression too large"));
    // Each alternative begins with the one before.
    let growing = |count: usize| {
        let ways: Vec<_> = (1..=count).map(|length| "a".repeat(length)).collect();
        ways.join("|")
    };
    assert!(GoRegex::compile(&growing(400)).is_ok());
    assert!(error(&growing(520)).contains("nests too deeply"));
    assert!(error(&growing(1200)).contains("nests too deeply"));
}

#[test]
fn hostile_expressions_come_to_an_end() {
    let text = "ab".repeat(500);
    for pattern in [
        "(".repeat(100_000),
        "a?".repeat(10_000) + &"a".repeat(1000),
        "(a*)*".repeat(100) + "c",
        "(a|a|ab|b)*".repeat(100) + "c",
        "(?:a{0,1000}b{0,1000}){0,1}c".into(),
        "[^c]{1000}".repeat(20) + "d",
        "\\pL{1000}\\PL".into(),
        "(?i)".to_owned() + &"[a-\u{1E943}]".repeat(1000),
        format!("(?i)[{}]", "a-\u{1E943}".repeat(1000)),
        "(?i)\\pL".repeat(1000),
        "a|".repeat(50_000),
        "(?:a|".repeat(2_000),
        ("a".repeat(50_000) + "{1000}").repeat(2),
        format!("(?:{}){{1000}}", "a".repeat(50_000)),
        "(((a{10}){10}){10})".repeat(500),
        "^".repeat(50_000),
        "[a".repeat(50_000),
    ] {
        if let Ok(regex) = GoRegex::compile(&pattern) {
            let _ = (regex.is_match(&text), regex.is_match(""));
        }
    }
}
