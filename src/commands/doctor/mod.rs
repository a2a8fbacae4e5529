//! `doctor`: every step from the account to the annotated Applications, and the one next command.

mod cluster;
mod facts;
mod look;

use std::path::Path;
use std::time::{Duration, Instant};

use super::argocd::client;
use super::context::Context;
use crate::cli::{DoctorArgs, DoctorOutput};
use crate::error::{Code, Error, Kind, Result};
use crate::model::Span;
use crate::octopus::doctor::{Chain, StepState};
use crate::report::doctor;
use crate::yaml::Format;

/// How long `--watch` waits between two looks.
const PAUSE: Duration = Duration::from_secs(2);
/// How long `--watch` goes on without `--timeout`.
const WATCH: Duration = Duration::from_secs(600);

pub(crate) fn run(args: &DoctorArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    if args.watch && args.filename.iter().any(|path| path == Path::new("-")) {
        return Err(
            Error::usage("stdin can be read once, and --watch looks again")
                .hint("name a file instead of -"),
        );
    }
    let limit = args.argocd.timeout.map_or(WATCH, Span::duration);
    let until = args.watch.then(|| Instant::now() + limit);
    let mut said = String::new();
    let chain = loop {
        let chain = look::look(args, context)?;
        let Some(until) = until.filter(|_| !chain.is_settled()) else {
            break chain;
        };
        let waits = waits(&chain);
        if waits != said {
            context.note(format!("waiting for {waits}"));
            said = waits;
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break chain;
        }
        if !client(&args.argocd, context)?.pause(PAUSE.min(left)) {
            return Err(Error::new(Kind::Interrupted, "interrupted"));
        }
    };
    match args.output {
        DoctorOutput::Text => {
            let style = context.style();
            context.print_painted(&doctor::text(&chain, style))?;
        }
        DoctorOutput::Json | DoctorOutput::Yaml => {
            let format = match args.output {
                DoctorOutput::Yaml => Format::Yaml,
                _ => Format::Json,
            };
            let text = format.write(&doctor::json(&chain));
            context.print(&text)?;
        }
    }
    conclude(&chain, context);
    if let Some(next) = chain.next() {
        context.next(next);
    }
    Ok(if chain.is_well() { Code::OK } else { Code::NO })
}

/// The steps that are not done, with what they are.
fn waits(chain: &Chain) -> String {
    let open = chain
        .steps
        .iter()
        .filter(|step| step.state != StepState::Done);
    let words = open.map(|step| format!("{} ({})", step.title, step.state.as_str()));
    words.collect::<Vec<_>>().join(", ")
}

fn conclude(chain: &Chain, context: &mut Context<'_, '_>) {
    let counted = [
        StepState::Done,
        StepState::Missing,
        StepState::Wrong,
        StepState::Unknown,
    ];
    let counted = counted.map(|state| (chain.count(state), state.as_str()));
    let words = counted.iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = words
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    context.conclude(
        chain.is_well(),
        format!("{} steps: {}", chain.steps.len(), words.join(", ")),
    );
}
