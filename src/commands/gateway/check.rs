//! `gateway values --check`: judges values that someone has already.

use serde_json::{Map, Value};

use super::plan::overlay;
use crate::cli::GatewayValuesArgs;
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::input::File;
use crate::model::Location;
use crate::octopus::{Fault, Gravity, ValuesOverlay, judge};
use crate::report::gateway;
use crate::text::counted;

pub(super) fn run(args: &GatewayValuesArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let files = context.read(&args.chart.input, None, &[])?;
    let Some(files) = files else {
        return Err(Error::usage("--check has no values to judge")
            .hint("name the values file of the gateway: -f values.yaml, or - for stdin")
            .hint("of an installed gateway: helm get values octopus-gateway -n octopus-gateway | kubectl octopus-argo gateway values --check -f -"));
    };
    let mut overlay = overlay(&args.chart, context)?;
    let read = files.iter().map(values);
    let read = read.collect::<Result<Vec<_>>>()?;
    overlay.files.splice(0..0, read);
    let merged = merged(&overlay)?;
    let faults = judge(&merged);
    let found = faults
        .iter()
        .map(|fault| Ok((fault, place(fault, &files)?)));
    let found = found.collect::<Result<Vec<_>>>()?;
    context.print_painted(&gateway::faults(&found, context.style()))?;
    let worst = faults.iter().map(|fault| fault.gravity).max();
    let is_well = worst.is_none_or(|worst| worst == Gravity::Note);
    let count = |gravity| {
        let count = faults
            .iter()
            .filter(|fault| fault.gravity == gravity)
            .count();
        counted(count, gravity.as_str())
    };
    let summary = [Gravity::Error, Gravity::Warning, Gravity::Note].map(count);
    context.conclude(is_well, summary.join(", "));
    Ok(if is_well { Code::OK } else { Code::NO })
}

fn merged(overlay: &ValuesOverlay) -> Result<Value> {
    overlay.over(&Value::Object(Map::new()))
}

/// The values of a file: its one document, or of an Application those inside.
fn values(file: &File) -> Result<Value> {
    let wrong = || {
        Error::input(format!(
            "{} holds no values: names and their values are expected",
            file.source().name()
        ))
    };
    let stream = file.stream().ok_or_else(wrong)?;
    let [document] = stream.documents() else {
        return Err(wrong());
    };
    stream.refuse_duplicates()?;
    match document.root() {
        None => Ok(Value::Object(Map::new())),
        Some(root) => {
            let value = document.to_json(root)?;
            if !value.is_object() || value.get("kind").is_some() {
                return Err(wrong().hint(
                    "of an Application the values are below spec.source.helm.valuesObject: put them into a file of their own",
                ));
            }
            Ok(value)
        }
    }
}

/// Where a fault's path leads in the last file that has any of it.
fn place(fault: &Fault, files: &[File]) -> Result<Location> {
    let mut best = None;
    for file in files {
        let document = file.stream().and_then(|stream| stream.documents().first());
        let Some((document, root)) = document.and_then(|one| Some((one, one.root()?))) else {
            continue;
        };
        let mut node = document.resolve(root);
        let (mut start, mut depth) = (node.span().start, 0);
        for key in &fault.path {
            let Some(entry) = node.entry(key) else {
                break;
            };
            start = entry.key.span().start;
            node = document.resolve(&entry.value);
            depth += 1;
        }
        if best.as_ref().is_none_or(|(most, _)| depth >= *most) {
            best = Some((depth, file.source().location(start)));
        }
    }
    best.map(|(_, place)| place)
        .ok_or_else(|| Error::input("the values are empty").hint("`gateway values` prints some"))
}
