//! Command lines to show to the user: our own with the options that decide, and kubectl's.

use std::path::Path;

use crate::cli::{ChangeArgs, Input, NAME};
use crate::model::shell::quoted;

/// The words of our own command line, with the input and the change that were asked for.
pub(super) struct Words(Vec<String>);

impl Words {
    /// `kubectl octopus-argo VERB`, behind a pipe where stdin was read.
    pub(super) fn new(verb: &str, input: &Input) -> Self {
        let piped = input.filename.iter().any(|path| path == Path::new("-"));
        let name = if piped {
            format!("… | {NAME}")
        } else {
            NAME.to_owned()
        };
        Self(vec![name, verb.to_owned()])
    }

    /// An option with a value.
    pub(super) fn option(&mut self, name: &str, value: &str) {
        self.0.push(format!("{name} {}", quoted(value)));
    }

    /// The options that say where the objects come from.
    pub(super) fn input(&mut self, input: &Input) {
        for path in &input.filename {
            self.option("-f", &path.to_string_lossy());
        }
        if let Some(namespace) = &input.namespace {
            self.option("-n", namespace);
        }
        if let Some(root) = &input.values_root {
            self.option("--values-root", root);
        }
        for (flag, given) in [
            ("-R", input.recursive),
            ("-A", input.all_namespaces),
            ("--live", input.live),
            ("--sample", input.sample),
        ] {
            self.flag(flag, given);
        }
    }

    /// The options that say what to change; `--only` is the caller's.
    pub(super) fn change(&mut self, change: &ChangeArgs) {
        if change.account != "octopus" {
            self.option("--account", &change.account);
        }
        for project in &change.project {
            self.option("--project", project);
        }
        if let Some(key) = &change.policy_key {
            self.option("--policy-key", key);
        }
        if let Some(mode) = change.match_mode {
            self.option("--match-mode", mode.as_str());
        }
        if let Some(directory) = &change.template_dir {
            self.option("--template-dir", &directory.to_string_lossy());
        }
        for value in &change.template_set {
            self.option("--template-set", value);
        }
        for path in &change.template_values {
            self.option("--template-values", &path.to_string_lossy());
        }
        for (flag, given) in [
            ("--allow-sync", change.allow_sync),
            ("--enable", change.enable),
            ("--absent", change.absent),
            ("--fresh", change.fresh),
            ("--strip-resource-version", change.strip_resource_version),
        ] {
            self.flag(flag, given);
        }
    }

    fn flag(&mut self, flag: &str, given: bool) {
        if given {
            self.0.push(flag.to_owned());
        }
    }

    /// The command line.
    pub(super) fn line(&self) -> String {
        self.0.join(" ")
    }
}

/// The connection flags of kubectl that were given, each behind a blank.
pub(super) fn kubectl_flags(input: &Input) -> String {
    let mut shown = String::new();
    for flag in input.kubectl.flags() {
        shown.push(' ');
        shown.push_str(&quoted(&flag.to_string_lossy()));
    }
    shown
}

/// The options of a change, as typed, each after a space.
pub(super) fn change_options(change: &ChangeArgs) -> String {
    let mut words = Words(Vec::new());
    words.change(change);
    words.0.iter().flat_map(|word| [" ", word]).collect()
}

/// `render` of the same input, with the same options.
pub(super) fn render_command(change: &ChangeArgs, input: &Input) -> String {
    let mut words = Words::new("render", input);
    words.input(input);
    words.change(change);
    let flags = if input.live {
        kubectl_flags(input)
    } else {
        String::new()
    };
    format!("{}{flags}", words.line())
}
