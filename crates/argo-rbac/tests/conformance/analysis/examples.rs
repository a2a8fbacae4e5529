//! Examples are found for every kind of pattern.

use argo_rbac::MatchMode;
use argo_rbac::survey::{Budget, Objects, Proof, compare};

use super::{SYNC, prover, random, shown};

/// The object that is granted by an allow in spite of denies, or else the proof.
fn granted(mode: MatchMode, allow: &str, denies: &[&str]) -> String {
    let start = match mode {
        MatchMode::Glob => "p, octopus, applications, sync",
        MatchMode::Regex => "p, octopus, ^applications$, ^sync$",
    };
    let rule =
        |object: &str, effect| format!("{start}, \"{}\", {effect}\n", object.replace('"', "\"\""));
    let mut policy = rule(allow, "allow");
    policy.extend(denies.iter().map(|deny| rule(deny, "deny")));
    match prover(random(mode, &policy, "")).prove("applications", SYNC, Objects::All) {
        Proof::Granted { object, .. } => object,
        other => format!("{other:?}"),
    }
}

#[test]
fn a_glob_has_an_example() {
    let cases: &[(&str, &[&str], &str)] = &[
        ("*", &[], "some-app"),
        ("*/*", &[], "some-project/some-app"),
        ("web/*", &[], "web/some-app"),
        ("x*/*", &[], "xsome-project/some-app"),
        ("web*", &["web?*a*", "web/*"], "web"),
        ("web**", &["*-app"], "webhttps://some-cluster.example:6443"),
        ("we,b/*", &[], "we,b/some-app"),
        ("we}b/*", &[], "we}b/some-app"),
        ("{a,b}/x", &["a*"], "b/x"),
        ("{a,{b,c}}/x", &["[ab]*"], "c/x"),
        ("[abc]/x", &["a*", "b*"], "c/x"),
        ("[!a-c]eb", &[], "deb"),
        ("[!a]eb", &["b*"], "ceb"),
        ("\\*/a\\,b", &[], "*/a,b"),
    ];
    for &(allow, denies, want) in cases {
        assert_eq!(granted(MatchMode::Glob, allow, denies), want, "{allow}");
    }
}

#[test]
fn a_regular_expression_has_an_example() {
    let cases: &[(&str, &[&str], &str)] = &[
        // Parts that are left open.
        ("^web/.*$", &[], "web/some-app"),
        ("^web/.+$", &[], "web/some-app"),
        ("^web/[^/]+$", &[], "web/some-app"),
        ("^web/[a-z-]{1,63}$", &[], "web/some-app"),
        ("^web/[a-z-]{1,}$", &[], "web/some-app"),
        ("^x[a-z-]+/.*$", &[], "xsome-project/some-app"),
        ("^web.*$", &["^web."], "web"),
        ("^[a-z-]{1,9}/x$", &[], "a/x"),
        ("^web/[^/]{2,}$", &["^web/..."], "web/aa"),
        ("^web/[a-c]{3}$", &[], "web/aaa"),
        ("^web/[ab]{2,4}$", &[], "web/aa"),
        ("^web/x{,2}$", &[], "web/x{,2}"),
        ("^.*/a$", &[], "some-app/a"),
        // Repetitions of what is not open.
        ("^we*b$", &[], "web"),
        ("^we+b$", &[], "web"),
        ("^we?b$", &["^web$"], "wb"),
        ("^we*?b$", &[], "web"),
        ("^(?:ab){2}$", &[], "abab"),
        // Not anchored.
        ("web/a", &["^web/a$"], "my-web/a"),
        ("^web/a", &["^web/a$"], "web/as"),
        // Alternatives and groups.
        ("^(a|b|c|d)/x$", &["^[a-c]"], "d/x"),
        ("^a/x$|^b/x$", &["^a"], "b/x"),
        ("^(a(b|c))/x$", &["^ab"], "ac/x"),
        ("^(?:web)/a$", &[], "web/a"),
        ("^(?i)web/a$", &[], "web/a"),
        ("^(?i:web)/a$", &[], "web/a"),
        ("^(?P<team>web)/a$", &[], "web/a"),
        ("^(?<team>web)/a$", &[], "web/a"),
        // Classes.
        ("^[b-g]/x$", &["^[b-f]"], "g/x"),
        ("^[b-d]/x$", &["^[bd]"], "c/x"),
        ("^[-b]/x$", &["^-"], "b/x"),
        ("^[b-]/x$", &["^b"], "-/x"),
        ("^[]b]/x$", &[], "b/x"),
        ("^[[b]/x$", &[], "b/x"),
        ("^[[:lower:]]/x$", &[], "a/x"),
        ("^[^a-y]/x$", &["^[-/0]"], "z/x"),
        ("^[aα]/x$", &["^a"], "α/x"),
        ("^[α]/x$", &[], "α/x"),
        ("^[\\w]/x$", &["^a"], "0/x"),
        ("^[\\d]/x$", &[], "0/x"),
        ("^[\\.]/x$", &[], "./x"),
        // Escapes.
        ("^a\\.b$", &[], "a.b"),
        ("^\\d\\w\\s\\D\\W\\S$", &[], "0a a-a"),
        ("^\\pL/a$", &[], "a/a"),
        ("^\\p{Lu}/a$", &[], "A/a"),
        ("^\\Qa.b|c\\E/x$", &[], "a.b|c/x"),
        ("^\\QtEa\\E/x$", &[], "tEa/x"),
        ("\\Aa\\nb\\tc\\z", &[], "a\nb\tc"),
    ];
    for &(allow, denies, want) in cases {
        assert_eq!(granted(MatchMode::Regex, allow, denies), want, "{allow}");
    }
}

#[test]
fn patterns_of_great_depth_are_read_without_a_great_stack() {
    let bob = "p, bob, logs, get, a, allow\n";
    for (mode, pattern) in [
        (MatchMode::Regex, "(".repeat(100_000)),
        (MatchMode::Glob, "{".repeat(100_000)),
        (MatchMode::Glob, "{".repeat(300) + "a" + &"}".repeat(300)),
    ] {
        let all = if mode == MatchMode::Regex { ".*" } else { "*" };
        let deep = format!("{bob}p, octopus, {all}, {all}, \"{pattern}\", allow\n");
        let budget = Budget::of(10_000);
        let comparison = compare(random(mode, bob, ""), random(mode, &deep, ""), &budget);
        let shown = shown(&comparison);
        // An expression that does not compile fails; what a glob of this depth matches is not
        // looked into.
        assert_eq!(
            shown.is_empty(),
            mode == MatchMode::Regex,
            "{}",
            &pattern[..1]
        );
        assert!(
            shown.iter().all(|change| change == "octopus ?"),
            "{shown:?}"
        );
    }
}
