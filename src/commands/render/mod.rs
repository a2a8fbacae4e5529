//! `render`: prints the change, ready for kubectl or for Git, or edits the files themselves.

mod edited;
mod overlays;
mod own_keys;
mod standalone;
mod texts;

pub(super) use own_keys::own_keys;
pub(super) use texts::{Text, write_all};

use std::collections::BTreeMap;
use std::path::Path;

use super::change::Wish;
use super::context::Context;
use super::forms::{self, Planned};
use super::next::{Next, Read};
use super::permissions::{permissions, refuse_collateral};
use crate::cli::{Form, Format, RenderArgs, RenderOutput};
use crate::error::{Code, Error, Result};
use crate::input::{File, Object, objects};
use crate::model::Owner;
use texts::join;

/// What was asked for: a form, whether as a patch of what it edits, and a format.
struct Asked {
    form: Option<Form>,
    as_patch: bool,
    format: Option<Format>,
}

pub(super) fn run(args: &RenderArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let wish = Wish::new(&args.change, context)?;
    let asked = asked(args)?;
    if args.in_place {
        refuse_in_place(args, &asked)?;
    }
    let files = context.read(&args.input, asked.form, &args.change.project)?;
    let mut next = Next::new(&args.input, &args.change, &wish);
    let texts = match &files {
        None => {
            let (texts, form) = standalone::texts(args, &wish, asked.form, asked.format)?;
            next.read = if args.change.fresh {
                Read::Fresh
            } else {
                Read::Nothing
            };
            next.form = form;
            texts
        }
        Some(files) => {
            let found = objects(files);
            let (form, owner) = choose(asked.form, &found, args, context);
            let planned = forms::plan(&wish, form, &found, &args.input, context)?;
            if args.change.fail_on_collateral {
                let changes =
                    permissions(files, &planned, BTreeMap::new(), &args.input, &wish.account)?;
                refuse_collateral(&changes.unwrap_or_default(), &wish.account)?;
            }
            next.form = form;
            next.as_patch = asked.as_patch;
            next.observe(&planned);
            if args.in_place {
                forms::tell_owner(&planned, form, &wish, &args.input, context);
                next.edited = edited::in_place(args, files, &planned, context)?;
                next.tell(None, context);
                return Ok(Code::OK);
            }
            let texts = with_input(
                args, &wish, &asked, form, owner, files, &found, &planned, &mut next,
            )?;
            next.is_reverted = forms::tell_owner(&planned, next.form, &wish, &args.input, context);
            texts
        }
    };
    if next.prints_patches() && texts.len() > 1 && args.output_dir.is_none() {
        refuse_several(args, context, &next)?;
    }
    next.files = texts.iter().map(|text| text.name.clone()).collect();
    if let Some(directory) = &args.output_dir {
        write_all(&context.host.path(directory), directory, &texts)?;
    } else {
        let texts: Vec<String> = texts.into_iter().map(|text| text.text).collect();
        context.print(&join(&texts))?;
    }
    next.tell(args.output_dir.as_deref(), context);
    Ok(Code::OK)
}

/// `-o` and `--form` name the same thing, except that `-o patch` asks for the patch of what
/// `--form` edits.
fn asked(args: &RenderArgs) -> Result<Asked> {
    let output = args.output.and_then(RenderOutput::form);
    let (form, as_patch) = match (output, args.input.form) {
        (Some(Form::Patch), Some(form @ (Form::Operator | Form::AppProject))) => (Some(form), true),
        (Some(one), Some(other)) if one != other => {
            return Err(Error::usage("-o and --form name different forms"));
        }
        (one, other) => (one.or(other), false),
    };
    let format = match (args.format, args.output.and_then(RenderOutput::format)) {
        (Some(one), Some(other)) if one != other => {
            return Err(Error::usage("-o and --format name different formats"));
        }
        (one, other) => one.or(other),
    };
    Ok(Asked {
        form,
        as_patch,
        format,
    })
}

fn refuse_in_place(args: &RenderArgs, asked: &Asked) -> Result<()> {
    if args.input.filename.is_empty() {
        return Err(
            Error::usage("--in-place edits files, and none is named").hint("name them with -f")
        );
    }
    if args
        .input
        .filename
        .iter()
        .any(|path| path == Path::new("-"))
    {
        return Err(Error::usage("--in-place cannot edit stdin (`-f -`)")
            .hint("name the file with -f, or leave --in-place out"));
    }
    if asked.format.is_some() {
        return Err(Error::usage("--in-place keeps the format of each file")
            .hint("leave -o yaml or -o json out"));
    }
    let only_prints = matches!(
        asked.form,
        Some(Form::Patch | Form::JsonPatch | Form::Kustomize)
    );
    if only_prints || asked.as_patch {
        return Err(Error::usage(
            "--in-place edits what is in the files, and this form prints something else",
        )
        .hint("leave the form out: it follows from what the files hold"));
    }
    if let Some(suffix) = &args.backup
        && (suffix.is_empty() || suffix.contains(['/', '\\']))
    {
        return Err(Error::usage(format!(
            "--backup `{}` cannot end a file's name",
            suffix.escape_debug()
        ))
        .hint("give a suffix: --backup .orig"));
    }
    Ok(())
}

/// The form, and with `auto` the owner for whom it was chosen.
fn choose(
    asked: Option<Form>,
    found: &[Object<'_>],
    args: &RenderArgs,
    context: &mut Context<'_, '_>,
) -> (Form, Option<Owner>) {
    match asked {
        Some(Form::Auto) => {}
        Some(form) => return (form, None),
        None => return (forms::detect(found, &args.input), None),
    }
    let detected = forms::detect(found, &args.input);
    if detected != Form::Manifest || args.in_place {
        return (detected, None);
    }
    match forms::form_of_owner(found) {
        Some((form, owner)) => {
            context.note(format!(
                "-o {}, because of the owner: {owner}",
                form.as_str()
            ));
            (form_for(form), Some(owner))
        }
        None => (detected, None),
    }
}

/// What is planned for the form that an owner keeps: for want of its own object, the ConfigMaps.
fn form_for(form: Form) -> Form {
    match form {
        Form::Helm | Form::Operator => Form::Auto,
        other => other,
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one step of `run`, which knows all of this"
)]
fn with_input(
    args: &RenderArgs,
    wish: &Wish,
    asked: &Asked,
    form: Form,
    owner: Option<Owner>,
    files: &[File],
    found: &[Object<'_>],
    planned: &[Planned<'_>],
    next: &mut Next<'_>,
) -> Result<Vec<Text>> {
    let format = asked.format;
    match (form, owner) {
        (Form::Patch | Form::JsonPatch, _) => Ok(overlays::patches(args, planned, form, format)),
        (Form::Kustomize, _) => overlays::beside(args, wish, form, planned, format),
        (Form::Auto, Some(Owner::Operator(name))) => {
            next.form = Form::Operator;
            next.as_patch = true;
            next.argocd = Some(name.clone());
            Ok(overlays::for_operator(args, &name, planned, format))
        }
        (Form::Auto, _) => {
            next.form = Form::Helm;
            next.read = Read::Nothing;
            overlays::beside(args, wish, Form::Helm, planned, format)
        }
        _ if asked.as_patch => Ok(overlays::patches(args, planned, Form::Patch, format)),
        _ => edited::texts(args, files, found, planned, format),
    }
}

/// kubectl silently drops all but the first document of a patch file.
fn refuse_several(args: &RenderArgs, context: &Context<'_, '_>, next: &Next<'_>) -> Result<()> {
    if context.host.terminal.stdout {
        return Ok(());
    }
    let error = Error::usage(format!(
        "there are {} patches, and kubectl silently drops all but the first of a patch file",
        next.count()
    ));
    let error = next.patch_commands().into_iter().fold(error, Error::hint);
    Err(if next.is_of_objects() || args.input.all_namespaces {
        error.hint("or write them to files: --output-dir DIR")
    } else {
        error
    })
}
