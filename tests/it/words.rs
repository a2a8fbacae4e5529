//! Wording: no string, comment or page has a phrase that `docs/development/style.md` replaces.

use std::fs;
use std::path::{Path, PathBuf};

/// A phrase to avoid.
struct Phrase {
    words: Vec<String>,
    /// Words that make it good English when they follow.
    but: Vec<String>,
    /// What to write instead.
    instead: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.to_lowercase().chars() {
        if c.is_alphanumeric() || c == '\'' || c == '-' {
            words.last_mut().unwrap().push(c);
        } else {
            // Punctuation ends a phrase; a space does not.
            if !c.is_whitespace() {
                words.push(c.to_string());
            }
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The first table behind the heading `## Words` of the style guide.
fn phrases() -> Vec<Phrase> {
    let guide = fs::read_to_string(root().join("docs/development/style.md")).unwrap();
    let (_, section) = guide.split_once("## Words").unwrap();
    let rows = section.lines().skip_while(|line| !line.starts_with("|---"));
    let rows = rows.skip(1).take_while(|line| line.starts_with('|'));
    let phrases: Vec<Phrase> = rows
        .map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let (phrase, but) = cells[0].split_once(" (").unwrap_or((cells[0], ""));
            let but = but.trim_end_matches(')').split(", ");
            Phrase {
                words: words(phrase),
                but: but.map(str::to_owned).collect(),
                instead: cells[1].to_owned(),
            }
        })
        .collect();
    assert!(phrases.len() > 20, "the table of phrases is not found");
    phrases
}

/// The phrases that are in a text.
fn found<'p>(text: &str, phrases: &'p [Phrase]) -> Vec<&'p Phrase> {
    let words = words(text);
    let is_in = |phrase: &&Phrase| {
        let length = phrase.words.len();
        (0..words.len().saturating_sub(length - 1)).any(|at| {
            let next = words.get(at + length);
            let before = at.checked_sub(1).map(|before| words[before].as_str());
            words[at..at + length] == phrase.words[..]
                && !next.is_some_and(|next| phrase.but.contains(next))
                // "There is no rule" is what one says.
                && !(before == Some("there") && phrase.words[0] == "is")
        })
    };
    phrases.iter().filter(is_in).collect()
}

/// Line numbers and texts of the strings and comments of a Rust file, without its tests.
fn rust(source: &str) -> Vec<(usize, String)> {
    let code = source.split("#[cfg(test)]\nmod ").next().unwrap();
    let bytes = code.as_bytes();
    let (mut at, mut line) = (0, 1);
    let mut texts = Vec::new();
    while at < bytes.len() {
        let rest = &code[at..];
        if rest.starts_with("//") {
            let text = rest.lines().next().unwrap();
            texts.push((line, text.trim_start_matches('/').to_owned()));
            at += text.len();
        } else if rest.starts_with("r#\"") || rest.starts_with("r\"") {
            let (open, close) = if rest.starts_with("r#") {
                ("r#\"", "\"#")
            } else {
                ("r\"", "\"")
            };
            let text = rest[open.len()..].split(close).next().unwrap();
            line += text.matches('\n').count();
            at += open.len() + text.len() + close.len();
        } else if rest.starts_with('"') {
            let mut end = 1;
            while rest.as_bytes()[end] != b'"' {
                end += if rest.as_bytes()[end] == b'\\' { 2 } else { 1 };
            }
            let text = &rest[1..end];
            // A single word is a name, not prose.
            if text.contains(' ') {
                texts.push((line, without(&text.replace("\\\n", ""), '{', '}')));
            }
            line += text.matches('\n').count();
            at += end + 1;
        } else if rest.starts_with('\'') && quoted_char(rest) > 0 {
            at += quoted_char(rest);
        } else {
            line += usize::from(bytes[at] == b'\n');
            at += rest.chars().next().unwrap().len_utf8();
        }
    }
    texts
}

/// The length of a character literal that the text begins with; 0 for a lifetime.
fn quoted_char(text: &str) -> usize {
    let inner: String = text.chars().skip(1).take(12).collect();
    if let Some(escaped) = inner.strip_prefix('\\') {
        return escaped.find('\'').map_or(0, |end| end.max(1) + 3);
    }
    let mut chars = inner.chars();
    let first = chars.next().map_or(0, char::len_utf8);
    if chars.next() == Some('\'') {
        first + 2
    } else {
        0
    }
}

/// The text without what is between the two.
fn without(text: &str, open: char, close: char) -> String {
    let mut depth = 0;
    let mut kept = String::new();
    for c in text.chars() {
        if c == open && (depth == 0 || open != close) {
            depth += 1;
            kept.push('_');
        } else if c == close && depth > 0 {
            depth -= 1;
        } else if depth == 0 {
            kept.push(c);
        }
    }
    kept
}

/// Line numbers and texts of a page, without its code.
fn markdown(page: &str) -> Vec<(usize, String)> {
    let mut is_code = false;
    let lines = page.lines().enumerate().filter_map(|(index, line)| {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            return None;
        }
        (!is_code).then(|| (index + 1, without(line, '`', '`')))
    });
    lines.collect()
}

fn files(directory: &Path, extension: &str, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, extension, all);
        } else if path.extension().is_some_and(|found| found == extension) {
            all.push(path);
        }
    }
}

#[test]
fn no_string_comment_or_page_has_a_phrase_of_the_style_guide() {
    let phrases = phrases();
    let root = root();
    let mut sources = Vec::new();
    files(&root.join("src"), "rs", &mut sources);
    for room in fs::read_dir(root.join("crates")).unwrap() {
        files(&room.unwrap().path().join("src"), "rs", &mut sources);
    }
    sources.retain(|path| !path.to_string_lossy().contains("tests"));
    let mut pages: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        .map(|page| root.join(page))
        .into();
    files(&root.join("docs"), "md", &mut pages);
    pages.retain(|path| !path.ends_with("development/style.md"));
    assert!(sources.len() > 200 && pages.len() > 100);
    let mut wrong = Vec::new();
    for path in sources.iter().chain(&pages) {
        let text = fs::read_to_string(path).unwrap();
        let texts = if path.extension().is_some_and(|found| found == "rs") {
            rust(&text)
        } else {
            markdown(&text)
        };
        let shown = path.strip_prefix(&root).unwrap().display();
        for (line, text) in texts {
            for phrase in found(&text, &phrases) {
                wrong.push(format!(
                    "{shown}:{line}: \"{}\": write {}",
                    phrase.words.join(" "),
                    phrase.instead
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} phrases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The longest text of a message that fits into a line of 120 characters behind `warning: `.
const LONGEST: usize = 111;

/// The text without the command at its end, which is as long as it is.
fn prose(text: &str) -> &str {
    let programs = ["kubectl ", "helm ", "argocd ", "_ | ", "curl "];
    let starts = programs.iter().flat_map(|program| {
        [": ", "; ", " (", ": `", " `"].map(|before| text.find(&format!("{before}{program}")))
    });
    let end = starts.flatten().min().unwrap_or(text.len());
    if programs.iter().any(|program| text.starts_with(program)) {
        return "";
    }
    &text[..end]
}

#[test]
fn no_message_is_longer_than_a_line() {
    let root = root();
    let mut sources = Vec::new();
    for room in [
        "argocd", "change", "commands", "fleet", "input", "lint", "model", "octopus", "process",
        "site", "tokens",
    ] {
        files(&root.join("src").join(room), "rs", &mut sources);
    }
    sources.retain(|path| !path.to_string_lossy().contains("tests"));
    let mut wrong = Vec::new();
    for path in &sources {
        let code = fs::read_to_string(path).unwrap();
        for (line, text) in rust(&code) {
            let is_comment = code
                .lines()
                .nth(line - 1)
                .unwrap()
                .trim_start()
                .starts_with("//");
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let length = prose(&text).chars().count();
            if !is_comment && !text.starts_with('#') && length > LONGEST {
                wrong.push(format!("{}:{line}: {length}: {text}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_phrase_is_found_where_it_is_one() {
    let phrases = phrases();
    let of = |text: &str| {
        let found = found(text, &phrases);
        found
            .iter()
            .map(|one| one.words.join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(of("the key stands here"), ["stands"]);
    assert_eq!(
        of("this is no boolean, and nobody knows"),
        ["is no", "nobody"]
    );
    assert!(of("`*` stands for all; there is no rule; it is no longer there").is_empty());
    let source = "/// Somebody.\nfn f() { g(\"a blank\\\n   in {nobody}\", 'x', \"shall\") }\n#[cfg(test)]\nmod tests { \"in vain for it\" }";
    let found: Vec<_> = rust(source)
        .iter()
        .flat_map(|(line, text)| of(text).into_iter().map(move |one| (*line, one)))
        .collect();
    assert_eq!(found, [(1, "somebody".to_owned()), (2, "blank".to_owned())]);
    let page = "It `shall` be.\n```\nshall\n```\nIt shall.\n";
    let lines: Vec<usize> = markdown(page)
        .iter()
        .filter(|(_, text)| !of(text).is_empty())
        .map(|(line, _)| *line)
        .collect();
    assert_eq!(lines, [5]);
}
