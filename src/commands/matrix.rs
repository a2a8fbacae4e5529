//! `matrix`: who may do what, for every subject and role that the policy names.

use super::asked::{asked, question, too_costly};
use super::can::version;
use super::context::{Context, ReadState};
use crate::cli::{MatrixArgs, MatrixOutput};
use crate::error::{Code, Error, Result};
use crate::input::File;
use crate::rbac::analysis::{State, effective, subjects};
use crate::rbac::{Effect, Enforcer, PolicySet, project_role};
use crate::report::matrix::{self, Permission};
use crate::site::{ArgoCd, with_inline_patches};

pub(crate) fn run(args: &MatrixArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let version = version(args.argocd_version.as_deref())?;
    let Some(ReadState { files, base }) = context.read_state(&args.input, &[])? else {
        return Err(Error::usage("there is no policy to show")
            .hint("give it with -f FILE, -f - or --live; --sample has an example"));
    };
    let mut question = question(&args.input, version);
    question.base = base;
    let files = with_inline_patches(files);
    let argocd = asked(&files, &question, context)?;
    if let Some(place) = argocd.disables_auth() {
        context.warn(format!(
            "everybody may do everything: server.disable.auth is set ({place}), and the policy decides nothing"
        ));
    }
    let mut set = argocd.policy_set();
    set.builtin = args.use_builtin_policy;
    let named = named(&argocd, &set, args)?;
    let server = argocd.server(set)?;
    let mut rows = Vec::new();
    for subject in &named {
        rows.extend(permissions(&argocd, server.base(), subject, None, args));
        for project in &argocd.projects {
            let name = project.name();
            let of_other = project_role(subject).is_some_and(|(of, _)| of != name);
            if !of_other {
                let enforcer = server.enforcer_of(name);
                rows.extend(permissions(&argocd, enforcer, subject, Some(name), args));
            }
        }
    }
    let text = match args.output {
        MatrixOutput::Text => matrix::text(&rows),
        MatrixOutput::Markdown => matrix::as_markdown(&rows),
        MatrixOutput::Csv => matrix::csv(&rows),
        MatrixOutput::Json => matrix::json(&rows),
        MatrixOutput::Html => matrix::html(&rows, &name(&files)),
    };
    context.print(&text)?;
    if rows.is_empty() {
        context.note("nobody may do anything that was asked for");
    }
    if let Some(pattern) = server.undecided() {
        context.warn(format!("{}: a row may be wrong", too_costly(pattern)));
        return Ok(Code::NO);
    }
    Ok(Code::OK)
}

/// The rows of one subject: those of the policy itself, or those that come from a project's roles.
fn permissions(
    argocd: &ArgoCd<'_>,
    enforcer: &Enforcer,
    subject: &str,
    project: Option<&str>,
    args: &MatrixArgs,
) -> Vec<Permission> {
    let mut rows = Vec::new();
    let key = project.map(|name| format!("AppProject {name}"));
    for cell in effective(enforcer, subject, argocd.version) {
        if !args.resource.is_empty() && !args.resource.contains(&cell.resource) {
            continue;
        }
        let entries = cell.entries.iter().filter(|entry| match &key {
            // What the policy gives is listed once, with the policy.
            Some(key) => {
                let line = enforcer.line(entry.line);
                line.is_some_and(|line| &*line.key == key.as_str())
            }
            None => true,
        });
        rows.extend(entries.map(|entry| Permission {
            subject: subject.to_owned(),
            resource: cell.resource.clone(),
            action: cell.action.clone(),
            object: entry.object.clone(),
            effect: if entry.effect == Effect::Allow {
                "allow"
            } else {
                "deny"
            },
            state: match entry.state {
                State::InForce => "in force".to_owned(),
                State::Limited => "limited by denies".to_owned(),
                State::Overruled(line) => {
                    format!("overruled by {}", argocd.describe(enforcer, line))
                }
                State::Fails(line) => {
                    format!(
                        "cannot be evaluated because of {}",
                        argocd.describe(enforcer, line)
                    )
                }
                State::Never => "never: its pattern does not compile".to_owned(),
            },
            in_force: entry.state.is_in_force(),
            by_default_role: entry.by_default_role,
            decided_by: argocd.describe(enforcer, entry.line),
        }));
    }
    rows
}

/// What was read, for the page's title.
fn name(files: &[File]) -> String {
    let names: Vec<&str> = files.iter().map(|file| file.source().name()).collect();
    names.join(", ")
}

/// Every name in the user's own policy and in the AppProjects' roles; a subject that is asked for
/// and not named there has what the default role gives.
fn named(argocd: &ArgoCd<'_>, set: &PolicySet, args: &MatrixArgs) -> Result<Vec<String>> {
    if !args.subject.is_empty() {
        return Ok(args.subject.clone());
    }
    let own = PolicySet {
        builtin: false,
        ..set.clone()
    };
    let own = argocd.server(own)?;
    let mut named: Vec<String> = subjects(own.base()).map(str::to_owned).collect();
    let default_role = &set.default_role;
    if !default_role.is_empty() && !named.contains(default_role) {
        named.push(default_role.clone());
    }
    for project in &argocd.projects {
        let of_project = subjects(own.enforcer_of(project.name())).map(str::to_owned);
        for subject in of_project.chain(project.subjects()) {
            if !named.contains(&subject) {
                named.push(subject);
            }
        }
    }
    Ok(named)
}
