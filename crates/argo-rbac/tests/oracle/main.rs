//! Random pairs of pattern and text, decided by our matchers and by the libraries that Argo CD
//! itself uses, and random policies by its enforcer: `main.go` beside this file, built with the Go that is installed. Without Go, or
//! where the library cannot be had, the test says so and passes.
//!
//! `ORACLE_PAIRS` is how many pairs each matcher gets, `ORACLE_SEED` where they start.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on must fail"
)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test says how much it has compared"
)]

mod globs;
mod go;
mod policies;
mod random;
mod regexes;

use argo_rbac::glob::{Glob, Panicked};
use argo_rbac::regex::GoRegex;
use argo_rbac::{Enforcer, MatchMode, PolicySet, PolicyText, Request};
use go::Oracle;
use random::Random;

/// Pairs by default: a second or two.
const PAIRS: u64 = 60_000;

/// Texts for one pattern.
const TEXTS: usize = 20;

#[expect(
    clippy::disallowed_methods,
    reason = "tests take their size from the environment"
)]
fn number(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => default,
    }
}

/// Draws questions, asks both sides, and counts what differs.
fn compare(
    engine: &str,
    pairs: u64,
    draw: impl Fn(&mut Random) -> (String, Vec<String>) + Send + Clone + 'static,
    ours: impl Fn(&str, &[String]) -> Result<String, String>,
) {
    let Some(oracle) = Oracle::start() else {
        eprintln!("skipped: the Go oracle cannot be built here");
        return;
    };
    let seed = number("ORACLE_SEED", 1);
    let patterns = pairs / TEXTS as u64;
    let questions = {
        let draw = draw.clone();
        move |random: &mut Random| draw(random)
    };
    let mut random = Random::new(seed);
    let (mut compared, mut matching, mut errors, mut panics) = (0, 0, 0, 0);
    let mut differences = Vec::new();
    oracle.ask(engine, seed, patterns, questions, |answer| {
        let (pattern, texts) = draw(&mut random);
        let own = ours(&pattern, &texts);
        compared += texts.len();
        match &own {
            Err(_) => errors += texts.len(),
            Ok(letters) => {
                matching += letters.matches('y').count();
                panics += letters.matches('p').count();
            }
        }
        if own != answer && differences.len() < 20 {
            differences.push(format!(
                "{pattern:?} on {texts:?}\n  go   {answer:?}\n  ours {own:?}"
            ));
        }
    });
    println!(
        "{engine}: {compared} pairs compared, {matching} match, {errors} do not compile, {panics} panic"
    );
    assert!(compared > 0, "nothing was compared");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn globs_agree() {
    compare(
        "glob",
        number("ORACLE_PAIRS", PAIRS),
        globs::draw,
        |pattern, texts| {
            let glob = Glob::compile(pattern).map_err(|error| error.to_string())?;
            Ok(texts.iter().map(|text| glob_letter(&glob, text)).collect())
        },
    );
}

fn glob_letter(glob: &Glob, text: &str) -> char {
    let answer = glob.matches(text);
    // What an index relies on.
    let apart = !text.starts_with(glob.literal_prefix()) || !text.ends_with(glob.literal_suffix());
    match answer {
        Ok(true) if apart => 'x',
        Ok(true) => 'y',
        Ok(false) => 'n',
        Err(Panicked::SliceBounds { .. }) if glob.may_panic() => 'p',
        Err(_) => 'x',
    }
}

#[test]
fn regexes_agree() {
    let pairs = number("ORACLE_PAIRS", PAIRS);
    compare("regex", pairs, regexes::draw, regex_answer);
}

/// What the conformance tests hold against us is what the libraries say.
#[test]
fn recorded_answers_agree() {
    #[derive(serde::Deserialize)]
    struct Case {
        pattern: String,
        text: String,
        r#match: bool,
        compile_error: bool,
        #[serde(default)]
        panic: bool,
    }
    for (engine, text) in [
        ("glob", include_str!("../conformance/oracle/glob.json")),
        ("regex", include_str!("../conformance/oracle/regex.json")),
    ] {
        let Some(oracle) = Oracle::start() else {
            eprintln!("skipped: the Go oracle cannot be built here");
            return;
        };
        let cases: Vec<Case> = serde_json::from_str(text).unwrap();
        let mut left = cases.iter();
        let mut questions: Vec<_> = cases
            .iter()
            .rev()
            .map(|case| (case.pattern.clone(), vec![case.text.clone()]))
            .collect();
        let draw = move |_: &mut Random| questions.pop().unwrap();
        oracle.ask(engine, 0, cases.len() as u64, draw, |answer| {
            let case = left.next().unwrap();
            let recorded = match (case.compile_error, case.panic, case.r#match) {
                (true, ..) => None,
                (_, true, _) => Some("p"),
                (_, _, true) => Some("y"),
                _ => Some("n"),
            };
            assert_eq!(answer.as_deref().ok(), recorded, "{:?}", case.pattern);
        });
    }
}

fn decisions_agree(mode: MatchMode) {
    let regex = mode == MatchMode::Regex;
    let engine = if regex { "casbin-regex" } else { "casbin-glob" };
    // Casbin takes its time.
    let pairs = number("ORACLE_PAIRS", PAIRS) / 4;
    let draw = move |random: &mut Random| policies::draw(random, regex);
    compare(engine, pairs, draw, |policy, requests| {
        let set = PolicySet {
            texts: vec![PolicyText::new("policy.csv", policies::csv(policy))],
            match_mode: mode,
            ..PolicySet::default()
        };
        let enforcer = Enforcer::load(&set).map_err(|error| error.to_string())?;
        let letter = |request: &String| {
            let mut words = request.split(policies::SEPARATOR);
            let mut word = || words.next().unwrap();
            let request = Request::new(word(), word(), word(), word());
            let verdict = enforcer.evaluate(&request);
            match (verdict.errored(), verdict.allowed()) {
                (true, _) => 'p',
                (_, true) => 'y',
                _ => 'n',
            }
        };
        Ok(requests.iter().map(letter).collect())
    });
}

#[test]
fn decisions_by_globs_agree() {
    decisions_agree(MatchMode::Glob);
}

#[test]
fn decisions_by_regexes_agree() {
    decisions_agree(MatchMode::Regex);
}

/// Few, because some of these are refused only after a tenth of a second.
#[test]
fn limits_of_regexes_agree() {
    let pairs = number("ORACLE_PAIRS", PAIRS) / 400;
    compare("regex", pairs, regexes::draw_large, regex_answer);
}

fn regex_answer(pattern: &str, texts: &[String]) -> Result<String, String> {
    let regex = GoRegex::compile(pattern).map_err(|error| error.to_string())?;
    let letters = texts.iter().map(|text| regex_letter(&regex, pattern, text));
    Ok(letters.collect())
}

fn regex_letter(regex: &GoRegex, pattern: &str, text: &str) -> char {
    let answer = regex.is_match(text);
    let quick = GoRegex::quick(pattern).is_none_or(|quick| quick.matches(text) == answer);
    let prefix = !answer || text.starts_with(regex.literal_prefix());
    match answer {
        _ if !quick || !prefix => 'x',
        true => 'y',
        false => 'n',
    }
}

/// The Unicode data in the source is what Go's own tables give.
#[test]
fn unicode_tables_agree() {
    let Some(tables) = go::output("./tables") else {
        eprintln!("skipped: the Go program cannot be built here");
        return;
    };
    let ours = include_bytes!("../../src/regex/unicode.bin");
    assert!(tables == ours, "go run ./tables writes another file");
}
