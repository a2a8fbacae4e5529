//! The one Argo CD that a question is asked of, and what is said about how it was read.

use super::change::selector;
use super::context::Context;
use super::reading::ReadState;
use crate::cli::Input;
use crate::error::{Error, Result};
use crate::input::File;
use crate::rbac::ArgoCdVersion;
use crate::site::{ArgoCd, GatherOptions, Inquiry, ask_one, inline_patches};

/// How the options say that the input is read.
pub(super) fn question(args: &Input, version: ArgoCdVersion) -> Inquiry {
    let selector = selector(args);
    Inquiry {
        scope: selector.scope,
        options: GatherOptions {
            version,
            form: args.form,
            values_root: selector.values_root,
            ..GatherOptions::default()
        },
        base: None,
    }
}

/// What a question about the whole of an Argo CD is asked of, and how it is read: patches inside
/// kustomizations count as files, and so come before live objects.
pub(super) fn question_of(
    read: ReadState,
    args: &Input,
    version: ArgoCdVersion,
) -> (Vec<File>, Inquiry) {
    let ReadState { mut files, base } = read;
    let end = base.unwrap_or(files.len());
    let patches = inline_patches(&files[..end]);
    let question = Inquiry {
        base: base.map(|base| base + patches.len()),
        ..question(args, version)
    };
    files.splice(end..end, patches);
    (files, question)
}

/// Reads what a question about a policy is asked of; `what` is what the question is for.
pub(super) fn read_policy(
    args: &Input,
    version: ArgoCdVersion,
    what: &str,
    context: &mut Context<'_, '_>,
) -> Result<(Vec<File>, Inquiry)> {
    let read = context.read_state(args, &[])?;
    let read = read.ok_or_else(|| no_policy(what))?;
    Ok(question_of(read, args, version))
}

/// Refuses a question without input.
pub(super) fn no_policy(what: &str) -> Error {
    Error::usage(format!("there is no policy to {what}"))
        .hint("give it with -f FILE, -f - or --live; --sample has an example")
}

/// Says that no policy decides, if authorisation is off.
pub(super) fn warn_of_no_authorisation(argocd: &ArgoCd<'_>, context: &mut Context<'_, '_>) {
    if let Some(place) = argocd.disables_auth() {
        context.warn(format!(
            "everyone may do everything: server.disable.auth is set ({place}), and the policy decides nothing"
        ));
    }
}

/// Finds the Argo CD that is asked in what was read.
///
/// # Errors
/// Several of them; nothing that holds a policy.
pub(super) fn asked<'a>(
    files: &'a [File],
    question: &Inquiry,
    context: &mut Context<'_, '_>,
) -> Result<ArgoCd<'a>> {
    context.telling(|notes| ask_one(files, question, notes))
}
