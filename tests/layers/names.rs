//! One name for one thing: no two types of a crate have the same name, and no type that a library exports has the
//! name of one of the program's.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{CRATES, is_test, sources};

/// Names that more than one type may have, and why.
const SHARED: &[(&str, &str)] = &[
    (
        "Error",
        "each library has one of its own, as `std::io` does",
    ),
    (
        "Result",
        "the alias with the error type of its module, as in `std::io`",
    ),
];

/// The names of the structs, enums, traits and aliases that a text declares.
fn declared(text: &str) -> Vec<&str> {
    let declarations = text.lines().filter_map(|text| {
        let line = text.trim_start();
        let indented = line.len() < text.len();
        let line = match line.strip_prefix("pub") {
            Some(rest) if rest.starts_with('(') => rest.split_once(") ")?.1,
            Some(rest) => rest.trim_start(),
            None => line,
        };
        // An indented `type` belongs to a trait.
        let kinds = ["struct ", "enum ", "trait ", "type "];
        let kinds = &kinds[..if indented { 3 } else { 4 }];
        let rest = kinds.iter().find_map(|kind| line.strip_prefix(kind))?;
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        Some(&rest[..end.unwrap_or(rest.len())])
    });
    declarations.collect()
}

/// The types of a crate, each with the files that declare it; of a library, those that it exports.
fn types(root: &str, exported: bool) -> BTreeMap<String, BTreeSet<String>> {
    let mut files = Vec::new();
    sources(Path::new(root), &mut files);
    files.retain(|file| !is_test(file));
    let mut types: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let text: String = if exported {
            let exported = text.lines().filter(|line| line.starts_with("pub "));
            exported.flat_map(|line| [line, "\n"]).collect()
        } else {
            text
        };
        for name in declared(&text) {
            let shown = file.display().to_string().replace('\\', "/");
            types.entry(name.to_owned()).or_default().insert(shown);
        }
    }
    types
}

#[test]
fn every_type_has_a_name_of_its_own() {
    let (mut wrong, mut shared) = (Vec::new(), BTreeSet::new());
    for root in CRATES {
        let mut all = types(root, false);
        assert!(all.len() > 1, "{root}: {} types", all.len());
        if *root == "src" {
            for library in CRATES.iter().filter(|root| **root != "src") {
                for (name, places) in types(library, true) {
                    all.entry(name).or_default().extend(places);
                }
            }
        }
        // Two libraries know nothing of each other.
        all.retain(|_, places| places.len() > 1 && places.iter().any(|of| of.starts_with(root)));
        for (name, places) in &all {
            if SHARED.iter().any(|(allowed, _)| allowed == name) {
                shared.insert(name.clone());
            } else {
                let places: Vec<&str> = places.iter().map(String::as_str).collect();
                wrong.push(format!("{name}: {}", places.join(", ")));
            }
        }
    }
    let unused = SHARED.iter().filter(|(name, _)| !shared.contains(*name));
    wrong.extend(unused.map(|(name, _)| format!("{name}: not shared any more")));
    assert!(
        wrong.is_empty(),
        "{} names:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn declarations_are_found_with_any_visibility() {
    let text = "pub(super) struct A<'a> {\n    enum B;\npub trait C: D {\nstruct E(u8);\n// struct F\n    \
                type Item = G;\ntype H = I;\n";
    assert_eq!(declared(text), ["A", "B", "C", "E", "H"]);
}
