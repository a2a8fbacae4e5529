//! `gateway command`: the helm command that installs the chart.

use super::plan::plan;
use crate::cli::GatewayCommandArgs;
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};

/// Why no command of ours has `--atomic`.
const NOT_ATOMIC: &str = "without --atomic on purpose: a first install that is rolled back stays registered in Octopus Deploy, to be deleted there by hand";

/// The helm command: every value as JSON in a word of its own, so that none can become another.
pub(super) fn run(args: &GatewayCommandArgs, context: &mut Context<'_, '_>) -> Result<Code> {
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
