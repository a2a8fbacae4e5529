//! The forms: what each one edits of the input, and how the change is planned for it.

mod appproject;
mod configmaps;
mod helm;
mod operator;
mod ownership;
mod planned;

pub use ownership::{Reversal, form_of_owner, tell_owner};
pub use planned::{Edited, Planned, form_of_planned};

use super::ChangeRequest;
use crate::error::Result;
use crate::model::Form;
use crate::site::{Object, Selector};
use crate::text::{Note, NoteLevel};

/// Plans the change of everything that a form edits. The forms that only print something about the
/// ConfigMaps are planned as these.
pub fn plan<'a>(
    request: &ChangeRequest,
    form: Form,
    objects: &[Object<'a>],
    selector: &Selector,
    notes: &mut Vec<Note>,
) -> Result<Vec<Planned<'a>>> {
    let planned = match form {
        Form::Helm => helm::plan(request, objects, selector, notes)?,
        Form::Operator => operator::plan(request, objects, selector, notes)?,
        Form::AppProject => appproject::plan(request, objects, &selector.scope, notes)?,
        Form::Manifest | Form::Patch | Form::JsonPatch | Form::Kustomize | Form::Auto => {
            configmaps::plan(request, objects, &selector.scope, notes)?
        }
    };
    let mut templates: Vec<&str> = Vec::new();
    for planned in &planned {
        let (stream, source) = (planned.object.stream(), planned.object.source());
        let tag = stream
            .template()
            .filter(|_| !templates.contains(&source.name()));
        if let Some(at) = tag {
            templates.push(source.name());
            notes.push(Note {
                level: NoteLevel::Note,
                text: format!(
                    "{}: template tags: what they add, change or remove is unknown",
                    source.location(at)
                ),
            });
        }
        notes.extend(planned.plan.notes.iter().cloned());
    }
    Ok(planned)
}
