//! `gateway application`: an Application that installs the chart.

use super::plan::plan;
use crate::cli::GatewayApplicationArgs;
use crate::commands::context::Context;
use crate::error::{Code, Result};
use crate::model::shell::quoted;

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
    let text = settings.application(&values)?;
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
