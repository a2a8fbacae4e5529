//! `gateway values --check`: judges values that someone has already.

use serde_json::{Map, Value};

use super::plan::overlay;
use crate::cli::GatewayValuesArgs;
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::model::Severity;
use crate::octopus::{judge, place_of, values_of};
use crate::report::gateway;
use crate::text::counted;

pub(super) fn run(args: &GatewayValuesArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let files = context.read(&args.chart.input, None, &[])?;
    let Some(files) = files else {
        return Err(Error::usage("--check needs values to check")
            .hint("name the values file of the gateway: -f values.yaml, or - for stdin")
            .hint("for an installed gateway: helm get values octopus-gateway -n octopus-gateway | kubectl octopus-argo gateway values --check -f -"));
    };
    let mut overlay = overlay(&args.chart, context)?;
    let read = files.iter().map(values_of);
    let read = read.collect::<Result<Vec<_>>>()?;
    overlay.files.splice(0..0, read);
    let merged = overlay.over(&Value::Object(Map::new()))?;
    let faults = judge(&merged);
    let found = faults
        .iter()
        .map(|fault| Ok((fault, place_of(fault, &files)?)));
    let found = found.collect::<Result<Vec<_>>>()?;
    context.print_painted(&gateway::faults(&found, context.style()))?;
    let worst = faults.iter().map(|fault| fault.gravity).max();
    let is_well = worst.is_none_or(|worst| worst == Severity::Note);
    let count = |gravity| {
        let count = faults
            .iter()
            .filter(|fault| fault.gravity == gravity)
            .count();
        counted(count, gravity.as_str())
    };
    let summary = [Severity::Error, Severity::Warning, Severity::Note].map(count);
    context.conclude(is_well, summary.join(", "));
    Ok(if is_well { Code::OK } else { Code::NO })
}
