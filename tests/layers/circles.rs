//! No file imports a file that imports it, however long the way round is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{CRATES, is_test, sources};

/// A path that a file names: in a `use` (with the name that it brings in), or in the middle of the code.
struct Named {
    path: Vec<String>,
    name: String,
    /// Whether the file hands the name on (`pub use`), which is no import of its own.
    is_public: bool,
}

/// The modules of one crate, by path (`["yaml", "edit"]`).
struct Modules {
    files: BTreeMap<Vec<String>, PathBuf>,
    named: BTreeMap<Vec<String>, Vec<Named>>,
}

impl Modules {
    fn read(root: &Path) -> Self {
        let mut files = Vec::new();
        sources(root, &mut files);
        files.retain(|file| !is_test(file));
        let files: BTreeMap<_, _> = files
            .into_iter()
            .map(|file| (module(root, &file), file))
            .collect();
        let named = files.iter().map(|(module, file)| {
            let text = fs::read_to_string(file).unwrap();
            (module.clone(), named(&text, module))
        });
        Self {
            named: named.collect(),
            files,
        }
    }

    /// The module that defines what a path names, through every `pub use` on the way.
    fn resolve(&self, path: &[String], depth: usize) -> Option<Vec<String>> {
        let mut at = path.len();
        while at > 0 && !self.files.contains_key(&path[..at]) {
            at -= 1;
        }
        let module = path[..at].to_vec();
        let Some(name) = path.get(at).filter(|_| depth < 10) else {
            return (at > 0).then_some(module);
        };
        let mut handed_on = self.named.get(&module).into_iter().flatten();
        let found = handed_on.find(|of| of.is_public && of.path != path && of.name == *name);
        match found {
            Some(found) => self.resolve(&found.path, depth + 1),
            None => (at > 0).then_some(module),
        }
    }

    /// The modules that each module imports.
    fn imports(&self) -> BTreeMap<&[String], BTreeSet<Vec<String>>> {
        let imports = self.named.iter().map(|(module, named)| {
            let own = named.iter().filter(|of| !of.is_public);
            let targets = own.filter_map(|of| self.resolve(&of.path, 0));
            let targets = targets.filter(|target| target != module);
            (module.as_slice(), targets.collect())
        });
        imports.collect()
    }

    /// The files that can be reached from each other, in groups of more than one.
    fn circles(&self) -> BTreeSet<Vec<String>> {
        let imports = self.imports();
        let reach = |from: &[String]| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![from.to_vec()]);
            while let Some(module) = next.pop() {
                for to in imports.get(module.as_slice()).into_iter().flatten() {
                    if seen.insert(to.clone()) {
                        next.push(to.clone());
                    }
                }
            }
            seen
        };
        let reached: BTreeMap<&Vec<String>, BTreeSet<Vec<String>>> = self
            .files
            .keys()
            .map(|module| (module, reach(module)))
            .collect();
        let circles = reached
            .iter()
            .filter(|(module, seen)| seen.contains(**module))
            .map(|(module, seen)| {
                let alike = seen
                    .iter()
                    .filter(|other| reached[*other].contains(*module));
                alike.map(|module| self.show(module)).collect()
            });
        circles.collect()
    }

    fn show(&self, module: &[String]) -> String {
        self.files[module].display().to_string().replace('\\', "/")
    }
}

fn module(root: &Path, file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(root).unwrap();
    let parts = inside.iter().map(|part| part.to_str().unwrap());
    let mut parts: Vec<String> = parts
        .map(|part| part.trim_end_matches(".rs").to_owned())
        .collect();
    parts.retain(|part| part != "mod" && part != "lib");
    parts
}

/// The code of a text: no comments, no strings, and nothing from the first module of tests on.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut code = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.find("\"#").map_or(rest.len(), |end| end + 5)
        } else if c == '"' {
            string(rest)
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\") {
            1 + rest[2..].find('\'').map_or(0, |end| end + 2)
        } else {
            code.push(c);
            c.len_utf8()
        };
        rest = &rest[skipped..];
    }
    code
}

/// The length of the string literal that a text begins with.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Everything that a file names of this crate: what its `use` declarations bring in, and the paths in its code.
fn named(text: &str, module: &[String]) -> Vec<Named> {
    let code = code(text);
    let mut found = Vec::new();
    let mut others = String::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let Some((rest, is_public)) = declaration(line) else {
            others.push_str(line);
            others.push('\n');
            continue;
        };
        let mut tree = rest.to_owned();
        while !tree.contains(';') {
            let Some(more) = lines.next() else { break };
            tree.push_str(more);
        }
        let tree = tree.split(';').next().unwrap_or_default();
        let tree = tree.split_whitespace().collect::<Vec<_>>().join(" ");
        flatten(&tree, &mut Vec::new(), &mut |path, name| {
            if let Some(path) = absolute(path, module) {
                let name = name.to_owned();
                found.push(Named {
                    path,
                    name,
                    is_public,
                });
            }
        });
    }
    // `pub(in crate::fleet)` names a module that is not imported.
    let mut parts = others.split("pub(in ");
    let mut others = parts.next().unwrap_or_default().to_owned();
    others.extend(parts.filter_map(|part| Some(part.split_once(')')?.1)));
    let of_code = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
    for word in others.split(of_code).filter(|word| word.contains("::")) {
        let path: Vec<String> = word.split("::").map(str::to_owned).collect();
        // What a `use` has brought in is counted there.
        if found.iter().any(|of| !of.is_public && of.name == path[0]) {
            continue;
        }
        if let Some(path) = absolute(&path, module) {
            found.push(Named {
                path,
                name: String::new(),
                is_public: false,
            });
        }
    }
    found
}

/// What a `use` declaration brings in, and whether it hands it on.
fn declaration(line: &str) -> Option<(&str, bool)> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix("use ") {
        return Some((rest, false));
    }
    let rest = line.strip_prefix("pub")?;
    let rest = match rest.strip_prefix('(') {
        Some(scope) => scope.split_once(')')?.1,
        None => rest,
    };
    Some((rest.strip_prefix(" use ")?, true))
}

/// Takes a tree such as `a::{b, c::{self, d as e}}` apart.
fn flatten(tree: &str, above: &mut Vec<String>, add: &mut dyn FnMut(&[String], &str)) {
    let tree = tree.trim();
    let group = tree
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    if let Some(group) = group {
        let (mut depth, mut start) = (0, 0);
        for (at, c) in group.char_indices().chain([(group.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    flatten(&group[start..at], above, add);
                    start = at + 1;
                }
                _ => {}
            }
        }
    } else if let Some((first, rest)) = tree.split_once("::") {
        above.push(first.to_owned());
        flatten(rest, above, add);
        above.pop();
    } else if !tree.is_empty() {
        let (name, alias) = tree.split_once(" as ").unwrap_or((tree, tree));
        if name == "self" {
            let alias = if alias == "self" {
                above[above.len() - 1].clone()
            } else {
                alias.to_owned()
            };
            add(above, &alias);
        } else {
            above.push(name.to_owned());
            add(above, alias);
            above.pop();
        }
    }
}

/// A path from the crate's root; `None` for another crate.
fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let mut base = match path.first()?.as_str() {
        "crate" => return Some(path[1..].to_vec()),
        "self" => return Some([module, &path[1..]].concat()),
        "super" => module.to_vec(),
        // A child of this module, or another crate: the files tell which one.
        _ => return Some([module, path].concat()),
    };
    let mut rest = path;
    while let Some((first, further)) = rest.split_first() {
        if first != "super" {
            break;
        }
        base.pop();
        rest = further;
    }
    base.extend_from_slice(rest);
    Some(base)
}

#[test]
fn no_file_imports_a_file_that_imports_it() {
    let mut circles = Vec::new();
    for root in CRATES {
        let modules = Modules::read(Path::new(root));
        let imports: usize = modules.imports().values().map(BTreeSet::len).sum();
        assert!(imports > 0, "{root}: {} files", modules.files.len());
        circles.extend(
            modules
                .circles()
                .into_iter()
                .map(|circle| circle.join(", ")),
        );
    }
    assert!(circles.is_empty(), "circles:\n{}", circles.join("\n"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test writes what it reads")]
fn a_circle_is_found_over_any_length() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
    write("lib.rs", "mod a;\nmod b;\nmod c;\npub use a::A;\n");
    write("a.rs", "use crate::b::B;\n");
    write("b.rs", "fn f() { super::c::g() }\n");
    write("c.rs", "// use crate::b;\n");
    assert_eq!(Modules::read(root.path()).circles().len(), 0);
    write("c.rs", "use crate::A;\n");
    let circles = Modules::read(root.path()).circles();
    assert_eq!(circles.iter().map(Vec::len).collect::<Vec<_>>(), [3]);
}

#[test]
fn names_of_the_crate_are_found_in_every_form() {
    let module = ["yaml".to_owned(), "edit".to_owned()];
    let text = "use super::{node::Node, Stream as S};\npub(super) use crate::a::{self, B};\n\
                fn f(s: &str) { Node::new(s, \"crate::no\"); super::flow::run() } // crate::no\n";
    let found: Vec<String> = named(text, &module)
        .iter()
        .map(|of| format!("{} {} {}", of.path.join("::"), of.name, of.is_public))
        .collect();
    assert_eq!(
        found,
        [
            "yaml::node::Node Node false",
            "yaml::Stream S false",
            "a a true",
            "a::B B true",
            "yaml::flow::run  false"
        ]
    );
}
