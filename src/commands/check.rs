//! `check`: what the account must and must not be able to do, proved offline.

use std::path::PathBuf;

use super::asked::{asked, question_of};
use super::can::version;
use super::change::{request, selector};
use super::context::Context;
use super::coverage::{covered, judge, refuse_nothing};
use super::reading::ReadState;
use super::write_expectations;
use crate::change::{after, fresh};
use crate::cli::{CheckArgs, CheckOutput};
use crate::error::{Code, Error, Result};
use crate::input::read_text;
use crate::model::Form;
use crate::octopus::{
    self, Check, CheckAnswer, CheckedState, Checker, Expectation, Needs, Purpose, checked_accounts,
    nothing_proved, uncertain, unusable_account,
};
use crate::rbac::survey::{Budget, Cited};
use crate::report::{Report, check, coverage};
use crate::text::Source;
use crate::yaml::Stream;

pub(crate) fn run(args: &CheckArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let request = request(&args.change, &args.input, context)?;
    let version = version(args.argocd_version.as_deref())?;
    let expectations = expectations(&args.expect, context)?;
    refuse_idle_options(args)?;
    let is_measured =
        args.coverage || args.coverage_min.is_some() || args.output == CheckOutput::Lcov;
    if is_measured && args.expect.is_empty() && args.write_expectations.is_none() {
        return Err(refuse_nothing());
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
        None => {
            return Err(Error::usage("there is no policy to check")
                .hint("give it with -f FILE, -f - or --live; --sample has an example"));
        }
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
    let describe = |line: Cited<'_>| argocd.describe(line.enforcer, line.line);
    let disabled = argocd
        .disables_auth()
        .map(|place| format!("{place}: server.disable.auth is set, so everyone may do everything"));
    let by_project = args.input.form == Some(Form::AppProject);
    let accounts = || {
        let needs = Needs {
            allow_sync: args.change.allow_sync,
            projects: request.projects.clone(),
            role: false,
        };
        checked_accounts(&request.account, needs, by_project, &argocd)
    };
    let budget = Budget::default();
    let checks = if !args.expect.is_empty() {
        let scopes = argocd.scopes()?;
        octopus::ask(
            &expectations,
            &server,
            scopes.as_deref(),
            &describe,
            &budget,
        )
    } else if let Some(reason) = &disabled {
        vec![nothing_proved(request.account.as_str(), reason)]
    } else {
        let mut checks = if by_project {
            Vec::new()
        } else {
            unusable_account(&request.account, &argocd)
        };
        for (account, needs) in accounts()? {
            let checker = Checker {
                server: &server,
                describe: &describe,
                account: &account,
                needs: &needs,
                strict: args.strict,
                budget: &budget,
            };
            checks.extend(checker.checks());
        }
        checks
    };
    let mut checks = checks;
    if disabled.is_none() {
        let subjects: Vec<String> = if args.expect.is_empty() {
            accounts()?
                .into_iter()
                .map(|(account, _)| account)
                .collect()
        } else {
            let refused = checks.iter().filter(|check| check.want == CheckAnswer::No);
            refused.map(|check| check.subject.clone()).collect()
        };
        let subjects = subjects.iter().map(String::as_str);
        checks.extend(uncertain(&argocd, &server, subjects));
    }
    let covered = is_measured
        .then(|| covered(&expectations, &argocd, &set, &server, context))
        .transpose()?;
    print(args, &checks, state, covered.as_deref(), context)?;
    summarise(&checks, state, context);
    if args.output == CheckOutput::Text && args.expect.is_empty() {
        explain_probes(checks.len(), context);
    }
    let least = args.coverage_min;
    let is_enough = covered.is_none_or(|lines| judge(&lines, least, context));
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
        CheckOutput::Text => {
            let text = check::text(checks, context.is_verbose(), context.style());
            // Its cells are harmless, and its lines painted.
            context.print_painted(&(text + &shown.map(coverage::text).unwrap_or_default()))?;
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

/// Says how many checks the rows stand for.
fn explain_probes(count: usize, context: &mut Context<'_, '_>) {
    if !context.is_verbose() {
        context.note(format!(
            "`probe` stands for any name, and a row may hold several of the {count} checks: -v shows each"
        ));
    }
}

fn summarise(checks: &[Check], state: CheckedState, context: &mut Context<'_, '_>) {
    let failed = checks.iter().filter(|check| !check.ok).count();
    let counted = checks
        .iter()
        .filter(|check| check.purpose != Purpose::Documented)
        .count();
    let word = if counted == 1 { "check" } else { "checks" };
    let text = if failed == 0 {
        format!("{counted} {word} passed on {state}")
    } else {
        format!("{failed} of {counted} {word} failed on {state}")
    };
    context.conclude(failed == 0, text);
    let syncs = |check: &&Check| {
        check.purpose == Purpose::Extra && check.action == "sync" && check.got != CheckAnswer::No
    };
    if let Some(check) = checks.iter().find(syncs) {
        context.note(format!(
            "{} may sync applications, as in the rules of Octopus's documentation: steps that \
             trigger a sync need it and nothing else does; --allow-sync expects it",
            check.subject
        ));
    }
    if checks
        .iter()
        .any(|check| check.purpose == Purpose::Documented)
    {
        context
            .note("WANT `-` marks the questions of Octopus's documentation, which decide nothing");
    }
}

/// Refuses options that only say how the change is made, where no change is made.
fn refuse_idle_options(args: &CheckArgs) -> Result<()> {
    let given = [
        ("--enable", args.change.enable),
        ("--absent", args.change.absent),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((option, _)) if !args.after_change => Err(Error::usage(format!(
            "{option} says how the change is made, and the state as read is checked"
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
