//! What the gateway is told, from options, configuration and the input.

use serde_json::{Map, Value};

use crate::change::{read_mapping, template_overrides, template_values};
use crate::cli::{ChartArgs, GatewayArgs, Input};
use crate::commands::asked::question;
use crate::commands::context::Context;
use crate::error::Result;
use crate::model::DEFAULT_NAMESPACE;
use crate::octopus::{FoundValues, GatewayPlan, ValuesOverlay};
use crate::rbac::ArgoCdVersion;
use crate::render::Override;
use crate::site::{ask_at_most_one, objects};

/// What the gateway is told: by options and configuration, and where they say nothing by what
/// Argo CD says of itself.
pub(super) fn plan(args: &ChartArgs, context: &mut Context<'_, '_>) -> Result<GatewayPlan> {
    let found = found(&args.input, context)?;
    let mut gateway = args.gateway.told.0.clone();
    let notes = found.complete(&mut gateway);
    let namespace = args.input.namespace.as_deref();
    let mut plan = GatewayPlan::new(
        gateway,
        namespace
            .or(found.namespace.as_deref())
            .unwrap_or(DEFAULT_NAMESPACE),
        templates(&args.gateway, context)?,
    )?;
    context.tell(&notes);
    plan.overlay = overlay(args, context)?;
    Ok(plan)
}

/// The templates of `--template-dir`, and the values that templates see beside our own.
pub(super) fn templates(
    args: &GatewayArgs,
    context: &Context<'_, '_>,
) -> Result<(Vec<Override>, Map<String, Value>)> {
    let base = &context.host.directory;
    let overrides = template_overrides(args.template_dir.as_deref(), base)?;
    let extra = template_values(&args.template_set, &args.template_values, base)?;
    Ok((overrides, extra))
}

/// What the user lays over the values.
pub(super) fn overlay(args: &ChartArgs, context: &Context<'_, '_>) -> Result<ValuesOverlay> {
    let files = args
        .values
        .iter()
        .map(|path| Ok(Value::Object(read_mapping(path, &context.host.directory)?)));
    Ok(ValuesOverlay {
        files: files.collect::<Result<_>>()?,
        set: args.set.clone(),
    })
}

/// Returns the values that Argo CD's own settings imply; none without input.
fn found(args: &Input, context: &mut Context<'_, '_>) -> Result<FoundValues> {
    let Some(state) = context.read_state(args, &[])? else {
        return Ok(FoundValues::default());
    };
    let mut question = question(args, ArgoCdVersion::NEWEST);
    question.base = state.base;
    let several = "the input has several Argo CDs, and the gateway reads from one";
    let argocd = ask_at_most_one(&state.files, &question, several)?;
    Ok(FoundValues::of(&objects(&state.files), argocd.as_ref()))
}
