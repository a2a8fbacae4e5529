//! Completes a command line from its definition: the part of kubectl's completion that needs
//! only the words.
//!
//! kubectl's rule for a word like `--output=js`: the answer is the value alone, `json`; the shell
//! keeps what is before it.

use std::path::PathBuf;

use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command};

use super::COMPLETE;

/// A word that completes what was typed, and its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The whole word.
    pub value: String,
    /// What it means: one line, or nothing.
    pub help: String,
}

impl Candidate {
    /// A word with what it means, of which the first line counts.
    pub fn new(value: impl Into<String>, help: &str) -> Self {
        let line = help.lines().next().unwrap_or_default();
        Self {
            value: value.into(),
            help: line.replace('\t', " "),
        }
    }
}

/// Values that the definition of the command line does not know and the caller must look up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupKind {
    /// Files and directories.
    Path,
    /// Directories.
    Directory,
    /// Accounts of Argo CD.
    Account,
    /// Actions of Argo CD's policy.
    Action,
    /// Resources of Argo CD's policy.
    Resource,
    /// Projects of Argo CD.
    Project,
    /// Rules of `lint`.
    Rule,
    /// Instances of the configuration.
    Instance,
    /// Contexts of the kubeconfig.
    Context,
    /// Clusters of the kubeconfig.
    Cluster,
    /// Users of the kubeconfig.
    User,
    /// Namespaces that the kubeconfig, the configuration or the input names.
    Namespace,
}

/// A value that must be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// What is wanted.
    pub wanted: LookupKind,
    /// What has been typed of it.
    pub typed: String,
    /// The part of the word before it: `a.yaml,` in `-f a.yaml,b`.
    pub before: String,
}

/// What could come next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// What the definition knows.
    pub candidates: Vec<Candidate>,
    /// What must be looked up.
    pub lookup: Option<Lookup>,
    /// The input files named so far.
    pub filename: Vec<PathBuf>,
    /// Whether the built-in example is asked for.
    pub sample: bool,
    /// The configuration named so far.
    pub config: Option<PathBuf>,
    /// The kubeconfig named so far.
    pub kubeconfig: Option<PathBuf>,
}

/// Reads the words of a command line, the last of which is being typed.
pub fn complete(words: &[String]) -> Offer {
    let mut root = super::definition();
    root.build();
    let (typed, before) = match words.split_last() {
        Some((typed, before)) => (typed.as_str(), before),
        None => ("", [].as_slice()),
    };
    let mut line = TypedLine::new(&root);
    for word in before {
        line.read(word);
    }
    let mut offer = line.offer(typed);
    for (arg, value) in &line.given {
        match arg.get_id().as_str() {
            "filename" => offer.filename.extend(value.split(',').map(PathBuf::from)),
            "sample" => offer.sample = true,
            "config" => offer.config = Some(PathBuf::from(value)),
            "kubeconfig" => offer.kubeconfig = Some(PathBuf::from(value)),
            _ => {}
        }
    }
    offer
}

/// A command line, as far as it has been read.
struct TypedLine<'a> {
    root: &'a Command,
    command: &'a Command,
    /// The positional words.
    positional: Vec<String>,
    /// An option that waits for its value.
    pending: Option<&'a Arg>,
    /// Whether `--` has been.
    escaped: bool,
    /// The options and flags, each with its value.
    given: Vec<(&'a Arg, String)>,
}

impl<'a> TypedLine<'a> {
    fn new(root: &'a Command) -> Self {
        Self {
            root,
            command: root,
            positional: Vec::new(),
            pending: None,
            escaped: false,
            given: Vec::new(),
        }
    }

    fn read(&mut self, word: &str) {
        if let Some(arg) = self.pending.take() {
            self.given.push((arg, word.to_owned()));
        } else if self.escaped || word == "-" || !word.starts_with('-') {
            let command = (self.positional.is_empty() && !self.escaped)
                .then(|| self.command.find_subcommand(word))
                .flatten();
            match command {
                Some(command) => self.command = command,
                None => self.positional.push(word.to_owned()),
            }
        } else if word == "--" {
            self.escaped = true;
        } else if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            if let Some(arg) = self.long(name) {
                self.take(arg, value);
            }
        } else {
            let mut rest = &word[1..];
            while let Some(short) = rest.chars().next() {
                rest = &rest[short.len_utf8()..];
                let Some(arg) = self.short(short) else { break };
                if takes_value(arg) {
                    let value = rest.strip_prefix('=').unwrap_or(rest);
                    self.take(arg, (!rest.is_empty()).then_some(value));
                    break;
                }
                self.given.push((arg, String::new()));
            }
        }
    }

    fn take(&mut self, arg: &'a Arg, value: Option<&str>) {
        match value {
            None if takes_value(arg) && !arg.is_require_equals_set() => self.pending = Some(arg),
            _ => self.given.push((arg, value.unwrap_or_default().to_owned())),
        }
    }

    fn long(&self, name: &str) -> Option<&'a Arg> {
        self.command.get_arguments().find(|arg| {
            arg.get_long() == Some(name)
                || (arg.get_all_aliases()).is_some_and(|aliases| aliases.contains(&name))
        })
    }

    fn short(&self, name: char) -> Option<&'a Arg> {
        self.command
            .get_arguments()
            .find(|arg| arg.get_short() == Some(name))
    }

    /// What the word that is being typed could become.
    fn offer(&self, typed: &str) -> Offer {
        if let Some(arg) = self.pending {
            return values(arg, typed, "");
        }
        if self.escaped || !typed.starts_with('-') {
            return self.word(typed);
        }
        if let Some(long) = typed.strip_prefix("--") {
            if let Some((name, value)) = long.split_once('=') {
                return self
                    .long(name)
                    .map(|arg| values(arg, value, ""))
                    .unwrap_or_default();
            }
        } else if let Some(short) = typed[1..].chars().next() {
            let value = &typed[1 + short.len_utf8()..];
            if let Some(arg) = self.short(short).filter(|arg| takes_value(arg))
                && !value.is_empty()
            {
                return match value.strip_prefix('=') {
                    Some(value) => values(arg, value, ""),
                    None => values(arg, value, &format!("-{short}")),
                };
            }
        }
        Offer {
            candidates: self.flags(typed),
            ..Offer::default()
        }
    }

    fn word(&self, typed: &str) -> Offer {
        let mut offer = self
            .command
            .get_positionals()
            .nth(self.positional.len())
            .or_else(|| {
                let last = self.command.get_positionals().last()?;
                matches!(last.get_action(), ArgAction::Append).then_some(last)
            })
            .map(|arg| values(arg, typed, ""))
            .unwrap_or_default();
        // `man` names commands by their words.
        let named = self
            .positional
            .iter()
            .try_fold(self.root, |command, word| command.find_subcommand(word));
        let parent = match self.command.get_name() {
            "man" => named,
            _ => (self.positional.is_empty() && !self.escaped).then_some(self.command),
        };
        let commands = parent.into_iter().flat_map(Command::get_subcommands);
        let commands = commands
            .filter(|command| !command.is_hide_set() && command.get_name().starts_with(typed));
        offer.candidates.extend(
            commands.map(|command| Candidate::new(command.get_name(), &help(command.get_about()))),
        );
        offer
    }

    /// The flags that may still be given.
    fn flags(&self, typed: &str) -> Vec<Candidate> {
        let mut found = Vec::new();
        for arg in self.command.get_arguments() {
            if arg.is_positional() || arg.is_hide_set() || !self.may_give(arg) {
                continue;
            }
            let short = arg.get_short().map(|short| format!("-{short}"));
            let long = arg.get_long().map(|long| format!("--{long}"));
            let names = long.into_iter().chain(short);
            let names = names.filter(|name| name.starts_with(typed));
            found.extend(names.map(|name| Candidate::new(name, &help(arg.get_help()))));
        }
        found
    }

    fn may_give(&self, arg: &Arg) -> bool {
        let repeatable = matches!(arg.get_action(), ArgAction::Append | ArgAction::Count);
        let conflict = |one: &Arg, other: &Arg| {
            let conflicts = self.command.get_arg_conflicts_with(one);
            conflicts
                .iter()
                .any(|found| found.get_id() == other.get_id())
        };
        self.given.iter().all(|(given, _)| {
            if given.get_id() == arg.get_id() {
                return repeatable;
            }
            !conflict(arg, given) && !conflict(given, arg)
        })
    }
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|count| count.takes_values())
}

fn help(text: Option<&StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

/// The values of an argument that begin with what has been typed.
fn values(arg: &Arg, typed: &str, before: &str) -> Offer {
    let at = arg
        .get_value_delimiter()
        .and_then(|delimiter| Some(typed.rfind(delimiter)? + delimiter.len_utf8()));
    let (done, typed) = typed.split_at(at.unwrap_or_default());
    let before = format!("{before}{done}");
    let possible = arg.get_possible_values();
    let known = possible
        .iter()
        .filter(|value| !value.is_hide_set() && value.get_name().starts_with(typed))
        .map(|value| {
            Candidate::new(
                format!("{before}{}", value.get_name()),
                &help(value.get_help()),
            )
        })
        .collect();
    let lookup = wanted(arg)
        .filter(|_| possible.is_empty())
        .map(|wanted| Lookup {
            wanted,
            typed: typed.to_owned(),
            before,
        });
    Offer {
        candidates: known,
        lookup,
        ..Offer::default()
    }
}

/// What an argument's values are, by its name and its type.
fn wanted(arg: &Arg) -> Option<LookupKind> {
    let value_name = arg.get_value_names().and_then(<[_]>::first);
    match (
        arg.get_id().as_str(),
        value_name.map(clap::builder::Str::as_str),
    ) {
        ("account" | "subject", _) | (_, Some("ACCOUNT")) => Some(LookupKind::Account),
        ("instance", _) => Some(LookupKind::Instance),
        ("context" | "kube_context", _) => Some(LookupKind::Context),
        ("cluster", _) => Some(LookupKind::Cluster),
        ("user", _) => Some(LookupKind::User),
        (_, Some("NAMESPACE")) => Some(LookupKind::Namespace),
        ("action", _) => Some(LookupKind::Action),
        ("resource", _) => Some(LookupKind::Resource),
        ("project", _) => Some(LookupKind::Project),
        (_, Some("RULE")) => Some(LookupKind::Rule),
        (_, Some("DIR")) => Some(LookupKind::Directory),
        _ => match arg.get_value_hint() {
            clap::ValueHint::AnyPath | clap::ValueHint::FilePath => Some(LookupKind::Path),
            clap::ValueHint::DirPath => Some(LookupKind::Directory),
            _ => None,
        },
    }
}

/// The words of a request for completion, if the command line is one: the program was called by
/// the name under which kubectl asks, or with the hidden command.
pub fn request(words: &[String]) -> Option<&[String]> {
    let (program, words) = words.split_first()?;
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    if name.strip_suffix(".exe").unwrap_or(name) == super::COMPLETER {
        return Some(words);
    }
    words
        .split_first()
        .filter(|(first, _)| *first == COMPLETE)
        .map(|(_, rest)| rest)
}
