//! `can`: one decision, explained.

use super::asked::{asked, read_policy};
use super::context::Context;
use crate::cli::CanArgs;
use crate::error::{Code, Error, Result};
use crate::rbac::ArgoCdVersion;
use crate::report::can;
use crate::review::{UserRequest, decide};

pub(crate) fn run(args: &CanArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let version = version(args.argocd_version.as_deref(), context)?;
    let (files, question) = read_policy(&args.input, version, "ask", context)?;
    let argocd = asked(&files, &question, context)?;
    let mut set = argocd.policy_set();
    set.builtin = args.use_builtin_policy;
    if let Some(role) = &args.default_role {
        set.default_role.clone_from(role);
    }
    let request = UserRequest {
        subject: &args.subject,
        groups: &args.groups,
        action: &args.action,
        resource: &args.resource,
        object: args.object.as_deref().unwrap_or_default(),
        strict: args.strict,
    };
    let decision = decide(&argocd, set, request)?;
    for warning in &decision.warnings {
        context.warn(warning);
    }
    let with_reasons = args.explain.unwrap_or(context.host.terminal.stdout);
    if !context.is_quiet() {
        let text = can::text(&decision, with_reasons, context.style());
        context.print(&context.shown(&text))?;
    }
    if let Some(note) = &decision.note {
        context.note(note);
    }
    if let Some(doubt) = &decision.doubt {
        context.warn(doubt);
    }
    Ok(if decision.allowed { Code::OK } else { Code::NO })
}

/// Reads `--argocd-version`, and says where it is newer than what is known.
pub(super) fn version(asked: Option<&str>, context: &mut Context<'_, '_>) -> Result<ArgoCdVersion> {
    let Some(asked) = asked else {
        return Ok(ArgoCdVersion::NEWEST);
    };
    let version: ArgoCdVersion = asked
        .parse()
        .map_err(|error: crate::rbac::BadVersion| Error::usage(error.to_string()))?;
    if version.is_beyond_known() {
        context.note(format!(
            "Argo CD {version} is newer than what is known: the rules of {} count",
            ArgoCdVersion::NEWEST
        ));
    }
    Ok(version)
}
