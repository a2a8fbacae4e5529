//! Benchmark policies and questions: the bytes of a reference generator that the speed of Argo CD's
//! own enforcer was measured with. Numbers come from a 64-bit LCG (Knuth's MMIX constants), not from
//! a library, so the same arguments always give the same bytes.

use std::collections::HashSet;
use std::fmt::Write as _;

const RESOURCES: [&str; 8] = [
    "applications",
    "applications",
    "applications",
    "applicationsets",
    "logs",
    "repositories",
    "clusters",
    "exec",
];
const ACTIONS: [&str; 8] = [
    "get", "sync", "create", "update", "delete", "override", "action/*", "get",
];
const ASKED: [&str; 8] = [
    "get",
    "sync",
    "create",
    "update",
    "delete",
    "override",
    "action/apps/Deployment/restart",
    "get",
];

/// What a policy looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Ten rules for each role; users and some roles are bound to roles.
    Teams,
    /// Every rule is for one role, resource and action.
    Flat,
    /// As flat, each pattern `*/app-K`.
    Suffix,
    /// As flat, each pattern `*-K/app-*`.
    Middle,
    /// As teams, and each of 100 users is bound to 100 roles.
    Roles,
}

impl Shape {
    /// The name that the reference generator knows it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Teams => "teams",
            Self::Flat => "flat",
            Self::Suffix => "suffix",
            Self::Middle => "middle",
            Self::Roles => "roles",
        }
    }
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    pub(crate) subject: String,
    pub(crate) resource: &'static str,
    pub(crate) action: &'static str,
    pub(crate) object: String,
}

struct Lcg(u64);

impl Lcg {
    fn new(seed: u64) -> Self {
        Self(
            seed.wrapping_mul(2_862_933_555_777_941_757)
                .wrapping_add(3_037_000_493),
        )
    }

    fn next(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as usize % below
    }
}

fn anchored(pattern: &str, regex: bool) -> String {
    if regex {
        format!("^{}$", pattern.replace('*', ".*"))
    } else {
        pattern.to_owned()
    }
}

fn pattern(lcg: &mut Lcg, k: usize, regex: bool, shape: Shape) -> String {
    let plain = match lcg.next(100) {
        0..50 => format!("proj-{k}/*"),
        50..70 => format!("proj-{k}/app-*"),
        70..90 => format!("proj-{k}/app-{}", lcg.next(50)),
        90..95 => format!("proj-{k}*/*"),
        _ if shape == Shape::Flat => format!("proj-{k}/**"),
        _ => "*/*".to_owned(),
    };
    anchored(&plain, regex)
}

/// A policy of so many `p` lines.
pub(crate) fn policy(lines: usize, shape: Shape, seed: u64, regex: bool) -> String {
    match shape {
        Shape::Suffix | Shape::Middle => one_role(lines, shape, seed, regex),
        Shape::Roles => {
            let mut lcg = Lcg::new(seed + 2);
            let teams = policy(lines, Shape::Teams, seed, regex);
            let mut out = String::new();
            for line in teams.lines().filter(|line| line.starts_with('p')) {
                out.push_str(line);
                out.push('\n');
            }
            for user in 0..100 {
                for _ in 0..100 {
                    let role = lcg.next((lines / 10).max(1));
                    let _ = writeln!(out, "g, user-{user}, role:team-{role}");
                }
            }
            out
        }
        Shape::Teams | Shape::Flat => teams_or_flat(lines, shape, seed, regex),
    }
}

fn teams_or_flat(lines: usize, shape: Shape, seed: u64, regex: bool) -> String {
    let mut lcg = Lcg::new(seed);
    let roles = (lines / 10).max(1);
    let mut out = format!("# {lines} p lines, shape {}, seed {seed}\n", shape.name());
    for i in 0..lines {
        let (role, resource, action, k) = if shape == Shape::Flat {
            ("role:flat".to_owned(), "applications", "get".to_owned(), i)
        } else {
            let k = i / 10;
            let (resource, action) = (RESOURCES[lcg.next(8)], ACTIONS[lcg.next(8)]);
            let action = if regex {
                action.replace('*', ".*")
            } else {
                action.to_owned()
            };
            (format!("role:team-{k}"), resource, action, k)
        };
        let effect = if lcg.next(20) == 0 { "deny" } else { "allow" };
        let object = pattern(&mut lcg, k, regex, shape);
        let _ = writeln!(out, "p, {role}, {resource}, {action}, {object}, {effect}");
    }
    for j in 0..roles {
        if shape == Shape::Flat {
            let _ = writeln!(out, "g, user-{j}, role:flat");
        } else if lcg.next(5) == 0 && roles > 1 {
            let a = 1 + lcg.next(roles - 1);
            let _ = writeln!(out, "g, role:team-{a}, role:team-{}", lcg.next(a));
        } else {
            let _ = writeln!(out, "g, user-{j}, role:team-{}", lcg.next(roles));
        }
    }
    out
}

fn one_role(lines: usize, shape: Shape, seed: u64, regex: bool) -> String {
    let mut lcg = Lcg::new(seed);
    let mut out = format!("# {lines} p lines, shape {}, seed {seed}\n", shape.name());
    for i in 0..lines {
        let plain = if shape == Shape::Suffix {
            format!("*/app-{i}")
        } else {
            format!("*-{i}/app-*")
        };
        let effect = if lcg.next(20) == 0 { "deny" } else { "allow" };
        let object = anchored(&plain, regex);
        let _ = writeln!(out, "p, role:flat, applications, get, {object}, {effect}");
    }
    for j in 0..(lines / 10).max(1) {
        let _ = writeln!(out, "g, user-{j}, role:flat");
    }
    out
}

/// So many different questions.
pub(crate) fn questions(lines: usize, shape: Shape, seed: u64, count: usize) -> Vec<Question> {
    let mut lcg = Lcg::new(seed + 1);
    let users = (lines / 10).max(1);
    let mut asked = HashSet::new();
    let mut all = Vec::with_capacity(count);
    while all.len() < count {
        let question = match shape {
            Shape::Teams | Shape::Flat => {
                let verb = lcg.next(8);
                let (resource, action) = if shape == Shape::Flat {
                    ("applications", "get")
                } else {
                    (RESOURCES[lcg.next(8)], ASKED[verb])
                };
                let k = lcg.next(if shape == Shape::Flat { lines } else { users });
                let mut subject = format!("user-{}", lcg.next(users));
                if shape == Shape::Teams && lcg.next(2) != 0 {
                    subject = format!("role:team-{k}");
                }
                let apps = if shape == Shape::Flat {
                    1_000_000
                } else {
                    10_000
                };
                Question {
                    subject,
                    resource,
                    action,
                    object: format!("proj-{k}/app-{}", lcg.next(apps)),
                }
            }
            Shape::Suffix | Shape::Middle | Shape::Roles => {
                let (users, projects, apps) = match shape {
                    Shape::Suffix => (users, 100_000, lines),
                    Shape::Middle => (users, lines, 100_000),
                    _ => (100, users, 10_000),
                };
                let subject = format!("user-{}", lcg.next(users));
                let project = lcg.next(projects);
                Question {
                    subject,
                    resource: "applications",
                    action: "get",
                    object: format!("proj-{project}/app-{}", lcg.next(apps)),
                }
            }
        };
        if asked.insert(question.clone()) {
            all.push(question);
        }
    }
    all
}
