//! `diff`: shows what the change would do.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::json;

use super::change::Wish;
use super::context::Context;
use super::external_diff;
use super::forms::{self, Planned};
use super::next::{Next, Read};
use super::permissions::{permissions, refuse_collateral};
use crate::cli::{DiffArgs, DiffOutput, Form};
use crate::error::{Code, Error, Result};
use crate::input::{Object, objects};
use crate::model::Which;
use crate::plan::{Desired, server_fields};
use crate::report::diff::{Pair, unified};
use crate::report::permissions::{PermissionChange, text as permission_text};
use crate::yaml::{self, Step, Stream};

/// One object before and after.
pub(super) struct Side {
    /// `v1.ConfigMap.argocd.argocd-cm`, as `kubectl diff` calls it.
    pub(super) name: String,
    pub(super) live: String,
    pub(super) desired: String,
}

pub(super) fn run(args: &DiffArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let wish = Wish::new(&args.change, context)?;
    let files = context.read(&args.input, args.input.form, &args.change.project)?;
    let mut next = Next::new(&args.input, &args.change, &wish);
    let found;
    let (sides, edited, planned) = match &files {
        None if args.change.fresh => {
            next.read = Read::Fresh;
            (fresh(args, &wish)?, BTreeMap::new(), Vec::new())
        }
        None => {
            return Err(Error::usage("there is nothing to compare with")
                .hint("give the objects that are there now: -f FILE, -f - or --live")
                .hint("or try the built-in example: kubectl octopus-argo diff --sample"));
        }
        Some(files) => {
            found = objects(files);
            let form = match args.input.form {
                Some(form) if form != Form::Auto => form,
                _ => forms::detect(&found, &args.input),
            };
            let planned = forms::plan(&wish, form, &found, &args.input, context)?;
            next.is_reverted = forms::tell_owner(&planned, form, &wish, &args.input, context);
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
    let differ = sides.iter().any(|side: &Side| side.live != side.desired);
    let changes = match &files {
        Some(files) if differ => permissions(files, &planned, edited, &args.input, &wish.account)?,
        _ => None,
    };
    match args.output {
        DiffOutput::Json => {
            context.print(&report(&sides, &planned, changes.as_deref(), args.unified))?;
        }
        DiffOutput::Text => {
            let style = context.style();
            let mut text = String::new();
            if !external_diff::show(&sides, context)? {
                let sides = sides.iter();
                text.extend(sides.map(|side| unified(side.pair(), args.unified, style)));
            }
            // With colours each line is made harmless before it is painted.
            if !style.is_colored() {
                text = context.shown(&text);
            }
            if let Some(changes) = &changes {
                text.push_str(&permission_text(changes, wish.account.as_str(), style));
            }
            context.print_painted(&text)?;
        }
    }
    if context.in_fleet() {
        context.conclude(true, summary(&sides, changes.as_deref()));
    }
    next.tell(None, context);
    if args.change.fail_on_collateral {
        refuse_collateral(changes.as_deref().unwrap_or_default(), &wish.account)?;
    }
    Ok(if differ { Code::NO } else { Code::OK })
}

/// What the change comes to, in one line.
fn summary(sides: &[Side], changes: Option<&[PermissionChange]>) -> String {
    let counted = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    };
    let differ = sides.iter().filter(|side| side.live != side.desired);
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

impl Side {
    fn pair(&self) -> Pair<'_> {
        Pair {
            name: &self.name,
            live: &self.live,
            desired: &self.desired,
        }
    }
}

fn name(namespace: &str, which: Which) -> String {
    format!("v1.ConfigMap.{namespace}.{which}")
}

fn fresh(args: &DiffArgs, wish: &Wish) -> Result<Vec<Side>> {
    let namespace = args
        .input
        .namespace
        .clone()
        .unwrap_or_else(|| "argocd".to_owned());
    let variables = wish.variables(&namespace, wish.match_mode());
    Desired::render(&wish.engine, &variables)?;
    let sides = wish.wants().map(|which| {
        let desired = wish.engine.manifest(which, &variables)?.text;
        Ok(Side {
            name: name(&namespace, which),
            live: String::new(),
            desired,
        })
    });
    sides.collect()
}

/// The text of each object before and after, without what only the server writes; and the edited
/// files, by their index, in which that is all that differs.
fn sides(planned: &[Planned<'_>]) -> Result<(Vec<Side>, BTreeMap<usize, Stream>)> {
    let (mut sides, mut edited) = (Vec::new(), BTreeMap::new());
    for of_one_file in planned.chunk_by(|one, other| one.object.file == other.object.file) {
        let (mut server, mut changes) = (Vec::new(), Vec::new());
        for Planned { object, edits, .. } in of_one_file {
            let Object {
                document,
                route,
                node,
                ..
            } = object;
            if object.from_server() {
                server.extend(server_fields(*document, route, node, true));
            }
            changes.extend(edits.iter().cloned());
        }
        let stream = of_one_file[0].object.stream();
        let is_plain = server.is_empty();
        let live = yaml::edited(stream, &server)?;
        let desired = yaml::edited(stream, &[changes, server].concat())?;
        for planned in of_one_file {
            let object = &planned.object;
            sides.push(Side {
                name: planned.name(),
                live: excerpt(&live, object.document, &object.route)?,
                desired: excerpt(&desired, object.document, &object.route)?,
            });
        }
        if let (true, Cow::Owned(stream)) = (is_plain, desired) {
            edited.insert(of_one_file[0].object.file, stream);
        }
    }
    Ok((sides, edited))
}

/// The text of one object: its document, or the item of a list moved to the left margin. JSON on
/// one line is shown as YAML, so that there is something to see.
fn excerpt(stream: &Stream, document: usize, route: &[Step]) -> Result<String> {
    let text = stream.source().text();
    let lost = || Error::internal("an edited object is not where it was");
    let document = stream.documents().get(document).ok_or_else(lost)?;
    let root = document.root().ok_or_else(lost)?;
    let node = route
        .iter()
        .try_fold(root, |node, step| node.step(step))
        .ok_or_else(lost)?;
    let span = node.span();
    if stream.format() == yaml::Format::Json && !text[span.clone()].contains('\n') {
        return Ok(yaml::write::document(&document.to_json(node)?));
    }
    if route.is_empty() {
        return Ok(text[document.span()].to_owned());
    }
    let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let indent = span.start - line_start;
    let end = if text[..span.end].ends_with('\n') {
        span.end
    } else {
        let rest = text[span.end..].find('\n');
        rest.map_or(text.len(), |at| span.end + at)
    };
    let mut shown = String::new();
    for (number, line) in text[span.start..end].lines().enumerate() {
        let margin = line.len() - line.trim_start_matches(' ').len();
        shown.push_str(if number == 0 {
            line
        } else {
            &line[margin.min(indent)..]
        });
        shown.push('\n');
    }
    Ok(shown)
}

fn report(
    sides: &[Side],
    planned: &[Planned<'_>],
    permissions: Option<&[PermissionChange]>,
    context_lines: usize,
) -> String {
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
            let text = unified(side.pair(), context_lines, crate::report::Style::new(false));
            json!({
                "object": side.name,
                "file": planned.map(|planned| planned.object.source().name()),
                "changed": side.live != side.desired,
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
    format!("{report:#}\n")
}
