//! Escapes, classes and folding, character by character, and what an index may rely on. The
//! answers are Go's.

use super::*;

/// Which of these texts an expression matches.
fn matching<'t>(pattern: &str, texts: &[&'t str]) -> Vec<&'t str> {
    let regex = GoRegex::compile(pattern).unwrap();
    let texts = texts.iter().copied();
    texts.filter(|text| regex.is_match(text)).collect()
}

/// Whether an expression matches each of the first texts and none of the others.
fn assert_only(pattern: &str, yes: &[&str], no: &[&str]) {
    assert_eq!(matching(pattern, yes), yes, "{pattern}");
    assert!(matching(pattern, no).is_empty(), "{pattern}");
}

#[test]
fn named_classes_hold_what_gos_hold() {
    for (name, yes, no) in [
        ("alnum", "09AZaz", "/:@[`{_ "),
        ("alpha", "AZaz", "09@[`{_"),
        ("ascii", "\0 a\x7F", "\u{80}é"),
        ("blank", "\t ", "\n\u{B}\u{C}\ra"),
        ("cntrl", "\0\x1F\x7F", " ~"),
        ("digit", "09", "/:a٣"),
        ("graph", "!~a", " \x7F"),
        ("lower", "az", "`{A"),
        ("print", " ~a", "\x1F\x7F\t"),
        ("punct", "!/:@[`{~_", "09AZaz \x7F"),
        ("space", "\t\n\u{B}\u{C}\r ", "\x08\x0Ea\u{85}"),
        ("upper", "AZ", "@[a"),
        ("word", "09AZ_az", "/:@[`{-"),
        ("xdigit", "09AFaf", "/:@G`g"),
    ] {
        let regex = GoRegex::compile(&format!("^[[:{name}:]]$")).unwrap();
        let other = GoRegex::compile(&format!("^[[:^{name}:]]$")).unwrap();
        for (texts, expected) in [(yes, true), (no, false)] {
            for c in texts.chars() {
                assert_eq!(regex.is_match(&c.to_string()), expected, "{name}: {c:?}");
                assert_eq!(other.is_match(&c.to_string()), !expected, "{name}: {c:?}");
            }
        }
    }
}

#[test]
fn escapes_stand_for_gos_characters() {
    for (letter, own) in [
        ('a', '\x07'),
        ('f', '\x0C'),
        ('t', '\t'),
        ('n', '\n'),
        ('r', '\r'),
        ('v', '\x0B'),
    ] {
        for c in ['\x07', '\x0C', '\t', '\n', '\r', '\x0B', letter] {
            let (text, is) = (c.to_string(), c == own);
            assert_eq!(
                is_match(&format!("^\\{letter}$"), &text),
                is,
                "{letter} {c:?}"
            );
            assert_eq!(
                is_match(&format!("^[\\{letter}x]$"), &text),
                is,
                "{letter} {c:?}"
            );
        }
    }
    assert_eq!(
        error("\\C"),
        "error parsing regexp: invalid escape sequence: `\\C`"
    );
}

/// The first and the last letter that folds: `A`, and the last small one of Adlam.
#[test]
fn folding_ends_where_gos_ends() {
    assert_only("(?i)^[0-A]$", &["0", "9", "a", "A"], &["b", "B"]);
    assert_only("(?i)^\\p{Ll}$", &["\u{1E900}", "\u{1E943}", "A"], &["1"]);
    assert_only(
        "(?i)^[\\x{1E943}]$",
        &["\u{1E921}", "\u{1E943}"],
        &["\u{1E942}"],
    );
    let range = "(?i)^[\\x{1E943}-\\x{1E950}]$";
    assert_only(
        range,
        &["\u{1E921}", "\u{1E950}"],
        &["\u{1E942}", "\u{1E920}"],
    );
}

/// A class of one letter in both cases is a literal.
#[test]
fn small_classes_mean_what_they_say() {
    assert_only("^[Aa]$", &["A", "a"], &["B", "b"]);
    assert_only("^[ABa]$", &["A", "B", "a"], &["b"]);
    assert_only("^[A-a]$", &["A", "Z", "a"], &["b"]);
    assert_only("^[AB]$", &["A", "B"], &["a", "b"]);
    assert_only("^[ac]$", &["a", "c"], &["A", "C"]);
    assert_only("^[Āā]$", &["Ā", "ā"], &["Ă"]);
    assert_only("(?i)^[Ā-ā]$", &["Ā", "ā"], &["Ă"]);
    assert_only("^(?:Āā)$", &["Āā"], &["Ā", "ĀĀ"]);
    assert_only("^x[Aa]y$", &["xay", "xAy"], &["XAy", "xaY"]);
    assert_only("^[@x]$", &["@", "x"], &["\u{80}"]);
}

/// What a dot becomes together with its neighbours.
#[test]
fn dots_take_newlines_in_only_from_what_matches_them() {
    for pattern in [
        ".|\\n",
        ".|[\\n]",
        ".|[\\t\\n]",
        ".|[^a]",
        "\\n|.",
        ".|(?s:.)",
        "bb|.|\\n",
    ] {
        assert_only(&format!("^(?:{pattern})$"), &["\n", "a"], &["", "\n\n"]);
    }
    for pattern in [".|a", ".|[ab]", ".|[^\\n]", ".|.", "[^\\n]|a", "bb|.|a"] {
        assert_only(&format!("^(?:{pattern})$"), &["a", "b"], &["", "\n"]);
    }
}

#[test]
fn repetitions_and_alternatives_answer_as_gos() {
    assert_only("^(?:ab){0,}$", &["", "ab", "abab"], &["a"]);
    assert_only("^(?:(?:ab){0,}){2}$", &["", "ab", "abab"], &["a"]);
    assert_only("(?:^a.){0,2}b", &["cb", "axb"], &["ax"]);
    assert_only("(?:^a.)+b", &["axb"], &["cb"]);
    // What was before the parts that were removed is not used again.
    assert_only("^(?:.aa|.bb|.cc)a*b*c*$", &["xaa", "xbbab"], &["aa", "xab"]);
    assert_only(
        "^(?:(?:aa|b)|(?:c|dd))x*y*z*$",
        &["aaxz", "b", "c", "ddy"],
        &["d", "a"],
    );
}

#[test]
fn what_leads_is_known() {
    for (pattern, prefix) in [
        ("^web$", "web"),
        ("^web", "web"),
        ("^web/.*$", "web/"),
        ("web", ""),
        ("^.*web$", ""),
        ("^a.*b.*c$", "a"),
        ("a.*b.*c", ""),
        ("^ab[cd]", "ab"),
        ("ab[cd]", ""),
        ("(^ab.)", "ab"),
        ("(?:^ab.)+c", "ab"),
        ("(?:^ab.){2}", "ab"),
        ("(?:^ab.){0,2}", ""),
        ("(?:^ab.)*c", ""),
        ("^(?i)ab.", ""),
    ] {
        let regex = GoRegex::compile(pattern).unwrap();
        assert_eq!(regex.literal_prefix(), prefix, "{pattern}");
    }
}
