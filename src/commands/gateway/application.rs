//! `gateway application`: an Application that installs the chart.

use super::plan::plan;
use crate::cli::GatewayApplicationArgs;
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::model::Source;
use crate::model::shell::quoted;
use crate::octopus::replaced;
use crate::yaml::Stream;

/// The Application: the values as they are, inside.
pub(super) fn run(args: &GatewayApplicationArgs, context: &mut Context<'_, '_>) -> Result<Code> {
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
