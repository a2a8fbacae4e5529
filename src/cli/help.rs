//! What `-h` and `--help` show: examples first, then the options that people need; the rest with
//! `--help` alone.

use std::fmt::Write as _;

use clap::{Command, CommandFactory};

use super::Cli;
use super::examples::{HELP, Help};

/// How long a line of an example may be: it fits a terminal of 80 columns.
const WIDEST: usize = 78;

/// An example with the program's name, folded in front of an option or a pipe.
pub(super) fn folded(line: &str) -> String {
    let mut lines = vec![format!("{} ", super::NAME)];
    let mut parts: Vec<String> = Vec::new();
    for word in line.split(' ') {
        let begins = word.starts_with('-') || word == "|" || word == ">";
        match parts.last_mut().filter(|last| !begins || *last == "|") {
            Some(part) => {
                part.push(' ');
                part.push_str(word);
            }
            None => parts.push(word.to_owned()),
        }
    }
    for part in parts {
        let last = lines.last_mut().map_or(0, |last| last.chars().count());
        if last + part.chars().count() + 3 > WIDEST {
            lines.push("    ".to_owned());
        }
        if let Some(last) = lines.last_mut() {
            last.push_str(&part);
            last.push(' ');
        }
    }
    lines.join("\\\n").trim_end().to_owned()
}

const TEMPLATE: &str = "\
{about-with-newline}
{before-help}{usage-heading} {usage}

{all-args}{after-help}";

/// The command line with its help.
pub fn definition() -> Command {
    with_help(Cli::command(), "")
}

fn with_help(mut command: Command, words: &str) -> Command {
    let subcommands: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for name in &subcommands {
        let words = format!("{words} {name}");
        command = command.mut_subcommand(name, |sub| with_help(sub, words.trim_start()));
    }
    let Some(help) = HELP.iter().find(|help| help.command == words) else {
        return command;
    };
    let hidden =
        |arg: &clap::Arg| !arg.is_positional() && !help.main.contains(&arg.get_id().as_str());
    command
        .help_template(TEMPLATE)
        .before_help(examples(help))
        .mut_args(|arg| {
            let hide = hidden(&arg);
            arg.hide_short_help(hide)
        })
}

/// The examples as the help shows them.
fn examples(help: &Help) -> String {
    let mut text = "Examples:\n".to_owned();
    for (index, (what, line)) in help.examples.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let line = folded(line).replace('\n', "\n  ");
        let _ = writeln!(text, "  # {what}\n  {line}");
    }
    text
}

/// The examples of a command, for its man page; empty for a command that has none.
pub(super) fn examples_of(words: &str) -> &'static [(&'static str, &'static str)] {
    let help = HELP.iter().find(|help| help.command == words);
    help.map_or(&[], |help| help.examples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Parsed, parse};

    /// The words of every command that runs something.
    fn commands(command: &Command, words: &str, found: &mut Vec<(String, Command)>) {
        let subcommands = command
            .get_subcommands()
            .filter(|sub| !sub.is_hide_set() && sub.get_name() != "help");
        let own = words.trim_start();
        found.push((own.to_owned(), command.clone()));
        for sub in subcommands {
            commands(sub, &format!("{words} {}", sub.get_name()), found);
        }
    }

    #[test]
    fn every_command_has_examples_that_parse_and_options_that_exist() {
        let mut found = Vec::new();
        commands(&definition(), "", &mut found);
        assert_eq!(found.len(), HELP.len());
        for (words, command) in found {
            let help = HELP.iter().find(|help| help.command == words);
            let help = help.unwrap_or_else(|| panic!("no examples for `{words}`"));
            assert!(!help.examples.is_empty(), "{words}");
            for (_, line) in help.examples {
                let own = line.split(['|', '>']).next().unwrap();
                let args = std::iter::once("kubectl-octopus_argo").chain(own.split_whitespace());
                assert!(
                    matches!(parse(args.map(Into::into)), Parsed::Run(_)),
                    "{line}"
                );
                assert!(line.starts_with(&words), "{line}");
            }
            for id in help.main {
                let known = command.get_arguments().any(|arg| arg.get_id() == *id);
                assert!(known, "`{words}` has no option `{id}`");
            }
        }
    }

    #[test]
    fn the_short_help_fits_a_screen() {
        let mut found = Vec::new();
        commands(&definition(), "", &mut found);
        for (words, mut command) in found {
            let text = command.render_help().to_string();
            let lines = text.lines().count();
            let most = match words.as_str() {
                // The list of all commands.
                "" => 48,
                "render" => 25,
                _ => 30,
            };
            assert!(lines <= most, "`{words} -h` has {lines} lines:\n{text}");
        }
    }
}
