//! `check`: what the account must and must not be able to do, proved offline.

use std::path::PathBuf;

use super::can::version;
use super::change::{request, selector};
use super::context::Context;
use super::policy_input::PolicyInput;
use crate::change::{after, fresh};
use crate::cli::{CheckArgs, CheckOutput};
use crate::error::{Code, Error, Result};
use crate::input::read_text;
use crate::model::Source;
use crate::octopus::{self, Check, Checker, Expectation, Needs, Purpose};
use crate::rbac::{Enforcer, Server, ServerSettings};
use crate::report::check;
use crate::yaml::Stream;

pub(crate) fn run(args: &CheckArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let request = request(&args.change, &args.input, context)?;
    let version = version(args.argocd_version.as_deref())?;
    let expectations = expectations(&args.expect, context)?;
    let files = match context.read(&args.input, args.input.form, &args.change.project)? {
        None if args.change.fresh => fresh(
            &request,
            args.input.namespace.as_deref().unwrap_or("argocd"),
        )?,
        None => {
            return Err(Error::usage("there is no policy to check")
                .hint("give it with -f FILE, -f - or --live; --sample has an example"));
        }
        Some(files) if args.as_is => files,
        Some(files) => {
            let selector = selector(&args.input);
            context.telling(|notes| after(files, &request, args.input.form, &selector, notes))?
        }
    };
    let mut input = PolicyInput::find(&files, &args.input, context)?;
    input.set.builtin = args.use_builtin_policy;
    input.set.version = version;
    let checks = if args.expect.is_empty() {
        let enforcer = Enforcer::load(&input.set).map_err(|error| input.refuse(&error))?;
        let checker = Checker {
            enforcer: &enforcer,
            texts: input.set.texts.iter().map(|text| &*text.text).collect(),
            describe: &|enforcer, line| input.describe(enforcer, line),
            account: request.account.as_str(),
            needs: &Needs {
                allow_sync: args.change.allow_sync,
                projects: request.projects.clone(),
                role: false,
            },
            strict: args.strict,
            version,
            logs_are_open: !version.enforces_logs() && !input.enforces_logs(),
        };
        checker.checks()
    } else {
        let settings = ServerSettings {
            scopes: input.scopes.clone(),
            ..ServerSettings::default()
        };
        let server = Server::load(input.set.clone(), input.projects.clone(), settings)
            .map_err(|error| input.refuse(&error))?;
        let scopes = input.scopes.as_deref().unwrap_or_default();
        octopus::ask(&expectations, &server, scopes, &|enforcer, line| {
            input.describe(enforcer, line)
        })
    };
    let text = match args.output {
        CheckOutput::Text => check::text(&checks, context.is_verbose(), context.style()),
        CheckOutput::Json => check::json(&checks),
        CheckOutput::Markdown => check::as_markdown(&checks),
        CheckOutput::Junit => check::junit(&checks),
    };
    match args.output {
        // Its cells are harmless, and its lines painted.
        CheckOutput::Text => context.print_painted(&text)?,
        _ => context.print(&text)?,
    }
    summarise(&checks, context);
    Ok(if checks.iter().all(|check| check.ok) {
        Code::OK
    } else {
        Code::NO
    })
}

fn summarise(checks: &[Check], context: &mut Context<'_, '_>) {
    let wrong = checks.iter().filter(|check| !check.ok).count();
    let counted = checks
        .iter()
        .filter(|check| check.purpose != Purpose::Documented)
        .count();
    if wrong == 0 {
        context.conclude(true, format!("all {counted} checks are as they must be"));
    } else {
        let (checks, verb) = if wrong == 1 {
            ("check", "is")
        } else {
            ("checks", "are")
        };
        let text = format!("{wrong} {checks} of {counted} {verb} not as they must be");
        context.conclude(false, text);
    }
    if checks
        .iter()
        .any(|check| check.purpose == Purpose::Documented)
    {
        context.note(
            "the questions marked `-` are those of Octopus's documentation: they decide nothing, \
             `delete applications *` is refused for an administrator too",
        );
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
