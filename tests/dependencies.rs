//! What gets into the binary: no network and no TLS crate, known licences, one source. The lists
//! are those of `deny.toml`, which cargo-deny reads as well.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test runs cargo, and fails where it cannot go on"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::Value;

/// Words in the names of crates that open sockets or speak TLS, beside those that are banned.
const TELLING: &[&str] = &[
    "tls",
    "openssl",
    "quic",
    "http",
    "websocket",
    "dns",
    "socket",
    "hyper",
];

fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap();
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// Every package that is linked into the binary or that builds it, on any platform.
fn shipped(metadata: &Value) -> Vec<&Value> {
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let nodes: BTreeMap<&str, &Value> = nodes.iter().map(|node| (text(node, "id"), node)).collect();
    let root = metadata["resolve"]["root"].as_str().unwrap();
    let (mut seen, mut left) = (BTreeSet::new(), vec![root]);
    while let Some(id) = left.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                left.push(text(dependency, "pkg"));
            }
        }
    }
    seen.remove(root);
    let packages = metadata["packages"].as_array().unwrap();
    let found: Vec<_> = packages
        .iter()
        .filter(|one| seen.contains(text(one, "id")))
        .collect();
    assert!(found.len() > 30, "only {} packages were found", found.len());
    found
}

/// The texts in quotes of a list in deny.toml, up to its closing bracket.
fn list(of: &str) -> Vec<String> {
    let deny = fs::read_to_string("deny.toml").unwrap();
    let start = deny.find(&format!("\n{of} = [")).unwrap();
    let list = &deny[start..];
    let list = &list[..list.find("\n]").or_else(|| list.find("]\n")).unwrap()];
    let words = list.split('"').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

/// Whether an SPDX expression without parentheses, or with one pair, is satisfied.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let expression = expression.replace('/', " OR ");
    if let Some((before, rest)) = expression.split_once('(') {
        let (inner, after) = rest.split_once(')').unwrap();
        let inner = if is_allowed(inner, allowed) {
            allowed[0].as_str()
        } else {
            "none"
        };
        return is_allowed(&format!("{before}{inner}{after}"), allowed);
    }
    expression.split(" OR ").any(|one| {
        one.split(" AND ")
            .all(|licence| allowed.iter().any(|known| known == licence.trim()))
    })
}

#[test]
fn no_network_and_no_tls_crate_is_linked() {
    let metadata = metadata();
    let banned = list("deny");
    assert!(banned.len() > 10, "{banned:?}");
    for package in shipped(&metadata) {
        let name = text(package, "name");
        let telling = TELLING.iter().any(|word| name.contains(word));
        assert!(
            !telling && !banned.iter().any(|one| one == name),
            "{name} is linked"
        );
    }
}

#[test]
fn licences_are_known_and_the_source_is_one() {
    let metadata = metadata();
    let allowed = list("allow");
    assert!(allowed.contains(&"MIT".to_owned()), "{allowed:?}");
    for package in shipped(&metadata) {
        let (name, licence) = (text(package, "name"), text(package, "license"));
        assert!(is_allowed(licence, &allowed), "{name}: {licence}");
        let source = text(package, "source");
        assert_eq!(
            source, "registry+https://github.com/rust-lang/crates.io-index",
            "{name}"
        );
    }
}

#[test]
fn expressions_are_read() {
    let allowed = ["MIT".to_owned(), "Apache-2.0".to_owned()];
    for (expression, fits) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("MIT/Apache-2.0", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND Apache-2.0", true),
        ("(GPL-2.0 OR GPL-3.0) AND MIT", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), fits, "{expression}");
    }
}
