//! What to do next: the one command that fits what was read and what came out.

use std::path::Path;

use super::context::Context;
use super::words::{Words, kubectl_flags};
use crate::change::{ChangeRequest, Edited, Goal, Planned, Reversal, patch_command};
use crate::cli::{ChangeArgs, Form, Input, NAME};
use crate::input::Origin;
use crate::model::shell::quoted;
use crate::model::{DEFAULT_NAMESPACE, Which};

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

/// Something that a patch is for.
enum PatchTarget {
    ConfigMap(Which),
    ArgoCd(String),
    AppProject(String),
}

/// What to say at the end.
pub(super) struct Next<'a> {
    input: &'a Input,
    change: &'a ChangeArgs,
    goal: Goal,
    /// Each with its namespace.
    items: Vec<(String, PatchTarget)>,
    /// The names of the files that were written for them, in the same order.
    pub(super) files: Vec<String>,
    pub(super) read: Read,
    pub(super) form: Form,
    /// Whether patches of an `ArgoCD` or of `AppProject`s were asked for.
    pub(super) as_patch: bool,
    /// The `ArgoCD` that owns the ConfigMaps, where it is not in the input itself.
    pub(super) argocd: Option<String>,
    /// The files that were edited in their own place.
    pub(super) edited: Vec<String>,
    /// Whether the owner would take the change back.
    pub(super) reversal: Reversal,
    unchanged: bool,
    paths: Vec<String>,
}

impl<'a> Next<'a> {
    pub(super) fn new(input: &'a Input, change: &'a ChangeArgs, request: &ChangeRequest) -> Self {
        let namespace = input.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE);
        let item = |which| (namespace.to_owned(), PatchTarget::ConfigMap(which));
        Self {
            input,
            change,
            goal: request.goal,
            items: request.wants().map(item).collect(),
            files: Vec::new(),
            read: Read::Nothing,
            form: Form::Manifest,
            as_patch: false,
            argocd: None,
            edited: Vec::new(),
            reversal: Reversal::None,
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
        let items = planned.iter().filter_map(|planned| {
            let name = || planned.object.name().to_owned();
            let item = match &planned.edited {
                Edited::ConfigMap(configmap) => PatchTarget::ConfigMap(configmap.which),
                Edited::ArgoCd(_) => PatchTarget::ArgoCd(name()),
                Edited::AppProject(_) => PatchTarget::AppProject(name()),
                Edited::Values => return None,
            };
            Some((planned.namespace.clone(), item))
        });
        self.items = items.collect();
        self.unchanged = planned
            .iter()
            .all(|planned| planned.plan.changes.is_empty());
        let paths = planned.iter().filter_map(|planned| planned.object.path());
        self.paths = paths.map(|path| path.display().to_string()).collect();
        self.paths.dedup();
    }

    /// Whether each text is a patch, of which kubectl takes one at a time.
    pub(super) fn prints_patches(&self) -> bool {
        self.as_patch || matches!(self.form, Form::Patch | Form::JsonPatch)
    }

    /// Whether something else than the two ConfigMaps is patched.
    pub(super) fn is_of_objects(&self) -> bool {
        !self
            .items
            .iter()
            .all(|(_, item)| matches!(item, PatchTarget::ConfigMap(_)))
    }

    /// How many patches there are, as a word.
    pub(super) fn count(&self) -> String {
        match self.items.len() {
            2 => "two".to_owned(),
            count => count.to_string(),
        }
    }

    /// Says it on stderr.
    pub(super) fn tell(&self, directory: Option<&Path>, context: &mut Context<'_, '_>) {
        if self.unchanged {
            context.note(if self.change.absent {
                "nothing to change: neither account nor rules are there"
            } else {
                "nothing to change: account and rules are already in place"
            });
            return;
        }
        self.tell_about_sync(context);
        let shown = directory.map(|directory| directory.display().to_string());
        let shown = shown.as_deref();
        if !self.edited.is_empty() {
            context.note(format!("edited {}", self.edited.join(", ")));
            context.next("review the change (git diff) and commit it");
            return;
        }
        if self.read == Read::Sample {
            context.next(format!(
                "try it on your own Argo CD: kubectl get configmap -n argocd argocd-cm \
                 argocd-rbac-cm -o yaml --show-managed-fields | {NAME} diff -f -"
            ));
            return;
        }
        if self.prints_patches() || (self.form == Form::Operator && self.read == Read::Nothing) {
            self.tell_about_patches(context);
            match shown {
                Some(directory) => context.next(self.apply_files(directory)),
                None => context.next(self.patch_commands().join(" && ")),
            }
            return;
        }
        match (self.form, self.read) {
            (Form::Kustomize, _) => context.next(match shown {
                Some(directory) => format!(
                    "name {directory} under `components:` of the kustomization of Argo CD, and commit both"
                ),
                None => "save it as octopus/kustomization.yaml beside the kustomization of Argo CD, \
                         name octopus there under `components:`, and commit both"
                    .to_owned(),
            }),
            (Form::Helm, Read::Nothing) => context.next(format!(
                "put it into the values of the argo-cd release ({NAME} render --form helm -f values.yaml \
                 --in-place does it), or add it after them: helm upgrade … -f values.yaml -f {}",
                shown.map_or_else(
                    || "octopus.yaml".to_owned(),
                    |directory| format!("{}/values.yaml", directory.trim_end_matches('/'))
                )
            )),
            (_, Read::Fresh) => self.tell_about_fresh(shown, context),
            (Form::Manifest, Read::Server) if self.reversal == Reversal::Always => {
                context.next("make the change where the warning says, so that it stays".to_owned());
            }
            (Form::Manifest, Read::Server) if self.reversal == Reversal::InThisForm => context.next(format!(
                "the form that stays: {} --form {}",
                self.command("render", None),
                Form::Auto.as_str()
            )),
            (_, Read::Server) => {
                if self.items.len() > 1 && self.form == Form::Manifest {
                    context.note(
                        "`kubectl replace` makes one request for each object: where one is refused \
                         (409 Conflict), the other may have changed already; read both again and \
                         repeat, or take one after the other: --form patch --only argocd-rbac-cm, then \
                         --only argocd-cm",
                    );
                }
                context.next(match shown {
                    Some(directory) => {
                        format!("kubectl replace{} -f {directory}", kubectl_flags(self.input))
                    }
                    None => format!(
                        "{} | kubectl replace{} -f -",
                        self.command("render", None),
                        kubectl_flags(self.input)
                    ),
                });
            }
            _ => {
                let files = if self.paths.is_empty() {
                    "your file".to_owned()
                } else {
                    self.paths.join(" ")
                };
                context.next(match shown {
                    Some(directory) => {
                        format!("review {directory}, replace {files} with it and commit it")
                    }
                    None if self.paths.is_empty() => format!(
                        "review it ({}), replace {files} with it and commit it",
                        self.command("diff", None)
                    ),
                    None => format!(
                        "review it ({}), then {} --in-place edits {files}; commit that",
                        self.command("diff", None),
                        self.command("render", None)
                    ),
                });
            }
        }
    }

    fn tell_about_fresh(&self, shown: Option<&str>, context: &mut Context<'_, '_>) {
        context.warn(
            "this is for an Argo CD that does not exist yet: applied over an existing one it \
             deletes every setting that is not in it",
        );
        let from = shown.unwrap_or("-");
        let pipe = if from == "-" {
            format!("{} | ", self.command("render", None))
        } else {
            String::new()
        };
        context.next(format!("{pipe}kubectl create -f {from}"));
    }

    fn tell_about_patches(&self, context: &mut Context<'_, '_>) {
        let account = self
            .items
            .iter()
            .any(|(_, item)| matches!(item, PatchTarget::ConfigMap(Which::Cm)));
        if self.read != Read::Nothing || !account {
            return;
        }
        if self.goal == Goal::Absent {
            context.warn(
                "without input the patch removes the whole account, including its own login; with --live it keeps what is not ours",
            );
        } else {
            context.note(format!(
                "without input the patch sets the account's capabilities to exactly apiKey \
                 and enables it; with --live it keeps what is there ({NAME} render --live)"
            ));
        }
    }

    fn tell_about_sync(&self, context: &mut Context<'_, '_>) {
        let rules = self.form != Form::Manifest
            || self
                .items
                .iter()
                .any(|(_, item)| matches!(item, PatchTarget::ConfigMap(Which::RbacCm)));
        let left_out = self.change.only == Some(Which::Cm);
        if self.goal != Goal::Absent && !self.change.allow_sync && rules && !left_out {
            context.note(
                "the account may read, not sync; Octopus steps that trigger a sync need --allow-sync",
            );
        }
    }

    /// One command for each patch.
    pub(super) fn patch_commands(&self) -> Vec<String> {
        let commands = self.items.iter().map(|(namespace, item)| {
            let patch = self.patch(namespace, item, "/dev/stdin");
            format!(
                "{} | {patch}",
                self.command("render", Some((namespace, item)))
            )
        });
        commands.collect()
    }

    fn apply_files(&self, directory: &str) -> String {
        let directory = directory.trim_end_matches('/');
        let commands = self.items.iter().zip(&self.files);
        let commands = commands.map(|((namespace, item), file)| {
            self.patch(namespace, item, &format!("{directory}/{file}"))
        });
        commands.collect::<Vec<_>>().join(" && ")
    }

    /// Whether the patch for argocd-cm is one of the `ArgoCD` that owns it.
    fn is_operators(&self, which: Which) -> bool {
        self.form == Form::Operator && which == Which::Cm
    }

    fn patch(&self, namespace: &str, item: &PatchTarget, file: &str) -> String {
        let what = match item {
            PatchTarget::ConfigMap(which) if self.is_operators(*which) => {
                format!(
                    "argocd {}",
                    self.argocd
                        .as_deref()
                        .map_or(std::borrow::Cow::Borrowed("NAME"), quoted)
                )
            }
            PatchTarget::ConfigMap(which) => format!("configmap {which}"),
            PatchTarget::ArgoCd(name) => format!("argocd {}", quoted(name)),
            PatchTarget::AppProject(name) => format!("appproject {}", quoted(name)),
        };
        let how = if self.form == Form::JsonPatch {
            "json"
        } else {
            "merge"
        };
        patch_command(&what, namespace, &kubectl_flags(self.input), how, file)
    }

    /// Our own command line again, with the options that decide what comes out.
    fn command(&self, verb: &str, only: Option<(&String, &PatchTarget)>) -> String {
        let mut input = self.input.clone();
        if let Some((namespace, _)) = only.filter(|_| input.all_namespaces) {
            input.all_namespaces = false;
            input.namespace = Some(namespace.clone());
        }
        let mut words = Words::new(verb, &input);
        let only = only.map(|(_, item)| item);
        let mut change = self.change.clone();
        match only {
            Some(PatchTarget::ConfigMap(which)) => {
                if self.argocd.is_some() {
                    words.option("--form", Form::Auto.as_str());
                } else {
                    words.option("--form", self.form.as_str());
                }
                words.option("--only", which.name());
            }
            Some(PatchTarget::ArgoCd(_)) => {
                words.option("--form", Form::Operator.as_str());
                words.flag("--as-patch");
                words.option("--only", Which::Cm.name());
            }
            Some(PatchTarget::AppProject(name)) => {
                words.option("--form", Form::AppProject.as_str());
                words.flag("--as-patch");
                change.project = vec![name.clone()];
            }
            None => {
                // The input alone does not lead to it.
                let asked = (self.form == Form::AppProject).then_some(self.form);
                if let Some(form) = self.input.form.or(asked) {
                    words.option("--form", form.as_str());
                }
                if let Some(only) = self.change.only {
                    words.option("--only", only.name());
                }
            }
        }
        words.change(&change);
        words.line(self.input)
    }
}
