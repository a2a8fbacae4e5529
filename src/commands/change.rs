//! The change of `render`, `diff` and `check`, from arguments to plain values.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::context::Context;
use super::words::{change_options, kubectl_flags, render_command};
use crate::change::{ChangeRequest, Commands, Goal, UncheckedChange};
use crate::cli::{self, ChangeArgs};
use crate::error::{Error, Result};
use crate::input::read_text;
use crate::model::Source;
use crate::render::{Override, names};
use crate::site::{NamespaceScope, Selector};
use crate::yaml::Stream;

/// The change that the arguments ask for, with the templates and values of their files.
pub(crate) fn request(
    args: &ChangeArgs,
    input: &cli::Input,
    context: &Context<'_, '_>,
) -> Result<ChangeRequest> {
    ChangeRequest::new(UncheckedChange {
        account: args.account.clone(),
        goal: if args.absent {
            Goal::Absent
        } else {
            Goal::Present {
                enable: args.enable,
            }
        },
        only: args.only,
        policy_key: args.policy_key.clone(),
        projects: args.project.clone(),
        allow_sync: args.allow_sync,
        match_mode: args.match_mode,
        extra: extra(&args.template_set, &args.template_values, context)?,
        overrides: overrides(args.template_dir.as_deref(), context)?,
        commands: Commands {
            change: change_options(args),
            kubectl: kubectl_flags(input),
            render: render_command(args, input),
        },
    })
}

/// The objects that the options ask for.
pub(crate) fn selector(args: &cli::Input) -> Selector {
    let scope = match &args.namespace {
        Some(namespace) => NamespaceScope::Namespace(namespace.clone()),
        None if args.all_namespaces => NamespaceScope::All,
        None => NamespaceScope::Only,
    };
    Selector {
        scope,
        values_root: args.values_root.clone(),
    }
}

/// The values of `--template-values`, then those of `--template-set`, which win.
pub(crate) fn extra(
    set: &[String],
    files: &[PathBuf],
    context: &Context<'_, '_>,
) -> Result<Map<String, Value>> {
    let mut values = Map::new();
    for path in files {
        values.extend(mapping(path, context)?);
    }
    for pair in set {
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            Error::usage(format!("--template-set {}: no `=`", pair.escape_debug()))
                .hint("write --template-set NAME=VALUE")
        })?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty()
            || !name.chars().all(plain)
            || name.starts_with(|c: char| c.is_ascii_digit())
        {
            return Err(Error::usage(format!(
                "--template-set: `{}` cannot be the name of a value",
                name.escape_debug()
            ))
            .hint("names have letters, digits and `_`, as templates use them"));
        }
        values.insert(name.to_owned(), value.into());
    }
    Ok(values)
}

/// A file with a mapping.
pub(super) fn mapping(path: &Path, context: &Context<'_, '_>) -> Result<Map<String, Value>> {
    let text = read_text(&context.host.path(path), path)?;
    let stream = Stream::parse(Source::new(&*path.to_string_lossy(), text))?;
    let wrong = || {
        Error::input(format!(
            "{}: names and their values are expected",
            path.display()
        ))
    };
    let [document] = stream.documents() else {
        return Err(wrong());
    };
    stream.refuse_duplicates()?;
    let root = document.root().map(|root| document.to_json(root));
    match root.transpose()? {
        Some(Value::Object(read)) => Ok(read),
        _ => Err(wrong()),
    }
}

/// The templates of `--template-dir`: single files with the names of built-in ones.
pub(crate) fn overrides(
    directory: Option<&Path>,
    context: &Context<'_, '_>,
) -> Result<Vec<Override>> {
    let Some(directory) = directory else {
        return Ok(Vec::new());
    };
    let path = context.host.path(directory);
    let root = path.canonicalize().map_err(|cause| {
        Error::input(format!("cannot read {}", directory.display())).caused_by(cause)
    })?;
    let mut overrides = Vec::new();
    for name in names() {
        let shown = directory.join(name);
        let Ok(file) = path.join(name).canonicalize() else {
            continue;
        };
        if !file.starts_with(&root) {
            return Err(
                Error::input(format!("{} leads out of its directory", shown.display()))
                    .hint("put the template itself there, not a link"),
            );
        }
        // Reading a FIFO or a device may never end.
        if !file.metadata().is_ok_and(|found| found.is_file()) {
            return Err(
                Error::input(format!("{} is not a regular file", shown.display()))
                    .hint("put the template itself there"),
            );
        }
        let text = read_text(&file, &shown)?;
        overrides.push(Override {
            name: name.to_owned(),
            path: shown.display().to_string(),
            text,
        });
    }
    if overrides.is_empty() {
        return Err(
            Error::usage(format!("{} has no template of ours", directory.display())).hint(format!(
                "templates that can be replaced: {}",
                names().collect::<Vec<_>>().join(", ")
            )),
        );
    }
    Ok(overrides)
}
