//! `render`: prints the change, ready for kubectl or for Git, or edits the files themselves.

use std::path::{Path, PathBuf};

use super::change::{next, request, selector};
use super::context::Context;
use super::permissions::permissions;
use crate::change::{
    ChangeRequest, EditedStreams, InputKind, Next, OutputFile, OutputOptions, Planned, beside,
    edited_files, for_operator, form_of_owner, join, patches, plan, standalone, tell_owner, whole,
};
use crate::cli::{Form, RenderArgs};
use crate::emit::{DirectoryLocks, Replacement, create_directory, place_all, replace_all};
use crate::error::{Code, Error, Result};
use crate::input::{File, Origin};
use crate::model::{FormOutput, Owner};
use crate::review::refuse_collateral;
use crate::site::{Object, objects, with_inline_patches};
use crate::yaml::Format;

/// What was asked for: a form, whether as a patch of what it edits, and a format.
struct RequestedForm {
    form: Option<Form>,
    as_patch: bool,
    format: Option<Format>,
}

pub(crate) fn run(args: &RenderArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let request = request(&args.change, &args.input, context)?;
    let asked = asked(args)?;
    if args.in_place {
        refuse_in_place(args, &asked)?;
    }
    // What changes is known only after reading, and what was read holds only under the lock: so it
    // is read again.
    let _locks = args.in_place.then(|| {
        DirectoryLocks::take(
            changing(args, &request, &asked, context)
                .iter()
                .map(|path| &**path),
        )
    });
    let files = context.read(&args.input, asked.form, &args.change.project)?;
    let files = files.map(with_inline_patches);
    let mut next = next(&args.input, &args.change, &request);
    let rendering = Rendering {
        options: options(args, &asked),
        args,
        request: &request,
        asked,
    };
    let texts = match &files {
        None => rendering.without_input(&mut next)?,
        Some(files) => {
            let found = objects(files);
            let (planned, owner) = rendering.plan(&found, &mut next, context)?;
            if args.in_place {
                let (edited, replacements) = match edited_files(files, &planned) {
                    Ok(edited) => {
                        let replacements = replacements(files, &edited, context);
                        (edited, Ok(replacements))
                    }
                    Err(error) => (EditedStreams::new(), Err(error)),
                };
                rendering.refuse_collateral(files, &planned, edited, context)?;
                context.telling(|notes| tell_owner(&planned, next.form, &request, notes));
                next.edited = in_place(args, replacements?)?;
                context.tell(&next.notes(None));
                return Ok(Code::OK);
            }
            let (texts, edited) =
                rendering.with_input(files, &found, &planned, owner, &mut next)?;
            rendering.refuse_collateral(files, &planned, edited, context)?;
            next.reversal =
                context.telling(|notes| tell_owner(&planned, next.form, &request, notes));
            texts
        }
    };
    if next.prints_patches() && texts.len() > 1 && args.output_dir.is_none() {
        refuse_several(args, context, &next)?;
    }
    next.files = texts.iter().map(|text| text.name.clone()).collect();
    if let Some(directory) = &args.output_dir {
        write_all(&context.host.path(directory), &texts)?;
    } else {
        let texts: Vec<String> = texts.into_iter().map(|text| text.text).collect();
        context.print(&join(&texts))?;
    }
    context.tell(&next.notes(args.output_dir.as_deref()));
    Ok(Code::OK)
}

/// What was asked for, checked.
struct Rendering<'a> {
    args: &'a RenderArgs,
    request: &'a ChangeRequest,
    asked: RequestedForm,
    options: OutputOptions,
}

impl Rendering<'_> {
    /// The texts of what exists nowhere yet, or is not read.
    fn without_input(&self, next: &mut Next<'_>) -> Result<Vec<OutputFile>> {
        let is_fresh = self.args.change.fresh;
        next.read = if is_fresh {
            InputKind::Fresh
        } else {
            InputKind::Nothing
        };
        let (texts, form) = standalone(&self.options, self.request, self.asked.form, is_fresh)?;
        next.form = form;
        Ok(texts)
    }

    /// What changes in what was read, and with `auto` the owner that decided the form.
    fn plan<'f>(
        &self,
        found: &[Object<'f>],
        next: &mut Next<'_>,
        context: &mut Context<'_, '_>,
    ) -> Result<(Vec<Planned<'f>>, Option<Owner>)> {
        let (form, owner) = choose(self.asked.form, found, self.args, context);
        let selector = &self.options.selector;
        let planned = context.telling(|notes| plan(self.request, form, found, selector, notes))?;
        next.form = form;
        next.as_patch = self.asked.as_patch;
        next.observe(&planned);
        Ok((planned, owner))
    }

    /// With `--fail-on-collateral`, refuses a change that concerns anyone but the account. What was edited for the
    /// output is not edited again.
    fn refuse_collateral(
        &self,
        files: &[File],
        planned: &[Planned<'_>],
        edited: EditedStreams,
        context: &mut Context<'_, '_>,
    ) -> Result<()> {
        if !self.args.change.fail_on_collateral {
            return Ok(());
        }
        let (input, account) = (&self.args.input, &self.request.account);
        let changes = permissions(files, planned, edited, input, account, context)?;
        refuse_collateral(&changes.unwrap_or_default(), account)
    }

    /// The texts that make the planned changes, and the files that were edited for them.
    fn with_input(
        &self,
        files: &[File],
        found: &[Object<'_>],
        planned: &[Planned<'_>],
        owner: Option<Owner>,
        next: &mut Next<'_>,
    ) -> Result<(Vec<OutputFile>, EditedStreams)> {
        let texts = match (next.form, owner) {
            (form @ (Form::Patch | Form::JsonPatch), _) => {
                Ok(patches(&self.options, planned, form))
            }
            (Form::Kustomize, _) => beside(&self.options, self.request, Form::Kustomize, planned),
            (Form::Auto, Some(Owner::Operator(name))) => {
                next.form = Form::Operator;
                next.as_patch = true;
                next.argocd = Some(name.clone());
                Ok(for_operator(&self.options, &name, planned))
            }
            (Form::Auto, _) => {
                next.form = Form::Helm;
                next.read = InputKind::Nothing;
                beside(&self.options, self.request, Form::Helm, planned)
            }
            (Form::Operator | Form::AppProject, _) if self.asked.as_patch => {
                Ok(patches(&self.options, planned, Form::Patch))
            }
            (Form::Manifest | Form::Helm | Form::Operator | Form::AppProject, _) => {
                return whole(&self.options, files, found, planned);
            }
        };
        Ok((texts?, EditedStreams::new()))
    }
}

fn asked(args: &RenderArgs) -> Result<RequestedForm> {
    let form = args.input.form;
    if args.as_patch && !matches!(form, Some(Form::Operator | Form::AppProject)) {
        return Err(
            Error::usage("--as-patch needs --form operator or --form appproject")
                .hint("for merge patches of the ConfigMaps: --form patch"),
        );
    }
    Ok(RequestedForm {
        form,
        as_patch: args.as_patch,
        format: args.output.map(Format::from),
    })
}

fn refuse_in_place(args: &RenderArgs, asked: &RequestedForm) -> Result<()> {
    if args.input.filename.is_empty() {
        return Err(
            Error::usage("--in-place edits files, but none is given").hint("name them with -f")
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
    let edits = |form: Form| form.output() == FormOutput::Documents;
    if !asked.form.is_none_or(edits) {
        return Err(Error::usage(
            "--in-place edits what is in the files, but this form prints something else",
        )
        .hint("omit --form: it follows from the files"));
    }
    if let Some(suffix) = &args.backup
        && (suffix.is_empty() || suffix.contains(|c: char| c.is_control() || "/\\".contains(c)))
    {
        return Err(Error::usage(format!(
            "--backup `{}` cannot be the suffix of a file name",
            suffix.escape_debug()
        ))
        .hint("give a suffix: --backup .orig"));
    }
    Ok(())
}

/// The form, and with `auto` the owner that decided it.
fn choose(
    asked: Option<Form>,
    found: &[Object<'_>],
    args: &RenderArgs,
    context: &mut Context<'_, '_>,
) -> (Form, Option<Owner>) {
    match asked {
        Some(Form::Auto) => {}
        Some(form) => return (form, None),
        None => return (selector(&args.input).detect(found), None),
    }
    let detected = selector(&args.input).detect(found);
    if detected != Form::Manifest || args.in_place {
        return (detected, None);
    }
    match form_of_owner(found) {
        Some((form, owner)) => {
            context.note(format!(
                "--form {}, because of the owner: {owner}",
                form.as_str()
            ));
            (form_for(form), Some(owner))
        }
        None => (detected, None),
    }
}

/// What is planned for the form that an owner keeps: for lack of its own object, the ConfigMaps.
fn form_for(form: Form) -> Form {
    match form {
        Form::Helm | Form::Operator => Form::Auto,
        other => other,
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

fn options(args: &RenderArgs, asked: &RequestedForm) -> OutputOptions {
    OutputOptions {
        format: asked.format,
        into_directory: args.output_dir.is_some(),
        keep_lock: !args.change.strip_resource_version,
        selector: selector(&args.input),
    }
}

/// The files that would change now; none where that cannot be told, which is said later.
fn changing(
    args: &RenderArgs,
    request: &ChangeRequest,
    asked: &RequestedForm,
    context: &mut Context<'_, '_>,
) -> Vec<PathBuf> {
    let Ok(files) = context.peek(&args.input) else {
        return Vec::new();
    };
    let files = with_inline_patches(files);
    let found = objects(&files);
    let selector = selector(&args.input);
    let form = asked.form.filter(|form| *form != Form::Auto);
    let form = form.unwrap_or_else(|| selector.detect(&found));
    let edited = plan(request, form, &found, &selector, &mut Vec::new())
        .and_then(|planned| edited_files(&files, &planned));
    let replacements = replacements(&files, &edited.unwrap_or_default(), context);
    replacements.into_iter().map(|file| file.path).collect()
}

/// The files on disk with their new texts.
fn replacements(
    files: &[File],
    edited: &EditedStreams,
    context: &Context<'_, '_>,
) -> Vec<Replacement> {
    let replacements = edited.iter().filter_map(|(index, stream)| {
        let file = &files[*index];
        // A patch inside a kustomization is part of that file's text.
        if matches!(file.origin, Origin::Inlined(_)) {
            return None;
        }
        context.replacement(file, file.source().text(), stream.source().text())
    });
    replacements.collect()
}

/// Edits the files themselves, all or none, and returns the names of those that changed.
fn in_place(args: &RenderArgs, replacements: Vec<Replacement>) -> Result<Vec<String>> {
    replace_all(&replacements, args.backup.as_deref())?;
    Ok(replacements.into_iter().map(|file| file.shown).collect())
}

/// Writes each text to a file of its own.
pub(crate) fn write_all(directory: &Path, texts: &[OutputFile]) -> Result<()> {
    create_directory(directory)?;
    let files = texts.iter().map(|file| (&*file.name, &*file.text));
    place_all(directory, files)
}
