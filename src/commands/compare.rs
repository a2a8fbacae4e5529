//! `compare`: what the difference between two states means for everybody.

use super::asked::question_of;
use super::can::version;
use super::context::Context;
use super::reading::ReadState;
use crate::cli::{CompareArgs, CompareOutput, FailOnChange};
use crate::error::{Code, Error, Result};
use crate::input::File;
use crate::rbac::ArgoCdVersion;
use crate::rbac::survey::Budget;
use crate::report::compare;
use crate::review::{Direction, Filter, review};
use crate::site::{self, ArgoCd, Inquiry};
use crate::yaml::Format;

/// What was read of both states.
struct Sides {
    old: ReadState,
    /// None where the same files are read under another version.
    new: Option<ReadState>,
}

pub(crate) fn run(args: &CompareArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let versions = versions(args, context)?;
    let Sides { old, new } = read(args, versions, context)?;
    let input = args.side(None);
    let (old, mut question) = question_of(old, &input, versions[0]);
    let before = state(&old, &question, context)?;
    question.options.version = versions[1];
    let new = new.map(|new| question_of(new, &input, versions[1]));
    let (new, question) = new
        .as_ref()
        .map_or((&old, &question), |(files, how)| (files, how));
    let after = state(new, question, context)?;
    let servers = [
        before.server(before.policy_set())?,
        after.server(after.policy_set())?,
    ];
    let filter = Filter {
        subjects: args.subject.clone(),
        resources: args.resource.clone(),
    };
    let found = review(
        [&before, &after],
        [&servers[0], &servers[1]],
        &filter,
        &Budget::default(),
    );
    let first = new.first().map(File::source);
    let text = match args.output {
        CompareOutput::Text => {
            let text = compare::text(&found, context.is_verbose(), context.style());
            context.print_painted(&text)?;
            None
        }
        CompareOutput::Json => Some(Format::Json.write(&compare::json(&found))),
        CompareOutput::Yaml => Some(Format::Yaml.write(&compare::json(&found))),
        CompareOutput::Markdown => Some(compare::as_markdown(&found)),
        CompareOutput::Github => Some(compare::github(&found, first)),
        CompareOutput::Sarif => Some(compare::sarif(&found, first)),
        CompareOutput::Junit => Some(compare::junit(&found)),
    };
    if let Some(text) = text {
        context.print(&text)?;
    }
    for note in &found.notes {
        context.note(note);
    }
    context.conclude(found.is_alike(), compare::summary(&found));
    let fails = match args.fail_on {
        FailOnChange::Gain => found.count(Direction::Gained) > 0,
        FailOnChange::Loss => found.count(Direction::Lost) > 0,
        FailOnChange::Any => !found.is_alike(),
    };
    Ok(if fails { Code::NO } else { Code::OK })
}

/// The versions of both sides.
fn versions(args: &CompareArgs, context: &mut Context<'_, '_>) -> Result<[ArgoCdVersion; 2]> {
    let asked = args.argocd_version.as_deref();
    match asked.and_then(|range| range.split_once("..")) {
        Some((old, new)) => Ok([version(Some(old), context)?, version(Some(new), context)?]),
        None => Ok([version(asked, context)?; 2]),
    }
}

/// Reads both states.
fn read(
    args: &CompareArgs,
    versions: [ArgoCdVersion; 2],
    context: &mut Context<'_, '_>,
) -> Result<Sides> {
    let is_range = versions[0] != versions[1];
    let mut files = |state| -> Result<ReadState> {
        let read = context.read(&args.side(Some(state)), args.form, &[])?;
        let files = read.unwrap_or_default();
        Ok(ReadState { files, base: None })
    };
    let sides = match (&args.states[..], args.live, is_range) {
        ([old, new], false, _) if old.as_os_str() == "-" && new.as_os_str() == "-" => {
            return Err(Error::usage("stdin (`-`) can be read only once")
                .hint("name a file, or use a pipe as one: <(git show main:argocd-rbac-cm.yaml)"));
        }
        ([old, new], false, _) => Sides {
            old: files(old)?,
            new: Some(files(new)?),
        },
        ([new], true, _) => {
            let mut new = files(new)?;
            let live = context.read_live(&args.side(None))?;
            new.base = Some(new.files.len());
            new.files.extend(live.iter().cloned());
            Sides {
                old: ReadState {
                    files: live,
                    base: None,
                },
                new: Some(new),
            }
        }
        ([one], false, true) => Sides {
            old: files(one)?,
            new: None,
        },
        ([_], false, false) => {
            return Err(Error::usage("there is one state, and two are compared")
                .hint("name both: compare OLD NEW")
                .hint(format!("compare --live NEW compares with the cluster; --argocd-version 2.14..{} compares one state under two versions", ArgoCdVersion::NEWEST)));
        }
        _ => {
            return Err(Error::usage(
                "with --live the cluster is the old state, so only the new one is named",
            ));
        }
    };
    Ok(sides)
}

/// The one Argo CD of a side.
fn state<'a>(
    files: &'a [File],
    question: &Inquiry,
    context: &mut Context<'_, '_>,
) -> Result<ArgoCd<'a>> {
    let mut found = site::ask(files, question)?;
    let names: Vec<&str> = files.iter().map(|file| file.source().name()).collect();
    match found.argocds.len() {
        1 => {
            let argocd = found.argocds.remove(0);
            context.tell(&argocd.reading_notes(&found.not_read));
            Ok(argocd)
        }
        0 => Err(
            Error::input(format!("there is no Argo CD in {}", names.join(", ")))
                .hint("a state is argocd-rbac-cm, argocd-cm, AppProjects, an ArgoCD, Helm values or a CSV file"),
        ),
        _ => Err(
            Error::usage(format!("there are several Argo CDs in {}", names.join(", ")))
                .hint("choose one with -n NAMESPACE"),
        ),
    }
}
