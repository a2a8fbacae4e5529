//! `render` for several instances: a directory for each, and what delivers those that no one else
//! does; or all their files edited in place.

use std::path::Path;

use super::jobs;
use super::outcomes::{relay, worst};
use crate::change::{OutputFile, own_keys};
use crate::cli::{Command, RenderArgs};
use crate::commands::change::{request, selector};
use crate::commands::context::Context;
use crate::commands::render::{self, write_all};
use crate::emit::create_directory;
use crate::error::{Code, Error, Result};
use crate::fleet::instances::{Member, Several};
use crate::model::DEFAULT_NAMESPACE;

/// Placeholder where the configuration does not name the repository; nothing can be fetched from it.
const NO_REPOSITORY: &str = "https://example.invalid/set-fleet.repoURL";
const APPLICATION_SET: &str = "applicationset.yaml";
/// What makes the `ApplicationSet` deliver a directory.
const INSTANCE: &str = "instance.yaml";

pub(super) fn run(
    args: &RenderArgs,
    several: &Several,
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    if args.input.live {
        return Err(Error::usage(
            "--live cannot be combined with writing the files of several instances",
        )
        .hint("to see it: kubectl octopus-argo diff --all --live")
        .hint("change one: render --instance NAME --live"));
    }
    match &args.output_dir {
        Some(directory) => into_directories(args, directory, several, context),
        None if args.in_place => in_place(several, context),
        None => Err(Error::usage("several instances do not fit into one stream")
            .hint("write a directory for each: --output-dir DIR")
            .hint("or edit their files themselves: --in-place")),
    }
}

fn in_place(several: &Several, context: &mut Context<'_, '_>) -> Result<Code> {
    // One after the other: instances may share files.
    let ended = jobs::run(&several.members, 1, context, |member, own| {
        let Command::Render(args) = &member.command else {
            return Err(Error::internal("another command than render"));
        };
        if args.input.filename.is_empty() {
            return Err(Error::input("the instance has no files to edit")
                .hint("render it into a directory: --output-dir DIR"));
        }
        render::run(args, own)
    })?;
    relay(&several.members, &ended, context);
    let done = ended.iter().filter(|ended| !ended.failed).count();
    context.note(format!(
        "edited the files of {done} of {} instances",
        ended.len()
    ));
    if done > 0 {
        context.next("review the change (git diff) and commit it");
    }
    Ok(worst(&ended))
}

fn into_directories(
    args: &RenderArgs,
    directory: &Path,
    several: &Several,
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    create_directory(&context.host.path(directory))?;
    let ended = jobs::run(
        &several.members,
        jobs::processors(),
        context,
        |member, own| into_directory(member, directory, own),
    )?;
    relay(&several.members, &ended, context);
    let bare: Vec<&Member> = several.members.iter().filter(|one| is_bare(one)).collect();
    if let Some(first) = bare.first() {
        application_set(first, args, directory, several, context)?;
    } else {
        refuse_leftover(directory, directory, APPLICATION_SET, context)?;
    }
    let done = ended.iter().filter(|ended| !ended.failed).count();
    context.note(format!(
        "wrote {done} of {} instances to {}",
        ended.len(),
        directory.display()
    ));
    if !bare.is_empty() {
        let (which, verb) = match bare.len() {
            1 => ("one instance", "has"),
            _ => ("the instances without files", "have"),
        };
        context.note(format!(
            "{which} {verb} our keys only: the account is enabled and its capabilities become exactly apiKey"
        ));
        context.next(format!(
            "commit {}, then apply {} once to the Argo CD that delivers",
            directory.display(),
            directory.join(APPLICATION_SET).display()
        ));
    }
    Ok(worst(&ended))
}

/// Whether the instance's ConfigMaps come from no one's files.
fn is_bare(member: &Member) -> bool {
    matches!(&member.command, Command::Render(args) if args.input.filename.is_empty() && args.output.is_none())
}

fn into_directory(
    member: &Member,
    directory: &Path,
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    let Command::Render(args) = &member.command else {
        return Err(Error::internal("another command than render"));
    };
    let own = directory.join(&member.instance.name);
    if is_bare(member) {
        let request = request(&args.change, &args.input, context)?;
        let texts = own_keys(
            &selector(&args.input),
            args.input.form,
            &member.instance,
            &request,
        )?;
        write_all(&context.host.path(&own), &texts)?;
        return Ok(Code::OK);
    }
    // It would be delivered twice: by its owner, and by the ApplicationSet.
    refuse_leftover(&own, directory, INSTANCE, context)?;
    let args = RenderArgs {
        output_dir: Some(own),
        ..args.clone()
    };
    render::run(&args, context)
}

fn refuse_leftover(
    directory: &Path,
    whole: &Path,
    name: &str,
    context: &Context<'_, '_>,
) -> Result<()> {
    let path = directory.join(name);
    if !context.host.path(&path).exists() {
        return Ok(());
    }
    Err(Error::input(format!(
        "{} is left from an earlier run, when no instance had another owner",
        path.display()
    ))
    .hint(format!(
        "remove it, or render into an empty directory instead of {}: objects with an owner must not be delivered twice",
        whole.display()
    )))
}

/// Writes the `ApplicationSet` that delivers the directories with an instance.yaml.
fn application_set(
    first: &Member,
    args: &RenderArgs,
    directory: &Path,
    several: &Several,
    context: &mut Context<'_, '_>,
) -> Result<()> {
    let Command::Render(own) = &first.command else {
        return Err(Error::internal("another command than render"));
    };
    let request = request(&own.change, &own.input, context)?;
    let fleet = &several.configuration.fleet;
    let variables = request.variables(
        args.input.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE),
        request.match_mode(),
    );
    if fleet.repo_url.is_none() {
        context.warn(format!(
            "{APPLICATION_SET} has {NO_REPOSITORY}, because the configuration names no Git repository: set fleet.repoURL"
        ));
    }
    let repository = fleet.repo_url.as_deref().unwrap_or(NO_REPOSITORY);
    let rendered = request
        .engine
        .fleet_applicationset(fleet, repository, &variables)?;
    let text = OutputFile {
        name: APPLICATION_SET.to_owned(),
        text: rendered.text,
    };
    write_all(&context.host.path(directory), &[text])
}
