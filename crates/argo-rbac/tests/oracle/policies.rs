//! Random policies and requests, small enough that roles, denies, defaults of `g` and patterns meet.

use std::fmt::Write as _;

use crate::TEXTS;
use crate::random::Random;

/// Between fields: no field has it.
pub(crate) const SEPARATOR: char = '\u{1f}';

const NAMES: &[&str] = &[
    "me",
    "you",
    "role:a",
    "role:b",
    "role:c",
    "proj:x:ci",
    "",
    "Me",
    "role:a ",
];
const RESOURCES: &[&str] = &[
    "applications",
    "logs",
    "*",
    "app*",
    "",
    "clusters",
    "{logs,exec}",
];
const ACTIONS: &[&str] = &[
    "get",
    "sync",
    "*",
    "action/*",
    "action/apps/Deployment/restart",
    "g?t",
];
const OBJECTS: &[&str] = &[
    "*",
    "x/*",
    "*/*",
    "x/shop",
    "*/shop",
    "x/{shop,web}",
    "x/[a-z]*",
    "y/**",
    "",
    "x/sh?p",
    "*-prod/*",
];
/// What is no glob, and what is no regular expression.
const BROKEN: &[&str] = &["[", "{a", "x/(", "a**", "*", "\\", "(?!a)", "x{2000}"];
const REGEXES: &[&str] = &[
    ".*",
    "^x/.*",
    "shop",
    "^x/shop$",
    "x/(shop|web)",
    "^[a-z]+/",
    "",
    "get|sync",
    "^applications$",
    "app.*",
];
const ASKED: &[[&str; 3]] = &[
    ["applications", "get", "x/shop"],
    ["applications", "sync", "y/web"],
    ["logs", "get", "x/shop"],
    ["clusters", "get", "https://k.example"],
    ["applications", "action/apps/Deployment/restart", "a-prod/x"],
    ["exec", "create", ""],
    ["*", "*", "*"],
];

/// A name, mostly one of a few, so that statements and requests meet.
fn name(random: &mut Random) -> &'static str {
    let few = if random.one_in(4) { NAMES } else { &NAMES[..4] };
    random.pick(few)
}

/// A policy, a statement a line, and requests.
pub(crate) fn draw(random: &mut Random, regex: bool) -> (String, Vec<String>) {
    let mut policy = String::new();
    for _ in 0..random.below(12) {
        if random.one_in(3) {
            let (subject, role) = (name(random), name(random));
            let _ = writeln!(policy, "g{SEPARATOR}{subject}{SEPARATOR}{role}");
            continue;
        }
        let subject = name(random);
        let [resource, action, object] = [RESOURCES, ACTIONS, OBJECTS].map(|usual| {
            if random.one_in(40) {
                random.pick(BROKEN)
            } else if random.one_in(3) {
                if regex { ".*" } else { "*" }
            } else if regex && !random.one_in(3) {
                random.pick(REGEXES)
            } else {
                random.pick(usual)
            }
        });
        let effect = random.pick(&["allow", "allow", "allow", "deny", "Allow", ""]);
        let fields = ["p", subject, resource, action, object, effect];
        let line = fields.join(&SEPARATOR.to_string());
        let _ = writeln!(policy, "{line}");
    }
    let requests = (0..TEXTS).map(|_| {
        let [resource, action, object] = ASKED[random.below(ASKED.len())];
        let object = if random.one_in(4) {
            random.pick(OBJECTS)
        } else {
            object
        };
        [name(random), resource, action, object].join(&SEPARATOR.to_string())
    });
    (policy, requests.collect())
}

/// The same policy as a text that Argo CD reads, every field in quotes.
pub(crate) fn csv(policy: &str) -> String {
    let line = |line: &str| {
        let fields = line.split(SEPARATOR).enumerate();
        let fields = fields.map(|(index, field)| match index {
            0 => field.to_owned(),
            _ => format!("\"{}\"", field.replace('"', "\"\"")),
        });
        fields.collect::<Vec<_>>().join(",") + "\n"
    };
    policy.lines().map(line).collect()
}
