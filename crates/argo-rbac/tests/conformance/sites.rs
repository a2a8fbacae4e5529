//! Random servers, and the requests that they are asked.

#![allow(
    clippy::disallowed_methods,
    reason = "the length and seed of a run come from the environment"
)]
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot make its servers must fail"
)]

use std::env;

use argo_rbac::survey::verbs;
use argo_rbac::{
    ArgoCdVersion, MatchMode, PolicySet, PolicyText, Project, ProjectRole, Server, ServerSettings,
};

/// How many random servers a run looks at, unless `SERVER_PAIRS` says otherwise.
const PAIRS: u64 = 150;

/// A generator of which a seed gives the whole sequence.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % sides
    }

    pub(crate) fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.roll(of.len())]
    }
}

pub(crate) const NAMES: &[&str] = &[
    "alice",
    "bob",
    "role:a",
    "role:b",
    "proj:web:ci",
    "proj:pay:ci",
    "",
];

pub(crate) const REQUESTS: &[(&str, &[&str], &[&str])] = &[
    (
        "applications",
        &[
            "get",
            "sync",
            "delete",
            "rollback",
            "delete/apps/Deployment/ns/x",
            "delete//Pod/ns/y",
            "update/apps/Deployment/ns/x",
            "action/apps/Deployment/restart",
        ],
        &[
            "web/shop",
            "web/app-1",
            "web/ns/shop",
            "pay/shop",
            "pay/app-1",
            "x/y",
            "webb/shop",
        ],
    ),
    ("logs", &["get"], &["web/shop", "pay/shop", "x/y"]),
    (
        "applicationsets",
        &["get", "delete"],
        &["web/shop", "pay/shop"],
    ),
    ("exec", &["create"], &["web/shop", "pay/shop"]),
    (
        "clusters",
        &["get", "update"],
        &["https://a", "web/https://a", "pay/https://b"],
    ),
    ("projects", &["get", "update"], &["web", "pay", "x"]),
    ("accounts", &["get", "update"], &["alice", "bob"]),
];

pub(crate) fn rule(dice: &mut Dice, subject: &str, project: Option<&str>) -> String {
    let resource = dice.pick(&[
        "applications",
        "applications",
        "applications",
        "logs",
        "clusters",
        "projects",
        "*",
        "applicationsets",
        "exec",
        "app*",
    ]);
    let action = dice.pick(&[
        "get",
        "get",
        "sync",
        "delete",
        "delete/*",
        "delete/*/Pod/*",
        "update/apps/*",
        "action/*",
        "*",
        "rollback",
        "{get,sync}",
    ]);
    let object = match project {
        Some(project) => {
            let end = dice.pick(&["*", "*", "shop", "app-*", "*p"]);
            format!("{project}/{end}")
        }
        None => dice
            .pick(&[
                "*",
                "*/*",
                "web/*",
                "web*",
                "web/shop",
                "*/shop",
                "*/app-*",
                "pay/*",
                "p*/*p",
                "{web,pay}/*",
                "[wp]*",
                "web",
                "https://*",
                "*/**/shop",
                "web/**p",
            ])
            .to_owned(),
    };
    let effect = dice.pick(&["allow", "allow", "allow", "deny", "Allow"]);
    format!("p, {subject}, {resource}, \"{action}\", \"{object}\", {effect}")
}

#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) lines: Vec<String>,
    pub(crate) default_role: &'static str,
    pub(crate) projects: Vec<Project>,
    pub(crate) settings: ServerSettings,
    pub(crate) version: ArgoCdVersion,
}

impl Site {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        let mut lines: Vec<String> = (0..2 + dice.roll(7))
            .map(|_| {
                let name = dice.pick(NAMES);
                rule(dice, name, None)
            })
            .collect();
        for _ in 0..dice.roll(4) {
            let (subject, role) = (dice.pick(NAMES), dice.pick(&["role:a", "role:b", "role:c"]));
            lines.push(format!("g, {subject}, {role}"));
        }
        let projects = ["web", "pay"][..dice.roll(3)].iter();
        let projects = projects.map(|name| Project {
            name: (*name).to_owned(),
            roles: (0..dice.roll(2))
                .map(|_| ProjectRole {
                    name: "ci".to_owned(),
                    policies: (0..dice.roll(3))
                        .map(|_| rule(dice, &format!("proj:{name}:ci"), Some(name)))
                        .collect(),
                    groups: (0..dice.roll(2))
                        .map(|_| dice.pick(&["alice", "role:a"]).to_owned())
                        .collect(),
                })
                .collect(),
        });
        let projects = projects.collect();
        Self {
            lines,
            projects,
            default_role: dice.pick(&["", "", "role:a", "role:b"]),
            settings: ServerSettings {
                inheritance_disabled: [None, None, Some(false), Some(true)][dice.roll(4)],
                logs_enforced: dice.roll(3) == 0,
                rollback_enforced: dice.roll(3) == 0,
                auth_disabled: dice.roll(40) == 0,
                ..ServerSettings::default()
            },
            version: [
                ArgoCdVersion::NEWEST,
                ArgoCdVersion::NEWEST,
                ArgoCdVersion::exact(3, 5, 1),
                ArgoCdVersion::exact(3, 0, 2),
                ArgoCdVersion::exact(2, 14, 3),
                ArgoCdVersion::new(2, 13),
            ][dice.roll(6)],
        }
    }

    pub(crate) fn mutated(&self, dice: &mut Dice) -> Self {
        let mut site = self.clone();
        for _ in 0..=dice.roll(2) {
            let at = dice.roll(site.lines.len().max(1));
            match dice.roll(10) {
                0 | 1 if !site.lines.is_empty() => {
                    site.lines.remove(at);
                }
                2 | 3 => {
                    let name = dice.pick(NAMES);
                    let line = rule(dice, name, None);
                    site.lines.insert(at, line);
                }
                4 => {
                    let (one, other) = (dice.pick(NAMES), dice.pick(&["role:a", "role:c"]));
                    site.lines.push(format!("g, {one}, {other}"));
                }
                5 if !site.lines.is_empty() => {
                    site.lines[at] = site.lines[at].replace("allow", "deny");
                }
                6 => site.lines.reverse(),
                7 => site.default_role = dice.pick(&["", "role:a", "role:b"]),
                8 => {
                    let other = Self::random(dice);
                    site.settings = other.settings;
                    if dice.roll(2) == 0 {
                        site.version = other.version;
                    }
                }
                _ => site.projects = Self::random(dice).projects,
            }
        }
        site
    }

    pub(crate) fn load(&self) -> Server {
        let set = PolicySet {
            texts: vec![PolicyText::new("policy.csv", self.lines.join("\n"))],
            default_role: self.default_role.to_owned(),
            match_mode: MatchMode::Glob,
            builtin: false,
            version: self.version,
        };
        Server::load(set, self.projects.clone(), self.settings.clone()).unwrap()
    }

    pub(crate) fn shown(&self) -> String {
        let projects: Vec<_> = self
            .projects
            .iter()
            .map(|project| project.policy().map(|policy| policy.text.to_string()))
            .collect();
        format!(
            "{} default `{}` {:?}\n{}\nprojects {projects:#?}",
            self.version,
            self.default_role,
            self.settings,
            self.lines.join("\n")
        )
    }
}

pub(crate) fn pairs(unless_asked: u64) -> u64 {
    let asked = env::var("SERVER_PAIRS").ok();
    asked.map_or(unless_asked, |count| count.parse().unwrap())
}

pub(crate) fn first_seed() -> u64 {
    let asked = env::var("SERVER_SEED").ok();
    asked.map_or(1, |seed| seed.parse().unwrap())
}

pub(crate) fn each_seed(test: impl FnMut(&mut Dice, u64)) {
    each_seed_of(PAIRS, test);
}

/// Tests so many, unless `SERVER_PAIRS` says otherwise.
pub(crate) fn each_seed_of(count: u64, mut test: impl FnMut(&mut Dice, u64)) {
    for seed in first_seed()..first_seed() + pairs(count) {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            dice.roll(2);
        }
        test(&mut dice, seed);
    }
}

/// Every request that some server is asked in these tests, as far as its version has it.
pub(crate) fn requests(server: &Server) -> Vec<(&'static str, &'static str, &'static str)> {
    let known: Vec<_> = verbs(server.version()).collect();
    let mut all = Vec::new();
    for (resource, actions, objects) in REQUESTS {
        for action in *actions {
            let is_known = known
                .iter()
                .any(|(of, verb)| of == resource && verb.contains(action));
            if is_known {
                all.extend(objects.iter().map(|object| (*resource, *action, *object)));
            }
        }
    }
    all
}
