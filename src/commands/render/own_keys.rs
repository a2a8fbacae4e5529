//! What an instance without files of its own gets: a kustomization with our keys only, which an
//! Application delivers.

use super::standalone::checked;
use super::texts::Text;
use crate::cli::{Form, RenderArgs};
use crate::commands::change::Wish;
use crate::error::{Error, Result};
use crate::model::{Instance, Which};
use crate::plan::{Desired, Goal};

/// The files of the instance's directory.
pub(in crate::commands) fn own_keys(
    args: &RenderArgs,
    instance: &Instance,
    wish: &Wish,
) -> Result<Vec<Text>> {
    refuse(args, wish)?;
    let namespace = args.input.namespace.as_deref().unwrap_or("argocd");
    let variables = wish.variables(namespace, wish.match_mode());
    let desired = Desired::render(&wish.engine, &variables)?;
    let configmaps: Vec<Which> = wish.wants().collect();
    let mut texts = Vec::new();
    for which in &configmaps {
        let rendered = wish.engine.fleet_configmap(*which, &variables)?;
        checked(&rendered, *which, desired.data(*which))?;
        texts.push(Text {
            name: format!("{which}.yaml"),
            text: rendered.text,
        });
    }
    let rendered = wish.engine.fleet_kustomization(&configmaps, &variables)?;
    texts.push(Text {
        name: "kustomization.yaml".to_owned(),
        text: rendered.text,
    });
    let rendered = wish.engine.fleet_instance(instance, &variables)?;
    texts.push(Text {
        name: "instance.yaml".to_owned(),
        text: rendered.text,
    });
    Ok(texts)
}

fn refuse(args: &RenderArgs, wish: &Wish) -> Result<()> {
    if let Some(form @ (Form::Helm | Form::Operator | Form::AppProject)) = args.input.form {
        return Err(Error::input(format!(
            "the instance has the form {} and no files, and its owner would take other changes back",
            form.as_str()
        ))
        .hint("name the owner's files in the configuration: files: [values.yaml]"));
    }
    if wish.goal == Goal::Absent {
        return Err(
            Error::input("what is taken out must be known, and the instance has no files")
                .hint("for one Argo CD: render --instance NAME --live --absent -o patch"),
        );
    }
    if wish.shares_a_key() {
        return Err(Error::input(
            "a policy key that others write too is replaced whole, and nobody knows its rules without files",
        )
        .hint("leave policyKey out: the rules then have a key of their own"));
    }
    Ok(())
}
