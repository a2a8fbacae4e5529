//! `verify`: the proof on the server, as the token that Octopus will use.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::argocd::client;
use super::asked::{asked, question};
use super::context::Context;
use crate::argocd::{Problem, RefusalReason, TOKEN_VARIABLE, refuse_core};
use crate::cli::{VerifyArgs, VerifyOutput};
use crate::error::{Code, Error, Result};
use crate::model::ProjectName;
use crate::model::TokenOwner;
use crate::octopus::Needs;
use crate::process::Failure;
use crate::rbac::ArgoCdVersion;
use crate::report::{Report, verify as report};
use crate::text::Secret;
use crate::tokens::{Round, answer_offline, explain_round, presented};

/// How long to wait before the server is asked again.
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) fn run(args: &VerifyArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let stdin = PathBuf::from("-");
    if args.token_file.as_deref() == Some(Path::new("-")) && args.input.filename.contains(&stdin) {
        return Err(Error::usage(
            "stdin can hold the token or the objects, not both",
        ));
    }
    if args.token_dir.is_some() {
        return Err(
            Error::usage("--token-dir is for instances of the configuration")
                .hint("choose them: --all, or --instance NAME")
                .hint("for any other Argo CD: --token-file FILE"),
        );
    }
    wanted(args)?;
    let Some((token, _)) = presented(args.token_file.as_deref(), context.host)? else {
        return Err(Error::usage("there is no token to verify")
            .hint(format!(
                "give it with --token-file FILE, or in {TOKEN_VARIABLE}"
            ))
            .hint("never as an argument: everyone on the machine can see those"));
    };
    verify(args, &token, context)
}

/// Asks the server as this token.
pub(crate) fn verify(
    args: &VerifyArgs,
    token: &Secret,
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    let (needs, owner) = wanted(args)?;
    let client = client(&args.argocd, context)?;
    refuse_core(&client)?;
    let files = context.read(&args.input, args.input.form, &[])?;
    let offline = files
        .as_ref()
        .map(|files| {
            let question = question(&args.input, ArgoCdVersion::NEWEST);
            asked(files, &question, context)
        })
        .transpose()?;
    let client = client.presenting(token);
    let until = args.wait.map(|wait| Instant::now() + wait.duration());
    let round = loop {
        let round = Round::ask(&client, &needs, &owner);
        let good = matches!(&round, Ok(round) if round.is_good());
        let final_word = matches!(&round, Err(problem) if is_final(problem));
        let left = until.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        });
        if good || final_word || left.is_zero() || !client.pause(PAUSE.min(left)) {
            break round?;
        }
    };
    let offline = offline
        .map(|argocd| context.telling(|notes| answer_offline(argocd, &owner, &round, notes)))
        .transpose()?;
    context.report(match args.output {
        VerifyOutput::Text => {
            Report::Text(report::text(&round, offline.as_deref(), context.style()))
        }
        VerifyOutput::Json => report::json(&round, offline.as_deref(), &owner),
        VerifyOutput::Yaml => report::json(&round, offline.as_deref(), &owner).in_yaml(),
    })?;
    context.tell(&explain_round(&round, offline.as_deref(), &owner));
    Ok(if round.is_good() { Code::OK } else { Code::NO })
}

/// The expected permissions, and their owner.
pub(crate) fn wanted(args: &VerifyArgs) -> Result<(Needs, TokenOwner)> {
    let projects = args.project.iter().map(|name| ProjectName::new(name));
    let projects = projects
        .collect::<Result<Vec<_>, _>>()
        .map_err(Error::usage)?;
    let owner = match (&args.role, &projects[..]) {
        (None, _) => TokenOwner::Account(args.account.clone()),
        (Some(role), [project]) => TokenOwner::Role {
            project: project.to_string(),
            role: role.clone(),
        },
        (Some(_), _) => {
            return Err(Error::usage(
                "a project's token is of one project: name one with --project",
            ));
        }
    };
    let needs = Needs {
        allow_sync: args.allow_sync,
        projects,
        role: args.role.is_some(),
    };
    Ok((needs, owner))
}

/// Whether waiting cannot help.
fn is_final(problem: &Problem) -> bool {
    match problem {
        Problem::Failed(failure) => !matches!(failure, Failure::TimedOut { .. }),
        _ => matches!(
            problem.reason(),
            Some(RefusalReason::TooOld | RefusalReason::NoServer | RefusalReason::UnknownContext)
        ),
    }
}
