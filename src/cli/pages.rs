//! The man pages, from the definition of the command line.

use std::fmt::Write as _;

use clap::{Command, CommandFactory};

use super::shell::BINARY;
use super::{Cli, help};

/// A page of the manual.
pub struct Page {
    /// `kubectl-octopus_argo-render.1`
    pub file: String,
    /// roff.
    pub text: String,
}

/// The page of a command, named by its words; `None` where there is no such command.
pub fn page(words: &[String]) -> Option<Page> {
    let root = commands();
    let mut command = &root;
    for word in words {
        command = command.find_subcommand(word)?;
    }
    Some(render(command))
}

/// The pages of all commands.
pub fn pages() -> Vec<Page> {
    let root = commands();
    let mut pages = Vec::new();
    let mut left = vec![&root];
    while let Some(command) = left.pop() {
        pages.push(render(command));
        left.extend(command.get_subcommands().filter(|sub| !sub.is_hide_set()));
    }
    pages.sort_by(|a, b| a.file.cmp(&b.file));
    pages
}

/// The command line as it is, without the command `help`: it has no page.
fn commands() -> Command {
    // What `-h` hides, a page shows: clap_mangen would leave its text out.
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    root
}

fn render(command: &Command) -> Page {
    let name = command
        .get_display_name()
        .unwrap_or(command.get_name())
        .to_owned();
    let page = clap_mangen::Man::new(command.clone().after_help(""))
        .title(name.to_uppercase())
        .source(format!("{BINARY} {}", env!("CARGO_PKG_VERSION")))
        .manual(super::NAME);
    let file = page.get_filename();
    let mut text = Vec::new();
    let words = command.get_bin_name().unwrap_or_default();
    let words = words.trim_start_matches(super::NAME).trim_start();
    // A vector takes every byte.
    let _ = page
        .render_title(&mut text)
        .and_then(|()| page.render_name_section(&mut text))
        .and_then(|()| page.render_synopsis_section(&mut text))
        .and_then(|()| page.render_description_section(&mut text));
    text.extend(examples(words).into_bytes());
    let _ = page.render_options_section(&mut text);
    if command.has_subcommands() {
        let _ = page.render_subcommands_section(&mut text);
    }
    text.extend(sections().into_bytes());
    if !words.is_empty() {
        text.extend(format!(".SH \"SEE ALSO\"\n{BINARY}(1)\n").into_bytes());
    }
    // Not every roff reads UTF-8; all read this.
    let text = String::from_utf8_lossy(&text)
        .chars()
        .fold(String::new(), |mut text, c| {
            if c.is_ascii() {
                text.push(c);
            } else {
                let _ = write!(text, "\\[u{:04X}]", u32::from(c));
            }
            text
        });
    Page { file, text }
}

/// The section with a command's examples.
fn examples(words: &str) -> String {
    let examples = help::examples_of(words);
    if examples.is_empty() {
        return String::new();
    }
    let mut out = ".SH EXAMPLES\n".to_owned();
    for (what, line) in examples {
        let _ = write!(
            out,
            ".PP\n{}:\n.PP\n.RS 4\n.nf\n{}\n.fi\n.RE\n",
            roff(what),
            roff(&help::folded(line))
        );
    }
    out
}

/// What every page ends with.
fn sections() -> String {
    let mut out = String::new();
    for (title, entries) in [
        ("ENVIRONMENT", ENVIRONMENT),
        ("FILES", FILES),
        ("EXIT STATUS", super::EXIT_STATUS),
    ] {
        let _ = writeln!(out, ".SH \"{title}\"");
        for (name, meaning) in entries {
            let _ = writeln!(out, ".TP\n\\fB{}\\fR\n{}", roff(name), roff(meaning));
        }
    }
    out
}

/// A text that roff prints as it is.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) {
        format!("\\&{text}")
    } else {
        text
    }
}

const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "ARGOCD",
        "The argocd program to run, instead of the one in PATH.",
    ),
    (
        "ARGOCD_AUTH_TOKEN",
        "The token that verify and token rotate present.",
    ),
    ("ARGOCD_SERVER, ARGOCD_OPTS", "Read by argocd itself."),
    (
        "KUBECTL_PATH",
        "The kubectl that --live runs; kubectl sets it for its plugins.",
    ),
    (
        "KUBECTL_EXTERNAL_DIFF",
        "The program that diff runs, as kubectl diff does.",
    ),
    ("NO_COLOR", "Turns colors off."),
];

const FILES: &[(&str, &str)] = &[(
    "octopus-argo.yaml",
    "The instances and their options. It is looked for in the current directory and those above it, up to the repository's root, unless --config names it.",
)];
