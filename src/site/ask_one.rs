//! The one Argo CD that a question is asked of, and what is said about how it was read.

use super::argocd::{ArgoCd, OPERATOR_DEFAULT_ROLE};
use super::ask::{Inquiry, ask};
use super::inline::unread_patch;
use super::object::Object;
use super::objects::objects;
use super::settings::misspelt_values;
use crate::error::{Error, Result};
use crate::input::File;
use crate::text::{Note, counted};

/// Finds the Argo CD that is asked in what was read.
///
/// # Errors
/// Several of them; nothing that holds a policy.
pub fn ask_one<'a>(
    files: &'a [File],
    question: &Inquiry,
    notes: &mut Vec<Note>,
) -> Result<ArgoCd<'a>> {
    let mut found = ask(files, question)?;
    if found.argocds.len() > 1 {
        return Err(Error::usage("this command looks at one Argo CD at a time")
            .hint("choose one with -n NAMESPACE")
            .hint("values files that Helm merges: name each with -f, in Helm's order"));
    }
    let overlooked = overlooked(&objects(files));
    let argocd = found.argocds.pop().filter(ArgoCd::has_policy);
    let Some(argocd) = argocd else {
        let mut error = Error::input("there is no policy in the input");
        if let Some(place) = overlooked {
            return Err(error.hint(place));
        }
        if let Some((kind, name)) = found.foreign.first() {
            let kind = if kind.is_empty() {
                "a document without kind"
            } else {
                kind
            };
            let held = [kind, name].join(" ");
            let held = held.trim_end();
            error = error.hint(format!("it holds {held}, which has no policy"));
        }
        return Err(error
            .hint("a policy is in argocd-rbac-cm, in a CSV file, in an AppProject or an ArgoCD, in Helm values")
            .hint("read it with: kubectl get configmap -n argocd argocd-cm argocd-rbac-cm -o yaml"));
    };
    notes.extend(overlooked.map(Note::warning));
    notes.extend(foreign_note(found.foreign.len()));
    notes.extend(argocd.reading_notes(&found.not_read));
    let missing = argocd.not_read();
    if !missing.is_empty() {
        notes.push(Note::new(format!(
            "not read, so Argo CD's defaults count: {}",
            missing.join(", ")
        )));
    }
    Ok(argocd)
}

/// Finds the one Argo CD in what was read, if there is one; `several` says what is wrong with more.
///
/// # Errors
/// Several of them.
pub fn ask_at_most_one<'a>(
    files: &'a [File],
    question: &Inquiry,
    several: &str,
) -> Result<Option<ArgoCd<'a>>> {
    let mut found = ask(files, question)?.argocds;
    if found.len() > 1 {
        return Err(Error::usage(several).hint("choose one with -n NAMESPACE"));
    }
    Ok(found.pop())
}

/// Says where something is written for an Argo CD and not read.
pub fn overlooked(objects: &[Object<'_>]) -> Option<String> {
    unread_patch(objects).or_else(|| misspelt_values(objects))
}

/// Returns how many objects of other kinds were left alone.
pub fn foreign_note(count: usize) -> Option<Note> {
    (count > 0).then(|| {
        Note::new(format!(
            "ignored {} of other kinds",
            counted(count, "object")
        ))
    })
}

impl ArgoCd<'_> {
    /// Returns what of an Argo CD was not read, or is assumed.
    pub fn reading_notes(&self, not_read: &[String]) -> Vec<Note> {
        let mut notes = Vec::new();
        if let Some(unknown) = self.unknown_lines() {
            let (lines, are) = if unknown.count == 1 {
                ("line", "is")
            } else {
                ("lines", "are")
            };
            notes.push(Note::warning(format!(
                "{}: {} {lines} of the policy {are} filled in by a template, and count as missing",
                unknown.first, unknown.count
            )));
        }
        let not_read = not_read.iter();
        notes.extend(not_read.map(|text| Note::new(format!("not read: {text}"))));
        if self.assumes_default_role() {
            notes.push(Note::new(format!(
                "without the live argocd-rbac-cm the default role is taken for {OPERATOR_DEFAULT_ROLE}, which argocd-operator sets"
            )));
        }
        notes
    }
}
