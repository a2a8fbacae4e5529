//! The man pages, from the definition of the command line.

use std::fmt::Write as _;

use clap::builder::PossibleValue;
use clap::{Arg, Command};

use super::examples::{HELP, Help};
use super::roff::{literal, prose};
use super::shell::BINARY;
use super::{NAME, help};

/// How long a line of an example may be: a terminal's 80 columns less the indent of the page and of
/// the example.
const WIDEST: usize = 80 - 7 - 4;

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
        left.extend(subcommands(command));
    }
    pages.sort_by(|a, b| a.file.cmp(&b.file));
    pages
}

/// The command line as it is, without the command `help`: it has no page.
fn commands() -> Command {
    let mut root = help::definition().disable_help_subcommand(true);
    root.build();
    root
}

fn subcommands(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|sub| !sub.is_hide_set())
}

/// The name of a command's page: `kubectl-octopus_argo-token-create`.
fn name(words: &str) -> String {
    let words = words.split_whitespace();
    std::iter::once(BINARY)
        .chain(words)
        .collect::<Vec<_>>()
        .join("-")
}

/// The words of a command: `token create`.
fn words(command: &Command) -> &str {
    let all = command.get_bin_name().unwrap_or_default();
    all.trim_start_matches(NAME).trim_start()
}

fn render(command: &Command) -> Page {
    let words = words(command);
    let help = HELP.iter().find(|help| help.command == words);
    let about = command.get_about().map(ToString::to_string);
    let about = about.unwrap_or_default();
    // Every page has the program's title: two titles of a longer name do not fit a line. Words are
    // not hyphenated, since a broken name cannot be copied.
    let mut text = format!(
        ".TH {} 1 \"\" \"octopus\\-argo {}\" \"User Commands\"\n.nh\n.ad l\n.SH NAME\n{} \\- {}\n",
        BINARY.to_uppercase(),
        env!("CARGO_PKG_VERSION"),
        literal(&name(words)),
        prose(&about),
    );
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace("\\\n", "");
    let usage: Vec<_> = usage.lines().map(single_spaced).collect();
    let _ = writeln!(
        text,
        ".SH SYNOPSIS\n{}\n.SH DESCRIPTION",
        usage.join("\n.br\n")
    );
    let long = command.get_long_about().map(ToString::to_string);
    paragraphs(&long.unwrap_or(about), &mut text);
    if let Some(help) = help {
        text.push_str(".SH EXAMPLES\n");
        for (what, line) in help.examples {
            let line = literal(&help::folded(line, WIDEST));
            let _ = writeln!(
                text,
                ".PP\n{}:\n.PP\n.RS 4\n.nf\n{line}\n.fi\n.RE",
                prose(what)
            );
        }
    }
    options(command, &mut text);
    for (index, sub) in subcommands(command).enumerate() {
        if index == 0 {
            text.push_str(".SH COMMANDS\n");
        }
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        let page = reference(&name(self::words(sub)));
        let _ = writeln!(text, ".TP\n{page}\n{}", prose(&about));
    }
    for (title, entries) in [("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)] {
        let entries = entries.iter().filter(|entry| applies(entry.0, command));
        list(
            title,
            entries.map(|(_, name, meaning)| (*name, *meaning)),
            &mut text,
        );
    }
    list("EXIT STATUS", exit_status(command, help), &mut text);
    let related = help.map_or(&[][..], |help| help.related);
    let mut related: Vec<String> = related
        .iter()
        .map(|words| reference(&name(words)))
        .collect();
    related.push(if words.is_empty() {
        reference("kubectl")
    } else {
        reference(BINARY)
    });
    let _ = writeln!(text, ".SH \"SEE ALSO\"\n{}", related.join(", "));
    let _ = writeln!(text, ".PP\n{}", literal(env!("CARGO_PKG_REPOSITORY")));
    Page {
        file: format!("{}.1", name(words)),
        text,
    }
}

/// The arguments and options, a section for each heading.
fn options(command: &Command, text: &mut String) {
    let args: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| !arg.is_hide_set())
        .collect();
    let section = |arg: &Arg| match arg.get_help_heading() {
        Some(heading) => heading.to_uppercase(),
        None if arg.is_positional() => "ARGUMENTS".to_owned(),
        None => "OPTIONS".to_owned(),
    };
    let mut sections: Vec<String> = vec!["ARGUMENTS".to_owned(), "OPTIONS".to_owned()];
    for arg in &args {
        let section = section(arg);
        if !sections.contains(&section) {
            sections.push(section);
        }
    }
    for title in sections {
        let mut args = args.iter().filter(|arg| section(arg) == title).peekable();
        if args.peek().is_some() {
            let _ = writeln!(text, ".SH \"{}\"", literal(&title));
        }
        for arg in args {
            option(arg, text);
        }
    }
}

fn option(arg: &Arg, text: &mut String) {
    let value = arg.get_value_names().unwrap_or_default();
    let value = value
        .iter()
        .map(|name| format!("\\fI{}\\fR", literal(name)));
    let value = value.collect::<Vec<_>>().join(" ");
    let takes_value = arg.get_action().takes_values();
    let head = if arg.is_positional() {
        if arg.is_required_set() {
            value
        } else {
            format!("[{value}]")
        }
    } else {
        let short = arg.get_short().map(|short| format!("-{short}"));
        let long = arg.get_long().map(|long| format!("--{long}"));
        let names = short.into_iter().chain(long);
        let names = names.map(|name| format!("\\fB{}\\fR", literal(&name)));
        let names = names.collect::<Vec<_>>().join(", ");
        match arg.is_require_equals_set() {
            _ if !takes_value => names,
            true => format!("{names}[={value}]"),
            false => format!("{names} {value}"),
        }
    };
    let help = arg.get_long_help().or(arg.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let mut help = help.replace("\n\n", " ");
    let defaults = arg.get_default_values().iter();
    let defaults: Vec<_> = defaults.map(|value| value.to_string_lossy()).collect();
    if takes_value && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        let _ = write!(help, " [default: {}]", defaults.join(","));
    }
    let mut values = arg.get_possible_values();
    if !takes_value || arg.is_hide_possible_values_set() {
        values.clear();
    }
    if !values.is_empty() && values.iter().all(|value| value.get_help().is_none()) {
        let names: Vec<_> = values.iter().map(PossibleValue::get_name).collect();
        let _ = write!(help, " [possible values: {}]", names.join(", "));
        values.clear();
    }
    let _ = writeln!(text, ".TP\n{head}\n{}", prose(&help));
    if values.is_empty() {
        return;
    }
    let widest = values.iter().map(|value| value.get_name().len()).max();
    text.push_str(".RS\n.PD 0\n.sp\n");
    for value in &values {
        let help = value
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        let (name, help) = (literal(value.get_name()), prose(&help));
        let _ = writeln!(
            text,
            ".TP {}\n\\fB{name}\\fR\n{help}",
            widest.unwrap_or(0) + 3
        );
    }
    text.push_str(".PD\n.RE\n");
}

fn single_spaced(line: &str) -> String {
    let words: Vec<_> = line.split_whitespace().collect();
    literal(&words.join(" "))
}

fn paragraphs(all: &str, text: &mut String) {
    for (index, paragraph) in all.split("\n\n").enumerate() {
        if index > 0 {
            text.push_str(".PP\n");
        }
        let _ = writeln!(text, "{}", prose(&paragraph.replace('\n', " ")));
    }
}

/// A section of names and what they mean, if there are any.
fn list<'a>(title: &str, entries: impl Iterator<Item = (&'a str, &'a str)>, text: &mut String) {
    for (index, (name, meaning)) in entries.enumerate() {
        if index == 0 {
            let _ = writeln!(text, ".SH \"{title}\"");
        }
        let _ = writeln!(text, ".TP\n\\fB{}\\fR\n{}", literal(name), prose(meaning));
    }
}

/// The exit codes that a command has, with what 0 and 1 mean for this one.
fn exit_status<'a>(
    command: &'a Command,
    help: Option<&'a Help>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let exit = help.and_then(|help| help.exit);
    let is_group = command.has_subcommands() && exit.is_none();
    let codes = super::EXIT_STATUS.iter().copied();
    codes.filter_map(move |(code, meaning)| match (code, exit) {
        ("0", Some([success, _])) => Some((code, success)),
        ("1", Some([_, no])) => Some((code, no)),
        ("0", None) if !is_group => Some((code, "success")),
        ("1", None) if !is_group => None,
        ("5", _) if !applies("fail_on_collateral", command) => None,
        _ => Some((code, meaning)),
    })
}

/// A page of the manual as others refer to it.
fn reference(page: &str) -> String {
    format!("\\fB{}\\fR(1)", literal(page))
}

/// An entry of a closing section: the option that a command must have for it to apply (empty: all
/// commands), its name and its meaning.
type PageEntry = (&'static str, &'static str, &'static str);

/// Whether a command, or one below it, has the option that an entry is about.
fn applies(option: &str, command: &Command) -> bool {
    option.is_empty()
        || command
            .get_arguments()
            .any(|arg| arg.get_id() == option && !arg.is_hide_set())
        || subcommands(command).any(|sub| applies(option, sub))
}

const ENVIRONMENT: &[PageEntry] = &[
    (
        "config",
        "OCTOPUS_ARGO_CONFIG",
        "The configuration, unless `--config` names it.",
    ),
    (
        "kubeconfig",
        "KUBECTL_PATH",
        "The kubectl to run; kubectl 1.37 and later sets it for its plugins.",
    ),
    ("kubeconfig", "KUBECONFIG", "Read by kubectl."),
    (
        "unified",
        "KUBECTL_EXTERNAL_DIFF",
        "The program that `diff` runs on two directories, as `kubectl diff` does.",
    ),
    (
        "argocd_path",
        "ARGOCD",
        "The argocd program, unless `--argocd-path` names it.",
    ),
    (
        "argocd_path",
        "ARGOCD_AUTH_TOKEN",
        "The token that argocd sends, and that `verify` and `token rotate` use.",
    ),
    (
        "argocd_path",
        "ARGOCD_SERVER, ARGOCD_OPTS, ARGOCD_CONFIG_DIR",
        "Read by argocd.",
    ),
    (
        "parallel",
        "XDG_STATE_HOME",
        "Directory of the journals of several instances [default: ~/.local/state].",
    ),
    (
        "",
        "NO_COLOR",
        "If set, no colors, unless `--color` is `always`.",
    ),
];

const FILES: &[PageEntry] = &[
    (
        "config",
        "octopus-argo.yaml, .octopus-argo.yaml",
        "The instances and their options. It is searched for in the current directory and those above it, up to the root of the Git repository.",
    ),
    (
        "argocd_path",
        "~/.config/argocd/config",
        "The contexts of argocd, unless `--argocd-config` names another file.",
    ),
    (
        "parallel",
        "~/.local/state/octopus-argo/",
        "The progress of each of several instances, without secrets.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn page_of(words: &str) -> String {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        page(&words).unwrap().text
    }

    #[test]
    fn every_entry_of_a_page_has_a_text() {
        for page in pages() {
            let mut lines = page.text.lines();
            while let Some(line) = lines.next() {
                if line.starts_with(".TP") {
                    let (head, text) = (lines.next().unwrap(), lines.next().unwrap());
                    let is_text = !text.is_empty() && !text.starts_with('.');
                    assert!(is_text, "{}: {head}", page.file);
                }
            }
        }
    }

    #[test]
    fn a_page_ends_with_what_its_command_uses() {
        let render = page_of("render");
        for used in [
            "OCTOPUS_ARGO_CONFIG",
            "KUBECTL_PATH",
            "\\fB5\\fR",
            "octopus\\-argo.yaml",
        ] {
            assert!(render.contains(used), "{used}\n{render}");
        }
        for other in ["ARGOCD_AUTH_TOKEN", "KUBECTL_EXTERNAL_DIFF", "\\fB1\\fR"] {
            assert!(!render.contains(other), "{other}\n{render}");
        }
        assert!(page_of("diff").contains("KUBECTL_EXTERNAL_DIFF"));
        assert!(!page_of("check").contains("\\fB5\\fR"));
        for words in ["token rotate", "token", ""] {
            assert!(page_of(words).contains("ARGOCD_AUTH_TOKEN"), "{words}");
        }
        let version = page_of("version");
        assert!(version.contains("NO_COLOR") && !version.contains(".SH \"FILES\""));
        assert!(page_of("doctor").contains("\\fBkubectl\\-octopus_argo\\-check\\fR(1)"));
    }
}
