//! What `-h` and `--help` show: examples first, then the options that people need; the rest with
//! `--help` alone.

use std::fmt::Write as _;

use clap::{Command, CommandFactory};

use super::Cli;
use super::examples::HELP;
use crate::model::ArgoCdVersion;

/// How long a line of an example may be: with its indent it fits a terminal of 80 columns.
const WIDEST: usize = 78;

/// An example with the program's name, folded in front of an option or a pipe where it is too long.
pub(super) fn folded(line: &str, widest: usize) -> String {
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
        if last + part.chars().count() + 3 > widest {
            lines.push("    ".to_owned());
        }
        if let Some(last) = lines.last_mut() {
            last.push_str(&part);
            last.push(' ');
        }
    }
    lines.join("\\\n").trim_end().to_owned()
}

/// How many examples `-h` shows.
const SHOWN: usize = 3;

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
    if let Some([success, no]) = help.exit {
        let about = command.get_long_about().or(command.get_about());
        let about = about.map(ToString::to_string).unwrap_or_default();
        command = command.long_about(format!("{about}\n\nExit code 0: {success}, 1: {no}."));
    }
    command
        .help_template(TEMPLATE)
        .before_help(examples(&help.examples[..help.examples.len().min(SHOWN)]))
        .before_long_help(examples(help.examples))
        .mut_args(|arg| {
            let hide = hidden(&arg);
            let arg = arg.hide_short_help(hide);
            if arg.get_id() != "argocd_version" {
                return arg;
            }
            let help = arg.get_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            arg.help(format!("{help} [default: {}]", ArgoCdVersion::NEWEST))
        })
}

/// The examples as the help shows them.
fn examples(examples: &[(&str, &str)]) -> String {
    let mut text = "Examples:\n".to_owned();
    for (index, (what, line)) in examples.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let line = folded(line, WIDEST).replace('\n', "\n  ");
        let _ = writeln!(text, "  # {what}\n  {line}");
    }
    text
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
            for other in help.related {
                let known = HELP.iter().any(|help| help.command == *other);
                assert!(known && *other != words, "`{words}` refers to `{other}`");
            }
        }
    }

    #[test]
    fn the_short_help_fits_a_screen() {
        let mut found = Vec::new();
        commands(&definition(), "", &mut found);
        for (words, command) in found {
            let text = command.term_width(80).render_help().to_string();
            let lines = text.lines().count();
            let most = match words.as_str() {
                // The list of all commands.
                "" => 38,
                "render" => 25,
                _ => 30,
            };
            assert!(lines <= most, "`{words} -h` has {lines} lines:\n{text}");
        }
    }
}
