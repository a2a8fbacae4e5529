//! `who-can`: everybody who may do something.

use super::asked::{asked, read_policy, warn_of_no_authorisation};
use super::can::version;
use super::context::Context;
use crate::cli::{Quantifier, WhoCanArgs, WhoCanOutput};
use crate::error::{Code, Result};
use crate::rbac::survey::Requests;
use crate::rbac::vocabulary::resolve_resource;
use crate::report::{Report, who_can};
use crate::review;
use crate::site::too_costly;

pub(crate) fn run(args: &WhoCanArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let version = version(args.argocd_version.as_deref(), context)?;
    let requests = Requests {
        action: &args.action,
        resource: resolve_resource(&args.resource),
        object: args.object.as_deref().unwrap_or("*"),
    };
    review::refuse_unknown(requests, version)?;
    let (files, question) = read_policy(&args.input, version, "ask", context)?;
    let argocd = asked(&files, &question, context)?;
    warn_of_no_authorisation(&argocd, context);
    let mut set = argocd.policy_set();
    set.builtin = args.use_builtin_policy;
    if let Some(role) = &args.default_role {
        set.default_role.clone_from(role);
    }
    let server = argocd.server(set)?;
    let every = args.which == Quantifier::Every;
    let found = review::who_can(&argocd, &server, requests, every);
    let report = match args.output {
        WhoCanOutput::Text => Report::Text(who_can::text(&found, context.style())),
        WhoCanOutput::Wide => Report::Text(who_can::wide(&found, context.style())),
        WhoCanOutput::Json => who_can::json(&found),
        WhoCanOutput::Yaml => who_can::json(&found).in_yaml(),
        WhoCanOutput::Markdown => Report::Text(who_can::as_markdown(&found)),
        WhoCanOutput::Csv => who_can::csv(&found),
    };
    context.report(report)?;
    if found.is_open() {
        context.warn(
            "where it says undecided, neither a yes nor a no could be proved: it counts as a yes",
        );
    }
    if !found.is_found() {
        let of = if every {
            " for every object that matches"
        } else {
            ""
        };
        context.note(format!(
            "no subject may {} {} {}{of}",
            requests.action, requests.resource, requests.object
        ));
    }
    if let Some(pattern) = server.undecided() {
        context.warn(format!("{}: a row may be wrong", too_costly(pattern)));
        return Ok(Code::NO);
    }
    Ok(if found.is_found() { Code::OK } else { Code::NO })
}
