//! `diff`: shows what the change would do.

use std::collections::BTreeMap;

use serde_json::json;

use super::change::{request, selector};
use super::context::Context;
use super::external_diff;
use super::next::{Next, Read};
use super::permissions::{permissions, refuse_collateral};
use crate::change::{Planned, Side, fresh_sides, plan, sides, tell_owner};
use crate::cli::{DiffArgs, DiffOutput, Form};
use crate::error::{Code, Error, Result};
use crate::report::Report;
use crate::report::diff::{Pair, unified};
use crate::report::permissions::{PermissionChange, text as permission_text};
use crate::site::{objects, with_inline_patches};
use crate::text::counted;

pub(crate) fn run(args: &DiffArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let request = request(&args.change, &args.input, context)?;
    let files = context.read(&args.input, args.input.form, &args.change.project)?;
    let files = files.map(with_inline_patches);
    let mut next = Next::new(&args.input, &args.change, &request);
    let found;
    let (sides, edited, planned) = match &files {
        None if args.change.fresh => {
            next.read = Read::Fresh;
            (
                fresh_sides(&request, selector(&args.input).namespace())?,
                BTreeMap::new(),
                Vec::new(),
            )
        }
        None => {
            return Err(Error::usage("there is nothing to compare with")
                .hint("give the current objects: -f FILE, -f - or --live")
                .hint("or try the built-in example: kubectl octopus-argo diff --sample"));
        }
        Some(files) => {
            found = objects(files);
            let selector = selector(&args.input);
            let form = match args.input.form {
                Some(form) if form != Form::Auto => form,
                _ => selector.detect(&found),
            };
            let planned =
                context.telling(|notes| plan(&request, form, &found, &selector, notes))?;
            next.reversal = context.telling(|notes| tell_owner(&planned, form, &request, notes));
            // What is shown is the change of the objects, whatever form it is given later.
            next.form = match form {
                Form::Helm | Form::Operator | Form::AppProject => form,
                _ => Form::Manifest,
            };
            next.observe(&planned);
            let (sides, edited) = sides(&planned)?;
            (sides, edited, planned)
        }
    };
    let differ = sides.iter().any(Side::differs);
    let changes = match &files {
        Some(files) if differ => {
            permissions(files, &planned, edited, &args.input, &request.account)?
        }
        _ => None,
    };
    match args.output {
        DiffOutput::Json => {
            context.report(report(&sides, &planned, changes.as_deref(), args.unified))?;
        }
        DiffOutput::Yaml => {
            let report = report(&sides, &planned, changes.as_deref(), args.unified);
            context.report(report.in_yaml())?;
        }
        DiffOutput::Text => {
            let style = context.style();
            let mut text = String::new();
            if !external_diff::show(&sides, context)? {
                let sides = sides.iter();
                text.extend(sides.map(|side| unified(pair(side), args.unified, style)));
            }
            // With colours each line is made harmless before it is painted.
            if !style.is_colored() {
                text = context.shown(&text);
            }
            if let Some(changes) = &changes {
                text.push_str(&permission_text(changes, request.account.as_str(), style));
            }
            context.print_painted(&text)?;
        }
    }
    if context.in_fleet() {
        context.conclude(true, summary(&sides, changes.as_deref()));
    }
    next.tell(None, context);
    if args.change.fail_on_collateral {
        refuse_collateral(changes.as_deref().unwrap_or_default(), &request.account)?;
    }
    Ok(if differ { Code::NO } else { Code::OK })
}

/// What the change comes to, in one line.
fn summary(sides: &[Side], changes: Option<&[PermissionChange]>) -> String {
    let differ = sides.iter().filter(|side| side.differs());
    let mut words = vec![format!("{} to change", counted(differ.count(), "object"))];
    let count = |word: &str| {
        let alike = changes.into_iter().flatten();
        alike.filter(|one| one.change == word).count()
    };
    for word in ["gained", "lost", "undecided"] {
        if count(word) > 0 {
            words.push(format!("{} {word}", counted(count(word), "permission")));
        }
    }
    if changes.into_iter().flatten().any(|one| one.collateral) {
        words.push("not only the account's".to_owned());
    }
    words.join(", ")
}

fn report(
    sides: &[Side],
    planned: &[Planned<'_>],
    permissions: Option<&[PermissionChange]>,
    context_lines: usize,
) -> Report {
    let objects: Vec<_> = sides
        .iter()
        .enumerate()
        .map(|(index, side)| {
            let planned = planned.get(index);
            let changes: Vec<_> = planned
                .iter()
                .flat_map(|planned| &planned.plan.changes)
                .map(|change| {
                    json!({"key": change.key, "before": change.before, "after": change.after})
                })
                .collect();
            let text = unified(pair(side), context_lines, crate::report::Style::new(false));
            json!({
                "object": side.name,
                "file": planned.map(|planned| planned.object.source().name()),
                "changed": side.differs(),
                "changes": changes,
                "diff": text,
            })
        })
        .collect();
    let collateral = permissions.map(|all| all.iter().any(|change| change.collateral));
    let report = json!({
        "schema": "diff/v1",
        "objects": objects,
        "permissions": permissions,
        "collateral": collateral,
    });
    Report::Json(report)
}

fn pair(side: &Side) -> Pair<'_> {
    Pair {
        name: &side.name,
        live: &side.live,
        desired: &side.desired,
    }
}
