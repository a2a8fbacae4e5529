//! Reads the objects of a cluster that each question needs.

use super::live::{Cluster, WantedObjects, get};
use super::{File, Skipped};
use crate::error::{Error, Kind, Result};
use crate::model::Form;
use crate::process::Runner;
use crate::text::Note;

/// Reads the whole live state: the ConfigMaps with settings that decide, and the AppProjects.
///
/// # Errors
/// ConfigMaps that are not there or may not be read.
pub fn live_state(
    cluster: &Cluster,
    runner: &dyn Runner,
    notes: &mut Vec<Note>,
) -> Result<Vec<File>> {
    let settings = match get(cluster, &WantedObjects::Settings, runner) {
        // Anyone who may read the two need not be allowed to read the third.
        Err(error) if error.to_string().to_lowercase().contains("forbidden") => {
            let two = get(cluster, &WantedObjects::ConfigMaps, runner)?;
            notes.push(Note::new(
                "argocd-cmd-params-cm was not read, so Argo CD's defaults count",
            ));
            two
        }
        other => other?,
    };
    let mut files = vec![settings];
    files.extend(live_projects(cluster, runner, notes));
    Ok(files)
}

/// Reads what decides beside the two ConfigMaps: argocd-cmd-params-cm and the AppProjects.
pub fn live_beside_configmaps(
    cluster: &Cluster,
    runner: &dyn Runner,
    notes: &mut Vec<Note>,
) -> Vec<File> {
    let what = "argocd-cmd-params-cm was not read, so Argo CD's defaults count";
    let params = live_if_any(cluster, &WantedObjects::Params, what, runner, notes);
    let projects = live_projects(cluster, runner, notes);
    params.into_iter().chain(projects).collect()
}

fn live_projects(cluster: &Cluster, runner: &dyn Runner, notes: &mut Vec<Note>) -> Option<File> {
    let what = "AppProjects were not read, so what their roles give is not known";
    let wanted = WantedObjects::AppProjects(&[]);
    live_if_any(cluster, &wanted, what, runner, notes)
}

/// Reads objects that need not exist; `what` says what it means that they may not be read.
fn live_if_any(
    cluster: &Cluster,
    wanted: &WantedObjects<'_>,
    what: &str,
    runner: &dyn Runner,
    notes: &mut Vec<Note>,
) -> Option<File> {
    match get(cluster, wanted, runner) {
        Ok(file) => Some(file),
        Err(error) => {
            if error.kind() != Kind::Input {
                notes.push(Note::new(format!("{what}: {error}")));
            }
            None
        }
    }
}

/// Reads the live objects that a form edits; of AppProjects only `projects`, if some are named.
///
/// # Errors
/// A form whose objects are not in a cluster, and objects that are not there or may not be read.
pub fn live_objects(
    cluster: &Cluster,
    form: Option<Form>,
    projects: &[String],
    runner: &dyn Runner,
) -> Result<Vec<File>> {
    let get = |wanted: &WantedObjects<'_>| get(cluster, wanted, runner);
    Ok(match form {
        Some(Form::Operator) => {
            let mut files = vec![get(&WantedObjects::ArgoCd)?];
            match get(&WantedObjects::RbacCm) {
                // Its absence is said where it matters.
                Err(error) if error.kind() == Kind::Input => {}
                other => files.push(other?),
            }
            files
        }
        Some(Form::AppProject) => vec![get(&WantedObjects::AppProjects(projects))?],
        Some(Form::Helm) => {
            return Err(Error::usage("values are in a file, not in the cluster").hint(
                "name it: -f values.yaml --in-place; without input values are rendered for a new file",
            ));
        }
        None
        | Some(Form::Manifest | Form::Patch | Form::JsonPatch | Form::Kustomize | Form::Auto) => {
            vec![get(&WantedObjects::ConfigMaps)?]
        }
    })
}

/// Returns what was left out of directories; each file where `all` is wanted, or where it matters.
pub fn skipped_notes(skipped: &[Skipped], all: bool) -> Vec<Note> {
    let mut notes = Vec::new();
    if !skipped.is_empty() {
        let count = skipped.len();
        let (files, verb) = if count == 1 {
            ("file", "was")
        } else {
            ("files", "were")
        };
        notes.push(Note::new(format!(
            "{count} {files} of the directory {verb} left out: not YAML or JSON"
        )));
    }
    for file in skipped {
        let (path, reason) = (file.path.display(), &file.reason);
        if file.names_argo_cd {
            notes.push(Note::warning(format!(
                "left out {path}, though it names an Argo CD ConfigMap: {reason}"
            )));
        } else if all {
            notes.push(Note::new(format!("left out {path}: {reason}")));
        }
    }
    notes
}
