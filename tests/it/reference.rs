//! `docs/reference.md` is written from the definition of the command line, so it cannot go stale.

use std::fmt::Write as _;
use std::fs;

use clap::builder::StyledStr;
use clap::{Arg, Command};
use kubectl_octopus_argo::cli::definition;
use kubectl_octopus_argo::rbac::ArgoCdVersion;

const PATH: &str = "docs/reference.md";

const HEAD: &str = "\
<!-- Written by the tests from the definition of the command line. After a change of it:
     UPDATE_REFERENCE=1 cargo test --test it reference -->

# Reference

Every command with its options, as `--help` has them. Options that several commands share are listed
[once](#shared-options), and the exit codes [at the end](#exit-codes).
";

#[test]
fn the_reference_is_what_the_command_line_is() {
    let wanted = reference();
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        fs::write(PATH, &wanted).unwrap();
    }
    let there = fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        there == wanted,
        "{PATH} is not what the command line is: run\n  UPDATE_REFERENCE=1 cargo test --test it reference"
    );
}

#[test]
fn the_default_version_of_argo_cd_is_the_newest() {
    let mut root = definition();
    root.build();
    let mut commands = Vec::new();
    flatten(&root, &mut commands);
    let default = format!("[default: {}]", ArgoCdVersion::NEWEST);
    let mut count = 0;
    for command in commands {
        let mut all = command.get_arguments();
        let Some(version) = all.find(|arg| arg.get_id() == "argocd_version") else {
            continue;
        };
        let help = plain(version.get_help());
        assert!(help.ends_with(&default), "{}: {help}", title(command));
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn the_newest_version_of_argo_cd_is_named_wherever_versions_are_listed() {
    let newest = ArgoCdVersion::NEWEST;
    for (path, claim) in [
        ("README.md", format!("that of Argo CD {newest};")),
        (
            "crates/argo-rbac/README.md",
            format!("from 2.4 to {newest}:"),
        ),
        ("tests/it/lint_forms.rs", format!("\"{newest}\"];")),
    ] {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(&claim), "{path} lacks `{claim}`");
    }
}

fn reference() -> String {
    let mut root = definition().disable_help_subcommand(true);
    root.build();
    let mut text = HEAD.to_owned();
    let mut commands = Vec::new();
    flatten(&root, &mut commands);
    text.push_str("\n| command | |\n|---|---|\n");
    for command in &commands[1..] {
        let name = title(command);
        let about = cell(&plain(command.get_about()));
        let _ = writeln!(text, "| [`{name}`](#{}) | {about} |", anchor(name));
    }
    let common: Vec<&Arg> = root.get_arguments().filter(|arg| is_shown(arg)).collect();
    text.push_str("\n## Options of every command\n\n");
    table(&common, &mut text);
    let shared = shared(&commands[1..], &common);
    for command in &commands[1..] {
        section(command, &common, &shared, &mut text);
    }
    text.push_str("\n## Shared options\n");
    for group in &shared {
        let _ = write!(text, "\n### {}\n\n{}", group.name, group.table);
    }
    text.push_str("\n## Exit codes\n\n");
    let codes = plain(root.get_after_long_help()).replace('\n', " ");
    for code in codes.trim_start_matches("Exit codes: ").split(" · ") {
        let (number, meaning) = code.split_once(' ').unwrap();
        let _ = writeln!(text, "- `{number}`: {meaning}");
    }
    text
}

/// A group of options that several commands have alike.
struct Shared {
    /// Its heading, with a number if another one has the same heading.
    name: String,
    table: String,
}

/// The least number of commands that share a group of options.
const SEVERAL: usize = 3;

fn shared(commands: &[&Command], common: &[&Arg]) -> Vec<Shared> {
    let mut counted: Vec<(String, String, usize)> = Vec::new();
    for command in commands {
        for (heading, table) in groups(command, common) {
            let Some(heading) = heading else { continue };
            let known = counted
                .iter_mut()
                .find(|(name, text, _)| *name == heading && *text == table);
            match known {
                Some((_, _, count)) => *count += 1,
                None => counted.push((heading, table, 1)),
            }
        }
    }
    counted.retain(|(_, _, count)| *count >= SEVERAL);
    let mut all: Vec<Shared> = Vec::new();
    for (heading, table, _) in counted {
        let same = all.iter().filter(|group| group.name.starts_with(&heading));
        let name = match same.count() {
            0 => heading,
            before => format!("{heading} {}", before + 1),
        };
        all.push(Shared { name, table });
    }
    all
}

/// The tables of a command's own options, by heading.
fn groups(command: &Command, common: &[&Arg]) -> Vec<(Option<String>, String)> {
    let own: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| is_shown(arg) && !common.iter().any(|one| one.get_id() == arg.get_id()))
        .collect();
    let mut headings: Vec<Option<&str>> = Vec::new();
    for arg in &own {
        if !headings.contains(&arg.get_help_heading()) {
            headings.push(arg.get_help_heading());
        }
    }
    headings.sort_by_key(Option::is_some);
    let of = |heading: Option<&str>| {
        let args = own.iter().copied();
        let args: Vec<&Arg> = args
            .filter(|arg| arg.get_help_heading() == heading)
            .collect();
        let mut text = String::new();
        table(&args, &mut text);
        (heading.map(str::to_owned), text)
    };
    headings.into_iter().map(of).collect()
}

/// A command and all below it, in the order of the help.
fn flatten<'a>(command: &'a Command, into: &mut Vec<&'a Command>) {
    into.push(command);
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        flatten(sub, into);
    }
}

/// `token create`, without what stands in front of every command.
fn title(command: &Command) -> &str {
    let name = command.get_bin_name().unwrap();
    name.trim_start_matches("kubectl octopus-argo").trim_start()
}

/// As Markdown viewers make it of a heading.
fn anchor(title: &str) -> String {
    let kept = title
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn section(command: &Command, common: &[&Arg], shared: &[Shared], text: &mut String) {
    let about = command.get_long_about().or(command.get_about());
    let name = title(command);
    let _ = write!(text, "\n## {name}\n\n{}\n", paragraphs(&plain(about)));
    let mut definition = command.clone().override_help("");
    let usage = definition.render_usage().to_string();
    let _ = write!(
        text,
        "\n```text\n{}\n```\n",
        usage.trim_start_matches("Usage: ")
    );
    if command.has_subcommands() {
        text.push('\n');
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            let name = title(sub);
            let about = plain(sub.get_about());
            let _ = writeln!(text, "- [`{name}`](#{}): {about}", anchor(name));
        }
    }
    let mut links = Vec::new();
    for (heading, table) in groups(command, common) {
        let known = |group: &&Shared| group.table == table;
        match (heading, shared.iter().find(known)) {
            (Some(_), Some(group)) => {
                links.push(format!("[{}](#{})", group.name, anchor(&group.name)));
            }
            (Some(heading), None) => {
                let _ = write!(text, "\n**{heading}**\n\n{table}");
            }
            (None, _) => {
                let _ = write!(text, "\n{table}");
            }
        }
    }
    if !links.is_empty() {
        let _ = write!(text, "\nShared options: {}\n", links.join(", "));
    }
}

fn is_shown(arg: &Arg) -> bool {
    !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str())
}

fn table(args: &[&Arg], text: &mut String) {
    text.push_str("| | |\n|---|---|\n");
    for arg in args {
        let mut meaning = cell(&plain(arg.get_long_help().or(arg.get_help())));
        let values: Vec<String> = arg
            .get_possible_values()
            .iter()
            .filter(|value| !value.is_hide_set())
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        let takes_value = arg.get_num_args().is_some_and(|count| count.takes_values());
        if takes_value && !values.is_empty() {
            let _ = write!(meaning, ": {}", values.join(", "));
        }
        let defaults: Vec<_> = arg
            .get_default_values()
            .iter()
            .map(|value| format!("`{}`", value.to_string_lossy()))
            .collect();
        if takes_value && !defaults.is_empty() {
            let _ = write!(meaning, " (default {})", defaults.join(", "));
        }
        if let Some(variable) = arg.get_env() {
            let _ = write!(meaning, " (environment `{}`)", variable.to_string_lossy());
        }
        let _ = writeln!(text, "| {} | {meaning} |", names(arg, takes_value));
    }
}

/// `-f`, `--filename FILE`.
fn names(arg: &Arg, takes_value: bool) -> String {
    let values: Vec<&str> = arg
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .map(clap::builder::Str::as_str)
        .collect();
    let value = values.join(" ");
    if arg.is_positional() {
        return format!("`{value}`");
    }
    let value = match (takes_value, arg.is_require_equals_set()) {
        (false, _) => String::new(),
        (true, false) => format!(" {value}"),
        (true, true) => format!("[={value}]"),
    };
    let short = arg.get_short().map(|short| format!("`-{short}`, "));
    format!(
        "{}`--{}{value}`",
        short.unwrap_or_default(),
        arg.get_long().unwrap()
    )
}

fn plain(text: Option<&StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

/// A paragraph of help: indented lines are code.
fn paragraphs(text: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    for line in text.trim_end().lines() {
        let is_code = line.starts_with("  ");
        if is_code != code && !line.is_empty() {
            out.push_str(if is_code { "```text\n" } else { "```\n" });
            if code && !is_code {
                out.push('\n');
            }
            code = is_code;
        }
        out.push_str(if is_code { line.trim_start() } else { line });
        out.push('\n');
    }
    if code {
        out.push_str("```\n");
    }
    out.trim_end().to_owned()
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .replace("\n\n", " ")
        .replace('\n', " ")
}
