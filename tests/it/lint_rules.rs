//! Every page in `docs/rules/` is a test of its rule: the example fires as the page shows, the fix
//! gives what the page shows, and the clean text is clean of every rule.
//!
//! `SNAPSHOTS=overwrite cargo test --test it lint_rules` writes what the pages show.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kubectl_octopus_argo::lint::ALL;

use crate::common::Sandbox;

const PAGES: &str = "docs/rules";

/// A fenced block of a page.
#[derive(Debug)]
pub(crate) struct Block {
    /// The heading above it.
    pub(crate) heading: String,
    /// What stands behind the backticks: the language, then options of the command line.
    pub(crate) info: String,
    pub(crate) text: String,
}

pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let (mut found, mut heading, mut open) = (Vec::new(), String::new(), None::<Block>);
    for line in page.split_inclusive('\n') {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => block.text.push_str(line),
            (None, Some(info)) => {
                open = Some(Block {
                    heading: heading.clone(),
                    info: info.trim().to_owned(),
                    text: String::new(),
                });
            }
            (None, None) => {
                if let Some(title) = line.strip_prefix("## ") {
                    title.trim().clone_into(&mut heading);
                }
            }
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

fn file_name(info: &str) -> &'static str {
    match info.split_whitespace().next() {
        Some("csv") => "policy.csv",
        Some("json") => "example.json",
        _ => "example.yaml",
    }
}

/// Runs lint over a block, with the options that stand behind its language.
fn lint(block: &Block, options: &str) -> (u8, String, String) {
    let name = file_name(&block.info);
    let sandbox = Sandbox::new().with(name, &block.text);
    let own = block.info.split_once(' ').map_or("", |(_, own)| own);
    let run = sandbox
        .command(&format!("lint -q -f {name} {own} {options}"))
        .run();
    assert!(run.code < 2, "{}", run.stderr);
    (run.code, run.stdout.clone(), sandbox.read(name))
}

/// The page with what the program really says and does.
fn true_page(id: &str, page: &str) -> String {
    let mut new = page.to_owned();
    let blocks = blocks(page);
    let example = blocks
        .iter()
        .position(|block| block.heading == "Example")
        .unwrap_or_else(|| panic!("{id}: no example"));
    let (_, said, _) = lint(&blocks[example], &format!("--select {id}"));
    assert!(
        said.contains(&format!("[{id}]")),
        "{id}: does not fire:\n{said}"
    );
    let replace = |new: &mut String, at: &Block, text: &str| {
        let old = format!("```{}\n{}```\n", at.info, at.text);
        assert!(new.contains(&old), "{id}: {old}");
        *new = new.replacen(&old, &format!("```{}\n{text}```\n", at.info), 1);
    };
    let output = blocks.get(example + 1).filter(|block| block.info == "text");
    let output = output.unwrap_or_else(|| panic!("{id}: no output below the example"));
    replace(&mut new, output, &format!("{}\n", said.trim_end()));
    for safety in ["safe", "unsafe"] {
        let heading = format!("Fixed ({safety})");
        let (_, _, fixed) = lint(&blocks[example], &format!("--select {id} --fix={safety}"));
        let shown = blocks.iter().find(|block| block.heading == heading);
        match shown {
            Some(shown) => replace(&mut new, shown, &fixed),
            None if safety == "unsafe" && page.contains("## Fixed (safe)") => {}
            None => assert_eq!(fixed, blocks[example].text, "{id}: {heading} is not shown"),
        }
    }
    new
}

pub(crate) fn pages() -> Vec<(String, PathBuf, String)> {
    let mut found: Vec<_> = fs::read_dir(PAGES)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter(|path| !path.ends_with("README.md"))
        .map(|path| {
            let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            (id, path, text)
        })
        .collect();
    found.sort();
    found
}

#[test]
#[expect(clippy::disallowed_methods, reason = "writes the pages when asked to")]
fn every_page_shows_what_its_rule_says_and_fixes() {
    let overwrite = std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite");
    let mut wrong = Vec::new();
    for (id, path, page) in pages() {
        let new = true_page(&id, &page);
        if new == page {
            continue;
        }
        if overwrite {
            fs::write(&path, new).unwrap();
        } else {
            wrong.push(format!("{}:\n{new}", path.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "SNAPSHOTS=overwrite writes these pages:\n{}",
        wrong.join("\n")
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "writes the list when asked to")]
fn the_list_of_rules_is_complete() {
    let mut list = String::from(
        "# Rules of `lint`\n\n\
         Settings for a whole repository are in the [configuration](../configuration.md): \
         `lint: {ignore: [duplicate-line], failOn: error}`.\n\n\
         Each rule has a page with an example, what lint reports for it, and a clean version. `lint --explain RULE` prints the page.\n\n\
         | rule | severity | fix | |\n|---|---|---|---|\n",
    );
    for rule in ALL {
        let about = rule.about();
        let (_, fix) = head(about.page);
        let id = about.id;
        let severity = about.severity;
        let summary = about.summary();
        writeln!(list, "| [{id}]({id}.md) | {severity} | {fix} | {summary} |").unwrap();
    }
    let path = format!("{PAGES}/README.md");
    if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        fs::write(&path, &list).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == list, "SNAPSHOTS=overwrite writes {path}");
}

/// What a page says of its fix: for its own head, and in one word.
fn head(page: &str) -> (&'static str, &'static str) {
    let safe = page.contains("\n## Fixed (safe)\n");
    let risky = page.contains("\n## Fixed (unsafe)\n");
    match (safe, risky) {
        (true, _) => ("safe fix", "safe"),
        (false, true) => ("unsafe fix", "unsafe"),
        (false, false) => ("no fix", ""),
    }
}

#[test]
fn every_clean_text_is_clean_of_every_rule() {
    for (id, _, page) in pages() {
        let clean: Vec<_> = blocks(&page)
            .into_iter()
            .filter(|block| block.heading == "Clean")
            .collect();
        assert!(!clean.is_empty(), "{id}: no clean text");
        for block in clean {
            let (code, said, _) = lint(&block, "--fail-on note");
            assert_eq!((code, said.as_str()), (0, ""), "{id}");
        }
    }
}

#[test]
fn every_rule_has_module_page_and_type_of_its_name() {
    let ids: BTreeSet<&str> = ALL.iter().map(|rule| rule.about().id).collect();
    assert_eq!(ids.len(), ALL.len(), "an id stands twice");
    let with_page: BTreeSet<String> = pages().into_iter().map(|(id, ..)| id).collect();
    assert_eq!(
        ids,
        with_page.iter().map(String::as_str).collect(),
        "rules and pages differ"
    );
    for id in &ids {
        let module = Path::new("src/lint/rules").join(format!("{}.rs", id.replace('-', "_")));
        let text = fs::read_to_string(&module).unwrap();
        let name: String = id
            .split('-')
            .map(|word| word[..1].to_uppercase() + &word[1..])
            .collect();
        assert!(
            text.contains(&format!("rule!({name}, \"{id}\", ")),
            "{}",
            module.display()
        );
    }
}

#[test]
fn every_module_of_a_rule_is_in_the_list() {
    let listed: BTreeSet<String> = ALL
        .iter()
        .map(|rule| rule.about().id.replace('-', "_"))
        .collect();
    for entry in fs::read_dir("src/lint/rules").unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            !text.contains("\nrule!(") || listed.contains(&name),
            "{name} is not in the list of src/lint/rules/mod.rs"
        );
    }
}

#[test]
fn every_page_begins_with_id_severity_and_fix() {
    for rule in ALL {
        let about = rule.about();
        let (fix, _) = head(about.page);
        let severity = about.severity;
        let head = format!("# {}\n\n**{severity}** · {fix}\n\n", about.id);
        assert!(
            about.page.starts_with(&head),
            "{}: begins not with\n{head}",
            about.id
        );
        let summary = about.summary();
        assert!(
            summary.len() > 20 && summary.ends_with('.'),
            "{}: {summary}",
            about.id
        );
    }
}
