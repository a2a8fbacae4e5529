use proptest::prelude::*;

use super::*;

mod limits;

fn matches(pattern: &str, text: &str) -> bool {
    Glob::compile(pattern).unwrap().matches(text).unwrap()
}

/// The long way: through lexer, tree and compiler, also for patterns of literals and stars.
fn compiled(pattern: &str) -> Matcher {
    let Parsed::Tree(children) = ast::parse(pattern).unwrap() else {
        panic!("too deep");
    };
    compiler::compile(children).unwrap()
}

/// Texts and patterns of the few characters that matter.
fn pattern() -> impl Strategy<Value = String> {
    proptest::string::string_regex("([ab/ß語]|[*?]|[{},]|\\[!?[ab]-?[ab]?\\]|\\\\){0,12}").unwrap()
}

fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[ab/ß語*]{0,10}").unwrap()
}

proptest! {
    #[test]
    fn the_short_way_answers_as_the_long_way(
        pattern in "[ab*ß/]{0,10}",
        texts in proptest::collection::vec("[ab/ß]{0,9}", 20),
    ) {
        let glob = Glob::compile(&pattern).unwrap();
        prop_assert!(!matches!(glob.0, GlobForm::General(_)));
        let matcher = compiled(&pattern);
        for text in texts {
            let long = matcher.matches(text.as_bytes(), &mut MatchRun::of(10_000_000));
            prop_assert_eq!(glob.matches(&text), long, "{} on {}", pattern, text);
        }
    }

    #[test]
    fn what_an_index_relies_on_is_true(
        pattern in pattern(),
        texts in proptest::collection::vec(text(), 20),
    ) {
        let Ok(glob) = Glob::compile(&pattern) else {
            prop_assert_eq!(quick_shape(&pattern), None);
            return Ok(());
        };
        if let Some(quick) = quick_shape(&pattern) {
            prop_assert_eq!(quick, glob.shape());
            prop_assert!(!glob.may_panic());
        }
        for text in texts {
            let Ok(answer) = glob.matches(&text) else {
                prop_assert!(glob.may_panic());
                continue;
            };
            let whole = compiled(&pattern).matches(text.as_bytes(), &mut MatchRun::of(10_000_000));
            prop_assert_eq!(whole, Ok(answer), "{} on {}", pattern, text);
            if answer {
                prop_assert!(text.starts_with(glob.literal_prefix()), "{}", text);
                prop_assert!(text.ends_with(glob.literal_suffix()), "{}", text);
            }
            match glob.shape() {
                Shape::Any => prop_assert!(answer),
                Shape::Literal(literal) => prop_assert_eq!(answer, text == literal),
                Shape::Prefix(prefix) => prop_assert_eq!(answer, text.starts_with(prefix)),
                Shape::Suffix(suffix) => prop_assert_eq!(answer, text.ends_with(suffix)),
                Shape::Generic => {}
            }
        }
    }

    #[test]
    fn nothing_panics(pattern in ".{0,30}", text in ".{0,30}") {
        if let Ok(glob) = Glob::compile(&pattern) {
            let _ = glob.matches(&text);
        }
    }
}

#[test]
fn shapes_come_from_the_compiled_form() {
    let shape = |pattern: &str| format!("{:?}", Glob::compile(pattern).unwrap().shape());
    for (pattern, expected) in [
        ("", "Literal(\"\")"),
        ("a\\*", "Literal(\"a*\")"),
        ("[a]", "Literal(\"a\")"),
        ("a\0", "Literal(\"a\")"),
        ("a**", "Prefix(\"a\")"),
        ("{*}", "Any"),
        ("*\\?", "Suffix(\"?\")"),
        ("a?", "Generic"),
        ("a*b", "Generic"),
        ("{,}", "Generic"),
    ] {
        assert_eq!(shape(pattern), expected, "{pattern}");
    }
}

#[test]
fn plain_patterns_need_no_compiling() {
    for (pattern, expected) in [
        ("", Some(Shape::Literal(""))),
        ("a]}!,b", Some(Shape::Literal("a]}!,b"))),
        ("*", Some(Shape::Any)),
        ("***", Some(Shape::Any)),
        ("a**", Some(Shape::Prefix("a"))),
        ("**a", Some(Shape::Suffix("a"))),
        ("a*b", Some(Shape::Generic)),
        ("*a*", Some(Shape::Generic)),
        ("*a*b", Some(Shape::Generic)),
        ("a?", None),
        ("[a]", None),
        ("{a}", None),
        ("a\\", None),
        ("a\0", None),
        ("\u{FFFD}", None),
    ] {
        assert_eq!(quick_shape(pattern), expected, "{pattern}");
        if let (Some(shape), Ok(glob)) = (expected, Glob::compile(pattern)) {
            assert_eq!(glob.shape(), shape, "{pattern}");
        }
    }
}

#[test]
fn only_rows_with_something_of_no_length_panic() {
    for (pattern, expected) in [
        ("a?[bc]", false),
        ("a{b,c}d", false),
        ("*{a,b}?", false),
        ("{,}", false),
        ("x{}", true),
        ("{x{},y}", true),
        ("*{x{},y}*", true),
        ("{x{},y}*?", true),
    ] {
        let glob = Glob::compile(pattern).unwrap();
        assert_eq!(glob.may_panic(), expected, "{pattern}");
    }
}

#[test]
fn literals_come_from_the_compiled_form() {
    for (pattern, prefix, suffix) in [
        ("team-{a,b}/*", "team-", ""),
        ("{dev,dev-2}/api", "dev", "/api"),
        ("*/{a,b}-api", "", "-api"),
        ("a*b*c", "a", "c"),
        ("proj/a*b", "proj/a", "b"),
        ("{a,b", "", ""),
        ("a\0b", "ab", ""),
        ("x{a*,b*}", "x", ""),
        ("*{-a,-b}", "", ""),
        ("prod-?*/x", "prod-", "/x"),
        ("{a*,ab}", "a", ""),
        ("{*b,ab}", "", "b"),
        ("{a*b,ab}", "a", "b"),
    ] {
        let glob = Glob::compile(pattern).unwrap();
        assert_eq!(glob.literal_prefix(), prefix, "prefix of {pattern}");
        assert_eq!(glob.literal_suffix(), suffix, "suffix of {pattern}");
    }
}

#[test]
fn a_row_with_nothing_in_it_panics_at_the_end_of_the_text() {
    let glob = Glob::compile("x{}").unwrap();
    assert!(glob.may_panic());
    let panic = glob.matches("x").unwrap_err();
    assert_eq!(
        panic.to_string(),
        "runtime error: slice bounds out of range [:2] with length 1"
    );
    assert_eq!(glob.matches("y"), Ok(false));
}

#[test]
fn errors_are_worded_as_the_original_words_them() {
    for (pattern, message) in [
        ("[", "unexpected end of input"),
        ("[a-cx]", "expected close range character"),
        ("[]a]", "could not parse range"),
        ("[]", "could not parse range"),
        ("[!]", "could not parse range"),
        ("[b-a]", "hi character 'a' should be greater than lo 'b'"),
        ("a\u{FFFD}", "could not read rune"),
    ] {
        let error = Glob::compile(pattern).unwrap_err();
        assert_eq!(error.to_string(), message, "{pattern}");
    }
}

/// What the original answers by hanging or by overflowing its stack is answered in bounded time.
#[test]
fn hostile_patterns_come_to_an_end() {
    let text = "ab".repeat(200);
    for pattern in [
        "{".repeat(100_000),
        "{a,".repeat(50_000),
        "[".repeat(100_000),
        "?*a".repeat(30_000),
        "?a*".repeat(150),
        "{a,b}*".repeat(100) + "x",
        "*{a,ba}*?{b,ab}".repeat(30) + "x",
        "a*".repeat(50_000),
        "?".repeat(100_000),
        "?a".repeat(50_000),
        format!("{{{}}}", "ab*c,ab*d,".repeat(20_000)),
        "{{a,b}?*,{c,d}*?}".repeat(60),
        "\\\0".repeat(50_000),
    ] {
        if let Ok(glob) = Glob::compile(&pattern) {
            let _ = glob.matches(&text);
            let _ = glob.matches("");
            let _ = (glob.shape(), glob.literal_prefix(), glob.literal_suffix());
        }
    }
}

#[test]
fn a_pattern_beyond_all_measure_denies() {
    let glob = Glob::compile(&"{".repeat(1_000)).unwrap();
    assert!(glob.may_panic());
    assert_eq!(glob.matches(""), Err(Panicked::TooComplex));
    // Errors of the pattern still come first.
    assert!(Glob::compile(&("{".repeat(1_000) + "[")).is_err());
}

#[test]
fn long_chains_of_stars_are_matched_in_one_pass() {
    let pattern = "a*".repeat(10_000) + "b";
    assert!(matches(&pattern, &("a".repeat(20_000) + "b")));
    assert!(!matches(&pattern, &"a".repeat(20_000)));
}

#[test]
fn a_compiled_pattern_is_small() {
    assert!(size_of::<Glob>() <= 24);
}
