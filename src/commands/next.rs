//! What to do next: the one command that fits what was read and what came out.

use std::path::Path;

use super::change::{Planned, Wish};
use super::context::Context;
use crate::cli::{Change, Form, Input, NAME};
use crate::input::Origin;
use crate::model::Which;
use crate::plan::Goal;

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// Nothing.
    Nothing,
    /// Nothing, for an Argo CD that does not exist yet.
    Fresh,
    /// Objects of a server.
    Server,
    /// Files of people.
    Files,
    /// The built-in example.
    Sample,
}

/// What to say at the end.
pub(super) struct Next<'a> {
    input: &'a Input,
    change: &'a Change,
    goal: Goal,
    wanted: Vec<Which>,
    pub(super) read: Read,
    namespace: String,
    unchanged: bool,
    paths: Vec<String>,
}

impl<'a> Next<'a> {
    pub(super) fn new(input: &'a Input, change: &'a Change, wish: &Wish) -> Self {
        Self {
            input,
            change,
            goal: wish.goal,
            wanted: wish.wants().collect(),
            read: Read::Nothing,
            namespace: input
                .namespace
                .clone()
                .unwrap_or_else(|| "argocd".to_owned()),
            unchanged: false,
            paths: Vec::new(),
        }
    }

    /// Takes in what was read and planned.
    pub(super) fn observe(&mut self, planned: &[Planned<'_>]) {
        let server = planned.iter().any(|planned| planned.object.from_server());
        self.read = match planned.first().map(|planned| planned.object.origin()) {
            Some(Origin::Sample) => Read::Sample,
            Some(Origin::Live) => Read::Server,
            _ if server => Read::Server,
            _ => Read::Files,
        };
        if let Some(first) = planned.first() {
            self.namespace.clone_from(&first.configmap.namespace);
        }
        self.wanted = planned
            .iter()
            .map(|planned| planned.configmap.which)
            .collect();
        self.unchanged = planned
            .iter()
            .all(|planned| planned.plan.changes.is_empty());
        let paths = planned.iter().filter_map(|planned| planned.object.path());
        self.paths = paths.map(|path| path.display().to_string()).collect();
        self.paths.dedup();
    }

    /// Says it on stderr.
    pub(super) fn tell(&self, form: Form, directory: Option<&Path>, context: &mut Context<'_, '_>) {
        if self.unchanged {
            context.note("nothing to change: it is as it shall be");
            return;
        }
        self.tell_about_sync(context);
        let shown = directory.map(|directory| directory.display().to_string());
        match (self.read, form) {
            (Read::Sample, _) => context.next(format!(
                "try it on your own Argo CD: kubectl get configmap -n argocd argocd-cm \
                 argocd-rbac-cm -o yaml --show-managed-fields | {NAME} diff -f -"
            )),
            (Read::Fresh, _) => {
                context.warn(
                    "this is for an Argo CD that does not exist yet: applied over an existing one it \
                     deletes every setting that is not in it",
                );
                let from = shown.unwrap_or_else(|| "-".to_owned());
                let pipe = if from == "-" {
                    format!("{} | ", self.command("render", None))
                } else {
                    String::new()
                };
                context.next(format!("{pipe}kubectl create -f {from}"));
            }
            (read, Form::Patch) => {
                let account = self.wanted.contains(&Which::Cm);
                if read == Read::Nothing && account && self.goal != Goal::Absent {
                    context.note(format!(
                        "without input the patch sets the account's capabilities to exactly apiKey \
                         and enables it; with --live it keeps what is there ({NAME} render --live)"
                    ));
                } else if read == Read::Nothing && account {
                    context.warn(
                        "without input the patch removes the account whole, a login of its own \
                         included; with --live it keeps what is not ours",
                    );
                }
                match shown {
                    Some(directory) => context.next(self.apply_files(&directory)),
                    None => context.next(self.patch_commands().join(" && ")),
                }
            }
            (Read::Server, Form::Manifest) => {
                context.note(
                    "`| kubectl apply -f -` would lose nothing now, but makes kubectl believe that \
                     every key is ours: the next `kubectl apply` of Argo CD's own manifests (an \
                     upgrade) then deletes this account and every key that you have added yourself",
                );
                context.next(match shown {
                    Some(directory) => format!("kubectl replace{} -f {directory}", self.flags()),
                    None => format!(
                        "{} | kubectl replace{} -f -",
                        self.command("render", None),
                        self.flags()
                    ),
                });
            }
            (_, Form::Manifest) => {
                let files = if self.paths.is_empty() {
                    "your file".to_owned()
                } else {
                    self.paths.join(" ")
                };
                context.next(match shown {
                    Some(directory) => {
                        format!("review {directory}, put it in the place of {files} and commit it")
                    }
                    None => format!(
                        "review it ({}), put it in the place of {files} and commit it",
                        self.command("diff", None)
                    ),
                });
            }
        }
    }

    fn tell_about_sync(&self, context: &mut Context<'_, '_>) {
        if self.goal != Goal::Absent
            && !self.change.allow_sync
            && self.wanted.contains(&Which::RbacCm)
        {
            context.note(
                "the account may read, not sync; Octopus steps that trigger a sync need --allow-sync",
            );
        }
    }

    /// One command for each patch.
    pub(super) fn patch_commands(&self) -> Vec<String> {
        let commands = self.wanted.iter().map(|which| {
            format!(
                "{} | kubectl patch configmap {which} -n {}{} --type merge --patch-file /dev/stdin",
                self.command("render", Some(*which)),
                self.namespace,
                self.flags()
            )
        });
        commands.collect()
    }

    fn apply_files(&self, directory: &str) -> String {
        let directory = directory.trim_end_matches('/');
        let commands = self.wanted.iter().map(|which| {
            format!(
                "kubectl patch configmap {which} -n {}{} --type merge --patch-file \
                 {directory}/{which}.patch.yaml",
                self.namespace,
                self.flags()
            )
        });
        commands.collect::<Vec<_>>().join(" && ")
    }

    fn flags(&self) -> String {
        let mut shown = String::new();
        for flag in self.input.kubectl.flags() {
            shown.push(' ');
            shown.push_str(&quoted(&flag.to_string_lossy()));
        }
        shown
    }

    /// Our own command line again, with the options that decide what comes out.
    pub(super) fn command(&self, verb: &str, only: Option<Which>) -> String {
        let piped = self
            .input
            .filename
            .iter()
            .any(|path| path == Path::new("-"));
        let mut words = vec![if piped {
            format!("… | {NAME}")
        } else {
            NAME.to_owned()
        }];
        words.push(verb.to_owned());
        let mut option = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
        for path in &self.input.filename {
            option("-f", &path.to_string_lossy());
        }
        if let Some(namespace) = &self.input.namespace {
            option("-n", namespace);
        }
        let change = self.change;
        if change.account != "octopus" {
            option("--account", &change.account);
        }
        for project in &change.project {
            option("--project", project);
        }
        if let Some(key) = &change.policy_key {
            option("--policy-key", key);
        }
        if let Some(mode) = change.match_mode {
            option("--match-mode", mode.as_str());
        }
        if let Some(directory) = &change.template_dir {
            option("--template-dir", &directory.to_string_lossy());
        }
        for value in &change.set {
            option("--set", value);
        }
        for path in &change.values {
            option("--values", &path.to_string_lossy());
        }
        match (only, change.only) {
            (Some(which), _) => option("-o patch --only", which.name()),
            (None, Some(only)) => option("--only", only.as_str()),
            (None, None) => {}
        }
        for (flag, given) in [
            ("-R", self.input.recursive),
            ("-A", self.input.all_namespaces),
            ("--live", self.input.live),
            ("--sample", self.input.sample),
            ("--allow-sync", change.allow_sync),
            ("--enable", change.enable),
            ("--absent", change.absent),
            ("--fresh", change.fresh),
            ("--strip-resource-version", change.strip_resource_version),
        ] {
            if given {
                words.push(flag.to_owned());
            }
        }
        let flags = if self.input.live {
            self.flags()
        } else {
            String::new()
        };
        format!("{}{flags}", words.join(" "))
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
