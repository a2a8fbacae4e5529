//! The layer rules: who may import whom. Data flows one way, and nothing flows back.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its input must fail"
)]

#[path = "layers/api.rs"]
mod api;
#[path = "layers/circles.rs"]
mod circles;
#[path = "layers/names.rs"]
mod names;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The room that every other one may import; it imports none itself.
const TEXT: &str = "text";

/// Each room of `src/` and the rooms it may import beside [`TEXT`]. `error` and `model` are pure data.
/// `rbac` and `yaml` are the libraries `argo-rbac` and `yaml-splice`, which know no room.
const RULES: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("model", &["rbac"]),
    ("error", &["model", "yaml"]),
    ("host", &["process", "error"]),
    ("process", &["error", "model"]),
    (
        "argocd",
        &["error", "model", "process", "emit", "host", "input"],
    ),
    ("render", &["model", "error"]),
    (
        "report",
        &[
            "model", "error", "argocd", "change", "doctor", "lint", "octopus", "review", "site",
            "tokens",
        ],
    ),
    ("config", &["model", "error", "yaml"]),
    ("input", &["model", "error", "process", "yaml"]),
    ("site", &["model", "error", "yaml", "rbac", "input"]),
    ("review", &["model", "error", "octopus", "rbac", "site"]),
    (
        "lint",
        &["model", "error", "input", "octopus", "rbac", "site", "yaml"],
    ),
    (
        "octopus",
        &[
            "model", "error", "input", "process", "rbac", "render", "site", "yaml",
        ],
    ),
    (
        "doctor",
        &[
            "model", "error", "argocd", "change", "input", "lint", "octopus", "process", "rbac",
            "site", "tokens",
        ],
    ),
    (
        "change",
        &[
            "model", "error", "input", "octopus", "rbac", "render", "site", "yaml",
        ],
    ),
    ("emit", &["model", "error", "process"]),
    ("cli", &["model", "error", "yaml"]),
    (
        "tokens",
        &[
            "model", "error", "process", "host", "argocd", "emit", "octopus", "rbac", "render",
            "site", "yaml",
        ],
    ),
    (
        "commands",
        &[
            "model", "error", "host", "process", "argocd", "change", "cli", "config", "doctor",
            "emit", "input", "lint", "octopus", "rbac", "render", "report", "review", "site",
            "tokens", "yaml",
        ],
    ),
    // `fleet`, `lib` and `main` see everything.
];

/// What only one room may name.
const OWNED: &[(&str, &str, &str)] = &[
    ("clap::", "cli", "only `cli` knows clap"),
    (
        "std::process::Command",
        "process",
        "only `process` starts programs",
    ),
    (
        "minijinja::",
        "render",
        "only `render` knows the template engine",
    ),
    (
        "argo_rbac",
        "lib",
        "the library is imported as `crate::rbac`",
    ),
    (
        "yaml_splice",
        "lib",
        "the library is imported as `crate::yaml`",
    ),
    (
        "source_text",
        "text",
        "the library is imported as `crate::text`",
    ),
];

/// The sources of every crate of the workspace.
const CRATES: &[&str] = &[
    "src",
    "crates/argo-rbac/src",
    "crates/source-text/src",
    "crates/yaml-splice/src",
];

/// Whether a file of the sources holds tests alone.
fn is_test(file: &Path) -> bool {
    let mut parts = file.iter().filter_map(|part| part.to_str());
    parts.any(|part| {
        let name = part.trim_end_matches(".rs");
        name == "tests" || name.starts_with("tests_")
    })
}

fn sources(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

fn room(path: &Path) -> String {
    let inside = path.strip_prefix("src").unwrap();
    let first = inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The rooms that a text names behind `crate::`, `use crate::{a, b}` included.
fn imported(text: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            let mut first = true;
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        rooms.push(std::mem::take(&mut word));
                        first = true;
                    }
                    ':' if depth == 0 => first = false,
                    c if depth == 0 && first && (c.is_alphanumeric() || c == '_') => word.push(c),
                    _ => {}
                }
            }
            rooms.push(word);
        } else {
            rooms.push(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    rooms.retain(|room| !room.is_empty());
    rooms
}

#[test]
fn every_room_imports_only_what_it_may() {
    let rules: BTreeMap<_, _> = RULES.iter().copied().collect();
    let (mut files, mut wrong) = (Vec::new(), Vec::new());
    sources(Path::new("src"), &mut files);
    assert!(files.len() > 5, "found only {files:?}");
    for file in files {
        let from = room(&file);
        let text = fs::read_to_string(&file).unwrap();
        for (needle, owner, why) in OWNED {
            if from != *owner && text.contains(needle) {
                wrong.push(format!("{}: names {needle}: {why}", file.display()));
            }
        }
        if ["main", "lib", "fleet"].contains(&from.as_str()) {
            continue;
        }
        let Some(allowed) = rules.get(from.as_str()) else {
            wrong.push(format!("{}: no rule for the room `{from}`", file.display()));
            continue;
        };
        for to in imported(&text) {
            if to != from && to != TEXT && !allowed.contains(&to.as_str()) {
                wrong.push(format!(
                    "{}: `{from}` may not import `{to}`",
                    file.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn imports_are_found_in_every_form() {
    assert_eq!(imported("use crate::model::Source;"), ["model"]);
    assert_eq!(
        imported("use crate::{error::{A, B}, change, yaml::x::Y};"),
        ["error", "change", "yaml"]
    );
    assert_eq!(imported("fn f() -> crate::rbac::Glob {}"), ["rbac"]);
}
