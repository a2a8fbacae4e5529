//! `check --write-expectations`: a set of expectations from the present state.

use std::path::Path;

use super::context::Context;
use crate::cli::{CheckArgs, CheckOutput};
use crate::emit::{self, Access, Existing};
use crate::error::{Code, Error, Result};
use crate::octopus::{
    CheckedState, Describe, PresentState, measure, measuring_budget, present, to_yaml,
};
use crate::rbac::survey::Cited;
use crate::rbac::{PolicySet, Server};
use crate::report::coverage;
use crate::site::ArgoCd;
use crate::text::counted;

/// How many things that the expectations do not say are named without `-v`.
const MOST_NAMED: usize = 5;

/// Writes expectations to a new file, and measures what they cover where that is asked for.
pub(super) fn write(
    path: &Path,
    args: &CheckArgs,
    argocd: &ArgoCd<'_>,
    (set, server, state): (&PolicySet, &Server, CheckedState),
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    let is_measured = args.coverage || args.coverage_min.is_some();
    let is_stdout = path == Path::new("-");
    if is_stdout && (args.coverage || args.output == CheckOutput::Lcov) {
        return Err(
            Error::usage("the expectations and their coverage are both for stdout")
                .hint("write the expectations to a file"),
        );
    }
    let line = |line: Cited<'_>| argocd.describe(line.enforcer, line.line);
    let describe = Describe::new(&line, false);
    let found = present(server, &describe, &measuring_budget());
    let text = to_yaml(&found.expectations);
    if is_stdout {
        context.print(&text)?;
    } else {
        let whole = context.host.path(path);
        emit::write(&whole, text.as_bytes(), Access::Normal, Existing::Keep)?;
    }
    tell(&found, (path, state), context);
    if !is_measured && args.output != CheckOutput::Lcov {
        return Ok(Code::OK);
    }
    let measured =
        context.telling(|notes| measure(&found.expectations, argocd, set, server, notes))?;
    let lines = coverage::lines(measured, argocd);
    match args.output {
        CheckOutput::Lcov => context.print(&coverage::lcov(&lines))?,
        CheckOutput::Json if args.coverage => context.report(coverage::document(&lines))?,
        CheckOutput::Yaml if args.coverage => {
            context.report(coverage::document(&lines).in_yaml())?;
        }
        CheckOutput::Markdown if args.coverage => context.print(&coverage::as_markdown(&lines))?,
        CheckOutput::Text | CheckOutput::Wide | CheckOutput::Junit if args.coverage => {
            context.print(&coverage::text(&lines, context.style()))?;
        }
        CheckOutput::Text
        | CheckOutput::Wide
        | CheckOutput::Json
        | CheckOutput::Yaml
        | CheckOutput::Markdown
        | CheckOutput::Junit => {}
    }
    let (is_enough, note) = coverage::verdict(&lines, args.coverage_min);
    context.tell(&[note]);
    Ok(if is_enough { Code::OK } else { Code::NO })
}

/// Says what was written, and what the expectations do not say.
fn tell(found: &PresentState, (path, state): (&Path, CheckedState), context: &mut Context<'_, '_>) {
    let count = found.expectations.len();
    let place = if path == Path::new("-") {
        "to stdout".to_owned()
    } else {
        format!("to {}", path.display())
    };
    context.note(format!(
        "{} about {} written {place}; they hold on {state}",
        counted(count, "expectation"),
        counted(found.subjects, "subject"),
    ));
    let named = if context.is_verbose() {
        found.left_out.len()
    } else {
        MOST_NAMED
    };
    for what in found.left_out.iter().take(named) {
        context.warn(format!("not written as a proof: {what}"));
    }
    let more = found.left_out.len().saturating_sub(named);
    if more > 0 {
        context.warn(format!("{more} more like these; -v names them"));
    }
}
