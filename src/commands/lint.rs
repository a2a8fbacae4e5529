//! `lint`: reports findings and fixes those that have a fix.

use std::collections::BTreeMap;

use super::can::version;
use super::context::Context;
use crate::cli::{FixSafety, LintArgs, LintOutput};
use crate::emit::replace_all;
use crate::error::{Code, Error, Result};
use crate::input::{File, Origin};
use crate::lint::{self, FixedFile, Outcome, RuleSelection, Safety, fix_in_rounds};
use crate::report::diff::{CONTEXT_LINES, Pair};
use crate::report::findings::{self, Counts, RuleInfo, ShownFinding};
use crate::report::{Report, Style, printable};
use crate::site::{
    GatherOptions, Object, Site, foreign_note, inline_patches, objects, unread_patch,
};
use crate::text::{Note, counted};

pub(crate) fn run(args: &LintArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    if args.list_rules {
        context.print(&findings::rules(context.style()))?;
        return Ok(Code::OK);
    }
    if let Some(id) = &args.explain {
        let rule = lint::rule(id).ok_or_else(|| unknown_rule(id))?;
        context.print(rule.about().page)?;
        return Ok(Code::OK);
    }
    let selection = RuleSelection {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
    };
    if let Some(id) = selection.unknown() {
        return Err(unknown_rule(id));
    }
    let options = GatherOptions {
        version: version(args.argocd_version.as_deref(), context)?,
        integrations: args.account.clone(),
        namespace: args.input.namespace.clone(),
        form: args.input.form,
        values_root: args.input.values_root.clone(),
    };
    let Some((mut files, failures)) = context.read_each(&args.input, args.skip_unrelated)? else {
        return Err(Error::usage("there is nothing to lint")
            .hint("give it with -f FILE, -f DIRECTORY, -f - or --live; --sample has an example"));
    };
    let read = files.len();
    files.extend(inline_patches(&files));
    let fixed = match args.fix {
        Some(safety) => fix_in_rounds(&mut files, most(safety), &selection, &options)?,
        None => BTreeMap::new(),
    };
    let site = Site::new(&files, options);
    if site.is_empty() && failures.is_empty() {
        if args.skip_unrelated {
            return Ok(Code::OK);
        }
        // Other values than the argo-cd chart's are clean.
        let is_values =
            |object: &Object<'_>| object.kind().is_empty() && object.node.entries().is_some();
        let found = objects(&files);
        if found.is_empty() || !found.iter().all(is_values) {
            return Err(nothing());
        }
    }
    if !args.skip_unrelated {
        let unread = unread_patch(&objects(&files)).map(Note::warning);
        let notes = unread.into_iter().chain(foreign_note(site.foreign()));
        context.tell(&notes.collect::<Vec<_>>());
    }
    let outcome = lint::run(&site, &selection);
    let printed = match args.fix {
        None => false,
        Some(_) if args.diff => {
            show(&files, &fixed, context)?;
            true
        }
        Some(_) => save(&files, &fixed, context)?,
    };
    report(args, &site, &outcome, &files[..read], printed, context)?;
    for error in &failures {
        context.show(error);
    }
    if let (Some(first), true) = (failures.first(), context.in_fleet()) {
        let more = failures.len() - 1;
        let and = if more > 0 {
            format!("; and {more} more files")
        } else {
            String::new()
        };
        context.conclude(false, format!("{first}{and}"));
    }
    let failed = args.fail_on.fails(outcome.worst());
    let failed = failed || args.diff && !fixed.is_empty();
    Ok(match (failures.is_empty(), failed) {
        (false, _) => Code::INPUT,
        (true, true) => Code::NO,
        (true, false) => Code::OK,
    })
}

fn nothing() -> Error {
    Error::input("the input has nothing that lint checks")
        .hint("it reads argocd-cm, argocd-rbac-cm, AppProjects, Applications, ArgoCDs, the chart's values and policies")
        .hint("read them with: kubectl get configmap -n argocd argocd-cm argocd-rbac-cm -o yaml")
}

fn unknown_rule(id: &str) -> Error {
    Error::usage(format!("there is no rule `{id}`"))
        .hint("kubectl octopus-argo lint --list-rules lists all rules")
}

/// Prints what `save` would change, as a unified diff.
fn show(
    files: &[File],
    fixed: &BTreeMap<usize, FixedFile>,
    context: &mut Context<'_, '_>,
) -> Result<()> {
    let pairs = fixed.iter().map(|(index, FixedFile { before, .. })| Pair {
        name: files[*index].source().name(),
        live: before,
        desired: files[*index].source().text(),
    });
    let text = context.diffs(pairs, CONTEXT_LINES);
    context.print_painted(&text)
}

/// Writes the files that changed, all or none; stdin's text goes to stdout, changed or not. Returns whether
/// stdout is taken by that.
fn save(
    files: &[File],
    fixed: &BTreeMap<usize, FixedFile>,
    context: &mut Context<'_, '_>,
) -> Result<bool> {
    let (mut replacements, mut said) = (Vec::new(), Vec::new());
    for (index, FixedFile { before, count }) in fixed {
        let file = &files[*index];
        let replacement = context.replacement(file, before.as_str(), file.source().text());
        let Some(replacement) = replacement else {
            continue;
        };
        let (shown, findings) = (&replacement.shown, counted(*count, "finding"));
        said.push(format!("{shown}: fixed {findings}"));
        replacements.push(replacement);
    }
    replace_all(&replacements, None)?;
    for text in said {
        context.note(text);
    }
    let stdin = files.iter().find(|file| file.origin == Origin::Stdin);
    if let Some(file) = stdin {
        context.print(file.source().text())?;
    }
    Ok(stdin.is_some())
}

/// The findings in the format that was asked for.
fn report(
    args: &LintArgs,
    site: &Site<'_>,
    outcome: &Outcome,
    files: &[File],
    to_stderr: bool,
    context: &mut Context<'_, '_>,
) -> Result<()> {
    let found = ShownFinding::all(&outcome.findings, site);
    let names: Vec<&str> = files.iter().map(|file| file.source().name()).collect();
    let report = match args.output {
        LintOutput::Text if to_stderr => Report::Text(findings::text(&found, Style::new(false))),
        LintOutput::Text => Report::Text(findings::text(&found, context.style())),
        LintOutput::Json => findings::json(&found),
        LintOutput::Yaml => findings::json(&found).in_yaml(),
        LintOutput::Sarif => findings::sarif(&found, &RuleInfo::all(), env!("CARGO_PKG_VERSION")),
        LintOutput::Github => Report::Text(findings::github(&found)),
        LintOutput::Junit => findings::junit(&found, &names),
    };
    match (args.output, report) {
        (_, report) if to_stderr => {
            // No one is left to be told when stderr is closed.
            let text = report.to_string();
            let _ = context.host.stderr.write_all(printable(&text).as_bytes());
        }
        (LintOutput::Text, Report::Text(text)) => context.print_painted(&text)?,
        (_, report) => context.report(report)?,
    }
    for (rule, more) in &outcome.more {
        let more = counted(*more, "more finding");
        context.note(format!("not shown: {more} of {rule}"));
    }
    let counts = Counts::of(&found, outcome.ignored);
    // Where nothing could be read, the errors say all there is to say.
    if !files.is_empty() {
        context.conclude(true, findings::summary(counts, files.len()));
    }
    Ok(())
}

/// How unsafe a fix may be.
fn most(safety: FixSafety) -> Safety {
    match safety {
        FixSafety::Safe => Safety::Safe,
        FixSafety::Unsafe => Safety::Unsafe,
    }
}
