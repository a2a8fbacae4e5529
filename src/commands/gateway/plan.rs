//! What the gateway is told, from options, configuration and the input.

use serde_json::{Map, Value};

use super::found;
use crate::cli::{ChartArgs, GatewayArgs};
use crate::commands::change::{extra, mapping, overrides};
use crate::commands::context::Context;
use crate::error::Result;
use crate::model::DEFAULT_NAMESPACE;
use crate::octopus::{GatewayPlan, ValuesOverlay};
use crate::render::Override;

/// What the gateway is told: by options and configuration, and where they say nothing by what
/// Argo CD says of itself.
pub(super) fn plan(args: &ChartArgs, context: &mut Context<'_, '_>) -> Result<GatewayPlan> {
    let found = found::read(&args.input, context)?;
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
    let overrides = overrides(args.template_dir.as_deref(), context)?;
    let extra = extra(&args.template_set, &args.template_values, context)?;
    Ok((overrides, extra))
}

/// What the user lays over the values.
pub(super) fn overlay(args: &ChartArgs, context: &Context<'_, '_>) -> Result<ValuesOverlay> {
    let files = args
        .values
        .iter()
        .map(|path| Ok(Value::Object(mapping(path, context)?)));
    Ok(ValuesOverlay {
        files: files.collect::<Result<_>>()?,
        set: args.set.clone(),
    })
}
