//! `check`: what the account must and must not be able to do, proved offline.

use std::path::PathBuf;

use super::asked::{asked, no_policy, question_of};
use super::can::version;
use super::change::{request, selector};
use super::context::Context;
use super::reading::ReadState;
use super::write_expectations;
use crate::change::{after, fresh};
use crate::cli::{CheckArgs, CheckOutput};
use crate::error::{Code, Error, Result};
use crate::input::read_text;
use crate::model::Form;
use crate::octopus::{
    self, AccountChecks, Check, CheckedState, Expectation, Needs, checks_of_expectations, measure,
};
use crate::report::{Report, check, coverage};
use crate::text::Source;
use crate::yaml::Stream;

pub(crate) fn run(args: &CheckArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let request = request(&args.change, &args.input, context)?;
    let version = version(args.argocd_version.as_deref(), context)?;
    let expectations = expectations(&args.expect, context)?;
    refuse_idle_options(args)?;
    let is_measured =
        args.coverage || args.coverage_min.is_some() || args.output == CheckOutput::Lcov;
    if is_measured && args.expect.is_empty() && args.write_expectations.is_none() {
        return Err(
            Error::usage("there are no expectations whose coverage could be measured")
                .hint("name a file of them with --expect, or write one with --write-expectations"),
        );
    }
    let is_changed = args.after_change || args.change.fresh;
    let read = context.read_state(&args.input, &args.change.project)?;
    let base = read.as_ref().and_then(|read| read.base);
    if base.is_some() && args.after_change {
        return Err(
            Error::usage("--after-change changes files or the live objects, not both")
                .hint("leave out --live or --filename"),
        );
    }
    let files = match read.map(|read| read.files) {
        None if args.change.fresh => fresh(&request, selector(&args.input).namespace())?,
        None => return Err(no_policy("check")),
        Some(files) if args.after_change => {
            let selector = selector(&args.input);
            context.telling(|notes| after(files, &request, args.input.form, &selector, notes))?
        }
        Some(files) => files,
    };
    let (files, question) = question_of(ReadState { files, base }, &args.input, version);
    let argocd = asked(&files, &question, context)?;
    let mut set = argocd.policy_set();
    set.builtin = args.use_builtin_policy;
    let server = argocd.server(set.clone())?;
    let state = CheckedState::new(is_changed);
    if let Some(path) = &args.write_expectations {
        let decides = (&set, &server, state);
        return write_expectations::write(path, args, &argocd, decides, context);
    }
    let is_brief = args.output == CheckOutput::Text;
    let checks = if args.expect.is_empty() {
        let needs = Needs {
            allow_sync: args.change.allow_sync,
            projects: request.projects.clone(),
            role: false,
        };
        let wanted = AccountChecks {
            account: &request.account,
            needs,
            by_project: args.input.form == Some(Form::AppProject),
            strict: args.strict,
            is_brief,
        };
        wanted.on(&argocd, &server)?
    } else {
        checks_of_expectations(&expectations, &argocd, &server, is_brief)?
    };
    let covered = if is_measured {
        let found =
            context.telling(|notes| measure(&expectations, &argocd, &set, &server, notes))?;
        Some(coverage::lines(found, &argocd))
    } else {
        None
    };
    print(args, &checks, state, covered.as_deref(), context)?;
    context.tell(&check::summary(&checks, state));
    if matches!(args.output, CheckOutput::Text | CheckOutput::Wide)
        && args.expect.is_empty()
        && !context.is_verbose()
    {
        context.note(format!(
            "`probe` stands for any name; a row may hold several of the {} checks (-v shows each)",
            checks.len()
        ));
    }
    let verdict = covered.map(|lines| coverage::verdict(&lines, args.coverage_min));
    let is_enough = verdict.is_none_or(|(is_enough, note)| {
        context.tell(&[note]);
        is_enough
    });
    Ok(if is_enough && checks.iter().all(|check| check.ok) {
        Code::OK
    } else {
        Code::NO
    })
}

/// Prints the checks, and with `--coverage` the lines that they cover.
fn print(
    args: &CheckArgs,
    checks: &[Check],
    state: CheckedState,
    covered: Option<&[coverage::CoverageLine]>,
    context: &mut Context<'_, '_>,
) -> Result<()> {
    let shown = covered.filter(|_| args.coverage);
    let report = match args.output {
        CheckOutput::Text | CheckOutput::Wide => {
            let style = context.style();
            let text = check::text(checks, context.is_verbose(), style);
            let covered = shown.map(|lines| coverage::text(lines, style));
            // Its cells are harmless, and its lines painted.
            context.print_painted(&(text + &covered.unwrap_or_default()))?;
            None
        }
        CheckOutput::Json => Some(check::json(checks, state, shown)),
        CheckOutput::Yaml => Some(check::json(checks, state, shown).in_yaml()),
        CheckOutput::Markdown => Some(Report::Text(
            check::as_markdown(checks) + &shown.map(coverage::as_markdown).unwrap_or_default(),
        )),
        CheckOutput::Junit => Some(check::junit(checks)),
        CheckOutput::Lcov => Some(Report::Text(coverage::lcov(covered.unwrap_or_default()))),
    };
    report.map_or(Ok(()), |report| context.report(report))
}

/// Refuses options that only say how the change is made, where no change is made.
fn refuse_idle_options(args: &CheckArgs) -> Result<()> {
    let given = [
        ("--enable", args.change.enable),
        ("--absent", args.change.absent),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((option, _)) if !args.after_change => Err(Error::usage(format!(
            "{option} is about the change, but the state as read is checked"
        ))
        .hint("add --after-change to check what `render` would make of it")),
        _ => Ok(()),
    }
}

/// Reads the files of `--expect`.
fn expectations(paths: &[PathBuf], context: &Context<'_, '_>) -> Result<Vec<Expectation>> {
    let mut read = Vec::new();
    for path in paths {
        let text = read_text(&context.host.path(path), path)?;
        let source = Source::new(&*path.to_string_lossy(), text);
        read.extend(octopus::parse(&Stream::parse(source)?)?);
    }
    if read.is_empty() && !paths.is_empty() {
        return Err(Error::input("there are no expectations in the files of --expect")
            .hint("write expectations: [{subject: alice, action: get, resource: applications, object: web/shop, allowed: true}]"));
    }
    Ok(read)
}
