//! Command lines to show to the user: our own with the options that decide, and kubectl's.

use std::path::Path;

use crate::cli::{Change, Input, NAME};
use crate::model::{MatchMode, Which};

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
    pub(super) fn change(&mut self, change: &Change) {
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
        for value in &change.set {
            self.option("--set", value);
        }
        for path in &change.values {
            self.option("--values", &path.to_string_lossy());
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

/// kubectl's command for a patch on its stdin or in a file.
pub(super) fn patch_command(
    kind_and_name: &str,
    namespace: &str,
    input: &Input,
    how: &str,
    file: &str,
) -> String {
    format!(
        "kubectl patch {kind_and_name} -n {}{} --type {how} --patch-file {}",
        quoted(namespace),
        kubectl_flags(input),
        if file == "/dev/stdin" {
            file.to_owned()
        } else {
            quoted(file)
        }
    )
}

/// The command that puts the rules into an argocd-rbac-cm that was not in the input.
pub(super) fn rules_command(
    change: &Change,
    input: &Input,
    namespace: &str,
    mode: MatchMode,
) -> String {
    let mut words = Words::new("render", &Input::default());
    words.option("-n", namespace);
    words.option("-o patch --only", Which::RbacCm.name());
    words.change(change);
    if change.match_mode.is_none() && mode == MatchMode::Regex {
        words.option("--match-mode", mode.as_str());
    }
    let shared = change.policy_key.as_ref();
    words.flag(
        "--live",
        shared.is_some_and(|key| *key != format!("policy.{}.csv", change.account)),
    );
    let patch = patch_command(
        &format!("configmap {}", Which::RbacCm),
        namespace,
        input,
        "merge",
        "/dev/stdin",
    );
    format!("{} | {patch}", words.line())
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
