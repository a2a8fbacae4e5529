//! What an instance without files of its own gets: a kustomization with our keys only, which an
//! Application delivers.

use super::super::{ChangeRequest, Desired, Goal};
use super::OutputFile;
use super::standalone::checked;
use crate::error::{Error, Result};
use crate::model::{Form, Instance, Which};
use crate::site::Selector;

/// The files of the instance's directory.
pub fn own_keys(
    selector: &Selector,
    form: Option<Form>,
    instance: &Instance,
    request: &ChangeRequest,
) -> Result<Vec<OutputFile>> {
    refuse(form, request)?;
    let namespace = selector.namespace();
    let variables = request.variables(namespace, request.match_mode());
    let desired = Desired::render(&request.engine, &variables)?;
    let configmaps: Vec<Which> = request.wants().collect();
    let mut texts = Vec::new();
    for which in &configmaps {
        let rendered = request.engine.fleet_configmap(*which, &variables)?;
        checked(&rendered, *which, desired.data(*which))?;
        texts.push(OutputFile {
            name: format!("{which}.yaml"),
            text: rendered.text,
        });
    }
    let rendered = request
        .engine
        .fleet_kustomization(&configmaps, &variables)?;
    texts.push(OutputFile {
        name: "kustomization.yaml".to_owned(),
        text: rendered.text,
    });
    let rendered = request.engine.fleet_instance(instance, &variables)?;
    texts.push(OutputFile {
        name: "instance.yaml".to_owned(),
        text: rendered.text,
    });
    Ok(texts)
}

fn refuse(form: Option<Form>, request: &ChangeRequest) -> Result<()> {
    if let Some(form @ (Form::Helm | Form::Operator | Form::AppProject)) = form {
        return Err(Error::input(format!(
            "the instance has the form {} and no files, and its owner would revert other changes",
            form.as_str()
        ))
        .hint("name the owner's files in the configuration: files: [values.yaml]"));
    }
    if request.goal == Goal::Absent {
        return Err(Error::input(
            "--absent must know what to remove, and the instance has no files",
        )
        .hint("for one Argo CD: render --instance NAME --live --absent --form patch"));
    }
    if request.shares_a_key() {
        return Err(Error::input(
            "a policy key that others write too is replaced as a whole, and without files its rules are unknown",
        )
        .hint("leave policyKey out: the rules then have a key of their own"));
    }
    Ok(())
}
