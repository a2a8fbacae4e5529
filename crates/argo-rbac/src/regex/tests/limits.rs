//! What is refused as too deep or too large: the largest expression that Go accepts and the
//! smallest that it refuses. How an expression was put together shows in where that is.

use super::*;

/// Why an expression is refused. Parsing is enough: what is accepted may be millions of steps long.
fn refused(pattern: &str) -> Option<String> {
    parser::parse(pattern).err().map(|error| {
        let error = error.to_string();
        let (reason, _) = error.split_once(": `").unwrap();
        reason.replace("error parsing regexp: ", "")
    })
}

fn assert_limit(accepted: &str, beyond: &str, reason: &str, name: &str) {
    assert_eq!(refused(accepted), None, "{name}");
    assert_eq!(refused(beyond).as_deref(), Some(reason), "{name}");
}

const TOO_DEEP: &str = "expression nests too deeply";
const TOO_LARGE: &str = "expression too large";

/// How many groups may be around an expression tells how high its tree is.
#[test]
fn trees_are_as_high_as_gos() {
    let inside = |pattern: &str, count: usize| "(".repeat(count) + pattern + &")".repeat(count);
    for (pattern, groups) in [
        (r"(?:.|[\na])x|(?s:.)y", 998),
        (r"(?:.|[ab])x|.y", 998),
        (r"(?:.|\n)x|(?s:.)y", 998),
        (r"(?:.|a)x|.y", 998),
        (r"(?:[^\n]|a)x|.y", 998),
        (r"(?:[^a]|a)x|(?s:.)y", 998),
        (r"(?:ab|cd)x|(?:ab|cd)y", 996),
        (r"(?:a|(?i:1))x|[1a]y", 998),
        (r"(?:a|[^\n])x|.y", 998),
        (r"(?:cx|c(?i:y))q|c[xyY]r", 997),
        (r"(?:x|(?i:y))q|[xyY]r", 998),
        (r"(?U)a{2}?x|a{2}y", 996),
        (r"(?i)[1]x|(?-i:1)y", 998),
        (r"(?i)abx|aby", 998),
        (r"(?i:(?:1|1))x|1y", 997),
        (r"(?i:[é])x|éy", 997),
        (r"(?i:a)x|[Aa]y", 998),
        (r"(?s).x|(?:[^\n]|\n)y", 998),
        (r"[Aab]x|(?i:a)y", 997),
        (r"[^\x00-b]x|[c-\x{10FFFF}]y", 998),
        (r"[a]x|ay", 998),
        (r"[ab]{2}x|[ab]{2}y", 997),
        (r"[Ā-ā]x|(?i:ā)y", 998),
        (r"[Āā]x|(?i:ā)y", 998),
        (r"a*x|a*y", 996),
        (r"a{2}?x|a{2}y", 996),
        (r"a{2}x|(?i:a){2}y", 996),
        (r"a{2}x|a{2}y", 997),
        (r"a{2}x|b{2}y", 996),
    ] {
        let (accepted, beyond) = (inside(pattern, groups), inside(pattern, groups + 1));
        assert_limit(&accepted, &beyond, TOO_DEEP, pattern);
    }
    let stars = |count: usize| "(".repeat(count) + "a*" + &")*".repeat(count);
    assert_limit(&stars(499), &stars(500), TOO_DEEP, "stars");
}

/// The instructions that Go counts for an expression, from what may be beside it.
#[test]
fn expressions_are_as_large_as_gos() {
    for (pattern, size) in [
        ("", 1),
        ("^", 1),
        ("[a-c]", 1),
        ("ab", 2),
        ("a.b", 3),
        ("a*", 3),
        ("a+", 2),
        ("a?", 2),
        ("(a)", 3),
        ("(?:|)", 1),
        ("ab|cd|ef", 8),
        ("ab(?:cd|ef)*", 9),
        ("a{0}", 1),
        ("a{4}", 4),
        ("a{0,}", 3),
        ("a{3,}", 4),
        ("a{2,5}", 8),
        ("(?:ab){2,5}", 13),
        ("(?:ab){3,}", 7),
    ] {
        let beside = 3_355_443 - 100 * size;
        let with = |more: usize| {
            let rest = beside % 1000 + more;
            format!(
                "(?:{pattern}){{100}}{}x{{{rest}}}",
                "x{1000}".repeat(beside / 1000)
            )
        };
        assert_limit(&with(0), &with(1), TOO_LARGE, pattern);
    }
    let open = "x{1000,}";
    assert_limit(&open.repeat(3_352), &open.repeat(3_353), TOO_LARGE, open);
}

/// Go only counts once there are so many nodes for the repetitions; up to then, a literal may be
/// larger than that.
#[test]
fn sizes_are_looked_at_as_late_as_in_go() {
    for (before, after, nodes) in [
        ("(?:", "){1000}", 3_350),
        ("(?:", "){1000,}", 3_350),
        ("(?:", "){0,1000}", 3_350),
        ("(?:", "){1,1000}", 3_350),
        ("(?:(?:", "){2}){500}", 412),
        (r"\n\d(?:", "){1000}", 3_348),
        ("(?:a|b|[cd])(?:", "){1000}", 3_347),
        ("(?:.a|.b)(?:", "){1000}", 3_345),
        ("(?:.aa|.bb|.cc)(?:", "){1000}", 3_342),
        ("(?:.|.a)(?:", "){1000}", 3_343),
        ("(?:ab|ac)(?:", "){1000}", 3_345),
        ("(?:abc|ab|a)(?:", "){1000}", 3_339),
        ("(?:aa|b)|(?:c|dd)(?:", "){1000}", 3_338),
    ] {
        let with = |dots: usize| [before, &"a".repeat(3_455), after, &".".repeat(dots)].concat();
        assert_limit(&with(nodes), &with(nodes + 1), TOO_LARGE, before);
    }
}

/// A literal counts by its length when it was pushed: as one, however long it grows.
#[test]
fn a_literal_is_as_large_as_it_began() {
    let with = |dots: usize| {
        let literal = "a".repeat(2_000);
        ["x{1000}".repeat(3_355), literal, ".".repeat(dots)].concat()
    };
    assert_limit(&with(442), &with(443), TOO_LARGE, "literal");
}

/// Every rune that is pushed counts, again for each group around it.
#[test]
fn runes_are_counted_as_go_counts_them() {
    let with = |more: usize| {
        let (open, literal, close) = ("(?:".repeat(600), "a".repeat(18_631), ")".repeat(600));
        format!("{open}{literal}{close}.{}", "b".repeat(more))
    };
    assert_limit(&with(1), &with(2), TOO_LARGE, "literal");
}

#[test]
fn repetitions_make_a_thousand_copies_at_most() {
    let count = "invalid repeat count";
    for (accepted, beyond) in [
        ("a{1000}", "a{1001}"),
        ("a{1000,}", "a{1001,}"),
        ("a{1,1000}", "a{1,1001}"),
        ("(?:a{500}){0,2}", "(?:a{500}){0,3}"),
        ("(?:a{500}){2}", "(?:a{501}){2}"),
        ("(?:a{500}){2,}", "(?:a{501}){2,}"),
        ("(?:(?:a{0,}){2}){500}", "(?:(?:a{0,}){2}){501}"),
        // The count is looked at before what it repeats.
        ("(?:a*){1000,}", "a*{1001,}"),
        ("(?:a*){0,1000}", "a*{0,1001}"),
    ] {
        assert_limit(accepted, beyond, count, beyond);
    }
}

/// Factoring is limited by how deep it is inside itself, not by how often it is done.
#[test]
fn many_alternations_may_stand_side_by_side() {
    assert!(is_match(&"(?:ab|cd)".repeat(700), &"abcd".repeat(350)));
}

#[test]
fn very_long_expressions_are_left_to_the_parser() {
    let literal = "a".repeat(1 << 20);
    assert!(GoRegex::quick(&literal).is_some());
    assert!(GoRegex::quick(&(literal + "a")).is_none());
}
