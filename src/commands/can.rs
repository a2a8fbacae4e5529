//! `can`: one decision, explained.

use std::fmt::Write as _;

use super::asked::{asked, question_of, too_costly};
use super::context::Context;
use crate::cli::CanArgs;
use crate::error::{Code, Error, Result};
use crate::rbac::vocabulary::{UnknownName, strict_actions, strict_resources};
use crate::rbac::{
    AdminCan, Answer, ArgoCdVersion, Claims, Decision, Enforcer, Explanation, Fatal, Grounds,
    LineId, Request, Verdict,
};
use crate::site::{ArgoCd, text_of};

/// How many lines that came close are shown.
const NEAR: usize = 5;

pub(crate) fn run(args: &CanArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let version = version(args.argocd_version.as_deref())?;
    let Some(read) = context.read_state(&args.input, &[])? else {
        return Err(Error::usage("there is no policy to ask")
            .hint("give it with -f FILE, -f - or --live; --sample has an example"));
    };
    let (files, question) = question_of(read, &args.input, version);
    let argocd = asked(&files, &question, context)?;
    let mut set = argocd.policy_set();
    set.builtin = args.use_builtin_policy;
    if let Some(role) = &args.default_role {
        set.default_role.clone_from(role);
    }
    let can = AdminCan::load(&set).map_err(|fatal| refuse(&fatal, &argocd))?;
    let object = args.object.as_deref().unwrap_or_default();
    let answer = can
        .ask(
            &args.subject,
            &args.action,
            &args.resource,
            object,
            args.strict,
        )
        .map_err(|fatal| refuse(&fatal, &argocd))?;
    // Argo CD's own command warns about the built-in roles too, because it looks at the user's
    // policy alone.
    let defined = can.enforcer().roles_without_rules().is_empty();
    for warning in &answer.warnings {
        if !(defined && Some(warning) == can.role_warning()) {
            context.warn(warning);
        }
    }
    let server = argocd.server(set)?;
    let scopes = argocd.scopes()?;
    let claims = Claims::in_scopes(&args.subject, &args.groups, scopes.as_deref());
    let found = server.decide(&claims, &answer.resource, &args.action, &answer.object);
    let request = Request::new(
        &found.subject,
        &found.resource,
        &found.action,
        &answer.object,
    );
    let mut reasons = String::new();
    let open = if let Some(place) = argocd.disables_auth() {
        let _ = writeln!(
            reasons,
            "  allowed because server.disable.auth is set ({place}): everyone may do everything"
        );
        true
    } else {
        let why = found.enforcer.explain(&request, NEAR);
        reasons = explain(&why, found.enforcer, &request, &argocd, &args.subject);
        if answer.resource == "logs" && argocd.logs_are_open() {
            let _ = writeln!(
                reasons,
                "  Argo CD {version} does not enforce logs: anyone who may get the application may read them"
            );
        }
        if !found.allowed() {
            reasons.push_str(&groups_in_vain(args, found.enforcer));
        }
        false
    };
    let allowed = open || found.allowed();
    let mut text = if allowed { "yes\n" } else { "no\n" }.to_owned();
    if args.explain.unwrap_or(context.host.terminal.stdout) {
        text.push_str(&reasons);
    }
    if !context.is_quiet() {
        context.print(&context.shown(&text))?;
    }
    if let Some(text) = beside(args, &found, &answer.resource, &answer.object) {
        context.note(text);
    }
    // A yes is certain: what cannot be decided denies.
    if let Some(pattern) = server.undecided().filter(|_| !allowed) {
        context.warn(format!("{}: the answer may be wrong", too_costly(pattern)));
    }
    Ok(if allowed { Code::OK } else { Code::NO })
}

pub(super) fn version(asked: Option<&str>) -> Result<ArgoCdVersion> {
    let Some(asked) = asked else {
        return Ok(ArgoCdVersion::NEWEST);
    };
    asked
        .parse()
        .map_err(|error: crate::rbac::BadVersion| Error::usage(error.to_string()))
}

/// What has to be known beside an answer.
fn beside(args: &CanArgs, found: &Answer<'_>, resource: &str, object: &str) -> Option<String> {
    let enforcer = found.enforcer;
    if let Grounds::Allowed(line) = found.grounds {
        let is_own = enforcer.rule(line).subject.text == args.subject;
        let is_address = args.subject.contains('@') && !enforcer.is_bound(&args.subject);
        return (is_own && is_address).then(|| {
            format!(
                "this holds where {} is the user's identifier (`sub`); as a value of `scopes` it needs a g line",
                args.subject
            )
        });
    }
    let is_scoped = ["applications", "applicationsets", "logs", "exec"].contains(&resource);
    let is_bare = !object.is_empty() && !object.contains(['/', '*']);
    (!found.allowed() && is_scoped && is_bare)
        .then(|| format!("the object of {resource} is PROJECT/NAME: `{object}` has no project"))
}

/// Says which of the groups the server does not ask for, because no `g` line binds them.
fn groups_in_vain(args: &CanArgs, enforcer: &Enforcer) -> String {
    let mut out = String::new();
    for group in args.groups.iter().filter(|group| !enforcer.is_bound(group)) {
        let _ = writeln!(
            out,
            "  the group {group} is ignored: no g line binds it to a role"
        );
    }
    out
}

fn refuse(fatal: &Fatal, argocd: &ArgoCd<'_>) -> Error {
    match fatal {
        Fatal::Policy { error, .. } => argocd.refuse(error),
        Fatal::Name(name) => {
            let valid = match name {
                UnknownName::Resource(_) => {
                    let known: Vec<_> = strict_resources(argocd.version).collect();
                    format!("valid resources: {}", known.join(", "))
                }
                UnknownName::Action { resource, .. } => {
                    let actions = strict_actions(resource, argocd.version).unwrap_or_default();
                    format!("valid actions: {}", actions.join(", "))
                }
            };
            Error::usage(name.to_string())
                .hint(valid)
                .hint("--strict=false asks for any name at all")
        }
    }
}

/// Why, in a few lines.
fn explain(
    why: &Explanation,
    enforcer: &Enforcer,
    request: &Request<'_>,
    argocd: &ArgoCd<'_>,
    asked: &str,
) -> String {
    let mut out = String::new();
    let mut line = |label: &str, id: LineId| {
        let _ = match enforcer.line(id) {
            Some(found) => writeln!(out, "{label}{}: {}", argocd.place(&found), text_of(&found)),
            None => writeln!(
                out,
                "{label}the policy has no rule at all, and Argo CD then allows what has no subject"
            ),
        };
    };
    let default_role = enforcer.default_role();
    let verdict = match why.decision {
        Decision::ByDefaultRole(id) => {
            line(
                "  allowed by the default role, which no rule overrides: ",
                id,
            );
            Verdict::Allowed(id)
        }
        Decision::BySubject(verdict) => {
            match verdict {
                Verdict::Allowed(id) => line("  allowed by ", id),
                Verdict::Denied(id) => line("  denied by ", id),
                Verdict::Failed(id) => {
                    line("  denied, because this line cannot be evaluated: ", id);
                }
                Verdict::Nothing => {}
            }
            verdict
        }
    };
    for id in &why.chain {
        line("  reached through ", *id);
    }
    if let (Some(id), Verdict::Denied(_) | Verdict::Failed(_)) = (why.overruled, verdict) {
        line("  which overrules ", id);
    }
    if verdict == Verdict::Nothing {
        let _ = writeln!(
            out,
            "  no rule that reaches {} allows {} {} on {}",
            request.subject, request.action, request.resource, request.object
        );
        for id in &why.near {
            if let Some(found) = enforcer.line(*id) {
                let _ = writeln!(
                    out,
                    "  close: {}: {}",
                    argocd.place(&found),
                    text_of(&found)
                );
            }
        }
        if why.near_count > why.near.len() {
            let more = why.near_count - why.near.len();
            let _ = writeln!(out, "  and {more} more for other objects");
        }
        if !default_role.is_empty() {
            let _ = writeln!(
                out,
                "  the default role {default_role} does not allow it either"
            );
        }
    }
    if request.subject != asked && why.decision.allowed() {
        let _ = writeln!(
            out,
            "  asked as {}, for {asked}",
            if request.subject.is_empty() {
                "everybody"
            } else {
                request.subject
            }
        );
    }
    out
}
