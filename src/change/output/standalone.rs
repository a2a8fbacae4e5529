//! What is rendered without input: the templates as they are.

use serde_json::Value;

use super::super::{ChangeRequest, Desired, Goal, KeyChange, argocd_patch, merge_patch};
use super::overlays::{Overlays, overlay_texts};
use super::{OutputFile, OutputOptions, file_name, in_format, list};
use crate::error::{Error, Result};
use crate::model::{DEFAULT_NAMESPACE, Data, Form, Source, Which};
use crate::render::{Rendered, Variables};
use crate::yaml::{self, Format, Stream};

/// The texts, and the form they are in.
pub fn standalone(
    options: &OutputOptions,
    request: &ChangeRequest,
    form: Option<Form>,
    fresh: bool,
) -> Result<(Vec<OutputFile>, Form)> {
    let format = options.format;
    let default = if fresh { Form::Manifest } else { Form::Patch };
    let form = form.filter(|form| *form != Form::Auto).unwrap_or(default);
    refuse_without_input(fresh, request, form)?;
    let namespace = options.selector.namespace();
    let variables = request.variables(namespace, request.match_mode());
    let desired = Desired::render(&request.engine, &variables)?;
    let texts = match form {
        Form::Helm | Form::Kustomize => {
            let removed = |which| (which, removals(desired.data(which)));
            let changes: Option<Vec<_>> =
                (request.goal == Goal::Absent).then(|| request.wants().map(removed).collect());
            overlay_texts(
                options,
                request,
                form,
                &Overlays {
                    variables: &variables,
                    desired: &desired,
                    changes: changes.as_deref(),
                },
            )?
        }
        Form::Operator => vec![argocd(request, &variables, &desired, format)?],
        Form::Manifest | Form::Patch | Form::JsonPatch | Form::AppProject | Form::Auto => request
            .wants()
            .map(|which| configmap(request, which, form, &variables, &desired, format))
            .collect::<Result<_>>()?,
    };
    if form == Form::Manifest && format == Some(Format::Json) && texts.len() > 1 {
        return Ok((vec![list(&texts)?], form));
    }
    Ok((texts, form))
}

fn refuse_without_input(fresh: bool, request: &ChangeRequest, form: Form) -> Result<()> {
    const GIVE: &str = "give the objects with -f FILE or --live";
    if fresh && form != Form::Manifest {
        return Err(Error::usage(format!(
            "--fresh is for ConfigMaps that do not exist yet, and {} changes some that do",
            form.as_str()
        ))
        .hint("leave --fresh out, or use --form manifest"));
    }
    let error = match form {
        Form::Manifest if !fresh => {
            return Err(Error::usage("a manifest needs the current objects")
                .hint("give them with -f FILE or --live; for a new Argo CD, use --fresh"));
        }
        Form::AppProject => Error::usage(
            "the roles of an AppProject are one list, which a patch replaces whole: it needs the current AppProject",
        )
        .hint("read it with: kubectl get appproject -n NAMESPACE -o yaml"),
        Form::JsonPatch => Error::usage(
            "a JSON patch depends on what is there: it needs the objects",
        ),
        Form::Operator if request.wants().any(|which| which == Which::RbacCm) => Error::usage(
            "where the rules go depends on whether the ArgoCD resource sets a policy: it needs \
             the resource",
        )
        .hint("read it with: kubectl get argocd -n NAMESPACE -o yaml; --only argocd-cm leaves the rules out"),
        Form::Helm if request.goal == Goal::Absent => Error::usage(
            "values are removed from the file that has them, and values of another file cannot remove them",
        )
        .hint("name the file: -f values.yaml --in-place"),
        Form::Patch | Form::Kustomize | Form::Helm if request.shares_a_key() => Error::usage(
            "a patch of a policy key that others write too replaces their rules, and without input they are unknown",
        )
        .hint("or leave --policy-key out: the rules then have a key of their own"),
        Form::Manifest
        | Form::Patch
        | Form::Kustomize
        | Form::Helm
        | Form::Operator
        | Form::Auto => return Ok(()),
    };
    Err(error.hint(GIVE))
}

/// Every key goes.
fn removals(data: &Data) -> Vec<KeyChange> {
    let gone = data.iter().map(|(key, text)| KeyChange {
        key: key.to_owned(),
        before: Some(text.to_owned()),
        after: None,
    });
    gone.collect()
}

/// The merge patch or the manifest of one ConfigMap.
fn configmap(
    request: &ChangeRequest,
    which: Which,
    form: Form,
    variables: &Variables,
    desired: &Desired,
    format: Option<Format>,
) -> Result<OutputFile> {
    let name = file_name(None, which, form, format.unwrap_or(Format::Yaml));
    if request.goal == Goal::Absent {
        let current = crate::model::ConfigMap {
            which,
            namespace: variables.namespace.clone(),
            resource_version: None,
            data: None,
        };
        let patch = merge_patch(&current, &removals(desired.data(which)), false);
        let text = format.unwrap_or(Format::Yaml).write(&patch);
        return Ok(OutputFile { name, text });
    }
    let rendered = match form {
        Form::Manifest => request.engine.manifest(which, variables)?,
        Form::Patch
        | Form::JsonPatch
        | Form::Kustomize
        | Form::Helm
        | Form::Operator
        | Form::AppProject
        | Form::Auto => request.engine.patch(which, variables)?,
    };
    checked(&rendered, which, desired.data(which))?;
    let text = in_format(rendered.text, &rendered.template, format)?;
    Ok(OutputFile { name, text })
}

/// The merge patch of an `ArgoCD` resource: its own name no one knows.
fn argocd(
    request: &ChangeRequest,
    variables: &Variables,
    desired: &Desired,
    format: Option<Format>,
) -> Result<OutputFile> {
    let text = if request.goal == Goal::Absent {
        let patch = argocd_patch(None, None, &removals(&desired.cm), &[]);
        format.unwrap_or(Format::Yaml).write(&patch)
    } else {
        let rendered = request.engine.argocd_patch(variables)?;
        let value = value(&rendered)?;
        let entries = value.pointer("/spec/extraConfig");
        if !has_exactly(entries, &desired.cm) {
            return Err(Error::input(format!(
                "{}: what this template renders does not have the entries of its data template in \
                 `spec.extraConfig`",
                rendered.template
            ))
            .hint("the built-in template argocd.patch.yaml.j2 shows the shape"));
        }
        in_format(rendered.text, &rendered.template, format)?
    };
    let format = format.unwrap_or(Format::Yaml);
    let name = super::patch_name(None, DEFAULT_NAMESPACE, true, format);
    Ok(OutputFile { name, text })
}

fn value(rendered: &Rendered) -> Result<Value> {
    let source = Source::new(format!("{} (rendered)", rendered.template), &*rendered.text);
    let stream = Stream::parse(source)?;
    let root = stream.documents().first().and_then(yaml::Document::root);
    match (stream.documents(), root) {
        ([document], Some(root)) => Ok(document.to_json(root)?),
        _ => Ok(Value::Null),
    }
}

fn has_exactly(entries: Option<&Value>, data: &Data) -> bool {
    entries.and_then(Value::as_object).is_some_and(|entries| {
        entries.len() == data.iter().count()
            && data
                .iter()
                .all(|(key, text)| entries.get(key).and_then(Value::as_str) == Some(text))
    })
}

/// Reads a rendered document again: it must be for this ConfigMap, with exactly these entries.
pub(super) fn checked(rendered: &Rendered, which: Which, data: &Data) -> Result<()> {
    let value = value(rendered)?;
    let name = value.pointer("/metadata/name").and_then(Value::as_str);
    if !has_exactly(value.get("data"), data) || name != Some(which.name()) {
        return Err(Error::input(format!(
            "{}: what this template renders is not {which} with the entries of its data template",
            rendered.template
        ))
        .hint("include them with `{% filter indent(2) %}{% include data_template %}{% endfilter %}` below `data:`"));
    }
    Ok(())
}
