//! `can`: one decision, explained.

use std::fmt::Write as _;

use super::context::Context;
use super::policy_input::{PolicyInput, text_of};
use crate::cli::CanArgs;
use crate::error::{Code, Error, Result};
use crate::rbac::vocabulary::{UnknownName, strict_actions, strict_resources};
use crate::rbac::{
    AdminCan, ArgoCdVersion, Claims, Decision, Enforcer, Explanation, Fatal, LineId, Request,
    Server, ServerSettings, Verdict,
};

/// How many lines that came close are shown.
const NEAR: usize = 5;

pub(crate) fn run(args: &CanArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let version = version(args.argocd_version.as_deref())?;
    let Some(files) = context.read(&args.input, args.input.form, &[])? else {
        return Err(Error::usage("there is no policy to ask")
            .hint("give it with -f FILE, -f - or --live; --sample has an example"));
    };
    let mut input = PolicyInput::find(&files, &args.input, context)?;
    input.set.builtin = args.use_builtin_policy;
    input.set.version = version;
    if let Some(role) = &args.default_role {
        input.set.default_role.clone_from(role);
    }
    let can = AdminCan::load(&input.set).map_err(|fatal| refuse(&fatal, &input))?;
    let object = args.object.as_deref().unwrap_or_default();
    let answer = can
        .ask(
            &args.subject,
            &args.action,
            &args.resource,
            object,
            args.strict,
        )
        .map_err(|fatal| refuse(&fatal, &input))?;
    // Argo CD's own command warns about the built-in roles too, because it looks at the user's
    // policy alone.
    let defined = can.enforcer().roles_without_rules().is_empty();
    for warning in &answer.warnings {
        if !(defined && Some(warning) == can.role_warning()) {
            context.warn(warning);
        }
    }
    let server;
    let (enforcer, subject, decision) = if args.groups.is_empty() && input.projects.is_empty() {
        (can.enforcer(), args.subject.clone(), answer.decision)
    } else {
        let settings = ServerSettings {
            scopes: input.scopes.clone(),
            ..ServerSettings::default()
        };
        server = Server::load(input.set.clone(), input.projects.clone(), settings)
            .map_err(|error| input.refuse(&error))?;
        let claims = claims(args, input.scopes.as_deref());
        let found = server.decide(&claims, &answer.resource, &args.action, &answer.object);
        (found.enforcer, found.subject, found.decision)
    };
    let request = Request::new(&subject, &answer.resource, &args.action, &answer.object);
    let mut text = if decision.allowed() { "Yes\n" } else { "No\n" }.to_owned();
    if args.explain.unwrap_or(context.host.terminal.stdout) {
        let why = enforcer.explain(&request, NEAR);
        text.push_str(&explain(&why, enforcer, &request, &input, &args.subject));
    }
    if !context.is_quiet() {
        context.print(&context.shown(&text))?;
    }
    Ok(if decision.allowed() {
        Code::OK
    } else {
        Code::NO
    })
}

pub(super) fn version(asked: Option<&str>) -> Result<ArgoCdVersion> {
    let Some(asked) = asked else {
        return Ok(ArgoCdVersion::NEWEST);
    };
    asked
        .parse()
        .map_err(|error: crate::rbac::BadVersion| Error::usage(error.to_string()))
}

/// The claims of a token that names these groups, under the claim that Argo CD looks at first.
fn claims(args: &CanArgs, scopes: Option<&[String]>) -> Claims {
    let scope = scopes
        .and_then(<[String]>::first)
        .map_or("groups", String::as_str);
    let claims = serde_json::json!({"sub": args.subject, scope: args.groups});
    Claims::new(claims.as_object().cloned().unwrap_or_default())
}

fn refuse(fatal: &Fatal, input: &PolicyInput<'_>) -> Error {
    match fatal {
        Fatal::Policy { error, .. } => input.refuse(error),
        Fatal::Name(name) => {
            let valid = match name {
                UnknownName::Resource(_) => {
                    let known: Vec<_> = strict_resources(input.set.version).collect();
                    format!("valid resources: {}", known.join(", "))
                }
                UnknownName::Action { resource, .. } => {
                    let actions = strict_actions(resource, input.set.version).unwrap_or_default();
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
    input: &PolicyInput<'_>,
    asked: &str,
) -> String {
    let mut out = String::new();
    let mut line = |label: &str, id: LineId| {
        let _ = match enforcer.line(id) {
            Some(found) => writeln!(out, "{label}{}: {}", input.place(&found), text_of(&found)),
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
                "  allowed by the default role, which no rule takes back: ",
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
                let _ = writeln!(out, "  close: {}: {}", input.place(&found), text_of(&found));
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
