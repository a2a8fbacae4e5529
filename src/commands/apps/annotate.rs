//! `apps annotate`: writes Octopus's annotations into Applications, or removes them.

use std::fmt::Write as _;

use serde_json::json;

use super::annotated::{Annotated, FIELDS, annotate, edits};
use super::read::{applications, read};
use crate::change::{join, server_fields};
use crate::cli::AppsAnnotateArgs;
use crate::commands::context::Context;
use crate::emit::{Replacement, replace_all};
use crate::error::{Code, Error, Result};
use crate::input::{File, Origin, WantedObjects};
use crate::model::DEFAULT_NAMESPACE;
use crate::model::shell::quoted;
use crate::octopus::apps::{
    AnnotationField, AppKind, Application, LabelSelector, is_slug, slug_of,
};
use crate::report::diff::{Pair, unified};
use crate::site::{Object, objects};
use crate::yaml::{self, Edit};

/// The lines of context around a change.
const CONTEXT: usize = 3;

pub(super) fn run(args: &AppsAnnotateArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    check(args)?;
    let wanted = [
        WantedObjects::Applications,
        WantedObjects::ApplicationSets,
        WantedObjects::Params,
    ];
    let Some(files) = read(&args.input, &wanted, context)? else {
        return without_input(args, context);
    };
    let found = objects(&files);
    let chosen = select(applications(&found)?, args, context)?;
    let mut annotated = Vec::new();
    for (object, application) in chosen {
        annotated.push(annotate(object, application, args, context)?);
    }
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

/// What cannot be meant.
fn check(args: &AppsAnnotateArgs) -> Result<()> {
    let deployment = &args.deployment;
    if !args.absent && (deployment.octopus_project.is_none() || deployment.environment.is_none()) {
        return Err(Error::usage(
            "--octopus-project and --environment are required: without one of them Octopus updates nothing",
        ));
    }
    let values = [
        ("--octopus-project", &deployment.octopus_project),
        ("--environment", &deployment.environment),
        ("--tenant", &deployment.tenant),
    ];
    for (option, value) in values {
        let Some(value) = value.as_deref().filter(|value| !is_slug(value)) else {
            continue;
        };
        let error = Error::usage(format!("{option} `{}` is not a slug", value.escape_debug()));
        return Err(match slug_of(value) {
            Some(slug) => error.hint(format!("Octopus makes `{slug}` of such a name")),
            None => error.hint("a slug has lower-case letters, digits and dashes"),
        });
    }
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

/// The Applications that are meant.
fn select<'f>(
    all: Vec<(Object<'f>, Application<'f>)>,
    args: &AppsAnnotateArgs,
    context: &mut Context<'_, '_>,
) -> Result<Vec<(Object<'f>, Application<'f>)>> {
    for name in &args.app {
        if !all.iter().any(|(_, application)| application.name == name) {
            let known: Vec<&str> = all
                .iter()
                .map(|(_, application)| application.name)
                .collect();
            return Err(
                Error::input(format!("there is no Application `{name}` in the input"))
                    .hint(format!("there are: {}", known.join(", "))),
            );
        }
    }
    let selector = args
        .selector
        .as_deref()
        .map(LabelSelector::parse)
        .transpose()?;
    let mut chosen = Vec::new();
    for (object, application) in all {
        let named = args.app.iter().any(|name| *name == application.name);
        let labels = match application.kind {
            AppKind::Application => application.labels.clone(),
            AppKind::ApplicationSet => labels(&object),
        };
        let selected = selector
            .as_ref()
            .is_none_or(|selector| selector.matches(&labels));
        if !(selected && (args.app.is_empty() || named)) {
            continue;
        }
        if let (Some(owner), false) = (application.owner, named) {
            context.note(format!(
                "left {} alone: the ApplicationSet {owner} makes it, and its template is what to annotate",
                application.name
            ));
            continue;
        }
        chosen.push((object, application));
    }
    let names: Vec<&str> = chosen
        .iter()
        .map(|(_, application)| application.name)
        .collect();
    if names.is_empty() {
        return Err(Error::input("no Application in the input matches")
            .hint("--app and --selector say which"));
    }
    if names.len() > 1 && args.app.is_empty() && args.selector.is_none() {
        return Err(Error::usage(format!(
            "the input has {} Applications: {}",
            names.len(),
            names.join(", ")
        ))
        .hint("choose with --app NAME or --selector key=value"));
    }
    Ok(chosen)
}

/// The labels of an object itself.
fn labels<'f>(object: &Object<'f>) -> Vec<(&'f str, &'f str)> {
    let entries = object
        .find(&["metadata", "labels"])
        .and_then(|node| node.entries());
    let pairs = entries.unwrap_or_default().iter().filter_map(|entry| {
        Some((
            entry.key.as_scalar()?.value(),
            entry.value.as_scalar()?.value(),
        ))
    });
    pairs.collect()
}

/// Edits the texts, and prints them, writes them back, or shows the difference.
fn edit(
    args: &AppsAnnotateArgs,
    files: &[File],
    found: &[Object<'_>],
    annotated: &[Annotated<'_>],
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    let (mut replacements, mut texts, mut differences) = (Vec::new(), Vec::new(), String::new());
    let style = context.style();
    for (index, file) in files.iter().enumerate() {
        let Some(stream) = file.stream() else {
            continue;
        };
        let ours = || annotated.iter().filter(move |one| one.object.file == index);
        if ours().count() == 0 && file.origin != Origin::Stdin {
            continue;
        }
        let mut all: Vec<Edit> = ours().flat_map(edits).collect();
        let before = stream.source().text();
        if args.in_place || args.diff {
            let after = yaml::edit(stream, &all)?;
            let name = stream.source().name();
            if after == before {
                continue;
            }
            let pair = Pair {
                name,
                live: before,
                desired: &after,
            };
            differences.push_str(&unified(pair, CONTEXT, style));
            if let Origin::Named(path) | Origin::Found(path) = &file.origin {
                replacements.push(Replacement {
                    path: context.host.path(path),
                    shown: path.display().to_string(),
                    before: before.to_owned(),
                    after,
                });
            }
            continue;
        }
        let from_server = found
            .iter()
            .filter(|object| object.file == index && object.from_server());
        all.extend(
            from_server.flat_map(|object| {
                server_fields(object.document, &object.route, object.node, true)
            }),
        );
        texts.push(yaml::edit(stream, &all)?);
    }
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
    if args.diff {
        if !style.is_colored() {
            differences = context.shown(&differences);
        }
        context.print_painted(&differences)?;
        return Ok(if differences.is_empty() {
            Code::OK
        } else {
            Code::NO
        });
    }
    if args.in_place {
        replace_all(&replacements, None)?;
        for file in &replacements {
            context.note(format!("edited {}", file.shown));
        }
        return Ok(Code::OK);
    }
    context.print(&join(&texts))?;
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
    line(
        one.application.kind,
        one.application.name,
        namespace,
        &one.changes,
    )
}

fn line(
    kind: AppKind,
    name: &str,
    namespace: &str,
    changes: &[(String, Option<String>)],
) -> String {
    let (name, namespace) = (quoted(name), quoted(namespace));
    match kind {
        AppKind::Application => {
            let mut text = format!(
                "kubectl annotate applications.argoproj.io {name} -n {namespace} --overwrite"
            );
            for (key, value) in changes {
                let _ = match value {
                    Some(value) => write!(text, " {}", quoted(&format!("{key}={value}"))),
                    None => write!(text, " {}", quoted(&format!("{key}-"))),
                };
            }
            text + "\n"
        }
        AppKind::ApplicationSet => {
            let annotations: serde_json::Map<_, _> = changes
                .iter()
                .map(|(key, value)| (key.clone(), json!(value)))
                .collect();
            let patch = json!({"spec": {"template": {"metadata": {"annotations": annotations}}}});
            format!(
                "kubectl patch applicationsets.argoproj.io {name} -n {namespace} --type merge -p {}\n",
                quoted(&patch.to_string())
            )
        }
    }
}

/// Without input: the commands for the Applications that are named.
fn without_input(args: &AppsAnnotateArgs, context: &mut Context<'_, '_>) -> Result<Code> {
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
    let deployment = &args.deployment;
    let values = [
        &deployment.octopus_project,
        &deployment.environment,
        &deployment.tenant,
    ];
    let changes: Vec<(String, Option<String>)> = FIELDS
        .iter()
        .zip(values)
        .filter(|(field, value)| {
            value.is_some() || args.absent && **field != AnnotationField::Tenant
        })
        .map(|(field, value)| {
            let value = value.clone().filter(|_| !args.absent);
            (field.key(args.source.as_deref()), value)
        })
        .collect();
    let namespace = args.input.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE);
    let lines = args
        .app
        .iter()
        .map(|name| line(AppKind::Application, name, namespace, &changes));
    context.print(&lines.collect::<String>())?;
    if args.source.is_none() {
        context.note("these keys are those of an Application with one source without a name: --source NAME is for others, --live finds out");
    }
    context.note("an Application that comes from Git loses annotations at the next sync: annotate its file there");
    Ok(Code::OK)
}
