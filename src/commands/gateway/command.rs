//! `gateway command`: the helm command that installs the chart.

use super::plan::plan;
use crate::cli::GatewayCommandArgs;
use crate::commands::context::Context;
use crate::error::{Code, Result};

/// Why no command of ours has `--atomic`.
const NOT_ATOMIC: &str = "--atomic is left out: what it rolls back stays registered in Octopus Deploy, to be deleted there by hand";

/// The helm command: every value as JSON in a word of its own, so that none can become another.
pub(super) fn run(args: &GatewayCommandArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let settings = plan(&args.chart, context)?;
    let values = settings.values(None)?;
    context.print(&settings.command(&values)?)?;
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
