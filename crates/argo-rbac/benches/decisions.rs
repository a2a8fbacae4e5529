//! How fast policies load and questions are answered, beside the goals. `cargo bench --bench
//! decisions`, a word filters (`cargo bench --bench decisions -- flat`).

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, takes arguments, and stops at what it cannot measure"
)]

mod generator;

use std::hint::black_box;
use std::time::Instant;

use argo_rbac::survey::{Budget, compare};
use argo_rbac::{Enforcer, MatchMode, PolicySet, PolicyText, Request, Server, ServerSettings};
use generator::{Question, Shape, policy, questions};

/// Questions in one measurement; the median of some counts.
const QUESTIONS: usize = 200_000;

struct Case {
    shape: Shape,
    lines: usize,
    regex: bool,
    /// Decisions a second to reach; none where no goal is set.
    goal: Option<f64>,
}

const fn case(shape: Shape, lines: usize, regex: bool, goal: Option<f64>) -> Case {
    Case {
        shape,
        lines,
        regex,
        goal,
    }
}

const CASES: &[Case] = &[
    case(Shape::Teams, 1_000, false, Some(4e6)),
    case(Shape::Teams, 10_000, false, None),
    case(Shape::Teams, 100_000, false, Some(1.5e6)),
    case(Shape::Flat, 1_000, false, Some(3e6)),
    case(Shape::Flat, 100_000, false, Some(5e5)),
    case(Shape::Suffix, 1_000, false, Some(1e6)),
    case(Shape::Middle, 1_000, false, Some(2e4)),
    case(Shape::Roles, 100_000, false, Some(1e5)),
    case(Shape::Teams, 1_000, true, Some(5e5)),
    case(Shape::Flat, 1_000, true, Some(3e4)),
];

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// How long some work keeps a core busy. Where the system says how long this thread has run, the
/// time that other programs took does not count.
fn seconds(work: impl FnOnce()) -> f64 {
    let (wall, busy) = (Instant::now(), busy_seconds());
    work();
    match (busy, busy_seconds()) {
        (Some(before), Some(after)) if after - before > 0.02 => after - before,
        _ => wall.elapsed().as_secs_f64(),
    }
}

fn busy_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// Answers every question once; how many got a yes.
fn answer(enforcer: &Enforcer, questions: &[Question]) -> usize {
    questions
        .iter()
        .filter(|asked| {
            let request = Request::new(&asked.subject, asked.resource, asked.action, &asked.object);
            black_box(enforcer.decide(&request)).allowed()
        })
        .count()
}

/// Two policies of 1 MiB, of which one has three more lines, loaded and compared for everybody.
fn comparison() {
    let old = policy(17_500, Shape::Teams, 1, false);
    let new = format!(
        "{old}p, octopus, applications, get, *, allow\np, octopus, clusters, get, *, allow\n\
         p, octopus, logs, get, */*, allow\n"
    );
    let set = |text: &str| PolicySet {
        texts: vec![PolicyText::new("policy.csv", text)],
        builtin: true,
        ..PolicySet::default()
    };
    let (old, new) = (set(&old), set(&new));
    let took = median(
        (0..9)
            .map(|_| {
                seconds(|| {
                    let server =
                        |set: &PolicySet| Server::load(set.clone(), [], ServerSettings::default());
                    let (old, new) = (server(&old).unwrap(), server(&new).unwrap());
                    let found = compare(&old, &new, &Budget::default());
                    assert_eq!(black_box(found).subjects.len(), 1);
                })
            })
            .collect(),
    );
    println!(
        "load and compare two policies of 17,500 lines: {:.1} ms",
        took * 1e3
    );
}

fn main() {
    let filter: Vec<String> = std::env::args_os()
        .skip(1)
        .filter_map(|arg| arg.into_string().ok())
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    println!(
        "{:<16} {:>8} {:>9} {:>12} {:>12} {:>7} {:>8}",
        "policy", "load ms", "B a line", "decisions/s", "goal", "ratio", "allowed"
    );
    for case in CASES {
        let mode = if case.regex { " regex" } else { "" };
        let name = format!("{} {}{mode}", case.shape.name(), case.lines);
        if !filter.is_empty() && !filter.iter().all(|word| name.contains(word.as_str())) {
            continue;
        }
        let text = policy(case.lines, case.shape, 1, case.regex);
        let set = PolicySet {
            texts: vec![PolicyText::new("policy.csv", text)],
            match_mode: if case.regex {
                MatchMode::Regex
            } else {
                MatchMode::Glob
            },
            ..PolicySet::default()
        };
        // Several loads at a time, so that even small ones can be measured.
        let loads = (500_000 / case.lines).clamp(3, 300);
        let load = median(
            (0..7)
                .map(|_| {
                    let took = seconds(|| {
                        for _ in 0..loads {
                            black_box(Enforcer::load(&set).unwrap());
                        }
                    });
                    took / loads as f64
                })
                .collect(),
        );
        // Each round has questions of its own, so none is asked twice.
        let rounds = 5;
        let slow = case.goal.is_some_and(|goal| goal < 2e5);
        let count = if slow { QUESTIONS / 10 } else { QUESTIONS };
        let all = questions(case.lines, case.shape, 1, count * rounds);
        let enforcer = Enforcer::load(&set).unwrap();
        let mut allowed = 0;
        let rate = median(
            all.chunks(count)
                .map(|some| {
                    let mut yes = 0;
                    let took = seconds(|| yes = answer(&enforcer, some));
                    allowed += yes;
                    count as f64 / took
                })
                .collect(),
        );
        let (goal, ratio) = match case.goal {
            Some(goal) => (format!("{goal:.0}"), format!("{:.1}", rate / goal)),
            None => ("–".to_owned(), "–".to_owned()),
        };
        println!(
            "{name:<16} {:>8.2} {:>9.1} {rate:>12.0} {goal:>12} {ratio:>7} {allowed:>8}",
            load * 1e3,
            enforcer.heap() as f64 / case.lines as f64,
        );
    }
    if filter.is_empty() || filter.iter().any(|word| "compare".contains(word.as_str())) {
        comparison();
    }
}
