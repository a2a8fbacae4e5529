//! What is beside the objects: patches, a kustomize Component, a values file.

use serde_json::Value;

use super::super::{
    ChangeRequest, Desired, Edited, Goal, KeyChange, Kustomization, Overlay, Planned, ValuesFile,
    argocd_patch, json_patch, merge_patch,
};
use super::{OutputFile, OutputOptions, file_name, in_format, patch_name};
use crate::error::{Error, Result};
use crate::model::{DEFAULT_NAMESPACE, Form, MATCH_MODE_KEY, Which};
use crate::render::Variables;
use crate::yaml::Format;

/// What goes into a text that is beside the objects.
pub(super) struct Overlays<'a> {
    pub(super) variables: &'a Variables,
    pub(super) desired: &'a Desired,
    /// The changes of each ConfigMap that was read; `None` without input.
    pub(super) changes: Option<&'a [(Which, Vec<KeyChange>)]>,
}

/// A values file, or a kustomize Component.
pub(super) fn overlay_texts(
    options: &OutputOptions,
    request: &ChangeRequest,
    form: Form,
    overlays: &Overlays<'_>,
) -> Result<Vec<OutputFile>> {
    let wanted: Vec<Which> = request.wants().collect();
    let overlay = Overlay {
        desired: overlays.desired,
        changes: overlays.changes,
    };
    let (engine, variables) = (&request.engine, overlays.variables);
    let named = |name: &str, text: String| -> Result<OutputFile> {
        let text = in_format(text, name, options.format)?;
        let name = name.to_owned();
        Ok(OutputFile { name, text })
    };
    if form == Form::Helm {
        let root: Vec<String> = options
            .selector
            .values_root
            .iter()
            .flat_map(|root| root.split('.').map(str::to_owned))
            .collect();
        let file = ValuesFile {
            engine,
            variables,
            overlay,
            wanted: &wanted,
            root: &root,
        };
        return Ok(vec![named("values.yaml", file.text()?)?]);
    }
    let component = Kustomization {
        engine,
        variables,
        overlay,
        wanted: &wanted,
    };
    if !options.into_directory {
        return Ok(vec![named("kustomization.yaml", component.inline()?)?]);
    }
    let (text, patches) = component.files()?;
    let mut texts = vec![named("kustomization.yaml", text)?];
    for patch in patches {
        texts.push(named(&patch.name, patch.text)?);
    }
    Ok(texts)
}

/// The same with what was read taken into account. One Component or values file is for one Argo CD.
pub fn beside(
    options: &OutputOptions,
    request: &ChangeRequest,
    form: Form,
    planned: &[Planned<'_>],
) -> Result<Vec<OutputFile>> {
    let namespace = one_namespace(planned, form)?;
    let setting = planned.iter().find_map(|planned| match &planned.edited {
        Edited::ConfigMap(configmap) if configmap.which == Which::RbacCm => {
            Some(configmap.get(MATCH_MODE_KEY))
        }
        _ => None,
    });
    let mode = match setting {
        Some(setting) => request.mode_of(setting, Which::RbacCm.name())?,
        None => request.match_mode(),
    };
    let variables = request.variables(namespace, mode);
    let desired = Desired::render(&request.engine, &variables)?;
    let changes: Vec<(Which, Vec<KeyChange>)> = planned
        .iter()
        .filter_map(|planned| Some((planned.which()?, planned.plan.changes.clone())))
        .collect();
    if form == Form::Helm && request.goal == Goal::Absent {
        return Err(Error::input(
            "values are removed from the file that has them, and that file is not in the input",
        )
        .hint("name it: --form helm -f values.yaml --in-place --absent"));
    }
    let overlays = Overlays {
        variables: &variables,
        desired: &desired,
        changes: Some(&changes),
    };
    overlay_texts(options, request, form, &overlays)
}

fn one_namespace<'p>(planned: &'p [Planned<'_>], form: Form) -> Result<&'p str> {
    let namespace = planned
        .first()
        .map_or(DEFAULT_NAMESPACE, |first| &first.namespace);
    match planned.iter().find(|other| other.namespace != namespace) {
        Some(other) => Err(Error::usage(format!(
            "--form {} is for one Argo CD, and the input has those of the namespaces {namespace} and {}",
            form.as_str(),
            other.namespace
        ))
        .hint("choose one with -n NAMESPACE")),
        None => Ok(namespace),
    }
}

/// A patch for every object.
pub fn patches(options: &OutputOptions, planned: &[Planned<'_>], form: Form) -> Vec<OutputFile> {
    let several = planned
        .iter()
        .any(|other| other.namespace != planned[0].namespace);
    let lock = options.keep_lock;
    let texts = planned.iter().filter_map(|planned| {
        let format = options
            .format
            .unwrap_or(match planned.object.stream().format() {
                _ if form == Form::JsonPatch => Format::Json,
                Format::Yaml => Format::Yaml,
                Format::Json => Format::Json,
            });
        let namespace = several.then_some(planned.namespace.as_str());
        let (name, patch) = match &planned.edited {
            Edited::Values => return None,
            Edited::ConfigMap(configmap) => {
                let changes = &planned.plan.changes;
                let patch = if form == Form::JsonPatch {
                    json_patch(configmap, changes, lock)
                } else {
                    merge_patch(configmap, changes, lock)
                };
                (file_name(namespace, configmap.which, form, format), patch)
            }
            Edited::ArgoCd(patch) | Edited::AppProject(patch) => {
                let mut patch = patch.clone();
                if let Some(Value::Object(metadata)) = patch.get_mut("metadata")
                    && !lock
                {
                    metadata.shift_remove("resourceVersion");
                }
                let name = patch_name(namespace, planned.object.name(), true, format);
                (name, patch)
            }
        };
        Some(OutputFile {
            name,
            text: format.write(&patch),
        })
    });
    texts.collect()
}

/// For ConfigMaps that argocd-operator owns, without their `ArgoCD`: its merge patch with the
/// account, and the patch with the rules in a key of their own, which the operator leaves alone.
pub fn for_operator(
    options: &OutputOptions,
    name: &str,
    planned: &[Planned<'_>],
) -> Vec<OutputFile> {
    let mut texts = Vec::new();
    for one in planned {
        if one.which() == Some(Which::Cm) {
            let format = options.format.unwrap_or(Format::Yaml);
            let patch = argocd_patch(Some(name), None, &one.plan.changes, &[]);
            texts.push(OutputFile {
                name: patch_name(None, DEFAULT_NAMESPACE, true, format),
                text: format.write(&patch),
            });
        } else {
            let one = std::slice::from_ref(one);
            texts.extend(patches(options, one, Form::Patch));
        }
    }
    texts
}
