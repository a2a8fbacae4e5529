//! `gateway`: hands the token and the connection to the Octopus gateway's chart.

mod check;
mod found;
mod secret;
mod values;

use serde_json::{Map, Value};

use super::change::{extra, mapping, overrides};
use super::context::Context;
use crate::cli::{
    ChartArgs, GatewayApplicationArgs, GatewayArgs, GatewayCommand, GatewayCommandArgs,
};
use crate::error::{Code, Error, Result};
use crate::model::Source;
use crate::model::shell::quoted;
use crate::octopus::{GatewayPlan, ValuesOverlay, replaced};
use crate::render::Override;
use crate::yaml::Stream;

pub(crate) fn run(command: &GatewayCommand, context: &mut Context<'_, '_>) -> Result<Code> {
    match command {
        GatewayCommand::Secret(args) => secret::run(args, context),
        GatewayCommand::Values(args) => values::run(args, context),
        GatewayCommand::Application(args) => application(args, context),
        GatewayCommand::Command(args) => helm(args, context),
    }
}

/// Why no command of ours has `--atomic`.
const NOT_ATOMIC: &str = "without --atomic on purpose: a first install that is rolled back stays registered in Octopus Deploy, to be deleted there by hand";

/// What the gateway is told: by options and configuration, and where they say nothing by what
/// Argo CD says of itself.
fn plan(args: &ChartArgs, context: &mut Context<'_, '_>) -> Result<GatewayPlan> {
    let found = found::read(&args.input, context)?;
    let mut gateway = args.gateway.told.0.clone();
    let notes = found.complete(&mut gateway);
    let namespace = args.input.namespace.as_deref();
    let mut plan = GatewayPlan::new(
        gateway,
        namespace.or(found.namespace.as_deref()).unwrap_or("argocd"),
        templates(&args.gateway, context)?,
    )?;
    context.tell(&notes);
    plan.overlay = overlay(args, context)?;
    Ok(plan)
}

/// The templates of `--template-dir`, and the values that templates see beside our own.
fn templates(
    args: &GatewayArgs,
    context: &Context<'_, '_>,
) -> Result<(Vec<Override>, Map<String, Value>)> {
    let overrides = overrides(args.template_dir.as_deref(), context)?;
    let extra = extra(&args.template_set, &args.template_values, context)?;
    Ok((overrides, extra))
}

/// What the user lays over the values.
fn overlay(args: &ChartArgs, context: &Context<'_, '_>) -> Result<ValuesOverlay> {
    let files = args
        .values
        .iter()
        .map(|path| Ok(Value::Object(mapping(path, context)?)));
    Ok(ValuesOverlay {
        files: files.collect::<Result<_>>()?,
        set: args.set.clone(),
    })
}

/// The Application: the values as they are, inside.
fn application(args: &GatewayApplicationArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let mut settings = plan(&args.chart, context)?;
    settings.in_application = true;
    settings
        .application_project
        .clone_from(&args.application_project);
    if settings.gateway.chart_version.is_none() {
        settings.gateway.chart_version = Some("*.*".to_owned());
        context.warn(
            "the chart's version is not pinned: Argo CD installs whatever is newest; --chart-version pins it",
        );
    }
    let values = settings.values(None)?;
    let rendered = settings
        .engine
        .gateway("gateway-application.yaml.j2", &settings.variables(None))?;
    let mut text = rendered.text;
    let parse = |text: &str| Stream::parse(Source::new(&*rendered.template, text));
    if !settings.overlay.is_empty() {
        let route = ["spec", "source", "helm", "valuesObject"];
        text = replaced(&parse(&text)?, &route, &values.model)?;
    }
    let stream = parse(&text)?;
    let model = match stream.documents() {
        [one] => one.root().map(|root| one.to_json(root)).transpose()?,
        _ => None,
    };
    let inside = model
        .as_ref()
        .and_then(|model| model.pointer("/spec/source/helm/valuesObject"));
    if inside != Some(&values.model) {
        return Err(Error::input(format!(
            "{}: what this template renders has not the chart's values at spec.source.helm.valuesObject",
            rendered.template
        ))
        .hint("include them with `{% filter indent(8) %}{% include \"gateway-values.yaml.j2\" %}{% endfilter %}`"));
    }
    context.print(&text)?;
    context.tell(&values.notes);
    context.tell(&settings.notes());
    let (namespace, release) = (settings.argocd_namespace(), settings.release());
    context.next(format!(
        "make the Secrets that it names, then commit it, or: kubectl apply --server-side -n {} -f -; it installs {}",
        quoted(namespace), quoted(release)
    ));
    Ok(Code::OK)
}

/// The helm command: every value as JSON in a word of its own, so that none can become another.
fn helm(args: &GatewayCommandArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let settings = plan(&args.chart, context)?;
    let values = settings.values(None)?;
    let mut flat = Vec::new();
    flatten("", &values.model, &mut flat)?;
    let rendered = settings
        .engine
        .gateway("gateway-command.sh.j2", &settings.command_variables(flat))?;
    context.print(&rendered.text)?;
    context.tell(&values.notes);
    context.tell(&settings.notes());
    context.note(NOT_ATOMIC);
    if settings.gateway.chart_version.is_none() {
        context.note("the chart's version is not pinned: helm installs whatever is newest; --chart-version pins it");
    }
    context.next(
        "make the Secrets that it names, then run it with the kubeconfig of the gateway's cluster",
    );
    Ok(Code::OK)
}

/// Leaves of the values as `path=JSON`, as helm's --set-json takes them.
fn flatten(path: &str, value: &serde_json::Value, into: &mut Vec<String>) -> Result<()> {
    match value {
        serde_json::Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                if key.contains(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')) {
                    return Err(Error::input(format!(
                        "helm's command line cannot set the key `{}`",
                        key.escape_debug()
                    ))
                    .hint("use `gateway values` and `helm upgrade -f values.yaml`"));
                }
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                flatten(&path, value, into)?;
            }
        }
        leaf => into.push(format!("{path}={leaf}")),
    }
    Ok(())
}
