//! `diff`: shows what the change would do.

use super::change::{next, request, selector};
use super::context::Context;
use super::external_diff;
use super::permissions::permissions;
use crate::change::{EditedStreams, InputKind, Side, fresh_sides, plan, sides, tell_owner};
use crate::cli::{DiffArgs, DiffOutput, Form};
use crate::error::{Code, Error, Result};
use crate::report::changes;
use crate::report::permissions::text as permission_text;
use crate::review::refuse_collateral;
use crate::site::{objects, with_inline_patches};

pub(crate) fn run(args: &DiffArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let request = request(&args.change, &args.input, context)?;
    let files = context.read(&args.input, args.input.form, &args.change.project)?;
    let files = files.map(with_inline_patches);
    let mut next = next(&args.input, &args.change, &request);
    let all;
    let (sides, edited, planned) = match &files {
        None if args.change.fresh => {
            next.read = InputKind::Fresh;
            (
                fresh_sides(&request, selector(&args.input).namespace())?,
                EditedStreams::new(),
                Vec::new(),
            )
        }
        None => {
            return Err(Error::usage("there is nothing to compare with")
                .hint("give the current objects: -f FILE, -f - or --live")
                .hint("or try the built-in example: kubectl octopus-argo diff --sample"));
        }
        Some(files) => {
            all = objects(files);
            let selector = selector(&args.input);
            let form = match args.input.form {
                Some(form) if form != Form::Auto => form,
                _ => selector.detect(&all),
            };
            let planned = context.telling(|notes| plan(&request, form, &all, &selector, notes))?;
            next.reversal = context.telling(|notes| tell_owner(&planned, form, &request, notes));
            // What is shown is the change of the objects, whatever form it is given later.
            next.form = match form {
                Form::Helm | Form::Operator | Form::AppProject => form,
                Form::Manifest | Form::Patch | Form::JsonPatch | Form::Kustomize | Form::Auto => {
                    Form::Manifest
                }
            };
            next.observe(&planned);
            let (sides, edited) = sides(&planned)?;
            (sides, edited, planned)
        }
    };
    let differ = sides.iter().any(Side::differs);
    let found = match &files {
        Some(files) if differ => {
            let account = &request.account;
            permissions(files, &planned, edited, &args.input, account, context)?
        }
        _ => None,
    };
    let permissions = found.as_deref();
    match args.output {
        DiffOutput::Json => {
            context.report(changes::json(&sides, &planned, permissions, args.unified))?;
        }
        DiffOutput::Yaml => {
            let report = changes::json(&sides, &planned, permissions, args.unified);
            context.report(report.in_yaml())?;
        }
        DiffOutput::Text => {
            let mut text = String::new();
            if !external_diff::show(&sides, context)? {
                text = context.diffs(sides.iter().map(changes::pair), args.unified);
            }
            if let Some(found) = permissions {
                text.push_str(&permission_text(found, context.style()));
            }
            context.print_painted(&text)?;
        }
    }
    if context.in_fleet() {
        context.conclude(true, changes::summary(&sides, permissions));
    }
    context.tell(&next.notes(None));
    if args.change.fail_on_collateral {
        refuse_collateral(permissions.unwrap_or_default(), &request.account)?;
    }
    Ok(if differ { Code::NO } else { Code::OK })
}
