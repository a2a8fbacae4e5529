//! `who-can`: everybody who may do something.

use super::asked::{asked, question_of, too_costly};
use super::can::version;
use super::context::Context;
use crate::cli::{Quantifier, WhoCanArgs, WhoCanOutput};
use crate::error::{Code, Error, Result};
use crate::rbac::glob::Glob;
use crate::rbac::survey::{Budget, Cited, Holder, Requests, Verb, Whom, verbs, who_can};
use crate::rbac::vocabulary::resolve_resource;
use crate::rbac::{ArgoCdVersion, Enforcer, Grounds, Line, LineId, SourceLine};
use crate::report::Report;
use crate::report::who_can::{self, AskedRequest, May, SubjectRow, WhoCan};
use crate::site::ArgoCd;

pub(crate) fn run(args: &WhoCanArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let version = version(args.argocd_version.as_deref())?;
    let requests = Requests {
        action: &args.action,
        resource: resolve_resource(&args.resource),
        object: args.object.as_deref().unwrap_or("*"),
    };
    refuse_unknown(requests, version)?;
    let Some(read) = context.read_state(&args.input, &[])? else {
        return Err(Error::usage("there is no policy to ask")
            .hint("give it with -f FILE, -f - or --live; --sample has an example"));
    };
    let (files, question) = question_of(read, &args.input, version);
    let argocd = asked(&files, &question, context)?;
    if let Some(place) = argocd.disables_auth() {
        context.warn(format!(
            "everyone may do everything: server.disable.auth is set ({place}), and the policy decides nothing"
        ));
    }
    let mut set = argocd.policy_set();
    set.builtin = args.use_builtin_policy;
    if let Some(role) = &args.default_role {
        set.default_role.clone_from(role);
    }
    let server = argocd.server(set)?;
    let budget = Budget::default();
    let every = args.which == Quantifier::Every;
    let mut rows: Vec<SubjectRow> = who_can(&server, requests, &budget)
        .iter()
        .filter(|holder| argocd.disables_auth().is_none() || holder.whom == Whom::Everybody)
        .map(|holder| row(holder, &argocd))
        .filter(|row| !every || row.may != May::Some)
        .collect();
    rows.sort_by_key(|row| row.may == May::Denied);
    let is_found = rows.iter().any(|row| row.may != May::Denied);
    let is_open = rows.iter().any(|row| row.may == May::Undecided);
    let found = WhoCan {
        asked: AskedRequest {
            action: requests.action.to_owned(),
            resource: requests.resource.to_owned(),
            object: requests.object.to_owned(),
        },
        every,
        rows,
    };
    let report = match args.output {
        WhoCanOutput::Text => Report::Text(who_can::text(&found)),
        WhoCanOutput::Wide => Report::Text(who_can::wide(&found)),
        WhoCanOutput::Json => who_can::json(&found),
        WhoCanOutput::Yaml => who_can::json(&found).in_yaml(),
        WhoCanOutput::Markdown => Report::Text(who_can::as_markdown(&found)),
        WhoCanOutput::Csv => who_can::csv(&found),
    };
    context.report(report)?;
    if is_open {
        context.warn(
            "where it says undecided, neither a yes nor a no could be proved: it counts as a yes",
        );
    }
    if !is_found {
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
    Ok(if is_found { Code::OK } else { Code::NO })
}

/// Refuses what no server of this version asks, and patterns that do not compile.
fn refuse_unknown(requests: Requests<'_>, version: ArgoCdVersion) -> Result<()> {
    let glob = |pattern: &str| {
        Glob::compile(pattern).map_err(|why| {
            Error::usage(format!("`{pattern}` is not a pattern: {why}"))
                .hint("patterns are Argo CD's globs: * ? [a-z] {a,b}")
        })
    };
    let matches = |glob: &Glob, text: &str| glob.matches(text) == Ok(true);
    let (resources, actions) = (glob(requests.resource)?, glob(requests.action)?);
    glob(requests.object)?;
    let of_resource: Vec<(&str, Verb)> = verbs(version)
        .filter(|(resource, _)| matches(&resources, resource))
        .collect();
    if of_resource.is_empty() {
        let mut known: Vec<&str> = verbs(version).map(|(resource, _)| resource).collect();
        known.dedup();
        return Err(Error::usage(format!(
            "`{}` is not a resource of Argo CD",
            requests.resource
        ))
        .hint(format!("resources: {}", known.join(", "))));
    }
    let is_known = of_resource.iter().any(|(_, verb)| match verb {
        Verb::Action(action) => matches(&actions, action),
        Verb::Below(action) => may_begin(requests.action, action),
    });
    if is_known {
        return Ok(());
    }
    let mut known: Vec<String> = Vec::new();
    for (_, verb) in of_resource {
        let shown = match verb {
            Verb::Action(action) => action.to_owned(),
            Verb::Below(action) => format!("{action}/*"),
        };
        if !known.contains(&shown) {
            known.push(shown);
        }
    }
    Err(Error::usage(format!(
        "`{}` is not an action of {}",
        requests.action, requests.resource
    ))
    .hint(format!("actions: {}", known.join(", "))))
}

/// Whether a pattern may match a path below an action.
fn may_begin(pattern: &str, action: &str) -> bool {
    let literal = pattern.find(['*', '?', '[', '{', '\\']);
    let (begin, below) = (
        &pattern[..literal.unwrap_or(pattern.len())],
        format!("{action}/"),
    );
    if literal.is_none() {
        return begin.len() > below.len() && begin.starts_with(&below);
    }
    begin.starts_with(&below) || below.starts_with(begin)
}

fn row(holder: &Holder<'_>, argocd: &ArgoCd<'_>) -> SubjectRow {
    let describe = |cited: Cited<'_>| argocd.describe(cited.enforcer, cited.line);
    let range = &holder.range;
    let may = if holder.but_for_deny.is_some() {
        May::Denied
    } else if range.is_allowed() {
        May::Every
    } else if range.allowed.is_some() {
        May::Some
    } else {
        May::Undecided
    };
    let shown = if may == May::Denied {
        &range.refused
    } else {
        &range.allowed
    };
    let answer = shown.as_ref().map(|example| &example.answer);
    let line = answer.and_then(|answer| Some((answer.enforcer, answer.grounds.line()?)));
    let (mut through, mut roles) = (Vec::new(), Vec::new());
    if let Some(answer) = answer {
        let is_default = matches!(answer.grounds, Grounds::DefaultRole(_));
        if is_default {
            let role = answer.enforcer.default_role();
            through.push(format!("the default role {role}"));
            roles.push(role.to_owned());
        }
        // Of someone who is named, the chain leads from its own name.
        if !is_default || holder.whom == Whom::Everybody {
            for line in &holder.chain {
                through.push(argocd.describe(answer.enforcer, *line));
                roles.extend(role_of(answer.enforcer.line(*line)));
            }
        }
    }
    let place = |enforcer: &Enforcer, line: LineId| {
        let line = enforcer.line(line);
        line.map_or_else(
            || "a policy without rules".to_owned(),
            |line| argocd.place(&line),
        )
    };
    let (place, decided_by) = match (line, argocd.disables_auth()) {
        (_, Some(setting)) => (
            setting.to_string(),
            format!("{setting}: server.disable.auth"),
        ),
        (Some((enforcer, line)), None) => {
            (place(enforcer, line), describe(Cited { enforcer, line }))
        }
        (None, None) => (String::new(), String::new()),
    };
    SubjectRow {
        subject: holder.whom.to_string(),
        may,
        roles,
        place,
        example: shown.as_ref().map(|example| AskedRequest {
            action: example.action.clone(),
            resource: example.resource.to_owned(),
            object: example.object.clone(),
        }),
        through,
        decided_by,
        but_for_deny: holder.but_for_deny.map(describe),
    }
}

/// The role of a `g` line.
fn role_of(line: Option<SourceLine<'_>>) -> Option<String> {
    match line?.line.line {
        Line::Grouping(grouping) => Some(grouping.role.text.into_owned()),
        _ => None,
    }
}
