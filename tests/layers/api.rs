//! What each library exports, one line an item, held against its `api.txt`. `SNAPSHOTS=overwrite cargo test --test
//! layers api` writes it.
//!
//! The listing is read from the sources. rustdoc's JSON, which `cargo public-api` reads, needs a nightly compiler and changes
//! with it. rustfmt lays declarations out in one way, and `unreachable_pub` is denied: whatever is `pub` is exported.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads its own switch, and writes the listings when asked to"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{CRATES, is_test, sources};

/// The sources of a library and the path under which each name is exported.
struct Library {
    files: Vec<PathBuf>,
    paths: BTreeMap<String, String>,
    /// The names of other libraries' items that it exports.
    foreign: BTreeSet<String>,
}

impl Library {
    fn read(root: &Path) -> Self {
        let mut files = Vec::new();
        sources(root, &mut files);
        files.retain(|file| !is_test(file));
        let mut library = Self {
            files,
            paths: BTreeMap::new(),
            foreign: BTreeSet::new(),
        };
        let name = root
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .replace('-', "_");
        library.read_module(root, &root.join("lib.rs"), &name);
        library
    }

    /// Notes what a public module exports: its own items, and those of modules below it.
    fn read_module(&mut self, directory: &Path, file: &Path, path: &str) {
        for (declaration, _) in declarations(&fs::read_to_string(file).unwrap(), "") {
            let Some(exported) = declaration.strip_prefix("pub ") else {
                continue;
            };
            if let Some(module) = exported.strip_prefix("mod ") {
                let module = module.trim_end_matches(';');
                let below = directory.join(module);
                let files = [below.join("mod.rs"), directory.join(format!("{module}.rs"))];
                let file = files.iter().find(|file| file.exists()).unwrap();
                self.read_module(&below, file, &format!("{path}::{module}"));
            } else if let Some(names) = exported.strip_prefix("use ") {
                let (from, names) = names.trim_end_matches(';').rsplit_once("::").unwrap();
                for name in names.trim_matches(['{', '}']).split(',').map(str::trim) {
                    if CRATES
                        .iter()
                        .any(|root| root.contains(&format!("/{}/", from.replace('_', "-"))))
                    {
                        self.foreign
                            .insert(format!("{path}::{name} = {from}::{name}"));
                    } else if !name.is_empty() {
                        self.export(name, path);
                    }
                }
            } else {
                self.export(name_of(exported), path);
            }
        }
    }

    fn export(&mut self, name: &str, path: &str) {
        let before = self.paths.insert(name.to_owned(), path.to_owned());
        assert_eq!(before, None, "two items are exported as {name}");
    }

    /// One line for each item that can be named or called from outside, in the order of their paths.
    fn listing(&self) -> String {
        let mut lines: BTreeSet<(String, String)> = BTreeSet::new();
        for foreign in &self.foreign {
            lines.insert((foreign.clone(), format!("pub use {foreign}")));
        }
        for file in &self.files {
            let text = fs::read_to_string(file).unwrap();
            let mut derives = String::new();
            for (declaration, body) in declarations(&text, "") {
                if let Some(derived) = declaration.strip_prefix("#[derive(") {
                    derived.trim_end_matches(")]").clone_into(&mut derives);
                    continue;
                }
                if let Some(item) = declaration.strip_prefix("pub ") {
                    if !item.starts_with("mod ") && !item.starts_with("use ") {
                        lines.extend(self.item(item, &body, &derives, file));
                    }
                } else if declaration.starts_with("impl") {
                    lines.extend(self.implementation(&declaration, &body));
                }
                if !declaration.starts_with("#[") {
                    derives.clear();
                }
            }
        }
        let lines = lines
            .into_iter()
            .flat_map(|(_, line)| [line, "\n".to_owned()]);
        lines.collect()
    }

    fn item(&self, item: &str, body: &str, derives: &str, file: &Path) -> Vec<(String, String)> {
        let name = name_of(item);
        let path = self.paths.get(name);
        let path =
            path.unwrap_or_else(|| panic!("{}: {name} is pub and not exported", file.display()));
        let key = format!("{path}::{name}");
        let shown = item.replacen(name, &key, 1);
        // The value of a constant may change.
        let shown = match shown.split_once(" = ") {
            Some((declared, _)) if item.starts_with("const ") => declared,
            _ => shown.trim_end_matches([';', '{', ' ']),
        };
        let mut lines = vec![(key.clone(), format!("pub {}", without_private(shown)))];
        if !derives.is_empty() {
            lines.push((format!("{key} "), format!("impl {derives} for {key}")));
        }
        let is_open = item.starts_with("enum ") || item.starts_with("trait ");
        let members = declarations(body, "    ")
            .into_iter()
            .filter_map(|(member, inside)| {
                let member = match member.strip_prefix("pub ") {
                    Some(member) => member,
                    None if is_open && !member.starts_with('#') => &member,
                    None => return None,
                };
                let inside = if item.starts_with("enum ") && member.ends_with('{') {
                    format!(" {inside} }}")
                } else {
                    String::new()
                };
                let shown = one_line(&format!("{member}{inside}"));
                let shown = shown.trim_end_matches([',', ';']);
                Some((format!("{key}::{member}"), format!("pub {key}::{shown}")))
            });
        lines.extend(members);
        lines
    }

    /// What an `impl` of an exported type adds to it.
    fn implementation(&self, header: &str, body: &str) -> Vec<(String, String)> {
        let of = header.trim_end_matches(['{', '}', ' ']);
        let target = of
            .rsplit_once(" for ")
            .map_or_else(|| without_parameters(of), |(_, target)| target);
        let target = target.split('<').next().unwrap().trim();
        let Some(path) = self.paths.get(target) else {
            return Vec::new();
        };
        let key = format!("{path}::{target}");
        if of.contains(" for ") {
            return vec![(
                format!("{key} {of}"),
                of.replacen(&format!("for {target}"), &format!("for {key}"), 1),
            )];
        }
        let members = declarations(body, "    ")
            .into_iter()
            .filter_map(|(member, _)| {
                let member = member
                    .strip_prefix("pub ")?
                    .trim_end_matches([';', '{', ' ']);
                let name = name_of(member);
                let place = format!("{key}::{name}");
                Some((
                    place.clone(),
                    format!("pub {}", member.replacen(name, &place, 1)),
                ))
            });
        members.collect()
    }
}

/// `impl<'r> Name<'r>` without what is between `impl` and the name.
fn without_parameters(header: &str) -> &str {
    let rest = header.strip_prefix("impl").unwrap();
    let mut depth = 0;
    let end = rest.find(|c| {
        depth += i32::from(c == '<') - i32::from(c == '>');
        c == ' ' && depth == 0
    });
    &rest[end.map_or(0, |end| end + 1)..]
}

/// The fields of a tuple that are not public, as `_`.
fn without_private(item: &str) -> String {
    match item
        .strip_prefix("struct ")
        .and_then(|_| item.split_once('('))
    {
        Some((head, fields)) if !fields.starts_with("pub ") => format!("{head}(_)"),
        _ => item.to_owned(),
    }
}

/// The declarations of a text that are indented so far, each on one line, with what is inside its braces.
fn declarations(text: &str, indent: &str) -> Vec<(String, String)> {
    let mut lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let (mut found, mut is_hidden) = (Vec::new(), false);
    while let Some(line) = lines.next() {
        let Some(first) = line
            .strip_prefix(indent)
            .filter(|line| !line.starts_with([' ', '}', ')']))
        else {
            continue;
        };
        if first.is_empty() {
            continue;
        }
        let mut declaration = first.to_owned();
        let is_whole = |declaration: &str| {
            let ends = [";", "{", ",", "}", "]"]
                .iter()
                .any(|end| declaration.ends_with(end));
            let open = declaration.matches('(').count() > declaration.matches(')').count();
            ends && !open && (!declaration.starts_with("pub use") || declaration.ends_with(';'))
        };
        while !is_whole(&declaration) {
            let Some(line) = lines.next() else { break };
            declaration.push(' ');
            declaration.push_str(line.trim());
        }
        let mut body = String::new();
        if declaration.ends_with('{') {
            let end = format!("{indent}}}");
            for line in lines.by_ref().take_while(|line| !line.starts_with(&end)) {
                body.push_str(line);
                body.push('\n');
            }
        }
        if !std::mem::replace(&mut is_hidden, declaration.starts_with("#[cfg(test)]")) {
            found.push((one_line(&declaration), body));
        }
    }
    found
}

/// Undoes the line breaks of a declaration.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ").replace("( ", "(").replace(", )", ")");
    text.replace(", >", ">").replace(", }", " }")
}

/// The name that an item declares.
fn name_of(item: &str) -> &str {
    let kinds = [
        "fn ", "struct ", "enum ", "trait ", "type ", "static ", "const ", "mod ",
    ];
    let item = item.strip_prefix("const fn ").unwrap_or(item);
    let item = kinds
        .iter()
        .find_map(|kind| item.strip_prefix(kind))
        .unwrap_or(item);
    let end = item.find(|c: char| !c.is_alphanumeric() && c != '_');
    &item[..end.unwrap_or(item.len())]
}

#[test]
fn api_is_what_the_listing_of_each_library_says() {
    let mut wrong = Vec::new();
    for root in CRATES.iter().filter(|root| **root != "src").map(Path::new) {
        let listing = Library::read(root).listing();
        let path = root.with_file_name("api.txt");
        if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
            fs::write(&path, &listing).unwrap();
        }
        let recorded = fs::read_to_string(&path).unwrap_or_default();
        let [listed, recorded] =
            [&listing, &recorded].map(|text| text.lines().collect::<BTreeSet<_>>());
        wrong.extend(listed.difference(&recorded).map(|line| format!("+ {line}")));
        wrong.extend(recorded.difference(&listed).map(|line| format!("- {line}")));
    }
    assert!(
        wrong.is_empty(),
        "SNAPSHOTS=overwrite writes this:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn declarations_are_read_as_rustfmt_lays_them_out() {
    let text = "/// Some.\n#[derive(Clone)]\npub struct A<'a> {\n    pub b: &'a str,\n    c: u8,\n}\n\nimpl<'a> A<'a> {\n    \
                /// Other.\n    pub fn d(\n        &self,\n        e: (u8, u8),\n    ) -> B {\n        f();\n    }\n\n    \
                fn g() {}\n}\n\n#[cfg(test)]\nmod tests {\n    pub fn h() {}\n}\npub struct I(u8);\n";
    let names = declarations(text, "")
        .into_iter()
        .map(|(declaration, _)| declaration);
    let expected = [
        "#[derive(Clone)]",
        "pub struct A<'a> {",
        "impl<'a> A<'a> {",
        "#[cfg(test)]",
        "pub struct I(u8);",
    ];
    assert_eq!(names.collect::<Vec<_>>(), expected);
    let paths = ["A", "I"].map(|name| (name.to_owned(), "x".to_owned()));
    let library = Library {
        files: Vec::new(),
        paths: paths.into(),
        foreign: BTreeSet::new(),
    };
    let all = declarations(text, "");
    let lines = library.item(&all[1].0[4..], &all[1].1, "Clone", Path::new("a.rs"));
    let mut lines: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
    lines.extend(
        library
            .implementation(&all[2].0, &all[2].1)
            .into_iter()
            .map(|(_, line)| line),
    );
    lines.extend(
        library
            .item("struct I(u8);", "", "", Path::new("a.rs"))
            .into_iter()
            .map(|(_, line)| line),
    );
    let expected = [
        "pub struct x::A<'a>",
        "impl Clone for x::A",
        "pub x::A::b: &'a str",
        "pub fn x::A::d(&self, e: (u8, u8)) -> B",
        "pub struct x::I(_)",
    ];
    assert_eq!(lines, expected);
}
