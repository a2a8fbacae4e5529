//! `matrix`: who may do what, for every subject and role that the policy names.

use super::can::version;
use super::context::Context;
use super::policy_input::PolicyInput;
use crate::cli::{MatrixArgs, MatrixOutput};
use crate::error::{Code, Error, Result};
use crate::input::{Content, File};
use crate::rbac::analysis::{State, effective, subjects};
use crate::rbac::{Effect, Enforcer, PolicySet};
use crate::report::matrix::{self, Permission};

pub(crate) fn run(args: &MatrixArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let version = version(args.argocd_version.as_deref())?;
    let Some(files) = context.read(&args.input, args.input.form, &[])? else {
        return Err(Error::usage("there is no policy to show")
            .hint("give it with -f FILE, -f - or --live; --sample has an example"));
    };
    let mut input = PolicyInput::find(&files, &args.input, context)?;
    input.set.builtin = args.use_builtin_policy;
    input.set.version = version;
    let enforcer = Enforcer::load(&input.set).map_err(|error| input.refuse(&error))?;
    let named = named(&input, args)?;
    let mut rows = Vec::new();
    for subject in &named {
        for cell in effective(&enforcer, subject, version) {
            if !args.resource.is_empty() && !args.resource.contains(&cell.resource) {
                continue;
            }
            rows.extend(cell.entries.iter().map(|entry| Permission {
                subject: subject.clone(),
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
                        format!("overruled by {}", input.describe(&enforcer, line))
                    }
                    State::Fails(line) => {
                        format!(
                            "cannot be evaluated because of {}",
                            input.describe(&enforcer, line)
                        )
                    }
                    State::Never => "never: its pattern does not compile".to_owned(),
                },
                in_force: entry.state.is_in_force(),
                by_default_role: entry.by_default_role,
                decided_by: input.describe(&enforcer, entry.line),
            }));
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
    Ok(Code::OK)
}

/// What was read, for the page's title.
fn name(files: &[File]) -> String {
    let names: Vec<&str> = files
        .iter()
        .map(|file| match &file.content {
            Content::Documents(stream) => stream.source().name(),
            Content::Policy(source) => source.name(),
        })
        .collect();
    names.join(", ")
}

/// Every name in the user's own policy; a subject that is asked for and not named there has what
/// the default role gives.
fn named(input: &PolicyInput<'_>, args: &MatrixArgs) -> Result<Vec<String>> {
    if !args.subject.is_empty() {
        return Ok(args.subject.clone());
    }
    let own = PolicySet {
        builtin: false,
        ..input.set.clone()
    };
    let own = Enforcer::load(&own).map_err(|error| input.refuse(&error))?;
    let mut named: Vec<String> = subjects(&own).map(str::to_owned).collect();
    let default_role = &input.set.default_role;
    if !default_role.is_empty() && !named.contains(default_role) {
        named.push(default_role.clone());
    }
    Ok(named)
}
