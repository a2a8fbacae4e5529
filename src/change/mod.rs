//! From what is wanted and what is there to what has to change.
//!
//! Nothing here reads or writes: ConfigMaps come in, changes of single keys come out, and the
//! forms turn those into texts.

mod account;
mod after;
mod annotate_command;
mod annotations;
mod argocd;
mod command;
mod desired;
mod forms;
mod json_patch;
mod kustomize;
mod listed;
mod manifest;
mod next;
mod output;
mod overlay;
mod patch;
mod policy;
mod request;
mod role;
mod sides;
mod templates;
mod values;

pub use account::AccountPlan;
pub use after::{after, changed, files_after, fresh};
pub use annotate_command::annotate_command;
pub use annotations::{
    Annotated, AnnotationRequest, annotate, annotated_files, select_applications,
};
pub use argocd::argocd_patch;
pub use command::{patch_command, rules_command};
pub use desired::{Desired, WantedRule};
pub use forms::{Edited, Planned, Reversal, form_of_owner, form_of_planned, plan, tell_owner};
pub use json_patch::json_patch;
pub use kustomize::{Kustomization, PatchFile};
pub use manifest::{LAST_APPLIED, key_edits, pruned, server_fields};
pub use next::{InputKind, NarrowedCommand, Next, OwnCommand};
pub use output::{
    EditedStreams, OutputFile, OutputOptions, beside, edited_files, for_operator, join, own_keys,
    patches, standalone, whole,
};
pub use overlay::Overlay;
pub use patch::merge_patch;
pub use policy::PolicyPlan;
pub use request::{ChangeRequest, Commands, UncheckedChange};
pub use role::{DesiredRole, ProjectObject, RolePlan, roles_patch};
pub use sides::{Side, fresh_sides, sides};
pub use templates::{read_mapping, template_overrides, template_values};
pub use values::ValuesFile;

use desired::rules;

use crate::site::Places;
use crate::text::{Note, NoteLevel};

/// What happens to one key of a ConfigMap's `data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// The key.
    pub key: String,
    /// Its text now; `None` where it is not there.
    pub before: Option<String>,
    /// Its text afterwards; `None` where it goes.
    pub after: Option<String>,
}

/// Everything that happens to one ConfigMap, and what the user should know about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The keys that change, in the order in which new ones are to be written.
    pub changes: Vec<KeyChange>,
    /// What to say on stderr.
    pub notes: Vec<Note>,
}

impl Plan {
    fn change(&mut self, key: &str, before: Option<&str>, after: Option<String>) {
        if before != after.as_deref() {
            let before = before.map(str::to_owned);
            self.changes.push(KeyChange {
                key: key.to_owned(),
                before,
                after,
            });
        }
    }

    fn say(&mut self, level: NoteLevel, text: impl Into<String>) {
        self.notes.push(Note {
            level,
            text: text.into(),
        });
    }
}

/// Whether the account is to be there or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// There, and enabled too if it was disabled.
    Present {
        /// Whether a disabled account is enabled.
        enable: bool,
    },
    /// Not there.
    Absent,
}
