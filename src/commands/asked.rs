//! The one Argo CD that a question is asked of, and what is said about how it was read.

use super::change::selector;
use super::context::Context;
use super::reading::ReadState;
use crate::cli::Input;
use crate::error::{Error, Result};
use crate::input::File;
use crate::rbac::ArgoCdVersion;
use crate::site::{self, ArgoCd, GatherOptions, Inquiry, OPERATOR_DEFAULT_ROLE, inline_patches};
use crate::text::counted;

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

/// Says how many objects of other kinds were left alone.
pub(super) fn tell_foreign(count: usize, context: &mut Context<'_, '_>) {
    if count > 0 {
        context.note(format!(
            "ignored {} of other kinds",
            counted(count, "object")
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
    let mut found = site::ask(files, question)?;
    if found.argocds.len() > 1 {
        return Err(Error::usage("a question is asked of one Argo CD at a time")
            .hint("choose one with -n NAMESPACE")
            .hint("values files that Helm merges: name each with -f, in Helm's order"));
    }
    let argocd = found.argocds.pop().filter(ArgoCd::has_policy);
    let Some(argocd) = argocd else {
        let mut error = Error::input("there is no policy in the input");
        if let Some((kind, name)) = found.foreign.first() {
            let kind = if kind.is_empty() {
                "a document without kind"
            } else {
                kind
            };
            error = error
                .hint(format!("it holds {kind} {name}, which has no policy").replace("  ", " "));
        }
        return Err(error
            .hint("a policy is in argocd-rbac-cm, in a CSV file, in an AppProject or an ArgoCD, in Helm values")
            .hint("read it with: kubectl get configmap -n argocd argocd-cm argocd-rbac-cm -o yaml"));
    };
    tell_foreign(found.foreign.len(), context);
    tell(&argocd, &found.not_read, context);
    let missing = argocd.not_read();
    if !missing.is_empty() {
        context.note(format!(
            "not read, so Argo CD's defaults count: {}",
            missing.join(", ")
        ));
    }
    Ok(argocd)
}

/// Says what of an Argo CD was not read, or is assumed.
pub(super) fn tell(argocd: &ArgoCd<'_>, not_read: &[String], context: &mut Context<'_, '_>) {
    if let Some(unknown) = argocd.unknown_lines() {
        let (lines, are) = if unknown.count == 1 {
            ("line", "is")
        } else {
            ("lines", "are")
        };
        context.warn(format!(
            "{}: {} {lines} of the policy {are} filled in by a template, and count as missing",
            unknown.first, unknown.count
        ));
    }
    for text in not_read {
        context.note(format!("not read: {text}"));
    }
    if argocd.assumes_default_role() {
        context.note(format!(
            "the ArgoCD resource names no default role, and the live argocd-rbac-cm is not in the \
             input: {OPERATOR_DEFAULT_ROLE} is assumed, which argocd-operator sets when it creates the ConfigMap"
        ));
    }
}
