//! `apps annotate`: writes Octopus's annotations into Applications, or removes them.

use super::read::{applications, deployment, read};
use crate::change::{
    Annotated, AnnotationRequest, annotate, annotate_command, annotated_files, join,
    select_applications,
};
use crate::cli::AppsAnnotateArgs;
use crate::commands::context::Context;
use crate::emit::{Replacement, replace_all};
use crate::error::{Code, Error, Result};
use crate::input::{File, WantedObjects};
use crate::model::DEFAULT_NAMESPACE;
use crate::octopus::apps::AppKind;
use crate::report::diff::{CONTEXT_LINES, Pair};
use crate::site::{Object, objects};

pub(super) fn run(args: &AppsAnnotateArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let request = AnnotationRequest {
        deployment: deployment(&args.deployment),
        source: args.source.as_deref(),
        name_sources: args.name_sources,
        absent: args.absent,
    };
    request.check()?;
    refuse_without_files(args)?;
    let wanted = [
        WantedObjects::Applications,
        WantedObjects::ApplicationSets,
        WantedObjects::Params,
    ];
    let Some(files) = read(&args.input, &wanted, context)? else {
        return without_input(args, &request, context);
    };
    let found = objects(&files);
    let all = applications(&found)?;
    let annotated: Vec<Annotated<'_>> = context.telling(|notes| {
        let chosen = select_applications(all, &args.app, args.selector.as_deref(), notes)?;
        let annotated = chosen
            .into_iter()
            .map(|(object, application)| annotate(object, application, &request, notes));
        annotated.collect::<Result<_>>()
    })?;
    if args.input.live {
        let mut text = String::new();
        for one in &annotated {
            if one.name.is_some() {
                return Err(Error::usage(format!(
                    "{} needs a name for its source, which kubectl annotate cannot give",
                    one.application.name
                ))
                .hint("edit the file that it comes from: -f FILE --in-place"));
            }
            text.push_str(&command(one, args.input.namespace.as_deref()));
        }
        context.print(&text)?;
        return Ok(Code::OK);
    }
    edit(args, &files, &found, &annotated, context)
}

/// Refuses what needs files, where there are none.
fn refuse_without_files(args: &AppsAnnotateArgs) -> Result<()> {
    if args.in_place && (args.input.live || args.input.filename.is_empty()) {
        return Err(
            Error::usage("--in-place edits files, but none is given").hint("name them with -f")
        );
    }
    if args.in_place
        && args
            .input
            .filename
            .iter()
            .any(|name| name.as_os_str() == "-")
    {
        return Err(Error::usage("--in-place cannot edit stdin (`-f -`)")
            .hint("name the file with -f, or leave --in-place out"));
    }
    if args.diff && (args.input.live || args.input.filename.is_empty()) {
        return Err(
            Error::usage("--diff compares files, but none is given").hint("name them with -f")
        );
    }
    Ok(())
}

/// Edits the texts, and prints them, writes them back, or shows the difference.
fn edit(
    args: &AppsAnnotateArgs,
    files: &[File],
    found: &[Object<'_>],
    annotated: &[Annotated<'_>],
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    let is_printed = !args.in_place && !args.diff;
    let edited = annotated_files(files, found, annotated, is_printed)?;
    for one in annotated {
        if one.changes.is_empty() && one.name.is_none() {
            let state = if args.absent {
                "has nothing to remove"
            } else {
                "is annotated already"
            };
            context.note(format!(
                "nothing to change: {} {state}",
                one.application.name
            ));
        }
    }
    if is_printed {
        let texts: Vec<String> = edited.into_iter().map(|(_, text)| text).collect();
        context.print(&join(&texts))?;
        return Ok(Code::OK);
    }
    let changed = edited.into_iter().filter_map(|(index, after)| {
        let file = &files[index];
        let before = file.source().text();
        (after != before).then_some((file, before, after))
    });
    let changed: Vec<_> = changed.collect();
    if args.diff {
        let pairs = changed.iter().map(|(file, before, after)| Pair {
            name: file.source().name(),
            live: before,
            desired: after,
        });
        let text = context.diffs(pairs, CONTEXT_LINES);
        context.print_painted(&text)?;
        return Ok(if changed.is_empty() {
            Code::OK
        } else {
            Code::NO
        });
    }
    let changed = changed.into_iter();
    let replacements =
        changed.filter_map(|(file, before, after)| context.replacement(file, before, after));
    let replacements: Vec<Replacement> = replacements.collect();
    replace_all(&replacements, None)?;
    for file in &replacements {
        context.note(format!("edited {}", file.shown));
    }
    Ok(Code::OK)
}

/// The command that makes the change in the cluster.
fn command(one: &Annotated<'_>, namespace: Option<&str>) -> String {
    if one.changes.is_empty() {
        return String::new();
    }
    let namespace = one
        .application
        .namespace
        .or(namespace)
        .unwrap_or(DEFAULT_NAMESPACE);
    annotate_command(
        one.application.kind,
        one.application.name,
        namespace,
        &one.changes,
    )
}

/// Without input: the commands for the Applications that are named.
fn without_input(
    args: &AppsAnnotateArgs,
    request: &AnnotationRequest<'_>,
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    if args.app.is_empty() {
        return Err(Error::usage("there is no Application to annotate").hint(
            "give files with -f FILE, ask the cluster with --live, or name one with --app NAME",
        ));
    }
    if args.name_sources {
        return Err(
            Error::usage("--name-sources edits files, but none is given").hint("name them with -f"),
        );
    }
    let changes = request.plain_changes();
    let namespace = args.input.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE);
    let lines = args
        .app
        .iter()
        .map(|name| annotate_command(AppKind::Application, name, namespace, &changes));
    context.print(&lines.collect::<String>())?;
    if args.source.is_none() {
        context.note("these keys are for an Application with one unnamed source: --source NAME is for others, --live finds out");
    }
    context.note("an Application that comes from Git loses annotations at the next sync: annotate its file there");
    Ok(Code::OK)
}
