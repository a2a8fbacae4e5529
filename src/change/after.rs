//! The state after the change, as though it had been read: what `check` proves things about.

use super::desired::fields;
use super::forms::{self, Planned};
use super::output::EditedStreams;
use super::{ChangeRequest, Desired};
use crate::error::Result;
use crate::input::{Content, File, Origin};
use crate::model::{DEFAULT_NAMESPACE, Form, MatchMode, Source, Which};
use crate::rbac::{Line, lines};
use crate::site::{Selector, objects};
use crate::text::Note;
use crate::yaml::{self, Stream};

/// What follows the name of a text that the change touches.
const AFTER: &str = "(after the change)";

/// Makes the change in everything that was read. A bare policy gets the rules beside it.
pub fn after(
    files: Vec<File>,
    request: &ChangeRequest,
    form: Option<Form>,
    selector: &Selector,
    notes: &mut Vec<Note>,
) -> Result<Vec<File>> {
    let found = objects(&files);
    let bare = files
        .iter()
        .any(|file| matches!(file.content, Content::Policy(_)));
    let form = match form {
        Some(form) if form != Form::Auto => form,
        _ => selector.detect(&found),
    };
    let planned = match forms::plan(request, form, &found, selector, notes) {
        Err(error) if !bare => return Err(error),
        planned => planned.unwrap_or_default(),
    };
    if !planned.is_empty() {
        let changed = changed(&files, &planned)?;
        drop((planned, found));
        let files = files.into_iter().zip(changed);
        return Ok(files
            .map(|(file, changed)| match changed {
                Some(stream) => File {
                    content: Content::Documents(stream),
                    ..file
                },
                None => file,
            })
            .collect());
    }
    drop((planned, found));
    let rules = rules_beside(&files, request)?;
    Ok(files.into_iter().chain(rules).collect())
}

/// The text of each file that changes, edited and parsed.
pub fn changed(files: &[File], planned: &[Planned<'_>]) -> Result<Vec<Option<Stream>>> {
    changed_but(files, planned, EditedStreams::new())
}

/// The same, where some files have been edited already.
fn changed_but(
    files: &[File],
    planned: &[Planned<'_>],
    mut known: EditedStreams,
) -> Result<Vec<Option<Stream>>> {
    let edited = files.iter().enumerate().map(|(index, file)| {
        let ours = planned
            .iter()
            .filter(|planned| planned.object.file == index);
        let edits: Vec<_> = ours
            .flat_map(|planned| planned.edits.iter().cloned())
            .collect();
        match file.stream() {
            Some(stream) if !edits.is_empty() => {
                let name = format!("{} {AFTER}", stream.source().name());
                let edited = match known.remove(&index) {
                    Some(edited) => edited,
                    None => yaml::edited(stream, &edits)?.into_owned(),
                };
                Ok(Some(edited.renamed(&name)))
            }
            _ => Ok(None),
        }
    });
    edited.collect()
}

/// The files as they would be after the change, where some have been edited already.
pub fn files_after(
    files: &[File],
    planned: &[Planned<'_>],
    known: EditedStreams,
) -> Result<Vec<File>> {
    let changed = changed_but(files, planned, known)?;
    let after = files.iter().zip(changed).map(|(file, changed)| File {
        origin: file.origin.clone(),
        content: changed.map_or_else(|| file.content.clone(), Content::Documents),
    });
    Ok(after.collect())
}

/// The manifests of an Argo CD that has none yet.
pub fn fresh(request: &ChangeRequest, namespace: &str) -> Result<Vec<File>> {
    let variables = request.variables(namespace, request.match_mode());
    Desired::render(&request.engine, &variables)?;
    let files = Which::ALL.map(|which| {
        let rendered = request.engine.manifest(which, &variables)?;
        let source = Source::new(format!("<{which}>"), rendered.text);
        Ok(File {
            origin: Origin::Made,
            content: Content::Documents(Stream::parse(source)?),
        })
    });
    files.into_iter().collect()
}

/// The wanted rules that no bare policy of the input has.
fn rules_beside(files: &[File], request: &ChangeRequest) -> Result<Option<File>> {
    let policies: Vec<&Source> = files
        .iter()
        .filter_map(|file| match &file.content {
            Content::Policy(source) => Some(source),
            Content::Documents(_) => None,
        })
        .collect();
    if policies.is_empty() {
        return Ok(None);
    }
    let mode: MatchMode = request.match_mode();
    let desired = Desired::render(&request.engine, &request.variables(DEFAULT_NAMESPACE, mode))?;
    let name = format!("{} {AFTER}", desired.policy_key);
    let mut text = String::new();
    for rule in &desired.rules {
        let there = policies.iter().any(|source| {
            lines(&source.name().into(), source.text()).any(|line| match &line.line {
                Line::Policy(policy) => {
                    fields(policy) == rule.fields.each_ref().map(|text| &**text)
                }
                _ => false,
            })
        });
        if !there {
            text.push_str(&rule.line);
            text.push('\n');
        }
    }
    let content = Content::Policy(Source::new(name, text));
    Ok(Some(File {
        origin: Origin::Made,
        content,
    }))
}
