//! What gets into the binary: no network and no TLS crate. The list is that of `deny.toml`, from
//! which cargo-deny checks licences and sources as well. And what reads a text first.

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
    let root = metadata["resolve"]["root"].as_str().unwrap();
    let found = below(metadata, root);
    assert!(found.len() > 30, "only {} packages were found", found.len());
    found
}

/// Every package that the one with this id needs, itself left out, whatever needs it in turn.
fn below<'v>(metadata: &'v Value, root: &'v str) -> Vec<&'v Value> {
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let nodes: BTreeMap<&str, &Value> = nodes.iter().map(|node| (text(node, "id"), node)).collect();
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
    let found = packages.iter();
    found.filter(|one| seen.contains(text(one, "id"))).collect()
}

/// The crates that deny.toml bans.
fn banned() -> Vec<String> {
    let deny = fs::read_to_string("deny.toml").unwrap();
    let list = &deny[deny.find("\ndeny = [").unwrap()..];
    let words = list[..list.find("\n]").unwrap()].split('"').skip(1);
    words.step_by(2).map(str::to_owned).collect()
}

#[test]
fn no_network_and_no_tls_crate_is_linked() {
    let metadata = metadata();
    let banned = banned();
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

/// Every text goes through our reader first, which stands on granit-parser's events. What is below
/// it was read for its `unsafe`: docs/security.md says what was looked at. Another crate there, or
/// `unsafe` in the parser itself, wants to be read as well before this list grows.
#[test]
fn what_reads_a_text_first_was_looked_at() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let parser = packages.iter().find(|one| one["name"] == "granit-parser");
    let parser = parser.unwrap();
    let mut names: Vec<_> = below(&metadata, text(parser, "id"))
        .into_iter()
        .map(|one| text(one, "name"))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["arraydeque", "smallvec"]);
    let manifest = std::path::Path::new(text(parser, "manifest_path"));
    let library = fs::read_to_string(manifest.with_file_name("src").join("lib.rs")).unwrap();
    assert!(
        library.contains("#![forbid(unsafe_code)]"),
        "granit-parser allows `unsafe`"
    );
}
