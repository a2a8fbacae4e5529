//! How deep and how long a pattern may be, and how much work a match may take: the largest that is
//! accepted and the smallest that is refused.

use super::*;

/// What a pattern answers on a text.
fn answer(pattern: &str, text: &str) -> Result<bool, Panicked> {
    Glob::compile(pattern).unwrap().matches(text)
}

/// So many braces around a part, each of whose alternatives begins with `a`: taking that out makes
/// each brace four levels of the tree, and two of matchers.
fn factored(count: usize, part: &str, other: &str) -> String {
    "{a".repeat(count) + part + &format!(",a{other}}}").repeat(count)
}

#[test]
fn braces_may_nest_so_deep() {
    let nested = |count: usize| "{x,".repeat(count);
    assert_eq!(answer(&nested(200), "x"), Ok(true));
    assert_eq!(answer(&nested(200), "xx"), Ok(false));
    assert_eq!(answer(&nested(201), "x"), Err(Panicked::TooComplex));
}

#[test]
fn a_tree_may_be_so_deep() {
    for other in ["?", "*"] {
        let inner = |part: &str| "{".repeat(100) + part + &"}".repeat(100);
        let deepest = factored(100, &inner(""), other);
        assert_eq!(answer(&deepest, "b"), Ok(false));
        let deeper = factored(100, &inner("x"), other);
        assert_eq!(answer(&deeper, "b"), Err(Panicked::TooComplex));
    }
}

#[test]
fn matchers_may_hold_others_so_deep() {
    // Rows of one length: each brace adds a row and a matcher of alternatives.
    let rows = |count: usize| {
        let others = (2..=count + 1).map(|length| format!(",{}}}", "b".repeat(length)));
        "{a".repeat(count) + "c" + &others.collect::<String>()
    };
    let text = "a".repeat(101) + "c";
    assert_eq!(answer(&format!("a{}", rows(100)), &text), Ok(true));
    assert_eq!(answer(&rows(101), &text), Err(Panicked::TooComplex));
    // Trees.
    let text = "a".repeat(100) + "x";
    assert_eq!(answer(&factored(100, "x", "*"), &text), Ok(true));
    let higher = factored(100, "{x,yy}", "*");
    assert_eq!(answer(&higher, &text), Err(Panicked::TooComplex));
}

#[test]
fn a_chain_may_be_so_long() {
    let chain = |count: usize| "\\a*".repeat(count);
    assert_eq!(answer(&chain(200), &"a".repeat(200)), Ok(true));
    assert_eq!(answer(&chain(200), &"a".repeat(199)), Ok(false));
    assert_eq!(answer(&chain(201), ""), Err(Panicked::TooComplex));
    assert_eq!(answer(&chain(50_000), ""), Err(Panicked::TooComplex));
}

#[test]
fn a_match_that_takes_too_many_steps_is_given_up() {
    // Texts beyond ASCII are searched as the original searches them.
    let counted = "[!x]".repeat(20_000) + "*";
    let text = "ä".repeat(40_000);
    assert_eq!(answer(&counted, &text), Err(Panicked::GaveUp));
    // What the literals decide is not tried.
    let glob = Glob::compile(&(counted + "y")).unwrap();
    assert!(!glob.may_panic());
    assert_eq!(glob.matches(&format!("{text}y")), Err(Panicked::GaveUp));
    assert_eq!(glob.matches(&format!("{text}yz")), Ok(false));
}

/// How many steps of an effort a match takes, and its answer.
fn steps(pattern: &str, text: &str) -> (usize, Result<bool, Panicked>) {
    let effort = Effort::default();
    let before = effort.left();
    let answer = Glob::compile(pattern)
        .unwrap()
        .matches_within(text, &effort);
    (before - effort.left(), answer)
}

#[test]
fn hostile_patterns_take_few_steps() {
    let stars_and_braces = "*a".repeat(200) + &"{a,b}".repeat(20);
    let nested = "{a,".repeat(30) + "b" + &"}".repeat(30);
    let found_nowhere = "{*x,{*a,b*{c,d}}*}".repeat(20);
    let between = "*a{b,c}*".repeat(60) + "d";
    let text = "a".repeat(600);
    for pattern in [&stars_and_braces, &nested, &found_nowhere, &between] {
        for text in [text.clone(), format!("{text}d"), "ab".repeat(300)] {
            let (steps, answer) = steps(pattern, &text);
            assert!(answer.is_ok(), "{pattern}");
            assert!(steps < 200_000, "{steps} for {pattern}");
        }
    }
    assert_eq!(answer(&stars_and_braces, &text), Ok(true));
    assert_eq!(answer(&stars_and_braces, &"a".repeat(219)), Ok(false));
    assert_eq!(answer(&stars_and_braces, &"a".repeat(220)), Ok(true));
}

#[test]
fn all_patterns_of_a_policy_share_an_effort() {
    let effort = Effort::default();
    let counted = "[!x]".repeat(20_000) + "*";
    let text = "ä".repeat(40_000);
    for more in ["y", "yy", "yyy", "yyyy", "yyyyy"] {
        let glob = Glob::compile(&format!("{counted}{more}")).unwrap();
        let answer = glob.matches_within(&format!("{text}{more}"), &effort);
        assert_eq!(answer, Err(Panicked::GaveUp));
    }
    assert_eq!(effort.left(), 0);
    // What costs little is decided anyway.
    let glob = Glob::compile("{web,shop}/*").unwrap();
    assert_eq!(glob.matches_within("shop/api", &effort), Ok(true));
}

#[test]
fn what_can_be_decided_is_not_given_up() {
    // Every way to share the text among the stars, were they not remembered.
    let pattern = "?b*".repeat(40);
    assert_eq!(answer(&pattern, &"ab".repeat(40)), Ok(true));
    assert_eq!(answer(&pattern, &"ab".repeat(39)), Ok(false));
    // What must be at the start is not looked for further on.
    assert_eq!(answer("ab*{c,d}", &"ab".repeat(20_000)), Ok(false));
    let long = format!("a{}b", "x".repeat(1_000_000));
    assert_eq!(answer("a*{b,c}", &long), Ok(true));
}
