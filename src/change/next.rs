//! What to do next: the one command that fits what was read and what came out.

use std::path::Path;

use super::command::patch_command;
use super::forms::{Edited, Planned, Reversal};
use super::{ChangeRequest, Goal};
use crate::input::Origin;
use crate::model::shell::quoted;
use crate::model::{DEFAULT_NAMESPACE, Form, FormOutput, PROGRAM, Which};
use crate::text::Note;

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
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

/// How our own command line differs from the one that was typed.
#[derive(Clone, Debug, Default)]
pub struct NarrowedCommand {
    /// The namespace, instead of all.
    pub namespace: Option<String>,
    /// The only project.
    pub project: Option<String>,
    /// Options with their values; a switch has none.
    pub options: Vec<(&'static str, Option<String>)>,
}

/// Returns our own command line with this verb, with the options that decide what comes out.
pub type OwnCommand<'a> = dyn Fn(&str, NarrowedCommand) -> String + 'a;

/// Something that a patch is for.
enum PatchTarget {
    ConfigMap(Which),
    ArgoCd(String),
    AppProject(String),
}

/// What to say at the end.
pub struct Next<'a> {
    request: &'a ChangeRequest,
    /// The form that was asked for.
    asked: Option<Form>,
    command: Box<OwnCommand<'a>>,
    /// Each with its namespace.
    items: Vec<(String, PatchTarget)>,
    /// The names of the files that were written for them, in the same order.
    pub files: Vec<String>,
    /// Where the objects came from.
    pub read: InputKind,
    /// The form of what comes out.
    pub form: Form,
    /// Whether patches of an `ArgoCD` or of `AppProject`s were asked for.
    pub as_patch: bool,
    /// The `ArgoCD` that owns the ConfigMaps, where it is not in the input itself.
    pub argocd: Option<String>,
    /// The files that were edited in their own place.
    pub edited: Vec<String>,
    /// Whether the owner would take the change back.
    pub reversal: Reversal,
    unchanged: bool,
    paths: Vec<String>,
}

impl<'a> Next<'a> {
    /// Before anything was read: in this namespace, if one was named, with the form that was asked for.
    pub fn new(
        request: &'a ChangeRequest,
        namespace: Option<&str>,
        asked: Option<Form>,
        command: Box<OwnCommand<'a>>,
    ) -> Self {
        let namespace = namespace.unwrap_or(DEFAULT_NAMESPACE);
        let item = |which| (namespace.to_owned(), PatchTarget::ConfigMap(which));
        Self {
            request,
            asked,
            command,
            items: request.wants().map(item).collect(),
            files: Vec::new(),
            read: InputKind::Nothing,
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
    pub fn observe(&mut self, planned: &[Planned<'_>]) {
        let server = planned.iter().any(|planned| planned.object.from_server());
        self.read = match planned.first().map(|planned| planned.object.origin()) {
            Some(Origin::Sample) => InputKind::Sample,
            Some(Origin::Live) => InputKind::Server,
            _ if server => InputKind::Server,
            _ => InputKind::Files,
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
    pub fn prints_patches(&self) -> bool {
        self.as_patch || self.form.output() == FormOutput::Patches
    }

    /// Whether something else than the two ConfigMaps is patched.
    pub fn is_of_objects(&self) -> bool {
        !self
            .items
            .iter()
            .all(|(_, item)| matches!(item, PatchTarget::ConfigMap(_)))
    }

    /// How many patches there are, as a word.
    pub fn count(&self) -> String {
        match self.items.len() {
            2 => "two".to_owned(),
            count => count.to_string(),
        }
    }

    /// Returns what to say at the end; `directory` is where it was written.
    pub fn notes(&self, directory: Option<&Path>) -> Vec<Note> {
        if self.unchanged {
            return vec![Note::new(if self.is_absent() {
                "nothing to change: there is neither the account nor its rules"
            } else {
                "nothing to change: account and rules are already in place"
            })];
        }
        let mut notes = Vec::new();
        notes.extend(self.about_sync());
        let shown = directory.map(|directory| directory.display().to_string());
        let shown = shown.as_deref();
        if !self.edited.is_empty() {
            notes.push(Note::new(format!("edited {}", self.edited.join(", "))));
            notes.push(Note::next("review the change (git diff) and commit it"));
            return notes;
        }
        if self.read == InputKind::Sample {
            notes.push(Note::next(format!(
                "try it on your own Argo CD: kubectl get configmap -n argocd argocd-cm \
                 argocd-rbac-cm -o yaml --show-managed-fields | {PROGRAM} diff -f -"
            )));
            return notes;
        }
        if self.prints_patches() || (self.form == Form::Operator && self.read == InputKind::Nothing)
        {
            notes.extend(self.about_patches());
            notes.push(Note::next(match shown {
                Some(directory) => self.apply_files(directory),
                None => self.patch_commands().join(" && "),
            }));
            return notes;
        }
        if self.read == InputKind::Fresh && self.form != Form::Kustomize {
            notes.push(Note::warning(
                "only for a new Argo CD: applied over an existing one, it deletes every setting that is not in it",
            ));
        }
        let is_replaced = self.read == InputKind::Server && self.reversal == Reversal::None;
        if is_replaced && self.items.len() > 1 && self.form == Form::Manifest {
            notes.push(Note::new(
                "`kubectl replace` writes one object after the other: after a conflict (409) read both again and repeat",
            ));
        }
        notes.push(Note::next(self.next_step(shown)));
        notes
    }

    /// The one next step for what is neither a patch nor edited in place.
    fn next_step(&self, shown: Option<&str>) -> String {
        match self.form {
            Form::Kustomize => match shown {
                Some(directory) => format!(
                    "name {directory} under `components:` of the kustomization of Argo CD, and commit both"
                ),
                None => {
                    "save it as octopus/kustomization.yaml, name octopus under `components:` of Argo CD's own, commit both"
                        .to_owned()
                }
            },
            Form::Helm if self.read == InputKind::Nothing => format!(
                "put it into the release's values ({PROGRAM} render --form helm -f values.yaml --in-place), or add it after them: helm upgrade … -f values.yaml -f {}",
                shown.map_or_else(
                    || "octopus.yaml".to_owned(),
                    |directory| format!("{}/values.yaml", directory.trim_end_matches('/'))
                )
            ),
            Form::Manifest
            | Form::Patch
            | Form::JsonPatch
            | Form::Helm
            | Form::Operator
            | Form::AppProject
            | Form::Auto => self.step_for_documents(shown),
        }
    }

    /// The one next step for the input's documents, edited.
    fn step_for_documents(&self, shown: Option<&str>) -> String {
        let is_manifest = self.form == Form::Manifest;
        match self.read {
            InputKind::Fresh => match shown {
                Some(directory) => format!("kubectl create -f {directory}"),
                None => format!("{} | kubectl create -f -", self.command("render", None)),
            },
            InputKind::Server if is_manifest && self.reversal == Reversal::Always => {
                "make the change where the warning says, so that it lasts".to_owned()
            }
            InputKind::Server if is_manifest && self.reversal == Reversal::InThisForm => {
                format!(
                    "the form that stays: {} --form {}",
                    self.command("render", None),
                    Form::Auto.as_str()
                )
            }
            InputKind::Server => {
                let kubectl = &self.request.commands.kubectl;
                match shown {
                    Some(directory) => format!("kubectl replace{kubectl} -f {directory}"),
                    None => format!(
                        "{} | kubectl replace{kubectl} -f -",
                        self.command("render", None)
                    ),
                }
            }
            InputKind::Files | InputKind::Sample | InputKind::Nothing => {
                let files = if self.paths.is_empty() {
                    "your file".to_owned()
                } else {
                    self.paths.join(" ")
                };
                match shown {
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
                }
            }
        }
    }

    fn is_absent(&self) -> bool {
        self.request.goal == Goal::Absent
    }

    fn about_patches(&self) -> Option<Note> {
        let account = self
            .items
            .iter()
            .any(|(_, item)| matches!(item, PatchTarget::ConfigMap(Which::Cm)));
        if self.read != InputKind::Nothing || !account {
            return None;
        }
        Some(if self.is_absent() {
            Note::warning(
                "without input the patch removes the whole account and its login; with --live it keeps what is not ours",
            )
        } else {
            Note::new(
                "without input the patch sets the capabilities to apiKey alone and enables the account; --live keeps more",
            )
        })
    }

    fn about_sync(&self) -> Option<Note> {
        let rules = self.form != Form::Manifest
            || self
                .items
                .iter()
                .any(|(_, item)| matches!(item, PatchTarget::ConfigMap(Which::RbacCm)));
        let left_out = self.request.only == Some(Which::Cm);
        let is_told = !self.is_absent() && !self.request.allow_sync && rules && !left_out;
        is_told.then(|| {
            Note::new(
                "the account may read but not sync; Octopus steps that trigger a sync need --allow-sync",
            )
        })
    }

    /// One command for each patch.
    pub fn patch_commands(&self) -> Vec<String> {
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
        patch_command(&what, namespace, &self.request.commands.kubectl, how, file)
    }

    /// Our own command line again, with the options that decide what comes out.
    fn command(&self, verb: &str, only: Option<(&String, &PatchTarget)>) -> String {
        let mut narrowed = NarrowedCommand {
            namespace: only.map(|(namespace, _)| namespace.clone()),
            ..NarrowedCommand::default()
        };
        let mut option = |name, value: Option<&str>| {
            narrowed.options.push((name, value.map(str::to_owned)));
        };
        match only.map(|(_, item)| item) {
            Some(PatchTarget::ConfigMap(which)) => {
                let form = match self.form {
                    _ if self.argocd.is_some() => Form::Auto,
                    // `operator` prints the ConfigMap whole, behind the resource.
                    Form::Operator if *which == Which::RbacCm => Form::Patch,
                    form => form,
                };
                option("--form", Some(form.as_str()));
                option("--only", Some(which.name()));
            }
            Some(PatchTarget::ArgoCd(_)) => {
                option("--form", Some(Form::Operator.as_str()));
                option("--as-patch", None);
                // The rules are in this patch too where no other one has them.
                let is_configmap = |(_, item): &(_, _)| matches!(item, PatchTarget::ConfigMap(_));
                let only = if self.items.iter().any(is_configmap) {
                    Some(Which::Cm)
                } else {
                    self.request.only
                };
                if let Some(only) = only {
                    option("--only", Some(only.name()));
                }
            }
            Some(PatchTarget::AppProject(name)) => {
                option("--form", Some(Form::AppProject.as_str()));
                option("--as-patch", None);
                narrowed.project = Some(name.clone());
            }
            None => {
                // The input alone does not lead to it.
                let asked = (self.form == Form::AppProject).then_some(self.form);
                if let Some(form) = self.asked.or(asked) {
                    option("--form", Some(form.as_str()));
                }
                if let Some(only) = self.request.only {
                    option("--only", Some(only.name()));
                }
            }
        }
        (self.command)(verb, narrowed)
    }
}
